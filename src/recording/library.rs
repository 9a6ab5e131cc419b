//! What a folder of recordings holds, told by its indexes; and building the indexes anew.

use std::path::{Path, PathBuf};

use super::index::{DayIndex, GAMES, INDEX, IndexGame, Unreadable, days};
use super::{Disk, FolderLock};

/// One game of a library.
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryRow {
    /// The file.
    pub path: PathBuf,
    /// What the index says of it.
    pub game: IndexGame,
}

/// All recordings of a folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Library {
    /// Games by start.
    pub games: Vec<LibraryRow>,
    /// Files that cannot be read, with the reason; never hidden.
    pub unreadable: Vec<(PathBuf, String)>,
    /// Days whose index did not agree with the files.
    pub stale_days: Vec<String>,
}

/// Reads the library of a folder. Indexes that disagree with the files are passed over for the files themselves.
pub fn read_library(disk: &dyn Disk, root: &Path) -> Library {
    let mut library = Library::default();
    for date in days(disk, root) {
        let folder = root.join(&date);
        let (index, stale, unreadable) = DayIndex::load(disk, &folder, &date);
        library.take(&folder, index, unreadable);
        if stale {
            library.stale_days.push(date);
        }
    }
    library
}

/// Builds every index of a folder from its files and writes it; the folder must not be recorded to meanwhile.
pub fn rebuild(disk: &dyn Disk, root: &Path, _lock: &FolderLock) -> Result<Library, String> {
    let mut library = Library::default();
    for date in days(disk, root) {
        let folder = root.join(&date);
        let (index, unreadable) = DayIndex::build(disk, &folder, &date);
        let text = index.to_text().map_err(|error| error.to_string())?;
        super::recorder::replace(disk, &folder, INDEX, &text).map_err(|error| error.to_string())?;
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
        self.unreadable.extend(
            unreadable
                .into_iter()
                .map(|u| (games.join(u.file), u.reason)),
        );
    }
}
