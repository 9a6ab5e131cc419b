//! What happens between two games: their result, the stake after it, and the ends that are decided there.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{RunEnd, StrategyRunner};
use crate::account::Account;
use crate::strategy::observer::StrategyContext;

/// What the games of a strategy earned.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Results {
    /// The wallet before the first game; `None` before it begins.
    pub first: Option<Decimal>,
    /// The wallet before the current game, or after the newest one.
    pub before: Decimal,
    /// Games that ended.
    pub games: u64,
    /// The number of the newest game whose result is known.
    pub settled: u64,
}

impl Results {
    /// SOL earned up to the newest finished game.
    pub fn earned(&self) -> Decimal {
        self.first
            .map_or(Decimal::ZERO, |first| self.before.saturating_sub(first))
    }
}

impl StrategyRunner {
    /// Takes the result of a game that is over; returns whether rules may act.
    pub(super) fn settle(
        &mut self,
        ctx: &StrategyContext<'_>,
        account: &Account,
        game: u64,
    ) -> bool {
        let over = if self.seen.has_rugged() {
            game
        } else {
            game - 1
        };
        // A game after the last one to play is none of its games.
        let over = self.games.map_or(over, |games| over.min(games));
        if self.results.first.is_none() {
            if self.seen.has_rugged() {
                return false; // Its first game begins after this one.
            }
            self.results = Results {
                first: Some(account.balance()),
                before: account.balance(),
                games: 0,
                settled: over,
            };
            self.note_money(ctx, account);
        } else if over > self.results.settled {
            if !account.is_idle() {
                return false; // What is open in a game that is over is still to be settled.
            }
            self.take_result(account, over);
            self.note_stops(account);
            self.note_money(ctx, account);
        }
        if self.end.is_some() {
            self.last_id.get_or_insert_with(|| ctx.game.game_id.clone());
        }
        let all_played = self.games.is_some_and(|games| game > games);
        self.end.is_none() && !all_played
    }

    fn take_result(&mut self, account: &Account, over: u64) {
        let results = &mut self.results;
        let earned = account.balance().saturating_sub(results.before);
        results.before = account.balance();
        results.games += over - results.settled;
        results.settled = over;
        let change = match earned.cmp(&Decimal::ZERO) {
            Ordering::Less => &self.strategy.after_loss,
            Ordering::Greater => &self.strategy.after_win,
            Ordering::Equal => &None,
        };
        if let Some(change) = change {
            self.stake = change.apply(self.stake);
        }
    }

    fn note_stops(&mut self, account: &Account) {
        let of = (self.results.games, self.results.earned());
        let situation = self.seen.situation_after_game(account, of);
        let mut stops = self.strategy.stops.iter();
        let stop = stops.find(|stop| stop.conditions.iter().all(|c| c.holds(&situation)));
        if let Some(stop) = stop {
            self.end = Some(RunEnd::StopRule(stop.line.clone()));
        }
    }

    fn note_money(&mut self, ctx: &StrategyContext<'_>, account: &Account) {
        let least = ctx.limits.min_buy.min(ctx.limits.min_sidebet);
        if account.balance() < least && account.is_idle() && self.end.is_none() {
            self.end = Some(RunEnd::OutOfMoney(account.balance()));
        }
    }
}
