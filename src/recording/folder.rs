//! One writer per folder: who writes holds a lock, and says who he is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::APP;
use super::files::JOURNAL;
use crate::game::millis;
use crate::open_file::read_regular;

/// Name of the file that is locked, inside the folder of journals.
const LOCK: &str = "lock";
/// More than the name of a program and a time has.
const MAX_HOLDER_BYTES: u64 = 4_096;

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

/// The right to write to a folder; given back when the last clone is dropped, also by a kill.
#[derive(Debug, Clone)]
pub struct FolderLock {
    root: PathBuf,
    file: Arc<Mutex<File>>,
}

impl FolderLock {
    /// Takes the right to write to `root`, which is made if it is not there.
    pub fn acquire(root: &Path) -> Result<Self, FolderError> {
        Ok(Self {
            root: root.to_owned(),
            file: Arc::new(Mutex::new(take(root)?)),
        })
    }

    /// Whether the folder that we hold is the one that is there. Somebody may have removed it, and somebody else made
    /// another one in its place.
    pub fn is_of_what_is_there(&self) -> bool {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.root.join(JOURNAL).join(LOCK);
        match is_at(&file, &path) {
            Ok(same) => same,
            Err(why) => !is_gone(&why),
        }
    }

    /// Takes the right to the folder that is there now; one that is not there is made.
    pub(super) fn take_again(&self) -> Result<(), FolderError> {
        if self.is_of_what_is_there() {
            return Ok(()); // It came back.
        }
        let file = take(&self.root)?;
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = file;
        Ok(())
    }
}

/// Whether a path leads to nothing any more; another error tells nothing about that.
fn is_gone(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Whether the open file is the one at this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let (held, there) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((held.dev(), held.ino()) == (there.dev(), there.ino()))
}

/// Whether the open file is the one at this path: Windows does not give its name to another one while it is open.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

fn take(root: &Path) -> Result<File, FolderError> {
    let not_writable = |why| FolderError::NotWritable {
        path: root.to_owned(),
        why,
    };
    let folder = root.join(JOURNAL);
    std::fs::create_dir_all(&folder).map_err(not_writable)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let lock = options.open(folder.join(LOCK)).map_err(not_writable)?;
    // The name stands in a file of its own: on Windows a locked one cannot even be read.
    let holder = folder.join("holder");
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let told = read_regular(&holder, MAX_HOLDER_BYTES).unwrap_or_default();
            let told = String::from_utf8_lossy(&told);
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
    Ok(lock)
}
