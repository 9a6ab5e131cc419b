//! The log lines of a recording: what a person cares about at INFO, what we coped with at WARN.

use rust_decimal::Decimal;

use crate::account::PlayerEvent;
use crate::feed::watching::{Alarm, HealthState, OperatingMode};
use crate::game::{GameEvent, Source};

/// Logs an event of the board.
pub(super) fn log(event: &GameEvent) {
    match event {
        GameEvent::GameStarted { game_id, .. } => tracing::info!(game = %game_id, "game started"),
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
                        "drift: {field} {local} here, {server} at the server, {} apart",
                        compared.diff
                    );
                }
            }
        }
        PlayerEvent::AbsurdNumber { field, value } => {
            tracing::warn!("the server says {field} {value}, which cannot be; passed over");
        }
        PlayerEvent::ServerStateUpdate(_) | PlayerEvent::PersonalLeaderboard(_) => {}
    }
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
