//! What a folder of recordings holds, told by its indexes; and building the indexes anew.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use crate::library::unindexed::{is_day, read_unindexed};
use crate::protocol::GameId;
use crate::recording::files::{JOURNAL, WriteError, read_session, replace};
use crate::recording::format::index::{
    DayIndex, GAMES, INDEX, IndexGame, IndexSession, SESSIONS, UnreadableFile, days, list,
};
use crate::recording::{DirEntry, Disk, FolderLock};

/// One game of a library.
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryRow {
    /// The file.
    pub path: PathBuf,
    /// What the index says of it.
    pub game: IndexGame,
    /// What is wrong with a recording of the Python original, in words; empty for a file of ours.
    pub faults: Vec<String>,
}

/// One session of a library.
#[derive(Debug, Clone, PartialEq)]
pub struct LibrarySession {
    /// The file.
    pub path: PathBuf,
    /// What the index says of it.
    pub session: IndexSession,
}

/// The recordings of a day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LibraryDay {
    /// The day in UTC, `2025-12-15`; empty for files that lie in no day's folder.
    pub date: String,
    /// Games by start.
    pub games: Vec<LibraryRow>,
    /// Sessions by start.
    pub sessions: Vec<LibrarySession>,
    /// Files that cannot be read, with the reason; never hidden.
    pub unreadable: Vec<(PathBuf, String)>,
    /// The index did not agree with the files: this is what the files say.
    pub stale: bool,
}

/// All recordings of a folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Library {
    /// Games by start.
    pub games: Vec<LibraryRow>,
    /// Sessions by start.
    pub sessions: Vec<LibrarySession>,
    /// Files that cannot be read, with the reason; never hidden.
    pub unreadable: Vec<(PathBuf, String)>,
    /// Days whose index did not agree with the files.
    pub stale_days: Vec<String>,
}

/// Tells the days of a folder, the newest first, until nobody wants more. Indexes that disagree with the files are
/// passed over for the files themselves.
///
/// A folder without days may be a day itself, or hold loose recordings, those of the Python original among them: they
/// are told with an empty date, as many at a time as are read quickly, the last names first.
pub fn read_days(
    disk: &dyn Disk,
    root: &Path,
    tell: &mut dyn FnMut(LibraryDay) -> ControlFlow<()>,
) -> io::Result<()> {
    let dates = days(disk, root)?;
    if dates.is_empty() {
        return if is_day(disk, root)? {
            let name = root.file_name().unwrap_or_default();
            let _stop = tell(read_day(disk, root, name.to_string_lossy().into_owned()));
            Ok(())
        } else {
            read_unindexed(disk, root, tell)
        };
    }
    for date in dates.into_iter().rev() {
        if tell(read_day(disk, &root.join(&date), date)).is_break() {
            break;
        }
    }
    Ok(())
}

fn read_day(disk: &dyn Disk, folder: &Path, date: String) -> LibraryDay {
    match DayIndex::load(disk, folder, &date) {
        Ok((index, stale, unreadable)) => LibraryDay {
            stale,
            ..LibraryDay::of(folder, index, unreadable)
        },
        Err(why) => LibraryDay {
            date,
            unreadable: vec![(folder.to_owned(), why.to_string())],
            ..LibraryDay::default()
        },
    }
}

/// Reads the library of a folder, the oldest day first, otherwise as [`read_days`].
pub fn read_library(disk: &dyn Disk, root: &Path) -> Library {
    let mut days = Vec::new();
    let read = read_days(disk, root, &mut |day| {
        days.push(day);
        ControlFlow::Continue(())
    });
    let mut library = Library::default();
    if let Err(why) = read {
        library.unreadable.push((root.to_owned(), why.to_string()));
    }
    for day in days.into_iter().rev() {
        library.take(day);
    }
    library
}

/// Whether a folder is one of recordings: it has days, or is recorded to for the first time. What is written to others
/// would be among somebody else's files.
pub fn is_of_recordings(disk: &dyn Disk, root: &Path) -> io::Result<bool> {
    let is_journal = |found: &DirEntry| found.is_dir && found.name == JOURNAL;
    Ok(!days(disk, root)?.is_empty() || list(disk, root)?.iter().any(is_journal))
}

/// Returns what a session realised in its games, in SOL; no index tells that.
pub fn read_pnls(disk: &dyn Disk, session: &Path) -> Result<Vec<(GameId, Decimal)>, String> {
    match read_session(disk, session) {
        Ok(Some(file)) => file.map(|file| file.pnls()),
        Ok(None) => Err("it is gone".to_owned()),
        Err(failed) => Err(failed.to_string()),
    }
}

/// Builds every index of a folder from its files, writes it and tells its day, the oldest first, until nobody wants
/// more; the folder must not be recorded to meanwhile.
pub fn rebuild_days(
    disk: &dyn Disk,
    root: &Path,
    _lock: &FolderLock,
    tell: &mut dyn FnMut(LibraryDay) -> ControlFlow<()>,
) -> Result<(), String> {
    let cannot = |path: &Path, why| WriteError::new("read", path, why).to_string();
    for date in days(disk, root).map_err(|why| cannot(root, why))? {
        let folder = root.join(&date);
        let (index, unreadable) =
            DayIndex::build(disk, &folder, &date).map_err(|why| cannot(&folder, why))?;
        let text = index.to_text().map_err(|error| error.to_string())?;
        replace(disk, &folder, INDEX, &text).map_err(|error| error.to_string())?;
        if tell(LibraryDay::of(&folder, index, unreadable)).is_break() {
            break;
        }
    }
    Ok(())
}

/// Builds every index of a folder anew, as [`rebuild_days`].
pub fn rebuild(disk: &dyn Disk, root: &Path, lock: &FolderLock) -> Result<Library, String> {
    let mut library = Library::default();
    rebuild_days(disk, root, lock, &mut |day| {
        library.take(day);
        ControlFlow::Continue(())
    })?;
    Ok(library)
}

impl LibraryDay {
    fn of(folder: &Path, index: DayIndex, unreadable: Vec<UnreadableFile>) -> Self {
        let (games, sessions) = (folder.join(GAMES), folder.join(SESSIONS));
        let game = |game: IndexGame| LibraryRow {
            path: games.join(&game.file),
            game,
            faults: Vec::new(),
        };
        let session = |session: IndexSession| LibrarySession {
            path: sessions.join(&session.file),
            session,
        };
        let unreadable = unreadable.into_iter();
        Self {
            date: index.date,
            games: index.games.into_iter().map(game).collect(),
            sessions: index.sessions.into_iter().map(session).collect(),
            unreadable: unreadable.map(|file| (file.path, file.reason)).collect(),
            stale: false,
        }
    }
}

impl Library {
    fn take(&mut self, day: LibraryDay) {
        self.games.extend(day.games);
        self.sessions.extend(day.sessions);
        self.unreadable.extend(day.unreadable);
        if day.stale {
            self.stale_days.push(day.date);
        }
    }
}
