//! The recordings of one day.

use std::path::{Path, PathBuf};

use super::row::LibraryRow;
use crate::recording::DayIndex;
use crate::recording::format::index::UnreadableFile;
use crate::recording::format::names::{GAMES, SESSIONS};

/// The recordings of a day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LibraryDay {
    /// The day in UTC, `2025-12-15`; empty for files outside of a day's folder.
    pub date: String,
    /// Games by start, then sessions by start, then files that cannot be read.
    pub rows: Vec<LibraryRow>,
    /// The index disagreed with the files: these are the rows of the files.
    pub stale: bool,
}

impl LibraryDay {
    /// Returns the day of an index in its folder.
    pub(super) fn new(folder: &Path, index: DayIndex, unreadable: Vec<UnreadableFile>) -> Self {
        let (games, sessions) = (folder.join(GAMES), folder.join(SESSIONS));
        let date = index.date;
        let mut rows = Vec::new();
        rows.extend(index.games.into_iter().map(|game| {
            let path = games.join(&game.file);
            LibraryRow::of_game(path, game, Vec::new(), &date)
        }));
        rows.extend(index.sessions.into_iter().map(|session| {
            let path = sessions.join(&session.file);
            LibraryRow::of_session(path, session)
        }));
        let unreadable = unreadable.into_iter();
        rows.extend(unreadable.map(|file| LibraryRow::of_damaged(file.path, file.reason, &date)));
        Self {
            date,
            rows,
            stale: false,
        }
    }

    /// Returns a day that is only one unreadable file or folder.
    pub(super) fn damaged(date: String, path: PathBuf, reason: String) -> Self {
        Self {
            rows: vec![LibraryRow::of_damaged(path, reason, &date)],
            date,
            stale: false,
        }
    }
}
