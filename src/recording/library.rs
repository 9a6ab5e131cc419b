//! What a folder of recordings holds, told by its indexes; and building the indexes anew.

use std::path::{Path, PathBuf};

use super::files::{Failed, replace};
use super::index::{DayIndex, GAMES, INDEX, IndexGame, IndexSession, SESSIONS, Unreadable, days};
use super::{Disk, FolderLock};

/// One game of a library.
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryRow {
    /// The file.
    pub path: PathBuf,
    /// What the index says of it.
    pub game: IndexGame,
}

/// One session of a library.
#[derive(Debug, Clone, PartialEq)]
pub struct LibrarySession {
    /// The file.
    pub path: PathBuf,
    /// What the index says of it.
    pub session: IndexSession,
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

/// Reads the library of a folder. Indexes that disagree with the files are passed over for the files themselves.
pub fn read_library(disk: &dyn Disk, root: &Path) -> Library {
    let mut library = Library::default();
    let dates = days(disk, root).unwrap_or_else(|why| {
        library.unreadable.push((root.to_owned(), why.to_string()));
        Vec::new()
    });
    for date in dates {
        let folder = root.join(&date);
        match DayIndex::load(disk, &folder, &date) {
            Ok((index, stale, unreadable)) => {
                library.take(&folder, index, unreadable);
                if stale {
                    library.stale_days.push(date);
                }
            }
            Err(why) => library.unreadable.push((folder, why.to_string())),
        }
    }
    library
}

/// Builds every index of a folder from its files and writes it; the folder must not be recorded to meanwhile.
pub fn rebuild(disk: &dyn Disk, root: &Path, _lock: &FolderLock) -> Result<Library, String> {
    let cannot = |path: &Path, why| Failed::new("read", path, why).to_string();
    let mut library = Library::default();
    for date in days(disk, root).map_err(|why| cannot(root, why))? {
        let folder = root.join(&date);
        let (index, unreadable) =
            DayIndex::build(disk, &folder, &date).map_err(|why| cannot(&folder, why))?;
        let text = index.to_text().map_err(|error| error.to_string())?;
        replace(disk, &folder, INDEX, &text).map_err(|error| error.to_string())?;
        library.take(&folder, index, unreadable);
    }
    Ok(library)
}

impl Library {
    fn take(&mut self, folder: &Path, index: DayIndex, unreadable: Vec<Unreadable>) {
        let games = folder.join(GAMES);
        self.games
            .extend(index.games.into_iter().map(|game| LibraryRow {
                path: games.join(&game.file),
                game,
            }));
        let sessions = folder.join(SESSIONS);
        let rows = index.sessions.into_iter().map(|session| LibrarySession {
            path: sessions.join(&session.file),
            session,
        });
        self.sessions.extend(rows);
        let unreadable = unreadable.into_iter();
        self.unreadable
            .extend(unreadable.map(|file| (file.path, file.reason)));
    }
}
