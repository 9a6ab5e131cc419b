//! One writer per folder: a program that records holds a lock and writes down its name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::format::APP;
use super::format::names::JOURNAL;
use crate::game::millis;
use crate::open_file::read_regular;
use crate::paths;

/// Name of the file that is locked, inside the folder of journals.
const LOCK: &str = "lock";
/// The longest name and time of a program that are read, in bytes.
const MAX_HOLDER_BYTES: u64 = 4_096;

/// Why a folder cannot be written to.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another program records there.
    #[error(
        "{} is already being recorded to by {holder}; stop that one or choose another folder with --out",
        paths::text(path)
    )]
    Held {
        /// The folder.
        path: PathBuf,
        /// The program, as it wrote itself down.
        holder: String,
    },
    /// A folder or a file that is needed has its name taken by something else.
    #[error(
        "cannot record to {}: {} is {what}; remove or rename it, or choose another folder with --out",
        paths::text(root),
        paths::text(path)
    )]
    InTheWay {
        /// The folder.
        root: PathBuf,
        /// The path that is taken.
        path: PathBuf,
        /// What is there.
        what: &'static str,
    },
    /// It cannot be made or written to.
    #[error(
        "cannot record to {}: {why}; make the folder writable or choose another one with --out",
        paths::text(path)
    )]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
    /// The folder is, or lies behind, a dangling link: a disk that is not mounted, a folder that was moved.
    #[error(
        "cannot record to {}: {} is a link to {}, which is not there; bring that back, remove the link, or choose another folder with --out",
        paths::text(path),
        paths::text(link),
        paths::text(target)
    )]
    DanglingLink {
        /// The folder.
        path: PathBuf,
        /// The link.
        link: PathBuf,
        /// The link's target.
        target: PathBuf,
    },
}

impl FolderError {
    /// Returns the error as a text for the window, with what the player can do there.
    pub fn in_the_window(&self) -> String {
        match self {
            Self::Held { path, .. } => format!(
                "Another Pianola records to {}. Close that one, or choose another folder in the settings.",
                paths::short(path)
            ),
            Self::NotWritable { path, why } => format!(
                "Nothing can be recorded to {}: {}. Make the folder writable, or choose another one in the settings.",
                paths::short(path),
                plain_cause(why)
            ),
            Self::InTheWay { root, path, what } => format!(
                "Nothing can be recorded to {}: {} is {what}. Remove or rename it, or choose another folder in the settings.",
                paths::short(root),
                paths::short(path)
            ),
            Self::DanglingLink { path, link, target } => format!(
                "Nothing can be recorded to {}: {} is a link to {}, which is not there. Bring that back, remove the link, or choose another folder in the settings.",
                paths::short(path),
                paths::short(link),
                paths::short(target)
            ),
        }
    }
}

/// Returns what an error of the disk means.
fn plain_cause(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::PermissionDenied => "you may not write there",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full",
        io::ErrorKind::NotFound => "there is no such place",
        _ => "the disk does not take it",
    }
}

/// The right to write to a folder. The system releases it when the last clone is dropped, also after a kill.
#[derive(Debug, Clone)]
pub struct FolderLock {
    root: PathBuf,
    file: Arc<Mutex<File>>,
}

impl FolderLock {
    /// Takes the right to write to `root`, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// See [`FolderError`].
    pub fn acquire(root: &Path) -> Result<Self, FolderError> {
        Ok(Self {
            root: root.to_owned(),
            file: Arc::new(Mutex::new(take(root)?)),
        })
    }

    /// Whether the locked folder is the one at its path: it may have been removed, and another one made in its place.
    pub fn is_of_existing_folder(&self) -> bool {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.root.join(JOURNAL).join(LOCK);
        match is_at(&file, &path) {
            Ok(same) => same,
            Err(why) => !is_gone(&why),
        }
    }

    /// Takes the right to the folder that is at the path now; a missing one is made.
    pub(super) fn take_again(&self) -> Result<(), FolderError> {
        if self.is_of_existing_folder() {
            return Ok(()); // It came back.
        }
        let file = take(&self.root)?;
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = file;
        Ok(())
    }
}

/// Whether an error means that the path no longer exists.
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

/// Whether the open file is the one at this path: Windows gives its name to no other file while it is open.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

fn take(root: &Path) -> Result<File, FolderError> {
    let not_writable = |why| FolderError::NotWritable {
        path: root.to_owned(),
        why,
    };
    let in_the_way = |path: &Path, what| FolderError::InTheWay {
        root: root.to_owned(),
        path: path.to_owned(),
        what,
    };
    let folder = root.join(JOURNAL);
    // The system would report "File exists".
    if let Some((link, target)) = paths::dangling_link(root) {
        return Err(FolderError::DanglingLink {
            path: root.to_owned(),
            link,
            target,
        });
    }
    if let Err(why) = std::fs::create_dir_all(&folder) {
        // A dangling link exists and is no folder.
        let no_folder = |path: &&Path| path.symlink_metadata().is_ok() && !path.is_dir();
        return Err(match folder.ancestors().find(no_folder) {
            Some(path) if path.exists() => in_the_way(path, "no folder"),
            Some(path) => in_the_way(path, "a link that leads nowhere"),
            None => not_writable(why),
        });
    }
    // The name has a file of its own: Windows does not even let a locked file be read.
    let (lock, holder) = (folder.join(LOCK), folder.join("holder"));
    for path in [&lock, &holder] {
        // Opening a pipe blocks until it has another end.
        if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
            return Err(in_the_way(path, "no regular file"));
        }
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let lock = options.open(lock).map_err(not_writable)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let text = read_regular(&holder, MAX_HOLDER_BYTES).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let name: String = text
                .trim()
                .chars()
                .flat_map(char::escape_debug)
                .take(200)
                .collect();
            let holder = if name.is_empty() {
                "another program".to_owned()
            } else {
                name
            };
            return Err(FolderError::Held {
                path: root.to_owned(),
                holder,
            });
        }
        Err(TryLockError::Error(why)) => return Err(not_writable(why)),
    }
    let since = millis::text(crate::clock::now());
    let line = format!("{APP}, process {}, since {since}\n", std::process::id());
    let written = File::create(&holder).and_then(|mut file| file.write_all(line.as_bytes()));
    written.map_err(not_writable)?;
    Ok(lock)
}
