//! A query of a catalog: which rows, in which order.

use chrono::NaiveDate;
use memchr::memmem::Finder;
use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::recording::{Origin, SessionNotes};

/// The kind of rows.
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

/// The sign of a P&L. Zero is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PnlSign {
    /// Above zero.
    Gain,
    /// Below zero.
    Loss,
}

/// A range that includes its ends; a missing end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds<T> {
    /// The lowest value.
    pub least: Option<T>,
    /// The highest value.
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
    /// Whether a value is in the range. An unknown value is only in a range without ends.
    pub fn contain(&self, value: Option<T>) -> bool {
        let from = |least| value.is_some_and(|value| value >= least);
        let to = |most| value.is_some_and(|value| value <= most);
        self.least.is_none_or(from) && self.most.is_none_or(to)
    }
}

/// Conditions on rows. Ticks, peak, proof, complete and played apply to games only; origin and P&L to games and sessions;
/// text and dates to all rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// The kind of rows.
    pub kind: RowKind,
    /// Words that must all occur in the id, the file name, the date, the player's name or the notes; case does not matter.
    pub text: String,
    /// Days of the start, in local time.
    pub dates: Bounds<NaiveDate>,
    /// The source.
    pub origin: Option<Origin>,
    /// Length of the game in ticks.
    pub ticks: Bounds<u32>,
    /// The highest price of the game.
    pub peak: Bounds<Decimal>,
    /// The proof of the game.
    pub proof: Option<ProofStatus>,
    /// Whether the game is complete.
    pub complete: Option<bool>,
    /// The sign of the player's P&L.
    pub pnl: Option<PnlSign>,
    /// Whether the player played or watched.
    pub played: Option<bool>,
    /// Only sessions with a star.
    pub starred: bool,
    /// Only sessions with a star, a tag or a note, on them or in them.
    pub noted: bool,
    /// Only sessions with this tag, on them or in them.
    pub tag: Option<String>,
}

impl Query {
    /// Whether it takes a session with these notes.
    pub(super) fn takes_notes(&self, notes: Option<&SessionNotes>) -> bool {
        let is_starred = notes.is_some_and(|notes| notes.starred);
        let has =
            |tag: &String| notes.is_some_and(|notes| notes.all_tags().contains(&tag.as_str()));
        (!self.starred || is_starred)
            && (!self.noted || notes.is_some())
            && self.tag.as_ref().is_none_or(has)
    }
}

/// A query with its words ready for the search. (`str::contains` prepares its search for each row, which takes twenty
/// times as long as the search itself.)
pub(super) struct PreparedQuery<'a> {
    pub query: &'a Query,
    words: Vec<Finder<'static>>,
}

impl<'a> PreparedQuery<'a> {
    pub fn new(query: &'a Query) -> Self {
        let text = query.text.to_lowercase();
        let words = text.split_whitespace();
        let words = words.map(|word| Finder::new(word).into_owned()).collect();
        Self { query, words }
    }

    /// Whether a text in lower case has all words.
    pub fn has_words(&self, text: &str) -> bool {
        let has = |word: &Finder<'_>| word.find(text.as_bytes()).is_some();
        self.words.iter().all(has)
    }
}

/// A column to sort by. Equal rows are sorted by start, then by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Column {
    /// The start.
    #[default]
    Start,
    /// Id of the game.
    Id,
    /// Ticks of the game.
    Ticks,
    /// Highest price of the game.
    Peak,
    /// Proof of the game: proven, repaired, unverifiable, mismatch.
    Proof,
    /// Whether the game is complete.
    Complete,
    /// The source.
    Origin,
    /// The player's P&L; an unknown one is the lowest.
    Pnl,
    /// Whether the player played.
    Played,
    /// Number of games played in the session.
    Games,
    /// Number of its trades; an unknown one is the lowest.
    Trades,
    /// Share of its trades that were won; an unknown one is the lowest.
    Won,
    /// The deepest fall of its total value from order to order.
    OrderDrawdown,
    /// Number of its drifts.
    Drifts,
    /// Its duration.
    Length,
    /// The player's notes: a star first, then their number.
    Notes,
    /// The damaged file.
    File,
    /// What is wrong with the file.
    Reason,
}

impl Column {
    /// Returns the columns that rows of this kind have.
    pub fn of(kind: RowKind) -> &'static [Self] {
        match kind {
            RowKind::Sessions => &[
                Self::Start,
                Self::Origin,
                Self::Games,
                Self::Trades,
                Self::Won,
                Self::Pnl,
                Self::OrderDrawdown,
                Self::Drifts,
                Self::Length,
                Self::Notes,
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

/// The order of rows. A column that their kind does not have counts as the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The column.
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
