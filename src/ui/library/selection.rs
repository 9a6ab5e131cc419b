//! The chosen row of the library's list. Pure.

use std::path::{Path, PathBuf};

use crate::library::{Catalog, Query, VisibleRows};
use crate::ui::command::LibraryKey;

/// Rows that a page key moves.
const PAGE: usize = 20;

/// The chosen row, by its file.
#[derive(Debug, Default)]
pub struct Selection {
    path: Option<PathBuf>,
    /// Whether to scroll to the row.
    scroll: bool,
    /// Whether the player chose the row. Otherwise it is always the first choice of the list.
    is_by_player: bool,
    /// The place where the row was found last.
    place: usize,
    /// The query when the row was chosen: with another one the first row is chosen.
    query: Query,
}

impl Selection {
    /// Returns the file of the chosen row.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Chooses a row for the player.
    pub fn choose(&mut self, path: PathBuf) {
        self.path = Some(path);
        self.is_by_player = true;
    }

    /// Whether to scroll to the row, once.
    pub fn take_scroll(&mut self) -> bool {
        std::mem::take(&mut self.scroll)
    }

    /// Chooses another row by a key. The keys of the search and of opening do nothing here.
    pub fn step(&mut self, key: LibraryKey, shown: VisibleRows<'_>) {
        let Some(last) = shown.len().checked_sub(1) else {
            return;
        };
        let at = self.path().and_then(|path| shown.position(path));
        let to = match key {
            LibraryKey::Search | LibraryKey::Open => return,
            LibraryKey::Up => at.map_or(0, |at| at.saturating_sub(1)),
            LibraryKey::Down => at.map_or(0, |at| at + 1),
            LibraryKey::PageUp => at.map_or(0, |at| at.saturating_sub(PAGE)),
            LibraryKey::PageDown => at.map_or(0, |at| at + PAGE),
            LibraryKey::First => 0,
            LibraryKey::Last => last,
        };
        self.path = shown.get(to.min(last)).map(|row| row.path.clone());
        self.is_by_player = true;
        self.scroll = true;
    }

    /// Returns the place of the chosen row. The list is searched only when the row has moved.
    pub fn place(&mut self, shown: VisibleRows<'_>) -> Option<usize> {
        let chosen = self.path.as_deref()?;
        let is_it = |place: usize| shown.get(place).is_some_and(|row| row.path == chosen);
        if !is_it(self.place) {
            self.place = shown.position(chosen)?;
        }
        Some(self.place)
    }

    /// Chooses the first choice of the list while the player has chosen none, when the query has changed, and when the
    /// chosen row is not in a complete list.
    pub fn choose_first(&mut self, catalog: &mut Catalog, is_complete: bool) {
        if *catalog.query() != self.query {
            self.query = catalog.query().clone();
            self.is_by_player = false;
        }
        let shown = catalog.visible();
        let is_gone = is_complete && self.place(shown).is_none();
        if !self.is_by_player || self.path.is_none() || is_gone {
            self.path = shown.first_choice().map(|row| row.path.clone());
        }
    }
}
