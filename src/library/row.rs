//! A row of the library: one recorded game, one session, or one file that cannot be read.

use std::cmp::Ordering;
use std::path::PathBuf;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::query::{Column, PnlSign, PreparedQuery, RowKind};
use super::session_facts::SessionFacts;
use crate::clock::local;
use crate::fairness::ProofStatus;
use crate::game::Time;
use crate::recording::{IndexGame, IndexSession, SessionNotes};

/// A row of the library.
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryRow {
    /// The file.
    pub path: PathBuf,
    /// What the file holds.
    pub entry: RowEntry,
    /// The local day of the start, or the day of the folder if there is no start.
    date: Option<NaiveDate>,
    /// The words that a text search looks through, in lower case.
    text: Box<str>,
    /// The length of `text` without the notes.
    own_text: usize,
    has_games: bool,
}

/// What the file of a row holds.
#[derive(Debug, Clone, PartialEq)]
pub enum RowEntry {
    /// A game.
    Game {
        /// Its entry in the index.
        game: IndexGame,
        /// What is wrong with a recording of the Python original, in words; empty for a game file.
        faults: Vec<String>,
        /// A session lists the game.
        played: bool,
        /// The player's realised P&L in it, in SOL; `None` until a session file with one was read.
        pnl: Option<Decimal>,
    },
    /// A session.
    Session {
        /// Its entry in the index.
        session: IndexSession,
        /// What its rows amount to; `None` until the session file was read.
        facts: Option<Box<SessionFacts>>,
        /// The player's notes, if there are any.
        notes: Option<Box<SessionNotes>>,
        /// How many of its games are proven, of those that are listed.
        proven: usize,
    },
    /// A file that cannot be read.
    Damaged {
        /// What is wrong with it.
        reason: String,
    },
}

impl LibraryRow {
    /// Returns the row of a game in the folder of `day`, which is empty for files outside of such folders.
    pub fn of_game(path: PathBuf, game: IndexGame, faults: Vec<String>, day: &str) -> Self {
        let start = game.start_time.map(start_text);
        let start = start.unwrap_or_default();
        let text = format!("{} {} {start}", game.game_id.as_str(), game.file);
        let date = game.start_time.map(local_day);
        let entry = RowEntry::Game {
            game,
            faults,
            played: false,
            pnl: None,
        };
        Self::new(path, entry, date.or(day.parse().ok()), &text)
    }

    /// Returns the row of a session.
    pub fn of_session(path: PathBuf, session: IndexSession) -> Self {
        let player = session.username.as_deref().unwrap_or("anonymous");
        let mut words = vec![session.file.clone(), start_text(session.session_start)];
        words.push(player.to_owned());
        words.extend(session.player_id.clone());
        words.extend(session.game_ids.iter().map(ToString::to_string));
        let date = local_day(session.session_start);
        // A session can be saved for its notes alone.
        let has_games = session.games_played > 0;
        let entry = RowEntry::Session {
            session,
            facts: None,
            notes: None,
            proven: 0,
        };
        let mut row = Self::new(path, entry, Some(date), &words.join(" "));
        row.has_games = has_games;
        row
    }

    /// Returns the row of a file that cannot be read, in the folder of `day`.
    pub fn of_damaged(path: PathBuf, reason: String, day: &str) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = format!("{name} {day}");
        Self::new(path, RowEntry::Damaged { reason }, day.parse().ok(), &text)
    }

    fn new(path: PathBuf, entry: RowEntry, date: Option<NaiveDate>, text: &str) -> Self {
        let text: Box<str> = text.to_lowercase().into();
        Self {
            path,
            entry,
            date,
            own_text: text.len(),
            text,
            has_games: true,
        }
    }

    /// Whether there is a game to replay: a session that has just begun, or was saved for its notes alone, has none.
    pub fn has_games(&self) -> bool {
        self.has_games
    }

    /// Sets whether a running session has a game to replay.
    pub fn set_has_games(&mut self, has_games: bool) {
        self.has_games = has_games;
    }

    /// Returns the local day of the start, or the day of the folder if there is no start.
    pub fn date(&self) -> Option<NaiveDate> {
        self.date
    }

    /// Returns the entry of a game.
    pub fn game(&self) -> Option<&IndexGame> {
        match &self.entry {
            RowEntry::Game { game, .. } => Some(game),
            RowEntry::Session { .. } | RowEntry::Damaged { .. } => None,
        }
    }

    /// Returns the entry of a session.
    pub fn session(&self) -> Option<&IndexSession> {
        match &self.entry {
            RowEntry::Session { session, .. } => Some(session),
            RowEntry::Game { .. } | RowEntry::Damaged { .. } => None,
        }
    }

    /// Returns why a file cannot be read.
    pub fn reason(&self) -> Option<&str> {
        match &self.entry {
            RowEntry::Damaged { reason } => Some(reason),
            RowEntry::Game { .. } | RowEntry::Session { .. } => None,
        }
    }

    /// Returns the kind of the row.
    pub fn kind(&self) -> RowKind {
        match self.entry {
            RowEntry::Game { .. } => RowKind::Games,
            RowEntry::Session { .. } => RowKind::Sessions,
            RowEntry::Damaged { .. } => RowKind::Damaged,
        }
    }

    /// Returns the key that sorts the rows of a day: games by start, sessions by start, then unreadable files.
    pub(super) fn start_key(&self) -> (u8, Option<Time>) {
        match &self.entry {
            RowEntry::Game { game, .. } => (0, game.start_time),
            RowEntry::Session { session, .. } => (1, Some(session.session_start)),
            RowEntry::Damaged { .. } => (2, None),
        }
    }

    /// Sets what the rows of a session amount to.
    pub(super) fn set_facts(&mut self, read: SessionFacts) {
        if let RowEntry::Session { facts, .. } = &mut self.entry {
            *facts = Some(Box::new(read));
        }
    }

    /// Counts more proven games of a session.
    pub(super) fn add_proven(&mut self, games: usize) {
        if let RowEntry::Session { proven, .. } = &mut self.entry {
            *proven += games;
        }
    }

    /// Sets the notes of a session: a search looks through them, too.
    pub(super) fn set_notes(&mut self, written: SessionNotes) {
        let RowEntry::Session { notes, .. } = &mut self.entry else {
            return;
        };
        let mut text = self.text[..self.own_text].to_owned();
        let placed = written.places.iter().map(|note| note.text.as_str());
        for words in placed
            .chain([written.text.as_str()])
            .chain(written.all_tags())
        {
            text.push('\n');
            text.push_str(&words.to_lowercase());
        }
        self.text = text.into();
        *notes = (!written.is_empty()).then(|| Box::new(written));
    }

    /// Returns the notes of a session, if there are any.
    pub fn notes(&self) -> Option<&SessionNotes> {
        match &self.entry {
            RowEntry::Session { notes, .. } => notes.as_deref(),
            RowEntry::Game { .. } | RowEntry::Damaged { .. } => None,
        }
    }

    /// Returns what the rows of a session amount to, once they were read.
    pub fn facts(&self) -> Option<&SessionFacts> {
        match &self.entry {
            RowEntry::Session { facts, .. } => facts.as_deref(),
            RowEntry::Game { .. } | RowEntry::Damaged { .. } => None,
        }
    }

    /// Sets the player's part in a game.
    pub(super) fn set_player(&mut self, is_played: bool, realised: Option<Decimal>) {
        if let RowEntry::Game { played, pnl, .. } = &mut self.entry {
            (*played, *pnl) = (is_played, realised);
        }
    }

    /// Whether a query of this kind of rows matches; cheap conditions come first.
    pub(super) fn matches(&self, prepared: &PreparedQuery<'_>) -> bool {
        let query = prepared.query;
        let matches_entry = match &self.entry {
            RowEntry::Game {
                game, played, pnl, ..
            } => {
                let is = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
                is(query.complete, game.complete)
                    && is(query.played, *played)
                    && query.origin.is_none_or(|origin| origin == game.origin)
                    && query.proof.is_none_or(|proof| proof == game.proof)
                    && query.ticks.contain(Some(game.duration_ticks))
                    && query.peak.contain(game.peak_multiplier)
                    && matches_pnl(query.pnl, *pnl)
            }
            RowEntry::Session { session, notes, .. } => {
                query.origin.is_none_or(|origin| origin == session.origin)
                    && matches_pnl(query.pnl, Some(session.realised_pnl))
                    && query.takes_notes(notes.as_deref())
            }
            RowEntry::Damaged { .. } => true,
        };
        matches_entry && query.dates.contain(self.date) && prepared.has_words(&self.text)
    }

    /// Returns the order of two rows of one kind: by the column, then by start, then by path.
    pub(super) fn compare(&self, other: &Self, column: Column) -> Ordering {
        self.compare_by(other, column)
            .then_with(|| self.compare_by(other, Column::Start))
            .then_with(|| self.path.cmp(&other.path))
    }

    fn compare_by(&self, other: &Self, column: Column) -> Ordering {
        match (&self.entry, &other.entry) {
            (
                RowEntry::Game {
                    game: a,
                    played: a_played,
                    pnl: a_pnl,
                    ..
                },
                RowEntry::Game {
                    game: b,
                    played: b_played,
                    pnl: b_pnl,
                    ..
                },
            ) => match column {
                Column::Pnl => a_pnl.cmp(b_pnl),
                Column::Played => a_played.cmp(b_played),
                _ => compare_games(a, b, column),
            },
            (
                RowEntry::Session {
                    session: a, facts, ..
                },
                RowEntry::Session {
                    session: b,
                    facts: b_facts,
                    ..
                },
            ) => match column {
                Column::Trades => trades(facts.as_deref()).cmp(&trades(b_facts.as_deref())),
                Column::Won => won(facts.as_deref()).cmp(&won(b_facts.as_deref())),
                Column::OrderDrawdown => {
                    drawdown(facts.as_deref()).cmp(&drawdown(b_facts.as_deref()))
                }
                Column::Notes => noted(self.notes()).cmp(&noted(other.notes())),
                _ => compare_sessions(a, b, column),
            },
            (RowEntry::Damaged { reason: a }, RowEntry::Damaged { reason: b }) => match column {
                Column::File => self.path.cmp(&other.path),
                Column::Reason => a.cmp(b),
                _ => self.date.cmp(&other.date),
            },
            // A list has rows of one kind.
            _ => Ordering::Equal,
        }
    }
}

/// Returns the rows of one kind.
pub fn rows_of(rows: &[LibraryRow], kind: RowKind) -> impl Iterator<Item = &LibraryRow> {
    rows.iter().filter(move |row| row.kind() == kind)
}

fn compare_games(a: &IndexGame, b: &IndexGame, column: Column) -> Ordering {
    match column {
        Column::Id => a.game_id.cmp(&b.game_id),
        Column::Ticks => a.duration_ticks.cmp(&b.duration_ticks),
        Column::Peak => a.peak_multiplier.cmp(&b.peak_multiplier),
        Column::Proof => rank(a.proof).cmp(&rank(b.proof)),
        Column::Complete => a.complete.cmp(&b.complete),
        Column::Origin => a.origin.as_str().cmp(b.origin.as_str()),
        _ => a.start_time.cmp(&b.start_time),
    }
}

fn compare_sessions(a: &IndexSession, b: &IndexSession, column: Column) -> Ordering {
    match column {
        Column::Games => a.games_played.cmp(&b.games_played),
        Column::Length => length(a).cmp(&length(b)),
        Column::Pnl => a.realised_pnl.cmp(&b.realised_pnl),
        Column::Drifts => a.drift_count.cmp(&b.drift_count),
        Column::Origin => a.origin.as_str().cmp(b.origin.as_str()),
        _ => a.session_start.cmp(&b.session_start),
    }
}

/// Returns whether a session has a star, and how many notes.
fn noted(notes: Option<&SessionNotes>) -> Option<(bool, usize)> {
    notes.map(|notes| (notes.starred, notes.count()))
}

/// Returns the number of trades.
fn trades(facts: Option<&SessionFacts>) -> Option<u32> {
    Some(facts?.trades.n())
}

/// Returns the share of games that were won; `None` without any with a result.
fn won(facts: Option<&SessionFacts>) -> Option<Decimal> {
    let (won, all) = facts?.games_won();
    Decimal::from(won).checked_div(Decimal::from(all))
}

/// Returns the drawdown at the orders with the deepest one lowest.
fn drawdown(facts: Option<&SessionFacts>) -> Option<Decimal> {
    facts.map(|facts| -facts.order_drawdown)
}

fn length(session: &IndexSession) -> chrono::TimeDelta {
    session.session_end - session.session_start
}

fn matches_pnl(sign: Option<PnlSign>, pnl: Option<Decimal>) -> bool {
    match sign {
        None => true,
        Some(PnlSign::Gain) => pnl.is_some_and(|pnl| pnl > Decimal::ZERO),
        Some(PnlSign::Loss) => pnl.is_some_and(|pnl| pnl < Decimal::ZERO),
    }
}

/// Returns the rank of a proof, the best first.
fn rank(proof: ProofStatus) -> u8 {
    match proof {
        ProofStatus::Proven => 0,
        ProofStatus::Repaired => 1,
        ProofStatus::Unverifiable => 2,
        ProofStatus::Mismatch => 3,
    }
}

/// Returns the local day of a time.
fn local_day(at: Time) -> NaiveDate {
    local(at).date_naive()
}

/// Returns day and time as a table shows them, in local time.
fn start_text(start: Time) -> String {
    local(start).format("%Y-%m-%d %H:%M:%S").to_string()
}
