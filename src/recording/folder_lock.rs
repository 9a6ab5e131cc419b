//! One writer per folder: who writes holds a lock, and says who he is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::APP;
use super::files::JOURNAL;
use crate::game::millis;
use crate::open_file::read_regular;
use crate::paths;

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
        paths::text(path)
    )]
    Held {
        /// The folder.
        path: PathBuf,
        /// Who holds it, as it wrote itself down.
        holder: String,
    },
    /// Something else has the name of a folder or a file that is needed.
    #[error(
        "cannot record to {}: {} is {what}; remove or rename it, or choose another folder with --out",
        paths::text(root),
        paths::text(path)
    )]
    InTheWay {
        /// The folder.
        root: PathBuf,
        /// What is in the way.
        path: PathBuf,
        /// What it is.
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
        /// The system's answer.
        why: io::Error,
    },
    /// It is, or lies behind, a link that leads to nothing: a disk that is not mounted, a folder that was moved.
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
        /// What the link names.
        target: PathBuf,
    },
}

impl FolderError {
    /// Returns the same facts with what can be done in the window.
    pub fn in_the_window(&self) -> String {
        match self {
            Self::Held { path, holder } => format!(
                "{} is already being recorded to by {holder}. Close that one, or choose another folder in the settings.",
                paths::text(path)
            ),
            Self::NotWritable { path, why } => format!(
                "Nothing can be recorded to {}: {why}. Make the folder writable, or choose another one in the settings.",
                paths::text(path)
            ),
            Self::InTheWay { root, path, what } => format!(
                "Nothing can be recorded to {}: {} is {what}. Remove or rename it, or choose another folder in the settings.",
                paths::text(root),
                paths::text(path)
            ),
            Self::DanglingLink { path, link, target } => format!(
                "Nothing can be recorded to {}: {} is a link to {}, which is not there. Bring that back, remove the link, or choose another folder in the settings.",
                paths::text(path),
                paths::text(link),
                paths::text(target)
            ),
        }
    }
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
    let in_the_way = |path: &Path, what| FolderError::InTheWay {
        root: root.to_owned(),
        path: path.to_owned(),
        what,
    };
    let folder = root.join(JOURNAL);
    // The system would say "File exists" of it.
    if let Some((link, target)) = paths::dangling_link(root) {
        return Err(FolderError::DanglingLink {
            path: root.to_owned(),
            link,
            target,
        });
    }
    if let Err(why) = std::fs::create_dir_all(&folder) {
        // A link that leads nowhere is there and is no folder.
        let no_folder = |path: &&Path| path.symlink_metadata().is_ok() && !path.is_dir();
        return Err(match folder.ancestors().find(no_folder) {
            Some(path) if path.exists() => in_the_way(path, "no folder"),
            Some(path) => in_the_way(path, "a link that leads nowhere"),
            None => not_writable(why),
        });
    }
    // The name stands in a file of its own: on Windows a locked one cannot even be read.
    let (lock, holder) = (folder.join(LOCK), folder.join("holder"));
    for path in [&lock, &holder] {
        // Opening a pipe waits for its other end.
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
    let since = millis::text(crate::clock::now());
    let line = format!("{APP}, process {}, since {since}\n", std::process::id());
    let told = File::create(&holder).and_then(|mut file| file.write_all(line.as_bytes()));
    told.map_err(not_writable)?;
    Ok(lock)
}
