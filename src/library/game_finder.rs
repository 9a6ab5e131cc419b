//! Finds the recorded games of a session. It only reads.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, list_or_empty};
use crate::paths;
use crate::protocol::GameId;
use crate::recording::GameFile;
use crate::recording::format::index::days;
use crate::recording::format::names::{GAMES, is_game_name, short_id};
use crate::recording::format::read::read_game;

/// Finds games by their id.
pub struct GameFinder<D> {
    disk: D,
    /// Folders of games with their file names, in the order of the search. They are listed when they are searched: most
    /// sessions have all their games beside them.
    folders: Vec<(PathBuf, OnceCell<Vec<String>>)>,
}

impl<D: Disk> GameFinder<D> {
    /// Returns the finder for a session file: it searches the folder of games beside it, the other days of its
    /// recordings, and then `out`, a folder of recordings or of games.
    pub fn beside(disk: D, session: &Path, out: Option<&Path>) -> Self {
        let folder = session.parent().unwrap_or(Path::new(""));
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let day = folder.join("..");
        let mut folders = vec![day.join(GAMES)];
        folders.extend(games_of(&disk, &day.join("..")));
        if let Some(out) = out {
            folders.extend(folders_of(&disk, out));
        }
        Self::searching(disk, folders)
    }

    /// Returns the finder for a folder of recordings or of games.
    pub fn of_folder(disk: D, root: &Path) -> Self {
        let folders = folders_of(&disk, root);
        Self::searching(disk, folders)
    }

    fn searching(disk: D, folders: Vec<PathBuf>) -> Self {
        let folders = folders.into_iter();
        Self {
            disk,
            folders: folders.map(|folder| (folder, OnceCell::new())).collect(),
        }
    }

    /// Returns the names of the games in a folder; one that is missing or cannot be read has none.
    fn names(&self, folder: &Path) -> Vec<String> {
        let found = list_or_empty(&self.disk, folder).unwrap_or_default();
        let games = found.into_iter();
        let games = games.filter(|found| !found.is_dir && is_game_name(&found.name));
        games.map(|found| found.name).collect()
    }

    /// Returns a game.
    ///
    /// # Errors
    ///
    /// The text says why there is none.
    pub fn find(&self, id: &GameId) -> Result<GameFile, String> {
        self.find_file(id).map(|(_, game)| game)
    }

    /// Returns a game with its file.
    ///
    /// # Errors
    ///
    /// The text says why there is none.
    pub(super) fn find_file(&self, id: &GameId) -> Result<(PathBuf, GameFile), String> {
        // A file name has the beginning of the id's tail.
        let part = format!("_{}", short_id(id));
        let mut damaged = None;
        for (folder, names) in &self.folders {
            let names = names.get_or_init(|| self.names(folder)).iter();
            for name in names.filter(|name| name.contains(&part)) {
                let path = folder.join(name);
                let why = match read_game(&self.disk, &path) {
                    Ok(Some(Ok(file))) if file.meta.game_id == *id => return Ok((path, file)),
                    Ok(Some(Ok(_)) | None) => continue,
                    Ok(Some(Err(why))) => format!("{} is damaged: {why}", paths::text(&path)),
                    Err(failed) => failed.to_string(),
                };
                damaged.get_or_insert(why);
            }
        }
        Err(damaged.unwrap_or_else(|| "no file of it was found".to_owned()))
    }
}

/// Returns the folders in which a folder of recordings or of games has games.
pub(super) fn folders_of(disk: &dyn Disk, root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned(), root.join(GAMES)];
    folders.extend(games_of(disk, root));
    folders
}

/// Returns the folders of games of a folder of recordings.
fn games_of(disk: &dyn Disk, root: &Path) -> Vec<PathBuf> {
    let days = days(disk, root).unwrap_or_default().into_iter();
    days.map(|day| root.join(day).join(GAMES)).collect()
}
