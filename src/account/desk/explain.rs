//! What became of an order, read from the wallet that the server tells.

use rust_decimal::Decimal;

use super::verify::{agrees, distance};
use crate::account::{Account, Deed, Order, ServerState};
use crate::protocol::Tick;

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
