//! The requests to the library's thread, and its events.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;

use super::bundle::{BundleContent, CheckProgress, ShareFailure};
use super::day::LibraryDay;
use super::opened_replay::OpenedReplay;
use super::preview::Preview;
use super::row::LibraryRow;
use super::session_facts::SessionFacts;
use crate::protocol::GameId;
use crate::recording::{Diary, NoteEdit, SessionNotes};

/// What the worker can do.
#[derive(Debug)]
pub(super) enum LibraryRequest {
    List(PathBuf),
    Rebuild(PathBuf),
    Open {
        path: PathBuf,
        out: Option<PathBuf>,
        game: Option<GameId>,
        progress: Arc<CheckProgress>,
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
    /// Read the session that is being recorded in a folder.
    Running(PathBuf),
    /// List the games of the newest days of a folder.
    Games(PathBuf),
    /// Read or write a file of the player's own.
    Player(PlayerFile),
    /// List a folder or open a file.
    Show {
        path: PathBuf,
        out: Option<PathBuf>,
        progress: Arc<CheckProgress>,
    },
}

/// A request for a file of the player's own: notes, the diary, a bundle.
#[derive(Debug)]
pub(super) enum PlayerFile {
    Notes(PathBuf),
    EditNotes(PathBuf, Box<NoteEdit>),
    Diary(PathBuf),
    SaveDiary(PathBuf, NaiveDate, String),
    /// Find out what the bundle of a session would have in it.
    PlanShare {
        session: PathBuf,
        out: Option<PathBuf>,
    },
    Share {
        session: PathBuf,
        out: Option<PathBuf>,
        target: PathBuf,
        options: ShareOptions,
    },
}

/// How a session is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShareOptions {
    /// With the player's name and id.
    pub names: bool,
    /// A file of that name is replaced.
    pub replaces: bool,
}

impl LibraryRequest {
    /// Decides between list and open by the disk.
    pub(super) fn resolved(self) -> Self {
        match self {
            Self::Show { path, .. } if path.is_dir() => Self::List(path),
            Self::Show {
                path,
                out,
                progress,
            } => Self::Open {
                path,
                out,
                game: None,
                progress,
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
    /// The games of the newest days of a folder, as they are on the disk now.
    Games {
        /// The folder.
        root: PathBuf,
        /// Their rows.
        rows: Vec<LibraryRow>,
    },
    /// The folder is completely listed.
    Listed(PathBuf),
    /// A folder cannot be listed: what is wrong and what to do.
    NotListed(String),
    /// Every index of the folder was rebuilt.
    Rebuilt(PathBuf),
    /// The indexes could not be rebuilt: what is wrong and what to do.
    NotRebuilt(String),
    /// A file was opened; a bundle was checked before.
    Opened(Box<OpenedReplay>),
    /// A game cannot be replayed.
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
    /// The notes of a session, as they are on the disk now; after a listing, of each session that has some.
    Notes {
        /// The session.
        session: PathBuf,
        /// The notes.
        notes: Box<SessionNotes>,
        /// What is wrong with their file, in words.
        fault: Option<String>,
    },
    /// The diary of a folder, as it is on the disk now.
    Diary {
        /// The folder.
        root: PathBuf,
        /// The diary.
        diary: Box<Diary>,
        /// What is wrong with its file, in words.
        fault: Option<String>,
    },
    /// What the bundle of a session would have in it, with the names masked; or why there can be none.
    SharePlanned {
        /// The session.
        session: PathBuf,
        /// The content.
        plan: Result<Box<BundleContent>, String>,
    },
    /// A bundle was written, or not.
    Shared {
        /// The file.
        target: PathBuf,
        /// What is in it, and its length in bytes.
        result: Result<(Box<BundleContent>, usize), ShareFailure>,
    },
    /// Notes or the diary could not be written.
    NotSaved {
        /// The session, or the folder.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// A file cannot be opened.
    NotOpened {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
}
