//! The log lines of a recording: what a person cares about at INFO, what we coped with at WARN.

use std::time::{Duration, Instant};

use rust_decimal::Decimal;

use crate::account::PlayerEvent;
use crate::feed::watching::{Alarm, HealthState, OperatingMode};
use crate::game::{Anomaly, GameEvent, Source};

/// How long lines of one kind are counted before they are written again.
const MINUTE: Duration = Duration::from_mins(1);

/// What may come again and again, game after game or message after message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anomaly(Anomaly),
    MissingTicks,
    Login,
    Drift,
    AbsurdNumber,
}

/// Lines of one kind that were not written.
#[derive(Debug)]
struct Repeated {
    kind: Kind,
    /// When the last line was written.
    since: Instant,
    held: u64,
}

/// The log of one run. Of each kind of line that a server can cause at will the first one is written, then their number,
/// at most once a minute and at the end: no server fills the disk with our log.
#[derive(Debug, Default)]
pub(super) struct Log {
    repeated: Vec<Repeated>,
}

impl Log {
    /// Logs an event of the board.
    pub fn event(&mut self, event: &GameEvent) {
        match event {
            GameEvent::GameStarted { game_id, .. } => {
                tracing::info!(game = %game_id, "game started")
            }
            GameEvent::PriceTick {
                game_id,
                tick,
                price,
                source: Source::Live,
            } => {
                tracing::trace!(game = %game_id, tick, %price, "tick");
            }
            GameEvent::GapFilled {
                game_id,
                first,
                last,
                source,
            } if first == last => {
                tracing::info!(game = %game_id, source = source.as_str(), "filled gap at tick {first}");
            }
            GameEvent::GapFilled {
                game_id,
                first,
                last,
                source,
            } => {
                tracing::info!(game = %game_id, source = source.as_str(), "filled gap at tick {first} to {last}");
            }
            GameEvent::PricesComplete {
                game_id,
                missing,
                duplicates,
            } => {
                if *missing > 0 && self.is_first(Kind::MissingTicks) {
                    tracing::warn!(game = %game_id, "game has {missing} missing ticks");
                }
                if *duplicates > 0 {
                    tracing::info!(game = %game_id, "{duplicates} messages of this game came twice");
                }
            }
            // The first one of a kind; the file has their number.
            GameEvent::AnomalySeen {
                game_id,
                anomaly,
                count: 1,
            } => {
                if self.is_first(Kind::Anomaly(*anomaly)) {
                    tracing::warn!(game = %game_id, anomaly = anomaly.as_str(), "anomaly");
                }
            }
            GameEvent::GameEnded { game_id, reason } => {
                tracing::info!(game = %game_id, reason = reason.as_str(), "game ended");
            }
            GameEvent::PhaseChanged { from, to, .. } => {
                tracing::debug!(%from, %to, "phase changed")
            }
            _ => {}
        }
    }

    /// Logs news of the player.
    pub fn player(&mut self, event: &PlayerEvent) {
        match event {
            PlayerEvent::PlayerIdentified { identity, .. } => {
                // Whatever the name is, it does not move the cursor.
                if self.is_first(Kind::Login) {
                    tracing::info!(player = ?identity.player_id, name = ?identity.username, "logged in");
                }
            }
            PlayerEvent::StateDriftDetected(found) => {
                if !self.is_first(Kind::Drift) {
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
                            "drift: {field} {local} here, {server} at the server, {} apart",
                            compared.diff
                        );
                    }
                }
            }
            PlayerEvent::AbsurdNumber { field, value } => {
                if self.is_first(Kind::AbsurdNumber) {
                    tracing::warn!("the server says {field} {value}, which cannot be; passed over");
                }
            }
            PlayerEvent::ServerStateUpdate(_) | PlayerEvent::PersonalLeaderboard(_) => {}
        }
    }

    /// Looks at the clock: what was held back for a minute is told as a number.
    pub fn clock(&mut self, now: Instant) {
        for repeated in &mut self.repeated {
            if now.saturating_duration_since(repeated.since) >= MINUTE {
                repeated.tell();
                repeated.since = now;
            }
        }
        // After a quiet minute the next one is the first again: that was told when it was counted.
        self.repeated.retain(|repeated| {
            now.saturating_duration_since(repeated.since) < MINUTE || repeated.held > 0
        });
    }

    /// Tells what is held back: the run ends.
    pub fn end(&mut self) {
        self.repeated.iter_mut().for_each(Repeated::tell);
    }

    /// Whether a line of this kind is to be written; it is counted otherwise.
    fn is_first(&mut self, kind: Kind) -> bool {
        let now = Instant::now();
        let known = self.repeated.iter_mut().find(|known| known.kind == kind);
        let Some(known) = known else {
            let (since, held) = (now, 0);
            self.repeated.push(Repeated { kind, since, held });
            return true;
        };
        known.held += 1;
        false
    }
}

impl Repeated {
    fn tell(&mut self) {
        let held = std::mem::take(&mut self.held);
        if held == 0 {
            return;
        }
        let what = match self.kind {
            Kind::Anomaly(anomaly) => format!("anomaly {anomaly:?}: in {held} more games"),
            Kind::MissingTicks => format!("missing ticks: in {held} more games"),
            Kind::Login => format!("logged in: {held} more times"),
            Kind::Drift => format!("drift: {held} more times"),
            Kind::AbsurdNumber => format!("numbers that cannot be: {held} more"),
        };
        tracing::info!("{what}");
    }
}

/// Logs that the recorder's queue was full; what the player is told of it is in the recorder's state.
pub(super) fn refused() {
    tracing::debug!("the recorder's queue is full; an event was refused");
}

/// Logs an alarm. That the connection was lost the feed has logged.
pub(super) fn log_alarm(alarm: &Alarm) {
    let is_good = match alarm {
        Alarm::NotYet(_) | Alarm::Lost(_) => return,
        Alarm::Connected | Alarm::Back => true,
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
