//! One writer per folder: who writes holds a lock, and says who he is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::APP;
use super::files::JOURNAL;
use crate::game::millis;

/// Why a folder cannot be written to.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another program holds it.
    #[error(
        "{} is already being recorded to by {holder}; stop that one or choose another folder with --out",
        path.display()
    )]
    Held {
        /// The folder.
        path: PathBuf,
        /// Who holds it, as it wrote itself down.
        holder: String,
    },
    /// It cannot be made or written to.
    #[error("cannot record to {}: {why}; make the folder writable or choose another one with --out", path.display())]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// The system's answer.
        why: io::Error,
    },
}

/// The right to write to a folder; given back when dropped, also by a kill.
#[derive(Debug)]
pub struct FolderLock {
    _lock: File,
}

impl FolderLock {
    /// Takes the right to write to `root`, which is made if it is not there.
    pub fn acquire(root: &Path) -> Result<Self, FolderError> {
        let not_writable = |why| FolderError::NotWritable {
            path: root.to_owned(),
            why,
        };
        let folder = root.join(JOURNAL);
        std::fs::create_dir_all(&folder).map_err(not_writable)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let lock = options.open(folder.join("lock")).map_err(not_writable)?;
        // The name stands in a file of its own: on Windows a locked one cannot even be read.
        let holder = folder.join("holder");
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let told = std::fs::read_to_string(&holder).unwrap_or_default();
                let told: String = told
                    .trim()
                    .chars()
                    .flat_map(char::escape_debug)
                    .take(200)
                    .collect();
                let holder = if told.is_empty() {
                    "another program".to_owned()
                } else {
                    told
                };
                return Err(FolderError::Held {
                    path: root.to_owned(),
                    holder,
                });
            }
            Err(TryLockError::Error(why)) => return Err(not_writable(why)),
        }
        let since = millis::text(chrono::Utc::now());
        let line = format!("{APP}, process {}, since {since}\n", std::process::id());
        let told = File::create(&holder).and_then(|mut file| file.write_all(line.as_bytes()));
        told.map_err(not_writable)?;
        Ok(Self { _lock: lock })
    }
}
