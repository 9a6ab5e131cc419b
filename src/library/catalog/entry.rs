//! The rows of a catalog: which of them a query wants, and which comes first.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use memchr::memmem::Finder;
use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::library::catalog::{Column, PnlSign, Query};
use crate::library::{LibraryRow, LibrarySession};
use crate::protocol::GameId;

/// What the player had to do with a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mine {
    pub played: bool,
    pub pnl: Option<Decimal>,
}

/// A query made ready: its words in lower case. (`str::contains` prepares its search for every row anew, and that takes
/// twenty times as long as the search.)
pub(super) struct Wanted<'a> {
    query: &'a Query,
    words: Vec<Finder<'static>>,
}

impl<'a> Wanted<'a> {
    pub fn new(query: &'a Query) -> Self {
        let text = query.text.to_lowercase();
        let words = text.split_whitespace();
        let words = words.map(|word| Finder::new(word).into_owned()).collect();
        Self { query, words }
    }

    /// What every kind of row is asked, the cheap question first.
    fn wants(&self, date: Option<NaiveDate>, text: &str) -> bool {
        let is_in = |word: &Finder<'_>| word.find(text.as_bytes()).is_some();
        self.query.dates.hold(date) && self.words.iter().all(is_in)
    }

    fn wants_pnl(&self, pnl: Option<Decimal>) -> bool {
        match self.query.pnl {
            None => true,
            Some(PnlSign::Gain) => pnl.is_some_and(|pnl| pnl > Decimal::ZERO),
            Some(PnlSign::Loss) => pnl.is_some_and(|pnl| pnl < Decimal::ZERO),
        }
    }
}

/// A row of a list.
pub(super) trait Entry {
    /// Whether a query wants it.
    fn is_wanted(&self, wanted: &Wanted<'_>, mine: &[Mine]) -> bool;
    /// Which of two comes first, by one column alone.
    fn by(&self, other: &Self, column: Column, mine: &[Mine]) -> Ordering;
    /// The file.
    fn path(&self) -> &Path;

    /// Which of two comes first; equal only if they are the same file.
    fn compare(&self, other: &Self, column: Column, mine: &[Mine]) -> Ordering {
        self.by(other, column, mine)
            .then_with(|| self.by(other, Column::Start, mine))
            .then_with(|| self.path().cmp(other.path()))
    }
}

/// A game.
#[derive(Debug, Clone)]
pub(super) struct Game {
    pub row: LibraryRow,
    /// Its place in the list of what the player had to do with games.
    pub number: u32,
    date: Option<NaiveDate>,
    text: Box<str>,
}

impl Game {
    pub fn new(row: LibraryRow, number: u32, day: Option<NaiveDate>) -> Self {
        let game = &row.game;
        let start = game.start_time.map(words_of);
        let start = start.unwrap_or_default();
        let text = format!("{} {} {start}", game.game_id.as_str(), game.file);
        Self {
            number,
            date: game.start_time.map(|time| time.date_naive()).or(day),
            text: text.to_lowercase().into(),
            row,
        }
    }

    pub fn mine(&self, mine: &[Mine]) -> Mine {
        mine.get(self.number as usize).copied().unwrap_or_default()
    }
}

impl Entry for Game {
    fn is_wanted(&self, wanted: &Wanted<'_>, mine: &[Mine]) -> bool {
        let (query, game, mine) = (wanted.query, &self.row.game, self.mine(mine));
        let is = |asked: Option<bool>, is: bool| asked.is_none_or(|asked| asked == is);
        is(query.complete, game.complete)
            && is(query.played, mine.played)
            && query.origin.is_none_or(|origin| origin == game.origin)
            && query.proof.is_none_or(|proof| proof == game.proof)
            && query.ticks.hold(Some(game.duration_ticks))
            && query.peak.hold(game.peak_multiplier)
            && wanted.wants_pnl(mine.pnl)
            && wanted.wants(self.date, &self.text)
    }

    fn by(&self, other: &Self, column: Column, mine: &[Mine]) -> Ordering {
        let (a, b) = (&self.row.game, &other.row.game);
        match column {
            Column::Id => a.game_id.cmp(&b.game_id),
            Column::Ticks => a.duration_ticks.cmp(&b.duration_ticks),
            Column::Peak => a.peak_multiplier.cmp(&b.peak_multiplier),
            Column::Proof => rank(a.proof).cmp(&rank(b.proof)),
            Column::Complete => a.complete.cmp(&b.complete),
            Column::Origin => a.origin.as_str().cmp(b.origin.as_str()),
            Column::Pnl => self.mine(mine).pnl.cmp(&other.mine(mine).pnl),
            Column::Played => self.mine(mine).played.cmp(&other.mine(mine).played),
            _ => a.start_time.cmp(&b.start_time),
        }
    }

    fn path(&self) -> &Path {
        &self.row.path
    }
}

/// A session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub row: LibrarySession,
    text: Box<str>,
}

impl Session {
    pub fn new(row: LibrarySession) -> Self {
        let session = &row.session;
        let mut text = format!("{} {}", session.file, words_of(session.session_start));
        let player = session.username.as_deref().unwrap_or("anonymous");
        let ids = session.game_ids.iter().map(GameId::as_str);
        for word in [player]
            .into_iter()
            .chain(session.player_id.as_deref())
            .chain(ids)
        {
            text.push(' ');
            text.push_str(word);
        }
        Self {
            text: text.to_lowercase().into(),
            row,
        }
    }
}

impl Entry for Session {
    fn is_wanted(&self, wanted: &Wanted<'_>, _: &[Mine]) -> bool {
        let (query, session) = (wanted.query, &self.row.session);
        query.origin.is_none_or(|origin| origin == session.origin)
            && wanted.wants_pnl(Some(session.realised_pnl))
            && wanted.wants(Some(session.session_start.date_naive()), &self.text)
    }

    fn by(&self, other: &Self, column: Column, _: &[Mine]) -> Ordering {
        let (a, b) = (&self.row.session, &other.row.session);
        match column {
            Column::Player => a.username.cmp(&b.username),
            Column::Games => a.games_played.cmp(&b.games_played),
            Column::Actions => a.total_actions.cmp(&b.total_actions),
            Column::Pnl => a.realised_pnl.cmp(&b.realised_pnl),
            Column::Drifts => a.drift_count.cmp(&b.drift_count),
            Column::Origin => a.origin.as_str().cmp(b.origin.as_str()),
            _ => a.session_start.cmp(&b.session_start),
        }
    }

    fn path(&self) -> &Path {
        &self.row.path
    }
}

/// A file that cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Damaged {
    pub path: PathBuf,
    pub reason: String,
    date: Option<NaiveDate>,
    text: Box<str>,
}

impl Damaged {
    pub fn new(path: PathBuf, reason: String, day: &str, date: Option<NaiveDate>) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self {
            text: format!("{name} {day}").to_lowercase().into(),
            path,
            reason,
            date,
        }
    }
}

impl Entry for Damaged {
    fn is_wanted(&self, wanted: &Wanted<'_>, _: &[Mine]) -> bool {
        wanted.wants(self.date, &self.text)
    }

    fn by(&self, other: &Self, column: Column, _: &[Mine]) -> Ordering {
        match column {
            Column::File => self.path.cmp(&other.path),
            Column::Reason => self.reason.cmp(&other.reason),
            _ => self.date.cmp(&other.date),
        }
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

/// Day and time as a table shows them.
fn words_of(start: crate::game::Time) -> String {
    start.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The best first.
fn rank(proof: ProofStatus) -> u8 {
    match proof {
        ProofStatus::Proven => 0,
        ProofStatus::Repaired => 1,
        ProofStatus::Unverifiable => 2,
        ProofStatus::Mismatch => 3,
    }
}
