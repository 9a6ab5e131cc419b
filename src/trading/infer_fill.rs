//! Finds the tick and price at which the server executed an order, from what the server sends: the wallet after it,
//! or the player's own trade.

use rust_decimal::Decimal;

use super::context::{open_game, price_at};
use super::order::Order;
use super::server_state::ServerState;
use super::verifier::{agrees, distance};
use crate::account::{Account, Action, lamports};
use crate::fairness::UNSEEDED_RUG_MAX;
use crate::game::{Board, Phase};
use crate::protocol::{GameId, NewTrade, Tick, number};

/// Orders that one update may execute together; more are not searched for.
const MAX_TOGETHER: usize = 4;
/// Ticks at which each of several orders may have been executed.
const TICKS_TOGETHER: usize = 12;

/// Whole percentages that are tried before a share is written with all its digits.
const WHOLE_PERCENTS: i64 = 100;

/// The tick and price at which the server executed an order.
pub(super) type Fill = (Tick, Decimal);

/// An order in flight, with the fills that are possible for it.
pub(super) struct Candidates {
    pub slot: u32,
    pub order: Order,
    pub fills: Vec<Fill>,
}

/// Returns the fills that an update shows: of one order by itself, else of the first two to four together. `whole`:
/// the update has wallet and position, and they are not what our account has.
pub(super) fn infer_fills(
    orders: &[Candidates],
    account: &Account,
    server: &ServerState,
    whole: bool,
) -> Vec<(u32, Fill)> {
    for one in orders {
        if let Some(fill) = infer_fill(&one.order, account, server, &one.fills) {
            return vec![(one.slot, fill)];
        }
    }
    for count in 2..=orders.len().min(MAX_TOGETHER) {
        let first: Vec<_> = orders[..count].iter().collect();
        if whole && let Some((_, fills)) = infer_together(&first, account, server, 0) {
            let slots = orders.iter().map(|one| one.slot);
            return slots.zip(fills).collect();
        }
    }
    Vec::new()
}

/// Returns the fill that turns our account into the server's; `None` when the server shows what we had before, or
/// something that no candidate explains.
pub(super) fn infer_fill(
    order: &Order,
    before: &Account,
    server: &ServerState,
    candidates: &[Fill],
) -> Option<Fill> {
    // Without its wallet the update says nothing about an order.
    server.cash?;
    if agrees(before, server) {
        return None;
    }
    let sidebet = server.side_bet.as_ref().and_then(Option::as_ref);
    let started = sidebet.and_then(|bet| bet.started_at_tick);
    let possible = candidates.iter().filter_map(|&(tick, price)| {
        if matches!(order, Order::Sidebet { .. }) && started.is_some_and(|start| start != tick) {
            return None;
        }
        let mut after = before.clone();
        after.apply(&order.account_event(tick, price))?;
        agrees(&after, server).then(|| (distance(&after, server), tick, price))
    });
    let nearest = possible.min_by_key(|(off, tick, _)| (*off, std::cmp::Reverse(*tick)))?;
    Some((nearest.1, nearest.2))
}

/// Returns the fills of orders that were all executed, in the order of the presses, and how far our account is from
/// the server's after them.
fn infer_together(
    orders: &[&Candidates],
    before: &Account,
    server: &ServerState,
    since: Tick,
) -> Option<(Decimal, Vec<Fill>)> {
    let Some((one, rest)) = orders.split_first() else {
        let off = distance(before, server);
        return agrees(before, server).then(|| (off, Vec::new()));
    };
    let newest = one.fills.len().saturating_sub(TICKS_TOGETHER);
    let possible = one.fills[newest..]
        .iter()
        .filter(|(tick, _)| *tick >= since);
    let explained = possible.filter_map(|&(tick, price)| {
        let mut after = before.clone();
        after.apply(&one.order.account_event(tick, price))?;
        let (off, mut fills) = infer_together(rest, &after, server, tick)?;
        fills.insert(0, (tick, price));
        Some((off, fills))
    });
    explained.min_by_key(|(off, _)| *off)
}

/// Returns the ticks at which the server may have executed an order, from the one that the player saw to the newest.
pub(super) fn candidates(board: &Board, row: &Action) -> Vec<Fill> {
    let mut found = Vec::new();
    if row.phase == Phase::Presale {
        found.push((0, Decimal::ONE));
    }
    if let Some(game) = open_game(board, &row.game_id) {
        let newest = u32::try_from(game.prices.len()).unwrap_or(u32::MAX);
        let ticks = row.tick..newest;
        found.extend(ticks.filter_map(|tick| Some((tick, game.prices.get(tick)?))));
    }
    found
}

/// Whether a sell at this tick and price is the rug's: the server sends its trade before the tick of the rug.
pub(super) fn is_rug_sale(board: &Board, game: &GameId, tick: Tick, price: Decimal) -> bool {
    let game = open_game(board, game);
    let known = game.is_some_and(|game| game.prices.get(tick).is_some());
    let rugged = game.is_some_and(|game| game.end.is_some() && game.rug_tick == Some(tick));
    let low = |price: Decimal| number::to_f64_lossy(price) <= UNSEEDED_RUG_MAX;
    let newest = game.and_then(|game| game.prices.as_slice().iter().flatten().last());
    // A rug is a fall: where the price is that low already, this is none.
    rugged || !known && low(price) && !newest.is_some_and(|newest| low(*newest))
}

/// Returns the tick and price of a trade. Trades of August 2025 have no price; the board has it.
pub(super) fn fill_of_trade(trade: &NewTrade, board: &Board) -> Option<Fill> {
    let tick = trade.tick_index?;
    let price = trade
        .price
        .or_else(|| price_at(board, &trade.game_id, tick))?;
    Some((tick, price))
}

/// Returns the share of the position that was sold, in percent: a whole number if one gives these tokens.
pub(super) fn sold_percent(held: Decimal, sold: Decimal) -> Option<Decimal> {
    if sold <= Decimal::ZERO || sold > held {
        return None;
    }
    if sold == held {
        return Some(Decimal::ONE_HUNDRED);
    }
    let gives = |percent: Decimal| {
        // As a position is sold.
        lamports(held * (percent / Decimal::ONE_HUNDRED)) == sold
    };
    let mut whole = (1..WHOLE_PERCENTS).map(Decimal::from);
    whole.find(|percent| gives(*percent)).or_else(|| {
        // Half a lamport more, so that the cut leaves what was sold.
        let half = Decimal::new(5, 10);
        let exact = (sold + half).checked_div(held)? * Decimal::ONE_HUNDRED;
        let mut rounded = (4..=20).map(|digits| exact.round_dp(digits));
        rounded.find(|percent| gives(*percent))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::AccountEvent;
    use crate::protocol::number;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    #[test]
    fn a_share_gives_the_tokens_that_were_sold() {
        assert_eq!(sold_percent(d("0.08"), d("0.08")), Some(d("100")));
        assert_eq!(sold_percent(d("0.08"), d("0.02")), Some(d("25")));
        let half = sold_percent(d("0.003384584"), d("0.001692292"));
        assert_eq!(half, Some(d("50")));
        assert_eq!(sold_percent(d("0.08"), d("0")), None);
        assert_eq!(sold_percent(d("0.08"), d("0.09")), None);
        assert_eq!(sold_percent(d("0"), d("0.01")), None);
        // No whole percent: as many digits as it takes, and they give these tokens.
        for sold in ["0.000000001", "0.033333333", "0.079999999", "0.0123"] {
            let (held, sold) = (d("0.08"), d(sold));
            let percent = sold_percent(held, sold).expect("a share");
            let mut position = Account::new(
                Decimal::ONE,
                [crate::account::Lot {
                    qty: held,
                    price: Decimal::ONE,
                }],
            );
            let price = Decimal::TWO;
            let applied = position
                .apply(&AccountEvent::Sell { percent, price })
                .expect("sold");
            assert_eq!(applied.qty, Some(sold), "{percent}");
        }
    }
}
