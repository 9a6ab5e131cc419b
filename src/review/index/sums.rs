//! Sums over trades while the index goes through them, and those of a session, which are made once.

use rust_decimal::Decimal;

use super::exact_sum::ExactSum;
use super::{KINDS, TradeKey};
use crate::account::Score;
use crate::review::figures::{Figures, Streaks};
use crate::review::interval::Interval;

/// The number of parts that a kind of slice can have.
const PARTS: usize = 256;

/// The sums of the trades of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    fn take(&mut self, trade: &TradeKey) {
        let (pnl, ticks) = (trade.pnl, u64::from(trade.ticks_held));
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
    fn append(&mut self, next: &Self) {
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

/// The sums of the trades that a filter takes, in their order.
#[derive(Debug)]
pub(super) struct FilterSums {
    pub figures: FigureSums,
    /// By kind of slice and part.
    pub parts: Vec<[TradeSum; PARTS]>,
    pub tags: Vec<TradeSum>,
}

impl FilterSums {
    /// Returns the sums of no trade, with room for so many tags.
    pub fn new(tags: usize) -> Self {
        Self {
            figures: FigureSums::default(),
            parts: vec![[TradeSum::default(); PARTS]; KINDS],
            tags: vec![TradeSum::default(); tags],
        }
    }

    /// Takes a trade.
    pub fn take(&mut self, trade: &TradeKey) {
        self.figures.take(trade);
        for kind in 0..KINDS {
            self.take_part(kind, trade);
        }
        let mut bits = trade.tags;
        while bits != 0 {
            self.tags[bits.trailing_zeros() as usize].take(trade.pnl);
            bits &= bits - 1;
        }
    }

    /// Takes a trade into its part of one kind only.
    pub fn take_part(&mut self, kind: usize, trade: &TradeKey) {
        if let Some(part) = trade.parts[kind] {
            self.parts[kind][usize::from(part)].take(trade.pnl);
        }
    }

    /// Takes all trades of a session.
    pub fn append(&mut self, session: &SessionSums) {
        self.figures.append(&session.figures);
        for kind in 0..KINDS {
            self.append_parts(kind, session);
        }
        for (tag, sum) in &session.tags {
            self.tags[*tag].append(*sum);
        }
    }

    /// Takes all trades of a session into their parts of one kind only.
    pub fn append_parts(&mut self, kind: usize, session: &SessionSums) {
        for (part, sum) in &session.parts[kind] {
            self.parts[kind][usize::from(*part)].append(*sum);
        }
    }
}

/// The sums of all trades of a session.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SessionSums {
    pub figures: FigureSums,
    /// The parts with a trade, by kind of slice.
    parts: [Vec<(u8, TradeSum)>; KINDS],
    /// The tags with a trade.
    tags: Vec<(usize, TradeSum)>,
}

impl SessionSums {
    /// Returns the sums of trades, with room for so many tags.
    pub fn of(trades: &[TradeKey], tags: usize) -> Self {
        let mut sums = FilterSums::new(tags);
        for trade in trades {
            sums.take(trade);
        }
        let mut parts: [Vec<(u8, TradeSum)>; KINDS] = Default::default();
        for (parts, sums) in parts.iter_mut().zip(&sums.parts) {
            parts.extend((0..=u8::MAX).zip(*sums).filter(|(_, sum)| sum.n > 0));
        }
        let tags = sums.tags.into_iter().enumerate();
        Self {
            figures: sums.figures,
            parts,
            tags: tags.filter(|(_, sum)| sum.n > 0).collect(),
        }
    }

    /// Returns the number of its trades in a part.
    pub fn in_part(&self, kind: usize, part: u8) -> u32 {
        let found = self.parts[kind].iter().find(|(other, _)| *other == part);
        found.map_or(0, |(_, sum)| sum.n)
    }
}
