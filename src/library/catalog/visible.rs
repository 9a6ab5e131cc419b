//! The rows that a catalog shows.

use std::collections::HashMap;
use std::path::Path;

use super::played::PlayedGame;
use super::rows::SortedRows;
use crate::library::row::LibraryRow;
use crate::protocol::GameId;
use crate::recording::IndexGame;

/// The rows of a catalog that match its query, in their order: the running session first.
#[derive(Debug, Clone, Copy)]
pub struct VisibleRows<'a> {
    pub(super) first: Option<&'a LibraryRow>,
    pub(super) games: &'a [LibraryRow],
    pub(super) played: &'a HashMap<GameId, PlayedGame>,
    pub(super) rows: &'a SortedRows,
    pub(super) descending: bool,
}

impl<'a> VisibleRows<'a> {
    /// Returns the number of rows.
    pub fn len(self) -> usize {
        self.rows.visible().len() + usize::from(self.first.is_some())
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Returns a row.
    pub fn get(self, index: usize) -> Option<&'a LibraryRow> {
        let index = match self.first {
            Some(first) if index == 0 => return Some(first),
            first => index - usize::from(first.is_some()),
        };
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

    /// Returns the row that is chosen while the player has chosen none: the first one; or the second one, if only that
    /// has a game to replay, because the running session has just begun.
    pub fn first_choice(self) -> Option<&'a LibraryRow> {
        let playable = self.iter().take(2).find(|row| row.has_games());
        playable.or_else(|| self.get(0))
    }

    /// Returns the entry of a game, if a file of it is listed.
    pub fn game(self, id: &GameId) -> Option<&'a IndexGame> {
        self.played.get(id)?.entry(self.games)
    }

    /// Returns the index of a file's row.
    pub fn position(self, path: &Path) -> Option<usize> {
        self.iter().position(|row| row.path == path)
    }
}
