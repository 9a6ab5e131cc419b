//! Sums over trades while the index goes through them, and those of a session, which are made once.

use super::{KINDS, TradeKey};
use crate::review::figure_sums::{FigureSums, TradeSum};

/// The number of parts that a kind of slice can have.
const PARTS: usize = 256;

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
        self.figures.take(trade.pnl, trade.ticks_held);
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
