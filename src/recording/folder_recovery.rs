//! The recordings' folder removed while we record to it: that is said, and once it can be made again everything that
//! memory still has is written to it.

use std::io;
use std::path::PathBuf;

use super::files::{JOURNAL, WriteError, make_folder};
use super::{Disk, FolderError, FolderLock, Recorder};
use crate::paths;

impl<D: Disk> Recorder<D> {
    /// Gives the recorder the right to its folder: without it nothing is written there from now on, and it is taken
    /// again when the folder was removed.
    pub fn hold(&mut self, lock: FolderLock) {
        self.lock = Some(lock);
    }

    /// Fails once when the folder is gone, or another one is in its place.
    ///
    /// Looked at before every write: in a folder that somebody else made there meanwhile nothing may be touched.
    pub(super) fn look_at_folder(&mut self) -> Result<(), WriteError> {
        let there = match &self.lock {
            Some(lock) => lock.is_of_what_is_there(),
            None => self.disk.exists(&self.journal_folder()),
        };
        if there || self.gone {
            return Ok(());
        }
        self.gone = true;
        Err(WriteError::Removed {
            root: self.root.clone(),
        })
    }

    /// Makes a folder again that was removed; does nothing while ours is there.
    ///
    /// All journals are written anew then: they are whole in memory. What was published went with the folder, so the
    /// indexes are read anew.
    pub(super) fn bring_back(&mut self) -> Result<(), WriteError> {
        if !self.gone {
            return Ok(());
        }
        let root = self.root.clone();
        let refused = |error| match error {
            FolderError::Held { holder, path } => WriteError::Taken { root: path, holder },
            FolderError::NotWritable { why, path } => WriteError::StillRemoved { root: path, why },
            FolderError::DanglingLink { path, link, target } => WriteError::StillRemoved {
                root: path,
                why: io::Error::new(
                    io::ErrorKind::NotFound,
                    format!(
                        "{} is a link to {}, which is not there",
                        paths::text(&link),
                        paths::text(&target)
                    ),
                ),
            },
            FolderError::InTheWay { root, path, what } => {
                let why = io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    format!("{} is {what}", paths::text(&path)),
                );
                WriteError::StillRemoved { root, why }
            }
        };
        self.lock
            .as_ref()
            .map_or(Ok(()), FolderLock::take_again)
            .map_err(refused)?;
        make_folder(&self.disk, &self.root, &self.journal_folder()).map_err(|failed| {
            let why = failed.into_why();
            WriteError::StillRemoved { root, why }
        })?;
        self.journals.vanished();
        self.sessions_vanished();
        let dates: Vec<_> = self.days.keys().cloned().collect();
        for date in dates {
            self.days.remove(&date);
            Self::day(&mut self.days, &self.disk, &self.root, &date)?;
        }
        self.gone = false;
        Ok(())
    }

    fn journal_folder(&self) -> PathBuf {
        self.root.join(JOURNAL)
    }
}
