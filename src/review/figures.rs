//! The figures of any number of trips and sidebets.

use rust_decimal::Decimal;

use super::interval::Interval;
use crate::account::Score;

/// The longest runs of trades with a profit and without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Streaks {
    /// With a profit.
    pub won: u32,
    /// Without one.
    pub lost: u32,
}

/// Figures of trades: the trips that ended by sells or the rug, in their order. Money in SOL. A ratio that is undefined is
/// `None`, never zero or infinite.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Trades with a profit, without one, and their P&L.
    pub trades: Score,
    /// The share that was won, with its interval of 95 %.
    pub win_rate: Option<Interval>,
    /// The P&L of all trades with a profit.
    pub gained: Decimal,
    /// The P&L of all trades without one; not positive.
    pub lost: Decimal,
    /// The largest profit.
    pub largest_win: Option<Decimal>,
    /// The largest loss; not positive.
    pub largest_loss: Option<Decimal>,
    /// The longest runs.
    pub streaks: Streaks,
    /// Ticks held by all trades with a profit.
    pub ticks_of_winners: u64,
    /// Ticks held by all trades without one.
    pub ticks_of_losers: u64,
    /// Decided sidebets.
    pub sidebets: Score,
}

impl Figures {
    /// Returns the mean P&L of a trade.
    pub fn expectancy(&self) -> Option<Decimal> {
        mean(self.trades.pnl, self.trades.n())
    }

    /// Returns the mean P&L of a trade with a profit.
    pub fn average_win(&self) -> Option<Decimal> {
        mean(self.gained, self.trades.won)
    }

    /// Returns the mean P&L of a trade without one; not positive.
    pub fn average_loss(&self) -> Option<Decimal> {
        mean(self.lost, self.trades.lost)
    }

    /// Returns the mean profit over the mean loss.
    pub fn payoff_ratio(&self) -> Option<Decimal> {
        self.average_win()?.checked_div(-self.average_loss()?)
    }

    /// Returns all profits over all losses.
    pub fn profit_factor(&self) -> Option<Decimal> {
        self.gained.checked_div(-self.lost)
    }

    /// Returns the mean ticks held by trades with a profit, and by those without.
    pub fn mean_ticks(&self) -> (Option<Decimal>, Option<Decimal>) {
        let winners = mean(self.ticks_of_winners.into(), self.trades.won);
        (winners, mean(self.ticks_of_losers.into(), self.trades.lost))
    }

    /// Returns the mean ticks held by all trades.
    pub fn mean_hold(&self) -> Option<Decimal> {
        let ticks = self.ticks_of_winners.saturating_add(self.ticks_of_losers);
        mean(ticks.into(), self.trades.n())
    }
}

fn mean(sum: Decimal, n: u32) -> Option<Decimal> {
    sum.checked_div(n.into())
}
