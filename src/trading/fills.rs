//! What became of an order, read from what the server tells: the wallet, the own trade.

use rust_decimal::Decimal;

use crate::account::{Account, AccountEvent, Action, lamports};
use crate::fairness::UNSEEDED_RUG_MAX;
use crate::game::{Board, Phase};
use crate::protocol::{GameId, NewTrade, Tick, number};
use crate::trading::drift::{agrees, distance};
use crate::trading::session::Seat;
use crate::trading::{Now, TraderEvent};
use crate::trading::{Order, ServerState};

/// Orders of which one update may tell at once; of more it tells nothing.
const MOST_AT_ONCE: usize = 4;
/// Ticks at which each of them may have been executed.
const TICKS_AT_ONCE: usize = 12;

/// Whole percent that are tried before a share is written with all its digits.
const WHOLE: i64 = 100;

/// At which tick and price the server executed an order.
type Execution = (Tick, Decimal);

/// Returns tick and price at which the order must have been executed for the account to become what the server
/// tells; `None` when it tells what we had before, or something that no candidate explains.
pub(super) fn explain(
    order: &Order,
    before: &Account,
    server: &ServerState,
    candidates: &[Execution],
) -> Option<Execution> {
    // Without its wallet the server says nothing of an order.
    server.cash?;
    if agrees(before, server) {
        return None;
    }
    let told = server.side_bet.as_ref().and_then(Option::as_ref);
    let started = told.and_then(|bet| bet.started_at_tick);
    let possible = candidates.iter().filter_map(|&(tick, price)| {
        if matches!(order, Order::Sidebet { .. }) && started.is_some_and(|start| start != tick) {
            return None;
        }
        let mut after = before.clone();
        after.apply(&deed(order, tick, price))?;
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
pub(super) fn candidates(board: &Board, row: &Action) -> Vec<Execution> {
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

/// Returns what an order does at a tick and its price.
pub(super) fn deed(order: &Order, tick: Tick, price: Decimal) -> AccountEvent {
    match *order {
        Order::Buy { amount } => AccountEvent::Buy { amount, price },
        Order::Sell { percent } => AccountEvent::Sell { percent, price },
        Order::Sidebet { stake } => AccountEvent::PlaceSidebet { stake, tick },
    }
}

/// Returns the price of a trade that tells its tick alone, as those of August 2025 do.
pub(super) fn price_of_trade(trade: &NewTrade, board: &Board) -> Option<Decimal> {
    let mut games = board.open_games().iter();
    let game = games.find(|game| game.id == trade.game_id)?;
    game.prices.get(trade.tick_index?)
}

/// The same as [`explain`] for orders that were all executed, in the order of the pressing.
fn explain_all(
    orders: &[(Order, Vec<Execution>)],
    before: &Account,
    server: &ServerState,
    since: Tick,
) -> Option<(Decimal, Vec<Execution>)> {
    let Some(((order, candidates), rest)) = orders.split_first() else {
        let off = distance(before, server);
        return agrees(before, server).then(|| (off, Vec::new()));
    };
    let possible = candidates.iter().filter(|(tick, _)| *tick >= since);
    let explained = possible.filter_map(|&(tick, price)| {
        let mut after = before.clone();
        after.apply(&deed(order, tick, price))?;
        let (off, mut executions) = explain_all(rest, &after, server, tick)?;
        executions.insert(0, (tick, price));
        Some((off, executions))
    });
    explained.min_by_key(|(off, _)| *off)
}

/// Returns which share of what is held was sold, in percent: a whole one if one gives these tokens.
pub(super) fn share(held: Decimal, sold: Decimal) -> Option<Decimal> {
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
    let mut whole = (1..WHOLE).map(Decimal::from);
    whole.find(|percent| gives(*percent)).or_else(|| {
        // Half a lamport more, so that the cut leaves what was sold.
        let half = Decimal::new(5, 10);
        let exact = (sold + half).checked_div(held)? * Decimal::ONE_HUNDRED;
        let mut tidy = (4..=20).map(|digits| exact.round_dp(digits));
        tidy.find(|percent| gives(*percent))
    })
}

impl Seat {
    /// Executes what an update shows to have been done: one order, else the first ones together. `told`: it tells
    /// wallet and position.
    pub(super) fn explain_orders(
        &mut self,
        told: bool,
        server: &ServerState,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let told = told && !agrees(&self.account, server);
        let waiting = self.in_flight().filter(|waiting| !waiting.executed);
        let waiting: Vec<_> = waiting
            .map(|w| (w.slot, w.order, candidates(now.board, &w.row)))
            .collect();
        for (slot, order, candidates) in &waiting {
            if let Some(execution) = explain(order, &self.account, server, candidates) {
                self.execute_shown(*slot, execution, told, now, out);
                return;
            }
        }
        for count in 2..=waiting.len().min(MOST_AT_ONCE) {
            let first = waiting[..count].iter().map(|(_, order, candidates)| {
                let newest = candidates.len().saturating_sub(TICKS_AT_ONCE);
                (*order, candidates[newest..].to_vec())
            });
            let first: Vec<_> = first.collect();
            if told && let Some((_, executions)) = explain_all(&first, &self.account, server, 0) {
                for ((slot, ..), execution) in waiting.iter().zip(executions) {
                    self.execute_shown(*slot, execution, told, now, out);
                }
                return;
            }
        }
    }

    fn execute_shown(
        &mut self,
        slot: u32,
        (tick, price): Execution,
        told: bool,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        if self.bring_forward(|waiting| waiting.slot == slot)
            && let Some(waiting) = &mut self.waiting
        {
            waiting.updated |= told;
            waiting.shown = true;
            self.delays.to_update.take(waiting.row.timestamp, now.at);
            self.execute(tick, price, now, out);
        }
        self.line_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::number;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    #[test]
    fn a_share_gives_the_tokens_that_were_sold() {
        assert_eq!(share(d("0.08"), d("0.08")), Some(d("100")));
        assert_eq!(share(d("0.08"), d("0.02")), Some(d("25")));
        assert_eq!(share(d("0.003384584"), d("0.001692292")), Some(d("50")));
        assert_eq!(share(d("0.08"), d("0")), None);
        assert_eq!(share(d("0.08"), d("0.09")), None);
        assert_eq!(share(d("0"), d("0.01")), None);
        // No whole percent: as many digits as it takes, and they give these tokens.
        for sold in ["0.000000001", "0.033333333", "0.079999999", "0.0123"] {
            let (held, sold) = (d("0.08"), d(sold));
            let percent = share(held, sold).expect("a share");
            let mut position = Account::new(
                Decimal::ONE,
                [crate::account::Lot {
                    qty: held,
                    price: Decimal::ONE,
                }],
            );
            let price = Decimal::TWO;
            let effect = position
                .apply(&AccountEvent::Sell { percent, price })
                .expect("sold");
            assert_eq!(effect.qty, Some(sold), "{percent}");
        }
    }
}
