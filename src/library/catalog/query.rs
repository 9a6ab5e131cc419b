//! What is asked of a catalog: which rows, in which order.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::recording::Origin;

/// What a list is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RowKind {
    /// Sessions.
    #[default]
    Sessions,
    /// Games.
    Games,
    /// Files that cannot be read.
    Damaged,
}

/// The sign of a P&L; zero is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PnlSign {
    /// Above zero.
    Gain,
    /// Below zero.
    Loss,
}

/// A range with both ends in it; without an end it is open there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds<T> {
    /// The lowest.
    pub least: Option<T>,
    /// The highest.
    pub most: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self {
            least: None,
            most: None,
        }
    }
}

impl<T: PartialOrd + Copy> Bounds<T> {
    /// Whether a value is in it; what is not known is only in a range without ends.
    pub fn hold(&self, value: Option<T>) -> bool {
        let from = |least| value.is_some_and(|value| value >= least);
        let to = |most| value.is_some_and(|value| value <= most);
        self.least.is_none_or(from) && self.most.is_none_or(to)
    }
}

/// Which rows are wanted. What a kind of rows does not have is not asked of it: ticks, peak, proof, complete and played
/// of games alone, origin and P&L of games and sessions, text and dates of all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// The kind of rows.
    pub kind: RowKind,
    /// Words, all of which must be somewhere in the id, the name of the file, the date or the player's name, whatever
    /// their case.
    pub text: String,
    /// Days of the start, in UTC.
    pub dates: Bounds<NaiveDate>,
    /// Where it came from.
    pub origin: Option<Origin>,
    /// Length of the game in ticks.
    pub ticks: Bounds<u32>,
    /// Its highest price.
    pub peak: Bounds<Decimal>,
    /// Its proof.
    pub proof: Option<ProofStatus>,
    /// Whether it is complete.
    pub complete: Option<bool>,
    /// The player's P&L in it, as far as it is known.
    pub pnl: Option<PnlSign>,
    /// Whether he played it, or watched.
    pub played: Option<bool>,
}

/// What rows are sorted by. What is equal stands by start, then by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Column {
    /// The start.
    #[default]
    Start,
    /// Id of the game.
    Id,
    /// Ticks of the game.
    Ticks,
    /// Its highest price.
    Peak,
    /// Its proof: proven, repaired, unverifiable, mismatch.
    Proof,
    /// Whether it is complete.
    Complete,
    /// Where it came from.
    Origin,
    /// The player's P&L; what is not known is the least.
    Pnl,
    /// Whether he played it.
    Played,
    /// Name of the session's player.
    Player,
    /// Games played in the session.
    Games,
    /// Its actions.
    Actions,
    /// Its drifts.
    Drifts,
    /// The damaged file.
    File,
    /// What is wrong with it.
    Reason,
}

impl Column {
    /// Returns the columns that rows of this kind have.
    pub fn of(kind: RowKind) -> &'static [Self] {
        match kind {
            RowKind::Sessions => &[
                Self::Start,
                Self::Player,
                Self::Games,
                Self::Actions,
                Self::Pnl,
                Self::Drifts,
                Self::Origin,
            ],
            RowKind::Games => &[
                Self::Start,
                Self::Id,
                Self::Ticks,
                Self::Peak,
                Self::Proof,
                Self::Complete,
                Self::Origin,
                Self::Pnl,
                Self::Played,
            ],
            RowKind::Damaged => &[Self::Start, Self::File, Self::Reason],
        }
    }
}

/// The order of rows. A column that they do not have is as good as their start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// What they are sorted by.
    pub by: Column,
    /// The highest first.
    pub descending: bool,
}

impl Default for Sort {
    /// The newest first.
    fn default() -> Self {
        Self {
            by: Column::Start,
            descending: true,
        }
    }
}
