//! What became of an order, read from what the server tells: the wallet, the own trade.

use rust_decimal::Decimal;

use super::verify::{agrees, distance};
use crate::account::{Account, Action, Deed, Order, ServerState};
use crate::fairness::UNSEEDED_RUG_MAX;
use crate::game::{Board, Phase};
use crate::protocol::{GameId, Tick, number};

/// Returns tick and price at which the order must have been executed for the account to become what the server
/// tells; `None` when it tells what we had before, or something that no candidate explains.
pub(super) fn explain(
    order: &Order,
    before: &Account,
    server: &ServerState,
    candidates: &[(Tick, Decimal)],
) -> Option<(Tick, Decimal)> {
    // Without its wallet the server says nothing of an order.
    server.cash?;
    if agrees(before, server) {
        return None;
    }
    let told = server.side_bet.as_ref().and_then(Option::as_ref);
    let started = told.and_then(|bet| bet.started_at_tick);
    let possible = candidates.iter().filter_map(|&(tick, price)| {
        let deed = match *order {
            Order::Buy { amount } => Deed::Buy { amount, price },
            Order::Sell { percent } => Deed::Sell { percent, price },
            Order::Sidebet { .. } if started.is_some_and(|start| start != tick) => return None,
            Order::Sidebet { stake } => Deed::PlaceSidebet { stake, tick },
        };
        let mut after = before.clone();
        after.apply(&deed)?;
        agrees(&after, server).then(|| (distance(&after, server), tick, price))
    });
    let nearest = possible.min_by_key(|(off, tick, _)| (*off, std::cmp::Reverse(*tick)))?;
    Some((nearest.1, nearest.2))
}

/// Whether a sell at this tick and price is one of the rug: its trade comes before the tick of the rug.
pub(super) fn is_ahead(board: &Board, game: &GameId, tick: Tick, price: Decimal) -> bool {
    let game = board.open_games().iter().find(|g| g.id == *game);
    let known = game.is_some_and(|game| game.prices.get(tick).is_some());
    let rugged = game.is_some_and(|game| game.end.is_some() && game.rug_tick == Some(tick));
    let low = |price: Decimal| number::to_f64_lossy(price) <= UNSEEDED_RUG_MAX;
    let newest = game.and_then(|game| game.prices.as_slice().iter().flatten().last());
    // A rug is a fall: where the price is that low already, it is none.
    rugged || !known && low(price) && !newest.is_some_and(|newest| low(*newest))
}

/// The ticks at which the server may have executed an order: from what the player saw to the newest.
pub(super) fn candidates(board: &Board, row: &Action) -> Vec<(Tick, Decimal)> {
    let game = board.open_games().iter().find(|g| g.id == row.game_id);
    let mut found = Vec::new();
    if row.phase == Phase::Presale {
        found.push((0, Decimal::ONE));
    }
    if let Some(game) = game {
        let newest = u32::try_from(game.prices.len()).unwrap_or(u32::MAX);
        let ticks = row.tick..newest;
        found.extend(ticks.filter_map(|tick| Some((tick, game.prices.get(tick)?))));
    }
    found
}
