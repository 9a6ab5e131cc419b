//! How files and folders become durable, and what is said when that fails.

use std::io;
use std::path::{Path, PathBuf};

use super::{Disk, GameFile, SessionFile};
use crate::paths;
use crate::recording::format::names::temporary_name;

/// The longest recording that is read, in bytes.
pub(crate) const LONGEST: u64 = crate::open_file::MAX_BYTES;
/// Name of the folder of journals inside the recordings' folder.
pub(crate) const JOURNAL: &str = ".journal";

/// Makes a folder of `root` and makes it durable, with every folder above it.
///
/// Also when it is there already: who made it may not have come to that.
pub(crate) fn make_folder(disk: &dyn Disk, root: &Path, folder: &Path) -> Result<(), WriteError> {
    if let Err(why) = disk.create_dir_all(folder) {
        return Err(WriteError::new("make", &in_the_way(disk, folder), why));
    }
    for above in folder.ancestors().skip(1) {
        match disk.sync_dir(above) {
            Ok(()) => {}
            // Not ours: as far up as we may.
            Err(_) if !above.starts_with(root) => break,
            Err(why) => return Err(WriteError::new("sync", above, why)),
        }
    }
    Ok(())
}

/// Returns what keeps a folder from being made: a file in its place or above it, or the folder itself.
fn in_the_way(disk: &dyn Disk, folder: &Path) -> PathBuf {
    let mut missing = folder;
    for path in folder.ancestors() {
        if disk.exists(path) {
            let listed = disk.list(path);
            let is_file = listed.is_err_and(|why| why.kind() == io::ErrorKind::NotADirectory);
            return if is_file { path } else { missing }.to_owned();
        }
        missing = path;
    }
    folder.to_owned()
}

/// Whether the answer to a reading says that what is there is nothing for us, at every try: a pipe, a device, a folder
/// in the place of a file or a file in the place of a folder, a link in a circle, a file that is too long or that we may
/// not read. It is passed over; any other error is the disk's.
pub(crate) fn is_unsuitable(why: &io::Error) -> bool {
    #[cfg(unix)]
    let is_circle = why.raw_os_error() == Some(libc::ELOOP);
    #[cfg(not(unix))]
    let is_circle = false;
    is_circle
        || matches!(
            why.kind(),
            io::ErrorKind::InvalidInput
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::FileTooLarge
                | io::ErrorKind::PermissionDenied
        )
}

/// Publishes a file: temporary file in the same folder, sync, rename, sync of the folder.
pub(crate) fn replace(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
    text: &[u8],
) -> Result<(), WriteError> {
    let (temporary, path) = (folder.join(temporary_name(name)), folder.join(name));
    disk.write(&temporary, text)
        .map_err(|e| WriteError::new("write", &temporary, e))?;
    disk.sync(&temporary)
        .map_err(|e| WriteError::new("sync", &temporary, e))?;
    let mut renamed = disk.rename(&temporary, &path);
    if matches!(&renamed, Err(why) if why.kind() == io::ErrorKind::IsADirectory) {
        put_aside(disk, folder, name)?;
        renamed = disk.rename(&temporary, &path);
    }
    renamed.map_err(|e| WriteError::new("rename to", &path, e))?;
    disk.sync_dir(folder)
        .map_err(|e| WriteError::new("sync", folder, e))
}

/// Gives a folder that has the name of a file of ours another name.
fn put_aside(disk: &dyn Disk, folder: &Path, name: &str) -> Result<(), WriteError> {
    let path = folder.join(name);
    let names = (1..).map(|copy| folder.join(format!("{name}.aside-{copy}")));
    let mut free = names.skip_while(|path| disk.exists(path));
    let free = free.next().unwrap_or_default();
    disk.rename(&path, &free)
        .map_err(|e| WriteError::new("rename to", &free, e))?;
    tracing::warn!(
        folder = %paths::text(&path),
        now = %paths::text(&free),
        "a folder had the name of a file of the recordings; it has another name now"
    );
    Ok(())
}

/// What is in a file, or what is wrong with it (also that it is no file that can be read); `None` when it is not there.
pub(crate) type Read<T> = Option<Result<T, String>>;

/// Reads a game file.
pub(crate) fn read_game(disk: &dyn Disk, path: &Path) -> Result<Read<GameFile>, WriteError> {
    read(disk, path, GameFile::parse)
}

/// Reads a session file.
pub(crate) fn read_session(disk: &dyn Disk, path: &Path) -> Result<Read<SessionFile>, WriteError> {
    read(disk, path, SessionFile::parse)
}

fn read<T>(
    disk: &dyn Disk,
    path: &Path,
    parse: fn(&[u8]) -> Result<T, String>,
) -> Result<Read<T>, WriteError> {
    match disk.read_at_most(path, LONGEST) {
        Ok(text) => Ok(Some(parse(&text))),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) if is_unsuitable(&why) => Ok(Some(Err(why.to_string()))),
        Err(why) => Err(WriteError::new("read", path, why)),
    }
}

/// Why nothing reaches the disk.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// An operation failed.
    #[error("cannot {what} {}: {why}; {}", paths::text(path), advice(why))]
    Operation {
        what: &'static str,
        path: PathBuf,
        why: io::Error,
    },
    /// Somebody removed the folder.
    #[error(
        "the folder {} was removed, and what was saved there with it; it is made again, and the games and the session that are open are written anew",
        paths::text(root)
    )]
    Removed { root: PathBuf },
    /// It cannot be made again.
    #[error(
        "the folder {} was removed and cannot be made again: {why}; {}",
        paths::text(root),
        advice(why)
    )]
    StillRemoved { root: PathBuf, why: io::Error },
    /// Somebody else records there now.
    #[error(
        "the folder {} was removed, and now {holder} records there; stop that one, recording goes on by itself",
        paths::text(root)
    )]
    Taken { root: PathBuf, holder: String },
}

impl WriteError {
    pub(crate) fn new(what: &'static str, path: &Path, why: io::Error) -> Self {
        Self::Operation {
            what,
            path: path.to_owned(),
            why,
        }
    }

    /// Returns the disk's answer, or the text as one.
    pub(crate) fn into_why(self) -> io::Error {
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
        io::ErrorKind::AlreadyExists
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::NotADirectory => {
            "remove or rename what is there, recording goes on by itself"
        }
        io::ErrorKind::NotFound => "bring the folder back or choose another one",
        _ => "check the disk, recording goes on when it works again",
    }
}
