//! The sums from which figures are made. Those of some trades can be continued with those of later ones.

use rust_decimal::Decimal;

use super::exact_sum::ExactSum;
use super::figures::{Figures, Streaks};
use super::interval::Interval;
use super::sidebets::SidebetTrip;
use super::trip::Trip;
use crate::account::Score;
use crate::protocol::Tick;

/// The sums of the trades of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TradeSum {
    pub n: u32,
    pub won: u32,
    pub pnl: ExactSum,
}

impl TradeSum {
    /// Returns the sum of decided sidebets.
    pub fn of_bets<'a>(bets: impl IntoIterator<Item = &'a SidebetTrip>) -> Self {
        let mut sum = Self::default();
        let decided = bets.into_iter().filter_map(SidebetTrip::pnl);
        decided.for_each(|pnl| sum.take(pnl.into()));
        sum
    }

    pub fn take(&mut self, pnl: ExactSum) {
        self.n += 1;
        self.won += u32::from(pnl.is_profit());
        self.pnl += pnl;
    }

    pub fn append(&mut self, next: Self) {
        self.n += next.n;
        self.won += next.won;
        self.pnl += next.pnl;
    }

    fn score(self) -> Score {
        Score {
            won: self.won,
            lost: self.n - self.won,
            pnl: self.pnl.into(),
        }
    }
}

/// The runs of trades with the same result, in a row of trades that can be continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Runs {
    /// The run at the start.
    first: u32,
    /// The run at the end.
    last: u32,
    longest: u32,
}

impl Runs {
    /// The runs of one trade.
    fn of(has_result: bool) -> Self {
        let n = u32::from(has_result);
        Self {
            first: n,
            last: n,
            longest: n,
        }
    }

    /// Continues a row of `n` trades with `next_n` trades.
    fn append(&mut self, n: u32, next: Self, next_n: u32) {
        self.longest = self.longest.max(next.longest).max(self.last + next.first);
        if self.first == n {
            self.first += next.first;
        }
        self.last = if next.last == next_n {
            self.last + next_n
        } else {
            next.last
        };
    }
}

/// The sums from which the figures of trades are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct FigureSums {
    pub trades: TradeSum,
    gained: ExactSum,
    lost: ExactSum,
    largest_win: Option<ExactSum>,
    largest_loss: Option<ExactSum>,
    won_runs: Runs,
    lost_runs: Runs,
    ticks_of_winners: u64,
    ticks_of_losers: u64,
}

impl FigureSums {
    /// Takes a trade: its profit, and for how long it was held.
    pub fn take(&mut self, pnl: ExactSum, ticks_held: Tick) {
        let ticks = u64::from(ticks_held);
        let is_won = pnl.is_profit();
        let n = self.trades.n;
        self.won_runs.append(n, Runs::of(is_won), 1);
        self.lost_runs.append(n, Runs::of(!is_won), 1);
        self.trades.take(pnl);
        if is_won {
            self.gained += pnl;
            self.ticks_of_winners += ticks;
            self.largest_win = self.largest_win.max(Some(pnl));
        } else {
            self.lost += pnl;
            self.ticks_of_losers += ticks;
            self.largest_loss = Some(self.largest_loss.map_or(pnl, |loss| loss.min(pnl)));
        }
    }

    /// Continues with the trades of another sum, which come later.
    pub fn append(&mut self, next: &Self) {
        let (n, next_n) = (self.trades.n, next.trades.n);
        self.won_runs.append(n, next.won_runs, next_n);
        self.lost_runs.append(n, next.lost_runs, next_n);
        self.trades.append(next.trades);
        self.gained += next.gained;
        self.lost += next.lost;
        self.largest_win = self.largest_win.max(next.largest_win);
        let losses = [self.largest_loss, next.largest_loss];
        self.largest_loss = losses.into_iter().flatten().min();
        self.ticks_of_winners += next.ticks_of_winners;
        self.ticks_of_losers += next.ticks_of_losers;
    }

    /// Returns the figures of the trades and of decided sidebets.
    pub fn figures(&self, bets: TradeSum) -> Figures {
        let trades = self.trades.score();
        Figures {
            win_rate: Interval::of(trades.won, trades.n()),
            trades,
            gained: self.gained.into(),
            lost: self.lost.into(),
            largest_win: self.largest_win.map(Decimal::from),
            largest_loss: self.largest_loss.map(Decimal::from),
            streaks: Streaks {
                won: self.won_runs.longest,
                lost: self.lost_runs.longest,
            },
            ticks_of_winners: self.ticks_of_winners,
            ticks_of_losers: self.ticks_of_losers,
            sidebets: bets.score(),
        }
    }
}

impl Figures {
    /// Returns the figures of trips and sidebets.
    pub fn of<'a>(
        trips: impl IntoIterator<Item = &'a Trip>,
        sidebets: impl IntoIterator<Item = &'a SidebetTrip>,
    ) -> Self {
        let mut sums = FigureSums::default();
        for trip in trips.into_iter().filter(|trip| trip.is_closed()) {
            sums.take(trip.pnl.into(), trip.ticks_held().unwrap_or(0));
        }
        sums.figures(TradeSum::of_bets(sidebets))
    }
}
