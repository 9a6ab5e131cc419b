//! The folder of journals: which names are taken, and which journals can be removed.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, FileError};
use crate::paths;

/// The names in the folder of journals. A name is free again once its file is removed.
pub(super) struct JournalFolder {
    path: PathBuf,
    /// Paths of open journals, of finished ones, and of files that cannot be read.
    taken: BTreeSet<PathBuf>,
    /// Journals of published recordings. They are removed once the index has the recordings.
    finished: Vec<PathBuf>,
}

impl JournalFolder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            taken: BTreeSet::new(),
            finished: Vec::new(),
        }
    }

    /// Returns the folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the first free one of these names and returns its path.
    pub(super) fn reserve(&mut self, names: impl IntoIterator<Item = String>) -> PathBuf {
        let paths = names.into_iter().map(|name| self.path.join(name));
        let mut free = paths.skip_while(|path| self.taken.contains(path));
        let path = free.next().unwrap_or_default();
        self.taken.insert(path.clone());
        path
    }

    /// Notes that a file has this path, so that no new journal gets it.
    pub(super) fn mark_taken(&mut self, path: PathBuf) {
        self.taken.insert(path);
    }

    /// Notes that what a journal holds is published.
    pub(super) fn finish(&mut self, journal: PathBuf) {
        self.finished.push(journal);
    }

    /// Removes the finished journals.
    pub(super) fn remove_finished(&mut self, disk: &dyn Disk) -> Result<(), FileError> {
        while let Some(journal) = self.finished.last() {
            match disk.remove(journal) {
                Err(why) if why.kind() == io::ErrorKind::IsADirectory => {
                    tracing::warn!(file = %paths::text(journal), "a folder has the name of a journal; it is left as it is");
                }
                Err(why) if why.kind() != io::ErrorKind::NotFound => {
                    return Err(FileError::new("remove", journal, why));
                }
                _ => {}
            }
            self.taken.remove(journal);
            self.finished.pop();
        }
        Ok(())
    }
}
