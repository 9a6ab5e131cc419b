//! Sums over trades while the index goes through them.

use rust_decimal::Decimal;

use super::exact_sum::ExactSum;
use super::{BetKey, TradeKey};
use crate::account::Score;
use crate::review::figures::{Figures, Streaks};
use crate::review::interval::Interval;

/// The sums of the trades of a part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TradeSum {
    pub n: u32,
    pub won: u32,
    pub pnl: ExactSum,
}

impl TradeSum {
    pub fn take(&mut self, pnl: ExactSum) {
        self.n += 1;
        self.won += u32::from(pnl.is_profit());
        self.pnl += pnl;
    }

    fn score(self) -> Score {
        Score {
            won: self.won,
            lost: self.n - self.won,
            pnl: self.pnl.into(),
        }
    }
}

/// The sums from which figures are made.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FigureSums {
    trades: TradeSum,
    bets: TradeSum,
    gained: ExactSum,
    lost: ExactSum,
    largest_win: Option<ExactSum>,
    largest_loss: Option<ExactSum>,
    run: Streaks,
    longest: Streaks,
    ticks_of_winners: u64,
    ticks_of_losers: u64,
}

impl FigureSums {
    pub fn take(&mut self, trade: &TradeKey) {
        let pnl = trade.pnl;
        self.trades.take(pnl);
        if pnl.is_profit() {
            self.gained += pnl;
            self.ticks_of_winners += u64::from(trade.ticks_held);
            self.largest_win = self.largest_win.max(Some(pnl));
            self.run = Streaks {
                won: self.run.won + 1,
                lost: 0,
            };
            self.longest.won = self.longest.won.max(self.run.won);
        } else {
            self.lost += pnl;
            self.ticks_of_losers += u64::from(trade.ticks_held);
            self.largest_loss = Some(self.largest_loss.map_or(pnl, |loss| loss.min(pnl)));
            self.run = Streaks {
                won: 0,
                lost: self.run.lost + 1,
            };
            self.longest.lost = self.longest.lost.max(self.run.lost);
        }
    }

    pub fn take_bet(&mut self, bet: &BetKey) {
        self.bets.take(bet.pnl);
    }

    pub fn figures(&self) -> Figures {
        let trades = self.trades.score();
        Figures {
            win_rate: Interval::of(trades.won, trades.n()),
            trades,
            gained: self.gained.into(),
            lost: self.lost.into(),
            largest_win: self.largest_win.map(Decimal::from),
            largest_loss: self.largest_loss.map(Decimal::from),
            streaks: self.longest,
            ticks_of_winners: self.ticks_of_winners,
            ticks_of_losers: self.ticks_of_losers,
            sidebets: self.bets.score(),
        }
    }
}
