//! How files and folders become durable, and what is said when that fails.

use std::io;
use std::path::{Path, PathBuf};

use super::names::temporary_name;
use super::{Disk, GameFile, SessionFile};

/// The longest recording that is read, in bytes.
pub(super) const LONGEST: u64 = crate::open_file::MAX_BYTES;
/// Name of the folder of journals inside the recordings' folder.
pub(super) const JOURNAL: &str = ".journal";

/// Makes a folder of `root` and makes it durable, with every folder above it.
///
/// Also when it is there already: who made it may not have come to that.
pub(super) fn make_folder(disk: &dyn Disk, root: &Path, folder: &Path) -> Result<(), Failed> {
    disk.create_dir_all(folder)
        .map_err(|e| Failed::new("make", folder, e))?;
    for above in folder.ancestors().skip(1) {
        match disk.sync_dir(above) {
            Ok(()) => {}
            // Not ours: as far up as we may.
            Err(_) if !above.starts_with(root) => break,
            Err(why) => return Err(Failed::new("sync", above, why)),
        }
    }
    Ok(())
}

/// Publishes a file: temporary file in the same folder, sync, rename, sync of the folder.
pub(super) fn replace(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
    text: &[u8],
) -> Result<(), Failed> {
    let (temporary, path) = (folder.join(temporary_name(name)), folder.join(name));
    disk.write(&temporary, text)
        .map_err(|e| Failed::new("write", &temporary, e))?;
    disk.sync(&temporary)
        .map_err(|e| Failed::new("sync", &temporary, e))?;
    disk.rename(&temporary, &path)
        .map_err(|e| Failed::new("rename to", &path, e))?;
    disk.sync_dir(folder)
        .map_err(|e| Failed::new("sync", folder, e))
}

/// What is in a file, or what is wrong with it; `None` when it is not there.
pub(super) type Read<T> = Option<Result<T, String>>;

/// Reads a game file.
pub(super) fn read_game(disk: &dyn Disk, path: &Path) -> Result<Read<GameFile>, Failed> {
    read(disk, path, GameFile::parse)
}

/// Reads a session file.
pub(super) fn read_session(disk: &dyn Disk, path: &Path) -> Result<Read<SessionFile>, Failed> {
    read(disk, path, SessionFile::parse)
}

fn read<T>(
    disk: &dyn Disk,
    path: &Path,
    parse: fn(&[u8]) -> Result<T, String>,
) -> Result<Read<T>, Failed> {
    match disk.read_at_most(path, LONGEST) {
        Ok(text) => Ok(Some(parse(&text))),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(Failed::new("read", path, why)),
    }
}

/// Why nothing reaches the disk.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// An operation failed.
    #[error("cannot {what} {}: {why}; {}", path.display(), advice(why))]
    Operation {
        what: &'static str,
        path: PathBuf,
        why: io::Error,
    },
    /// Somebody removed the folder.
    #[error(
        "the folder {} was removed, and what was saved there with it; it is made again, and the games and the session that are open are written anew",
        root.display()
    )]
    Removed { root: PathBuf },
    /// It cannot be made again.
    #[error("the folder {} was removed and cannot be made again: {why}; {}", root.display(), advice(why))]
    StillRemoved { root: PathBuf, why: io::Error },
    /// Somebody else records there now.
    #[error(
        "the folder {} was removed, and now {holder} records there; stop that one, recording goes on by itself",
        root.display()
    )]
    Taken { root: PathBuf, holder: String },
}

impl Failed {
    pub(super) fn new(what: &'static str, path: &Path, why: io::Error) -> Self {
        Self::Operation {
            what,
            path: path.to_owned(),
            why,
        }
    }

    /// Returns the disk's answer, or the text as one.
    pub(super) fn into_why(self) -> io::Error {
        match self {
            Self::Operation { why, .. } | Self::StillRemoved { why, .. } => why,
            other => io::Error::other(other.to_string()),
        }
    }
}

/// Says what to do about an error of the disk.
fn advice(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room on the disk, recording goes on by itself"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable or choose another one"
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "bring the folder back or choose another one"
        }
        _ => "check the disk, recording goes on when it works again",
    }
}
