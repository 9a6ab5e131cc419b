//! What an import reports: games, findings, totals, and why it ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::fairness::ProofStatus;
use crate::paths;
use crate::protocol::{Counts, GameId};
use crate::recording::{FolderError, SavedGame};

/// Why an import ends before its end. What was imported so far is in the folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The folder of the recordings cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What is in the folder cannot be read or recovered.
    #[error("{0}")]
    Recovery(String),
    /// The disk does not take the recordings.
    #[error("{0}; then import again: what is there already stays as it is")]
    Disk(String),
    /// A time has no zone.
    #[error(
        "{}, line {line}: its time has no zone; say which one it is with --tz, for example --tz UTC or --tz America/New_York",
        paths::text(path)
    )]
    NoZone {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// Something to report during an import.
#[derive(Debug)]
#[non_exhaustive]
pub enum ImportEvent<'a> {
    /// A game was saved for the first time in this import.
    Game(&'a SavedGame),
    /// A line is damaged; everything else of the file is imported.
    DamagedLine {
        /// The file.
        path: &'a Path,
        /// The line, from 1.
        line: usize,
        /// The problem.
        problem: &'a str,
    },
    /// A file was not imported, or not to its end.
    Refused {
        /// The file.
        path: &'a Path,
        /// The reason, and what to do.
        why: &'a str,
    },
    /// So many bytes of the file were read so far.
    Progress {
        /// The bytes of all files.
        bytes: u64,
    },
}

/// What an import has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportTotals {
    /// Files that were read.
    pub files: u64,
    /// Files that were not imported, or not to their end.
    pub refused_files: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// Events of the server.
    pub events: u64,
    /// Requests and answers, which are passed over.
    pub requests: u64,
    /// Events whose time is estimated, because the lines have none.
    pub untimed: u64,
    /// Records that the captures say are missing in them.
    pub lost: u64,
    /// Damaged lines.
    pub damaged: u64,
    /// Last lines of files that are not whole: the program that wrote them was killed.
    pub unfinished: u64,
    /// New games that came faster than any server plays, and without a proof; they are not recorded.
    pub refused_games: u64,
    /// The status of each saved game.
    pub games: BTreeMap<GameId, ProofStatus>,
    /// What could not be decoded.
    pub counts: Vec<Counts>,
}
