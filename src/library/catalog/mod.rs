//! The library as a person looks at it: all recordings of a folder with search, filter, order and summaries of days.
//! Pure: days in as they are read, rows out.

mod played;
mod rows;
mod summary;
mod visible;

pub use summary::DaySummary;
pub use visible::VisibleRows;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::day::LibraryDay;
use super::query::{Column, PreparedQuery, Query, RowKind, Sort};
use super::row::{LibraryRow, RowEntry};
use super::session_facts::SessionFacts;
use crate::protocol::GameId;
use crate::recording::{IndexGame, IndexSession, Origin, SessionNotes};
use played::{PlayedGame, is_proven};
use rows::SortedRows;

/// The recordings of a folder.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    games: SortedRows,
    sessions: SortedRows,
    damaged: SortedRows,
    days: Vec<DaySummary>,
    stale_days: usize,
    /// Numbers of rows by kind and source.
    origins: HashMap<(RowKind, Origin), usize>,
    /// The player's part in games, by id: several files may be of one game.
    played: HashMap<GameId, PlayedGame>,
    /// The session that is being recorded.
    running: Option<LibraryRow>,
    /// How many times a folder was listed into it.
    listing: u64,
    /// Places of the rows of the session files.
    places: HashMap<PathBuf, usize>,
    /// Sessions whose P&L is counted.
    counted: HashSet<PathBuf>,
    query: Query,
    sort: Sort,
}

impl Catalog {
    /// Removes the recordings: a folder is listed from its start. The query and the order stay.
    pub fn clear(&mut self) {
        *self = Self {
            query: std::mem::take(&mut self.query),
            sort: self.sort,
            listing: self.listing + 1,
            ..Self::default()
        };
    }

    /// Returns a number that is another one after each [`Self::clear`].
    pub fn listing(&self) -> u64 {
        self.listing
    }

    /// Adds recordings of a day. A day may come in parts, and days in any order.
    pub fn take(&mut self, day: LibraryDay) {
        self.stale_days += usize::from(day.stale);
        for mut row in day.rows {
            self.summarise(&row);
            match &row.entry {
                RowEntry::Session { session, .. } => {
                    let place = self.sessions.rows.len();
                    let own = u32::try_from(place).unwrap_or(u32::MAX);
                    for id in &session.game_ids {
                        self.update_played(id, |game| {
                            game.is_played = true;
                            game.sessions.push(own);
                        });
                    }
                    row.add_proven(self.proven(session));
                    self.places.insert(row.path.clone(), place);
                    self.sessions.rows.push(row);
                }
                RowEntry::Game { game, .. } => {
                    let played = self.played.entry(game.game_id.clone()).or_default();
                    let place = u32::try_from(self.games.rows.len()).unwrap_or(u32::MAX);
                    played.rows.push(place);
                    // Another file of the game adds nothing.
                    let is_counted = is_proven(game) && played.rows.len() == 1;
                    let id = is_counted.then(|| game.game_id.clone());
                    row.set_player(played.is_played, played.pnl);
                    self.games.rows.push(row);
                    if let Some(id) = id {
                        self.count_proven(&id);
                    }
                }
                RowEntry::Damaged { .. } => self.damaged.rows.push(row),
            }
        }
    }

    /// Takes games as they are on the disk now: those that are new, and those whose file was written again.
    pub fn take_games(&mut self, rows: Vec<LibraryRow>) {
        for mut row in rows {
            let Some(game) = row.game().cloned() else {
                continue;
            };
            let played = self.played.get(&game.game_id);
            let mut places = played.iter().flat_map(|played| &played.rows);
            let known = places.find(|place| self.games.rows[**place as usize].path == row.path);
            let Some(place) = known.map(|place| *place as usize) else {
                self.take(LibraryDay {
                    rows: vec![row],
                    ..LibraryDay::default()
                });
                continue;
            };
            let before = self.games.rows[place].game().cloned();
            let Some(before) = before.filter(|before| *before != game) else {
                continue;
            };
            let (is_played, pnl) =
                played.map_or((false, None), |known| (known.is_played, known.pnl));
            let is_first = self.played_entry(&game.game_id) == Some(&before);
            row.set_player(is_played, pnl);
            self.day(&date_text(&row)).replace(&before, &game);
            self.games.replace(place, row);
            if is_first && is_proven(&game) && !is_proven(&before) {
                self.count_proven(&game.game_id);
            }
        }
    }

    /// Counts a proven game in the sessions that list it.
    fn count_proven(&mut self, id: &GameId) {
        let sessions = self.played.get(id).map(|played| &played.sessions[..]);
        for session in sessions.unwrap_or_default() {
            self.sessions.rows[*session as usize].add_proven(1);
        }
        if let Some(running) = &mut self.running {
            let ids = running.session().map(|session| &session.game_ids[..]);
            let ids = ids.unwrap_or_default().iter();
            let times = ids.filter(|of| *of == id).count();
            running.add_proven(times);
        }
    }

    /// Adds what the rows of a session amount to. A second call for a session changes nothing.
    pub fn take_facts(&mut self, session: &Path, facts: SessionFacts) {
        if !self.counted.insert(session.to_owned()) {
            return;
        }
        self.count_results(&facts, PlayedGame::add_result);
        if let Some(place) = self.places.get(session) {
            self.sessions.set_facts(*place, facts);
        }
    }

    /// Sets the notes of a session.
    pub fn take_notes(&mut self, session: &Path, notes: SessionNotes) {
        match (self.places.get(session), &mut self.running) {
            (Some(place), _) => self.sessions.set_notes(*place, notes),
            (None, Some(running)) if running.path == session => running.set_notes(notes),
            (None, _) => {}
        }
    }

    /// Sets the session that is being recorded: the first row of the sessions. Returns whether the one before has ended:
    /// its file is not listed yet.
    pub fn set_running(&mut self, running: Option<(LibraryRow, SessionFacts)>) -> bool {
        let before = self.running.take();
        if let Some(session) = before.as_ref().and_then(LibraryRow::session) {
            let day = before.as_ref().map_or(String::new(), date_text);
            self.day(&day).remove(session);
        }
        if let Some(facts) = before.as_ref().and_then(LibraryRow::facts) {
            self.count_results(facts, PlayedGame::remove_result);
        }
        let had_one = before.is_some();
        let Some((mut row, facts)) = running else {
            return had_one;
        };
        let before = before.filter(|before| before.path == row.path);
        let has_ended = had_one && before.is_none();
        if let Some(notes) = before.as_ref().and_then(LibraryRow::notes) {
            row.set_notes(notes.clone());
        }
        if let Some(session) = row.session() {
            for id in &session.game_ids {
                self.update_played(id, |game| game.is_played = true);
            }
            row.add_proven(self.proven(session));
        }
        self.count_results(&facts, PlayedGame::add_result);
        row.set_facts(facts);
        self.day(&date_text(&row)).add(&row);
        self.running = Some(row);
        has_ended
    }

    /// Returns the session that is being recorded.
    pub fn running(&self) -> Option<&LibraryRow> {
        self.running.as_ref()
    }

    /// Returns the notes of a session, if it has any.
    pub fn notes_of(&self, session: &Path) -> Option<&SessionNotes> {
        let place = self.places.get(session);
        let row = place.and_then(|place| self.sessions.rows.get(*place));
        let running = || self.running().filter(|row| row.path == session);
        row.or_else(running)?.notes()
    }

    /// Returns the tags of all sessions, each once, in their order.
    pub fn tags(&self) -> BTreeSet<&str> {
        let notes = self.sessions().filter_map(LibraryRow::notes);
        notes.flat_map(SessionNotes::all_tags).collect()
    }

    /// Returns all sessions, whatever the query is: the running one first.
    pub fn sessions(&self) -> impl Iterator<Item = &LibraryRow> {
        self.running.iter().chain(&self.sessions.rows)
    }

    fn count_results(&mut self, facts: &SessionFacts, count: fn(&mut PlayedGame, Decimal)) {
        for (id, pnl) in &facts.pnls {
            self.update_played(id, |game| count(game, *pnl));
        }
    }

    /// Returns the entry of a game's first file.
    fn played_entry(&self, id: &GameId) -> Option<&IndexGame> {
        self.played.get(id)?.entry(&self.games.rows)
    }

    /// Returns how many games of a session are proven, of those that are listed.
    fn proven(&self, session: &IndexSession) -> usize {
        let entries = session.game_ids.iter();
        let entries = entries.filter_map(|id| self.played_entry(id));
        entries.filter(|game| is_proven(game)).count()
    }

    /// Returns the query.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Sets the query.
    pub fn set_query(&mut self, query: Query) {
        if query != self.query {
            self.query = query;
            self.games.query_changed();
            self.sessions.query_changed();
            self.damaged.query_changed();
        }
    }

    /// Returns the order.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Sets the order.
    pub fn set_sort(&mut self, sort: Sort) {
        self.sort = sort;
    }

    /// Returns the rows that match the query, in their order. Only changes are computed.
    pub fn visible(&mut self) -> VisibleRows<'_> {
        let prepared = PreparedQuery::new(&self.query);
        let kind = self.query.kind;
        let column = Some(self.sort.by).filter(|by| Column::of(kind).contains(by));
        let rows = match kind {
            RowKind::Games => &mut self.games,
            RowKind::Sessions => &mut self.sessions,
            RowKind::Damaged => &mut self.damaged,
        };
        rows.refresh(&prepared, column.unwrap_or_default());
        let is_visible = |row: &&LibraryRow| row.kind() == kind && row.matches(&prepared);
        VisibleRows {
            first: self.running.as_ref().filter(is_visible),
            games: &self.games.rows,
            played: &self.played,
            rows: self.rows(kind),
            descending: self.sort.descending,
        }
    }

    /// Returns the number of rows of a kind, matching or not.
    pub fn count(&self, kind: RowKind) -> usize {
        let running = self.running.iter().filter(|row| row.kind() == kind);
        self.rows(kind).rows.len() + running.count()
    }

    /// Returns the summaries of the days with the running session, the newest first; files outside of a day's folder come
    /// last.
    pub fn days(&self) -> &[DaySummary] {
        &self.days
    }

    fn rows(&self, kind: RowKind) -> &SortedRows {
        match kind {
            RowKind::Games => &self.games,
            RowKind::Sessions => &self.sessions,
            RowKind::Damaged => &self.damaged,
        }
    }

    fn summarise(&mut self, row: &LibraryRow) {
        self.day(&date_text(row)).add(row);
        let origin = match &row.entry {
            RowEntry::Game { game, .. } => Some((RowKind::Games, game.origin)),
            RowEntry::Session { session, .. } => Some((RowKind::Sessions, session.origin)),
            RowEntry::Damaged { .. } => None,
        };
        if let Some(key) = origin {
            *self.origins.entry(key).or_default() += 1;
        }
    }

    /// Returns the summary of a day, which begins with nothing.
    fn day(&mut self, date: &str) -> &mut DaySummary {
        let place = self
            .days
            .binary_search_by(|known| date.cmp(&known.date[..]));
        let place = place.unwrap_or_else(|place| {
            self.days.insert(place, DaySummary::of(date));
            place
        });
        &mut self.days[place]
    }

    /// Returns the number of rows of a kind and a source, matching or not.
    pub fn count_of(&self, kind: RowKind, origin: Origin) -> usize {
        let running = self.running.as_ref().and_then(LibraryRow::session);
        let running =
            running.filter(|session| kind == RowKind::Sessions && session.origin == origin);
        let saved = self.origins.get(&(kind, origin)).copied().unwrap_or(0);
        saved + usize::from(running.is_some())
    }

    /// Returns the realised P&L of all sessions with the running one, in SOL, whatever the query is.
    pub fn realised_pnl(&self) -> Decimal {
        let days = self.days.iter().map(|day| day.realised_pnl);
        days.fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// Returns the number of folders of days whose index disagreed with the files.
    pub fn stale_days(&self) -> usize {
        self.stale_days
    }

    /// Changes the player's part in a game, also in its rows.
    fn update_played(&mut self, id: &GameId, change: impl FnOnce(&mut PlayedGame)) {
        let game = self.played.entry(id.clone()).or_default();
        change(game);
        for place in &game.rows {
            if let Some(row) = self.games.rows.get_mut(*place as usize) {
                row.set_player(game.is_played, game.pnl);
            }
        }
        self.games.player_changed();
    }
}

/// Returns the local day of a recording as the summaries have it.
fn date_text(row: &LibraryRow) -> String {
    row.date().map_or(String::new(), |date| date.to_string())
}
