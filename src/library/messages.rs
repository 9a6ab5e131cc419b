//! The requests to the library's thread, and its events.

use std::path::PathBuf;

use super::day::LibraryDay;
use super::opened_replay::OpenedReplay;
use super::preview::{Preview, ProvenGame};
use super::row::LibraryRow;
use super::session_facts::SessionFacts;
use crate::protocol::GameId;

/// What the worker can do.
#[derive(Debug)]
pub(super) enum LibraryRequest {
    List(PathBuf),
    Rebuild(PathBuf),
    Open {
        path: PathBuf,
        out: Option<PathBuf>,
        game: Option<GameId>,
    },
    /// Open the session that is being recorded in a folder, at a game.
    Replay {
        root: PathBuf,
        game: Option<GameId>,
    },
    /// Read a recording for its preview, with this game of it.
    Preview {
        path: PathBuf,
        out: Option<PathBuf>,
        game: Option<GameId>,
    },
    /// Prove a game of a folder of recordings.
    Prove {
        root: PathBuf,
        game: GameId,
    },
    /// Read the session that is being recorded in a folder.
    Running(PathBuf),
    /// List a folder or open a file.
    Show {
        path: PathBuf,
        out: Option<PathBuf>,
    },
}

impl LibraryRequest {
    /// Decides between list and open by the disk.
    pub(super) fn resolved(self) -> Self {
        match self {
            Self::Show { path, .. } if path.is_dir() => Self::List(path),
            Self::Show { path, out } => Self::Open {
                path,
                out,
                game: None,
            },
            request => request,
        }
    }
}

/// What the worker reports, in order.
#[derive(Debug)]
pub enum LibraryEvent {
    /// A folder is being listed. Events of an earlier folder are over.
    Began(PathBuf),
    /// Recordings of a day, the newest day first. A long folder without days comes in parts. A session that turns out to
    /// be damaged comes once more, after all days.
    Day(LibraryDay),
    /// What the index does not have of a session; after all days.
    Facts {
        /// The session file.
        session: PathBuf,
        /// What its rows amount to.
        facts: Box<SessionFacts>,
    },
    /// The session that is being recorded in the folder, with what its rows amount to; `None` if there is none.
    Running(Option<Box<(LibraryRow, SessionFacts)>>),
    /// The folder is completely listed.
    Listed(PathBuf),
    /// A folder cannot be listed.
    NotListed {
        /// The folder.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// Every index of the folder was rebuilt.
    Rebuilt(PathBuf),
    /// The indexes could not be rebuilt.
    NotRebuilt {
        /// The folder.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// A file was opened.
    Opened(Box<OpenedReplay>),
    /// A game cannot be replayed, or proven.
    NotReplayed(String),
    /// A recording was read for its preview.
    Previewed(Box<Preview>),
    /// A recording cannot be read for its preview.
    NotPreviewed {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// A game was proven again.
    Proven(Box<ProvenGame>),
    /// A file cannot be opened.
    NotOpened {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
}
