//! Fills the holes of a game at the reveal: from the prices of its history entry, then from its seed. Live holes are
//! filled in `tick_intake.rs`.

use rust_decimal::Decimal;

use super::anomaly::Anomaly;
use super::event::GameEvent;
use super::one_game::Game;
use super::prices::{InsertResult, PriceSource};
use crate::protocol::{GameId, HistoryEntry, MAX_TICK, Tick};

/// Fills holes from the prices of the game's history entry; the last one is the rug price. Returns the filled ticks.
///
/// A list of another length and another price for a known tick are anomalies.
pub(super) fn fill_from_history(
    game: &mut Game,
    entry: &HistoryEntry,
    out: &mut Vec<GameEvent>,
) -> Vec<(Tick, PriceSource)> {
    let mut filled = Vec::new();
    // Tick 0, at most 5,000 more, and the rug.
    let valid_lengths = 2..=MAX_TICK as usize + 2;
    let Some(prices) = &entry.prices else {
        return filled;
    };
    let has_other_length = match game.rug_tick {
        Some(rug) => prices.len() != rug as usize + 1,
        None => prices.len() < game.prices.len(),
    };
    let is_valid = valid_lengths.contains(&prices.len());
    if has_other_length || !is_valid {
        game.note_anomaly(Anomaly::HistoryLength, out);
    }
    if !is_valid {
        return filled;
    }
    let rug = Tick::try_from(prices.len() - 1).unwrap_or(Tick::MAX);
    if game.rug_tick.is_none() && game.prices.len() <= prices.len() {
        game.rug_tick = Some(rug);
    }
    for (price, tick) in prices.iter().zip(0..) {
        if game.rug_tick.is_some_and(|last| tick > last) {
            break;
        }
        let Some(price) = price.filter(|p| *p > Decimal::ZERO) else {
            continue;
        };
        match game.prices.insert(tick, price, PriceSource::History) {
            InsertResult::New => filled.push((tick, PriceSource::History)),
            InsertResult::Different if game.contradicted.insert(tick) => {
                game.note_anomaly(Anomaly::PriceChanged, out);
            }
            InsertResult::Different | InsertResult::Same | InsertResult::Refused => {}
        }
    }
    filled
}

/// Fills holes with prices of the path. Returns the filled ticks.
pub(super) fn fill_from_path(
    game: &mut Game,
    prices: Vec<(Tick, Decimal)>,
) -> Vec<(Tick, PriceSource)> {
    let fill = |(tick, price)| {
        game.prices.insert(tick, price, PriceSource::Seed);
        (tick, PriceSource::Seed)
    };
    prices.into_iter().map(fill).collect()
}

/// Emits the filled ticks as ranges: one event for a run of neighbours from one source.
pub(super) fn emit_gaps(id: &GameId, filled: &[(Tick, PriceSource)], out: &mut Vec<GameEvent>) {
    let runs = filled.chunk_by(|a, b| a.1 == b.1 && b.0 == a.0 + 1);
    for run in runs {
        if let [(first, source), ..] = *run {
            let last = run.last().map_or(first, |(tick, _)| *tick);
            out.push(GameEvent::GapFilled {
                game_id: id.clone(),
                first,
                last,
                source,
            });
        }
    }
}
