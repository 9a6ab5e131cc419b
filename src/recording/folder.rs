//! The folder that is recorded to: the right to write there, and what happens when it is removed while we record.
//!
//! A removal is reported once. Once the folder can be made again, the recorder writes everything that it still has in
//! memory.

use std::io;
use std::path::PathBuf;

use super::durable::make_folder;
use super::folder_lock::{FolderError, FolderLock};
use super::format::names::JOURNAL;
use crate::disk::{Disk, FileError, advice};
use crate::paths;

/// Why nothing can be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// An operation failed.
    #[error("{0}, recording goes on when that works")]
    File(#[from] FileError),
    /// The folder was removed.
    #[error(
        "the folder {} was removed, and what was saved there with it; it is made again, and the games and the session that are open are written again",
        paths::text(root)
    )]
    Removed { root: PathBuf },
    /// The folder was removed and cannot be made again.
    #[error(
        "the folder {} was removed and cannot be made again: {why}; {}, recording goes on when that works",
        paths::text(root),
        advice(why)
    )]
    StillRemoved { root: PathBuf, why: io::Error },
    /// The folder was removed, and another program records there now.
    #[error(
        "the folder {} was removed, and now {holder} records there; stop that one, recording goes on by itself",
        paths::text(root)
    )]
    Taken { root: PathBuf, holder: String },
}

/// The folder that is recorded to.
pub(super) struct RecordingFolder {
    pub(super) root: PathBuf,
    /// The right to write there. Without one (in tests) only the folder's existence is checked.
    pub(super) lock: Option<FolderLock>,
    /// The folder was found removed and is not restored yet.
    is_missing: bool,
}

impl RecordingFolder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            lock: None,
            is_missing: false,
        }
    }

    /// Returns the folder of the journals.
    pub(super) fn journals(&self) -> PathBuf {
        self.root.join(JOURNAL)
    }

    /// Fails once when the folder is missing or another one is in its place.
    ///
    /// Called before every write: in a folder that another program made there, nothing may be touched.
    pub(super) fn check(&mut self, disk: &dyn Disk) -> Result<(), WriteError> {
        let is_there = match &self.lock {
            Some(lock) => lock.is_of_existing_folder(),
            None => disk.exists(&self.journals()),
        };
        if is_there || self.is_missing {
            return Ok(());
        }
        self.is_missing = true;
        Err(WriteError::Removed {
            root: self.root.clone(),
        })
    }

    /// Makes a removed folder again; returns false if it was not missing.
    ///
    /// It counts as missing until [`Self::set_restored`].
    pub(super) fn restore(&self, disk: &dyn Disk) -> Result<bool, WriteError> {
        if !self.is_missing {
            return Ok(false);
        }
        let lock = self.lock.as_ref();
        lock.map_or(Ok(()), FolderLock::take_again)
            .map_err(|error| self.still_missing(error))?;
        let made = make_folder(disk, &self.root, &self.journals());
        made.map_err(|error| WriteError::StillRemoved {
            root: self.root.clone(),
            why: error.why,
        })?;
        Ok(true)
    }

    /// The recorder has reset what it knew of the old folder.
    pub(super) fn set_restored(&mut self) {
        self.is_missing = false;
    }

    fn still_missing(&self, error: FolderError) -> WriteError {
        let root = self.root.clone();
        let (kind, why) = match error {
            FolderError::Held { holder, .. } => return WriteError::Taken { root, holder },
            FolderError::NotWritable { why, .. } => {
                return WriteError::StillRemoved { root, why };
            }
            FolderError::DanglingLink { link, target, .. } => (
                io::ErrorKind::NotFound,
                format!(
                    "{} is a link to {}, which is not there",
                    paths::text(&link),
                    paths::text(&target)
                ),
            ),
            FolderError::InTheWay { path, what, .. } => (
                io::ErrorKind::AlreadyExists,
                format!("{} is {what}", paths::text(&path)),
            ),
        };
        let why = io::Error::new(kind, why);
        WriteError::StillRemoved { root, why }
    }
}
