//! The log lines of a run: INFO for what a person cares about, WARN for faults that were handled.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;

use crate::feed::health::{Alarm, HealthState, OperatingMode};
use crate::game::{Anomaly, EndReason, GameEvent, PriceSource};
use crate::protocol::GameId;
use crate::trading::PlayerEvent;

/// Lines of one kind beyond the limit are counted for this long before their number is written.
const MINUTE: Duration = Duration::from_mins(1);

/// A kind of line that a server can cause many times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineKind {
    Anomaly(Anomaly),
    MissingTicks,
    Login,
    Drift,
    AbsurdNumber,
}

impl LineKind {
    /// Returns how many lines are written in a minute: one for faults of games, several for what concerns the player.
    fn limit(self) -> u64 {
        match self {
            Self::Anomaly(_) | Self::MissingTicks => 1,
            Self::Login | Self::Drift | Self::AbsurdNumber => 10,
        }
    }
}

/// The lines of one kind within a minute.
#[derive(Debug)]
struct RepeatedLine {
    kind: LineKind,
    /// The start of the minute.
    since: Instant,
    written: u64,
    /// Lines that were counted and not written.
    held: u64,
}

/// The log of one run. The first lines of a kind are written, then their number, at most once a minute and at the end:
/// no server can fill the disk with log lines.
#[derive(Debug, Default)]
pub(super) struct EngineLog {
    repeated: Vec<RepeatedLine>,
}

impl EngineLog {
    /// Logs an event of the board.
    pub fn event(&mut self, event: &GameEvent) {
        match event {
            GameEvent::GameStarted { game_id, .. } => {
                tracing::info!(game = %game_id, "game started");
            }
            GameEvent::PriceTick {
                game_id,
                tick,
                price,
                source: PriceSource::Live,
                ..
            } => {
                tracing::trace!(game = %game_id, tick, %price, "tick");
            }
            GameEvent::GapFilled {
                game_id,
                first,
                last,
                source,
            } => {
                let to = (first != last).then(|| format!(" to {last}"));
                let to = to.unwrap_or_default();
                tracing::info!(game = %game_id, source = source.as_str(), "filled gap at tick {first}{to}");
            }
            GameEvent::PricesComplete {
                game_id,
                missing,
                duplicates,
            } => {
                if *missing > 0 && self.may_write(LineKind::MissingTicks) {
                    tracing::warn!(game = %game_id, "game has {missing} missing ticks");
                }
                if *duplicates > 0 {
                    tracing::info!(game = %game_id, "{duplicates} messages of this game came twice");
                }
            }
            // The first of its kind in a game; the game file has the number.
            GameEvent::AnomalySeen {
                game_id,
                anomaly,
                count: 1,
            } if self.may_write(LineKind::Anomaly(*anomaly)) => {
                tracing::warn!(game = %game_id, anomaly = anomaly.as_str(), "anomaly");
            }
            GameEvent::GameEnded { game_id, reason } => {
                tracing::info!(game = %game_id, reason = reason.as_str(), "game ended");
            }
            GameEvent::PhaseChanged { from, to, .. } => {
                tracing::debug!(%from, %to, "phase changed");
            }
            _ => {}
        }
    }

    /// Logs news of the player.
    pub fn player(&mut self, event: &PlayerEvent) {
        match event {
            PlayerEvent::PlayerIdentified { identity, .. } => {
                // Debug format: a name cannot move the cursor.
                if self.may_write(LineKind::Login) {
                    tracing::info!(player = ?identity.player_id, name = ?identity.username, "logged in");
                }
            }
            PlayerEvent::StateDriftDetected(found) => {
                if !self.may_write(LineKind::Drift) {
                    return;
                }
                for (field, compared) in [
                    ("balance", found.balance),
                    ("position", found.position),
                    ("entry price", found.entry_price),
                ] {
                    if !compared.ok {
                        let shown =
                            |value: Option<Decimal>| value.map_or("none".into(), |v| v.to_string());
                        let (local, server) = (shown(compared.local), shown(compared.server));
                        tracing::warn!(
                            "state drift detected: {field} {local} here, {server} at the server, {} apart",
                            compared.diff
                        );
                    }
                }
            }
            PlayerEvent::AbsurdNumber { field, value } => {
                if self.may_write(LineKind::AbsurdNumber) {
                    tracing::warn!("the server says {field} {value}, which is impossible; ignored");
                }
            }
            PlayerEvent::ServerStateUpdate(state) => {
                let shown = |value: Option<Decimal>| value.map_or("-".into(), |v| v.to_string());
                tracing::debug!(
                    cash = %shown(state.cash), position = %shown(state.position_qty),
                    average_cost = %shown(state.avg_cost), "playerUpdate received"
                );
            }
        }
    }

    /// Advances the clock: after a minute the number of held lines is written. After a quiet minute the kind starts over.
    pub fn clock(&mut self, now: Instant) {
        self.repeated.retain_mut(|repeated| {
            if now.saturating_duration_since(repeated.since) < MINUTE {
                return true;
            }
            let goes_on = repeated.held > 0;
            repeated.write_held();
            repeated.since = now;
            goes_on
        });
    }

    /// Writes the numbers of held lines: the run ends.
    pub fn end(&mut self) {
        self.repeated.iter_mut().for_each(RepeatedLine::write_held);
    }

    /// Whether to write a line of this kind; counts it otherwise.
    fn may_write(&mut self, kind: LineKind) -> bool {
        self.may_write_at(kind, Instant::now())
    }

    fn may_write_at(&mut self, kind: LineKind, now: Instant) -> bool {
        let known = self.repeated.iter_mut().find(|known| known.kind == kind);
        let Some(known) = known else {
            self.repeated.push(RepeatedLine {
                kind,
                since: now,
                written: 1,
                held: 0,
            });
            return true;
        };
        let written = known.written < kind.limit();
        known.written += u64::from(written);
        known.held += u64::from(!written);
        written
    }
}

impl RepeatedLine {
    fn write_held(&mut self) {
        let held = std::mem::take(&mut self.held);
        if held == 0 {
            return;
        }
        let what = match self.kind {
            LineKind::Anomaly(anomaly) => {
                format!("anomaly {}: in {held} more games", anomaly.as_str())
            }
            LineKind::MissingTicks => format!("missing ticks: in {held} more games"),
            LineKind::Login => format!("logged in: {held} more times"),
            LineKind::Drift => format!("drift: {held} more times"),
            LineKind::AbsurdNumber => format!("impossible numbers: {held} more"),
        };
        tracing::info!("{what}");
    }
}

/// Logs which games are recorded, from the first fact to the end.
#[derive(Debug, Default)]
pub(super) struct RecordedGames(BTreeMap<GameId, bool>);

impl RecordedGames {
    /// Takes an event that goes to the recorder.
    pub fn take(&mut self, event: &GameEvent) {
        let stopped = |game: &GameId, reason: &str| {
            tracing::debug!(%game, reason, "recording stopped");
        };
        if let Some(game) = event.fact_of()
            && !self.0.contains_key(game)
        {
            tracing::debug!(%game, "recording started");
            self.0.insert(game.clone(), false);
        }
        match event {
            GameEvent::GameEnded { game_id, reason } => {
                stopped(game_id, reason.as_str());
                self.0.insert(game_id.clone(), true);
            }
            // A game that is open when the program stops has no end event.
            GameEvent::GameComplete(game) if self.0.remove(&game.id) == Some(false) => {
                let reason = game.end_reason.map_or("stopped", EndReason::as_str);
                stopped(&game.id, reason);
            }
            _ => {}
        }
    }
}

/// Logs why a `playerUpdate` was not compared with the local account.
pub(super) fn not_verified(why: &str) {
    tracing::debug!("verification not possible: {why}");
}

/// Logs that the recorder's queue was full; the recorder's state has the message for the player.
pub(super) fn refused() {
    tracing::debug!("the recorder's queue is full; an event was refused");
}

/// Logs an alarm, except a lost connection: the feed logs that.
pub(super) fn log_alarm(alarm: &Alarm) {
    let is_good = match alarm {
        Alarm::NotConnectedYet(_) | Alarm::Lost(_) => return,
        Alarm::Connected | Alarm::Reconnected => true,
        Alarm::Interval(_) | Alarm::Clock(_) | Alarm::Unreadable(_) => false,
        Alarm::Health(change) => change.to == HealthState::Healthy,
        Alarm::Mode(change) => change.to == OperatingMode::Normal,
    };
    if is_good {
        tracing::info!("{alarm}");
    } else {
        tracing::warn!("{alarm}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_each_kind_is_written_and_later_ones_are_counted() {
        let mut log = EngineLog::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let missed = LineKind::Anomaly(Anomaly::RugMissed);
        assert!(log.may_write_at(missed, start));
        assert!(log.may_write_at(LineKind::Anomaly(Anomaly::BadPrice), start));
        for _ in 0..9_000 {
            assert!(!log.may_write_at(missed, after(1)));
        }
        log.clock(after(59));
        assert_eq!(log.repeated[0].held, 9_000);
        log.clock(after(60));
        assert_eq!(
            log.repeated.len(),
            1,
            "the other kind was quiet for a minute"
        );
        assert_eq!(log.repeated[0].held, 0, "their number was written");
        assert!(!log.may_write_at(missed, after(61)));
        log.clock(after(120));
        log.clock(after(180));
        assert!(log.may_write_at(missed, after(181)));
    }
}
