//! The library as a person looks at it: all recordings of a folder with search, filter, order and summaries of days.
//! Pure: days in as they are read, rows out.

mod rows;
mod summary;

pub use summary::DaySummary;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::day::LibraryDay;
use super::query::{Column, PreparedQuery, Query, RowKind, Sort};
use super::row::{LibraryRow, RowEntry};
use crate::protocol::GameId;
use rows::SortedRows;

/// The recordings of a folder.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    games: SortedRows,
    sessions: SortedRows,
    damaged: SortedRows,
    days: Vec<DaySummary>,
    /// The player's part in games, by id: several files may be of one game.
    played: HashMap<GameId, PlayedGame>,
    /// Sessions whose P&L is counted.
    counted: HashSet<PathBuf>,
    query: Query,
    sort: Sort,
}

/// The player's part in a game.
#[derive(Debug, Clone, Default)]
struct PlayedGame {
    is_played: bool,
    pnl: Option<Decimal>,
    /// Places of the game's rows.
    rows: Vec<u32>,
}

impl Catalog {
    /// Adds recordings of a day. A day may come in parts, and days in any order.
    pub fn take(&mut self, day: LibraryDay) {
        self.summarise(&day);
        for mut row in day.rows {
            match &row.entry {
                RowEntry::Session(session) => {
                    for id in &session.game_ids {
                        self.update_played(id, |game| game.is_played = true);
                    }
                    self.sessions.rows.push(row);
                }
                RowEntry::Game { game, .. } => {
                    let played = self.played.entry(game.game_id.clone()).or_default();
                    let place = u32::try_from(self.games.rows.len()).unwrap_or(u32::MAX);
                    played.rows.push(place);
                    row.set_player(played.is_played, played.pnl);
                    self.games.rows.push(row);
                }
                RowEntry::Damaged { .. } => self.damaged.rows.push(row),
            }
        }
    }

    /// Adds what a session realised in each of its games, in SOL. A second call for a session changes nothing.
    pub fn take_pnls(&mut self, session: &Path, pnls: impl IntoIterator<Item = (GameId, Decimal)>) {
        if !self.counted.insert(session.to_owned()) {
            return;
        }
        for (id, pnl) in pnls {
            self.update_played(&id, |game| {
                let before = game.pnl.unwrap_or_default();
                game.pnl = Some(before.saturating_add(pnl));
            });
        }
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
        VisibleRows {
            rows: self.rows(kind),
            descending: self.sort.descending,
        }
    }

    /// Returns the number of rows of a kind, matching or not.
    pub fn count(&self, kind: RowKind) -> usize {
        self.rows(kind).rows.len()
    }

    /// Returns the summaries of the days, the newest first; files outside of a day's folder come last.
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

    fn summarise(&mut self, day: &LibraryDay) {
        let place = self
            .days
            .binary_search_by(|known| day.date.cmp(&known.date));
        let place = place.unwrap_or_else(|place| {
            self.days.insert(place, DaySummary::of(&day.date));
            place
        });
        self.days[place].add(day);
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

/// The rows of a catalog that match its query, in their order.
#[derive(Debug, Clone, Copy)]
pub struct VisibleRows<'a> {
    rows: &'a SortedRows,
    descending: bool,
}

impl<'a> VisibleRows<'a> {
    /// Returns the number of rows.
    pub fn len(self) -> usize {
        self.rows.visible().len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.rows.visible().is_empty()
    }

    /// Returns a row.
    pub fn get(self, index: usize) -> Option<&'a LibraryRow> {
        let places = self.rows.visible();
        let place = if self.descending {
            places.len().checked_sub(index)?.checked_sub(1)?
        } else {
            index
        };
        self.rows.rows.get(*places.get(place)? as usize)
    }

    /// Returns the rows.
    pub fn iter(self) -> impl Iterator<Item = &'a LibraryRow> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }

    /// Returns the index of a file's row.
    pub fn position(self, path: &Path) -> Option<usize> {
        self.iter().position(|row| row.path == path)
    }
}
