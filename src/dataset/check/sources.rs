//! The recordings of the rows of a data set.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::dataset::read::Anonymizer;
use crate::disk::{Disk as _, RealDisk, list_or_empty};
use crate::fairness::sha256_hex;
use crate::library::GameFinder;
use crate::protocol::GameId;
use crate::recording::GameFile;
use crate::recording::format::index::days;
use crate::recording::format::names::{SESSIONS, is_session_name};
use crate::recording::format::read::MAX_FILE_BYTES;

/// Folders of recordings.
pub(super) struct Recordings<'a> {
    folders: &'a [PathBuf],
    finders: Vec<GameFinder<RealDisk>>,
    /// The paths of session files by the name that the data set gives them.
    sessions: HashMap<String, Vec<PathBuf>>,
}

impl<'a> Recordings<'a> {
    pub fn new(folders: &'a [PathBuf]) -> Self {
        Self {
            folders,
            finders: Vec::new(),
            sessions: HashMap::new(),
        }
    }

    /// Returns the text of a game file by its path in its folder; if several folders have one, the one with this hash.
    pub fn game(&self, file: &str, sha256: &str) -> Result<Vec<u8>, String> {
        let mut other = None;
        for folder in self.folders {
            // A path of a damaged data set leads nowhere else.
            if file.split('/').any(|part| part == "..") || file.starts_with('/') {
                break;
            }
            match RealDisk.read_at_most(&folder.join(file), MAX_FILE_BYTES) {
                Ok(text) if sha256_hex(&text) == sha256 => return Ok(text),
                Ok(_) => other = Some("it was changed since the data set was built".to_owned()),
                Err(why) => {
                    other.get_or_insert_with(|| why.to_string());
                }
            }
        }
        Err(other.unwrap_or_else(|| "it is in none of the folders".to_owned()))
    }

    /// Lists the session files, for [`Self::sessions`], and prepares [`Self::find`].
    ///
    /// # Errors
    ///
    /// A folder cannot be listed.
    pub fn list_sessions(&mut self, names: Option<&Anonymizer>) -> std::io::Result<()> {
        for folder in self.folders {
            self.finders.push(GameFinder::of_folder(RealDisk, folder));
            for day in days(&RealDisk, folder)? {
                let inner = folder.join(&day).join(SESSIONS);
                for entry in list_or_empty(&RealDisk, &inner)? {
                    if !entry.is_dir && is_session_name(&entry.name) {
                        let file = format!("{day}/{SESSIONS}/{}", entry.name);
                        let shown = names.map_or_else(|| file.clone(), |names| names.hash(&file));
                        self.sessions
                            .entry(shown)
                            .or_default()
                            .push(folder.join(&file));
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns the texts of the session files with this name, with their paths in their folders.
    pub fn sessions(&self, shown: &str) -> Vec<(String, Vec<u8>)> {
        let paths = self.sessions.get(shown).into_iter().flatten();
        let read = |path: &PathBuf| {
            let inner = self
                .folders
                .iter()
                .find_map(|folder| path.strip_prefix(folder).ok())?;
            let inner: Vec<_> = inner
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            let text = RealDisk.read_at_most(path, MAX_FILE_BYTES).ok()?;
            Some((inner.join("/"), text))
        };
        paths.filter_map(read).collect()
    }

    /// Returns the file of a game.
    pub fn find(&self, id: &GameId) -> Result<GameFile, String> {
        let mut why = "no file of it was found".to_owned();
        for finder in &self.finders {
            match finder.find(id) {
                Ok(file) => return Ok(file),
                Err(other) => why = other,
            }
        }
        Err(why)
    }
}
