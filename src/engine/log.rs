//! The log lines of a recording: what a person cares about at INFO, what we coped with at WARN.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::account::PlayerEvent;
use crate::feed::watching::{Alarm, HealthState, OperatingMode};
use crate::game::{EndReason, GameEvent, Source};
use crate::protocol::GameId;

/// Logs an event of the board.
pub(super) fn log(event: &GameEvent) {
    match event {
        GameEvent::GameStarted { game_id, .. } => tracing::info!(game = %game_id, "game started"),
        GameEvent::PriceTick {
            game_id,
            tick,
            price,
            source: Source::Live,
            ..
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
            if *missing > 0 {
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
            tracing::warn!(game = %game_id, anomaly = anomaly.as_str(), "anomaly");
        }
        GameEvent::GameEnded { game_id, reason } => {
            tracing::info!(game = %game_id, reason = reason.as_str(), "game ended");
        }
        GameEvent::PhaseChanged { from, to, .. } => tracing::debug!(%from, %to, "phase changed"),
        _ => {}
    }
}

/// Logs which games are recorded, from their first fact to their end.
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
            // A game that we stop in its middle has no end of its own.
            GameEvent::GameComplete(game) if self.0.remove(&game.id) == Some(false) => {
                let reason = game.end_reason.map_or("stopped", EndReason::as_str);
                stopped(&game.id, reason);
            }
            _ => {}
        }
    }
}

/// Logs why a `playerUpdate` was not compared with our account.
pub(super) fn not_verified(why: &str) {
    tracing::debug!("verification not possible: {why}");
}

/// Logs that the recorder's queue was full; what the player is told of it is in the recorder's state.
pub(super) fn refused() {
    tracing::debug!("the recorder's queue is full; an event was refused");
}

/// Logs news of the player.
pub(super) fn log_player(event: &PlayerEvent) {
    match event {
        PlayerEvent::PlayerIdentified { identity, .. } => {
            // Whatever the name is, it does not move the cursor.
            tracing::info!(player = ?identity.player_id, name = ?identity.username, "logged in");
        }
        PlayerEvent::StateDriftDetected(found) => {
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
            tracing::warn!("the server says {field} {value}, which cannot be; passed over");
        }
        PlayerEvent::ServerStateUpdate(state) => {
            let shown = |value: Option<Decimal>| value.map_or("-".into(), |v| v.to_string());
            tracing::debug!(
                cash = %shown(state.cash), position = %shown(state.position_qty),
                average_cost = %shown(state.avg_cost), "playerUpdate received"
            );
        }
        PlayerEvent::PersonalLeaderboard(_) => {}
    }
}

/// Logs an alarm. That the connection was lost the feed has logged.
pub(super) fn log_alarm(alarm: &Alarm) {
    let is_good = match alarm {
        Alarm::Lost(_) => return,
        Alarm::Back => true,
        Alarm::Interval(_) | Alarm::Clock(_) => false,
        Alarm::Health(change) => change.to == HealthState::Healthy,
        Alarm::Mode(change) => change.to == OperatingMode::Normal,
    };
    if is_good {
        tracing::info!("{alarm}");
    } else {
        tracing::warn!("{alarm}");
    }
}
