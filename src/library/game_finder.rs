//! The recorded games of a session, wherever they lie. Looks only, changes nothing.

use std::path::{Path, PathBuf};

use crate::paths;
use crate::protocol::GameId;
use crate::recording::files::read_game;
use crate::recording::format::index::{GAMES, days, is_game_name, list};
use crate::recording::format::names::short_id;
use crate::recording::{Disk, GameFile};

/// Looks for games by their id.
pub struct GameFinder<D> {
    disk: D,
    /// Folders of games with the names in them, in the order in which they are asked.
    folders: Vec<(PathBuf, Vec<String>)>,
}

impl<D: Disk> GameFinder<D> {
    /// Looks in the folder of games beside a session file, in the other days of its recordings, then in `out`: a folder
    /// of recordings or of games.
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
            folders.push(out.to_owned());
            folders.push(out.join(GAMES));
            folders.extend(games_of(&disk, out));
        }
        let mut finder = Self {
            disk,
            folders: Vec::new(),
        };
        for folder in folders {
            // A folder that is not there or cannot be read has no games for us.
            let found = list(&finder.disk, &folder).unwrap_or_default().into_iter();
            let names = found.filter(|found| !found.is_dir && is_game_name(&found.name));
            let names = names.map(|found| found.name).collect();
            finder.folders.push((folder, names));
        }
        finder
    }

    /// Returns the file of a game; the error says why there is none.
    pub fn find(&self, id: &GameId) -> Result<GameFile, String> {
        // File names carry the beginning of the id's tail.
        let part = format!("_{}", short_id(id));
        let mut damaged = None;
        for (folder, names) in &self.folders {
            for name in names.iter().filter(|name| name.contains(&part)) {
                let path = folder.join(name);
                let why = match read_game(&self.disk, &path) {
                    Ok(Some(Ok(file))) if file.meta.game_id == *id => return Ok(file),
                    Ok(Some(Ok(_)) | None) => continue,
                    Ok(Some(Err(why))) => format!("{}: {why}", paths::text(&path)),
                    Err(failed) => failed.to_string(),
                };
                damaged.get_or_insert(why);
            }
        }
        Err(damaged.unwrap_or_else(|| "no file of it was found".to_owned()))
    }
}

/// Returns the folders of games of a folder of recordings.
fn games_of(disk: &dyn Disk, root: &Path) -> Vec<PathBuf> {
    let days = days(disk, root).unwrap_or_default().into_iter();
    days.map(|day| root.join(day).join(GAMES)).collect()
}
