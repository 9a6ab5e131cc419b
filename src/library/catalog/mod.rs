//! The library that a person looks at: all recordings of a folder with search, filter, order and day summaries. Pure:
//! days in as they are read, rows out.

mod entry;
mod list;
mod query;
mod summary;

pub use query::{Bounds, Column, PnlSign, Query, RowKind, Sort};
pub use summary::DaySummary;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::library::{LibraryDay, LibraryRow, LibrarySession};
use crate::protocol::GameId;
use entry::{Damaged, Game, Mine, Session, Wanted};
use list::List;

/// The recordings of a folder.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    games: List<Game>,
    sessions: List<Session>,
    damaged: List<Damaged>,
    days: Vec<DaySummary>,
    /// What the player had to do with games, by the number of the game: files of the same game share it.
    mine: Vec<Mine>,
    numbers: HashMap<GameId, u32>,
    /// Sessions whose P&L was taken.
    counted: HashSet<PathBuf>,
    query: Query,
    sort: Sort,
}

/// A row of a catalog.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RowRef<'a> {
    /// A game.
    Game(GameRow<'a>),
    /// A session.
    Session(&'a LibrarySession),
    /// A file that cannot be read.
    Damaged {
        /// The file.
        path: &'a Path,
        /// What is wrong with it.
        reason: &'a str,
    },
}

/// A game of a catalog.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GameRow<'a> {
    /// The file and what the index says of it.
    pub row: &'a LibraryRow,
    /// A session lists it.
    pub played: bool,
    /// What the player realised in it, in SOL; `None` while no session file that tells it was read.
    pub pnl: Option<Decimal>,
}

impl<'a> RowRef<'a> {
    /// Returns the file.
    pub fn path(self) -> &'a Path {
        match self {
            Self::Game(game) => &game.row.path,
            Self::Session(session) => &session.path,
            Self::Damaged { path, .. } => path,
        }
    }
}

impl Catalog {
    /// Takes recordings of a day; those of the same day may come in parts, days in any order.
    pub fn take(&mut self, day: LibraryDay) {
        self.summarise(&day);
        let date: Option<NaiveDate> = day.date.parse().ok();
        for row in day.sessions {
            for id in &row.session.game_ids {
                let number = self.number(id);
                self.mine[number as usize].played = true;
            }
            self.sessions.rows.push(Session::new(row));
            self.games.mine_changed();
        }
        for row in day.games {
            let number = self.number(&row.game.game_id);
            self.games.rows.push(Game::new(row, number, date));
        }
        for (path, reason) in day.unreadable {
            let damaged = Damaged::new(path, reason, &day.date, date);
            self.damaged.rows.push(damaged);
        }
    }

    /// Takes what a session realised in each of its games, in SOL; a second time it changes nothing.
    pub fn take_pnls(&mut self, session: &Path, pnls: impl IntoIterator<Item = (GameId, Decimal)>) {
        if !self.counted.insert(session.to_owned()) {
            return;
        }
        for (id, pnl) in pnls {
            let number = self.number(&id);
            let mine = &mut self.mine[number as usize];
            let before = mine.pnl.unwrap_or_default();
            mine.pnl = Some(before.saturating_add(pnl));
        }
        self.games.mine_changed();
    }

    /// Returns what is asked.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Asks for other rows.
    pub fn set_query(&mut self, query: Query) {
        if query != self.query {
            self.query = query;
            self.games.filter_anew();
            self.sessions.filter_anew();
            self.damaged.filter_anew();
        }
    }

    /// Returns the order.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Asks for another order.
    pub fn set_sort(&mut self, sort: Sort) {
        self.sort = sort;
    }

    /// Returns the rows that are wanted, in their order. Nothing is done anew that has not changed.
    pub fn shown(&mut self) -> Shown<'_> {
        let wanted = Wanted::new(&self.query);
        let kind = self.query.kind;
        let by = Some(self.sort.by).filter(|by| Column::of(kind).contains(by));
        let (by, mine) = (by.unwrap_or_default(), &self.mine);
        match kind {
            RowKind::Games => self.games.refresh(&wanted, by, mine),
            RowKind::Sessions => self.sessions.refresh(&wanted, by, mine),
            RowKind::Damaged => self.damaged.refresh(&wanted, by, mine),
        }
        Shown { catalog: self }
    }

    /// Returns how many rows of a kind there are, wanted or not.
    pub fn count(&self, kind: RowKind) -> usize {
        match kind {
            RowKind::Games => self.games.rows.len(),
            RowKind::Sessions => self.sessions.rows.len(),
            RowKind::Damaged => self.damaged.rows.len(),
        }
    }

    /// Returns what each day comes to, the newest first; last what lies in no day's folder.
    pub fn days(&self) -> &[DaySummary] {
        &self.days
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

    fn number(&mut self, id: &GameId) -> u32 {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = u32::try_from(self.mine.len()).unwrap_or(u32::MAX);
        self.numbers.insert(id.clone(), number);
        self.mine.push(Mine::default());
        number
    }
}

/// The rows of a catalog that are wanted, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    catalog: &'a Catalog,
}

impl<'a> Shown<'a> {
    fn places(self) -> &'a [u32] {
        match self.catalog.query.kind {
            RowKind::Games => self.catalog.games.shown(),
            RowKind::Sessions => self.catalog.sessions.shown(),
            RowKind::Damaged => self.catalog.damaged.shown(),
        }
    }

    /// Returns how many there are.
    pub fn len(self) -> usize {
        self.places().len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.places().is_empty()
    }

    /// Returns a row.
    pub fn get(self, index: usize) -> Option<RowRef<'a>> {
        let places = self.places();
        let place = if self.catalog.sort.descending {
            places.len().checked_sub(index)?.checked_sub(1)?
        } else {
            index
        };
        let place = *places.get(place)? as usize;
        let catalog = self.catalog;
        Some(match catalog.query.kind {
            RowKind::Games => {
                let game = &catalog.games.rows[place];
                let mine = game.mine(&catalog.mine);
                RowRef::Game(GameRow {
                    row: &game.row,
                    played: mine.played,
                    pnl: mine.pnl,
                })
            }
            RowKind::Sessions => RowRef::Session(&catalog.sessions.rows[place].row),
            RowKind::Damaged => {
                let damaged = &catalog.damaged.rows[place];
                RowRef::Damaged {
                    path: &damaged.path,
                    reason: &damaged.reason,
                }
            }
        })
    }

    /// Returns the rows.
    pub fn iter(self) -> impl Iterator<Item = RowRef<'a>> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }

    /// Returns where the row of a file stands.
    pub fn position(self, path: &Path) -> Option<usize> {
        self.iter().position(|row| row.path() == path)
    }
}
