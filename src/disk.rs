//! The file operations of recordings and captures, behind a trait: tests put a disk underneath that fails, hangs, or
//! forgets what was not synced.

mod replace;

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::open_file::{OpenError, read_regular};
use crate::paths;

pub(crate) use replace::sync_name;
pub use replace::{FileAccess, ReplaceError, replace_file, replace_file_after};

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirEntry {
    /// The name. Names that are not UTF-8 are not listed: the program writes none.
    pub name: String,
    /// Whether it is a folder.
    pub is_dir: bool,
}

/// The operations of a disk. Nothing is durable before `sync` (contents) and `sync_dir` (names).
pub trait Disk: Send {
    /// Makes a folder and its parents.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder and its parents, readable by this user only.
    fn create_private_dir_all(&self, path: &Path) -> io::Result<()> {
        self.create_dir_all(path)
    }
    /// Makes a new file with this content, readable by this user only.
    ///
    /// # Errors
    ///
    /// Kind `AlreadyExists` if the name is taken.
    fn create_private(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.exists(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.write(path, bytes)
    }
    /// Returns the whole content of a regular file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Returns the whole content of a regular file of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// Kind `FileTooLarge` for a longer file, `InvalidInput` if it is not a regular file. Neither is read.
    fn read_at_most(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let bytes = self.read(path)?;
        if bytes.len() as u64 > limit {
            return Err(OpenError::TooLong { limit }.into());
        }
        Ok(bytes)
    }
    /// Returns the length of a file in bytes.
    fn length(&self, path: &Path) -> io::Result<u64> {
        Ok(self.read(path)?.len() as u64)
    }
    /// Returns the entries of a folder, sorted by name.
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>>;
    /// Makes the file's content its first `offset` bytes followed by `bytes`; offset 0 makes a missing file.
    ///
    /// Existing content is overwritten in place and never cut first: a crash cannot lose bytes that are written again.
    ///
    /// # Errors
    ///
    /// Kind `NotFound` for a file shorter than `offset`: another program removed or cut it.
    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Replaces or makes a file.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Makes the contents of a file durable.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Renames a file, also into another folder of the same disk, and replaces the target.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;
    /// Whether the path exists.
    fn exists(&self, path: &Path) -> bool;
    /// Returns the free bytes of the disk that holds an existing folder.
    fn free_space(&self, folder: &Path) -> io::Result<u64>;
}

/// The disk of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn create_private_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(path)
    }

    fn create_private(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        options.open(path)?.write_all(bytes)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Ok(read_regular(path, u64::MAX)?)
    }

    fn read_at_most(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        Ok(read_regular(path, limit)?)
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        Ok(fs::metadata(path)?.len())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let is_dir = match entry.file_type() {
                Ok(kind) => kind.is_dir(),
                // Removed since the folder was opened.
                Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
                Err(why) => return Err(why),
            };
            match entry.file_name().into_string() {
                Ok(name) => found.push(DirEntry { name, is_dir }),
                Err(_) => warn_of_name(entry.path()),
            }
        }
        found.sort();
        Ok(found)
    }

    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        // Opening a pipe blocks until it has a reader, and a link may lead to a file of another program.
        if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            let why = "it is no regular file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create(offset == 0)
            .truncate(false)
            .open(path)?;
        let length = file.metadata()?.len();
        if length < offset {
            let why = "the file was cut by another program";
            return Err(io::Error::new(io::ErrorKind::NotFound, why));
        }
        file.seek(io::SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        let end = offset + bytes.len() as u64;
        if length > end {
            file.set_len(end)?;
        }
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // As in `append`, but the whole file is replaced, so a pipe or a link is removed.
        if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            fs::remove_file(path)?;
        }
        File::create(path)?.write_all(bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        // Windows cannot open a folder as a file; its rename is durable with the file.
        if cfg!(windows) {
            return Ok(());
        }
        // The parent of a relative path of one name is empty.
        let here = path.as_os_str().is_empty();
        File::open(if here { Path::new(".") } else { path })?.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn free_space(&self, folder: &Path) -> io::Result<u64> {
        fs4::available_space(folder)
    }
}

/// Reports an entry whose name is no text, once: recordings name each other by text, so it is left out.
fn warn_of_name(path: PathBuf) {
    /// So many are named. A folder may have millions, and is listed again and again.
    const NAMED: usize = 20;
    static SEEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let shown = paths::text(&path);
    if seen.len() < NAMED && seen.insert(path) {
        let rest = if seen.len() == NAMED {
            "; further ones are not named"
        } else {
            ""
        };
        tracing::warn!("{shown} is left out: its name is no valid text (UTF-8); rename it{rest}");
    }
}

/// Returns the entries of a folder; none if the folder does not exist.
pub(crate) fn list_or_empty(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<DirEntry>> {
    match disk.list(folder) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// A failed operation, with the path and advice for the player.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {why}; {}", paths::text(path), self.advice())]
pub(crate) struct FileError {
    action: &'static str,
    path: PathBuf,
    pub(crate) why: io::Error,
}

impl FileError {
    /// Returns the error of an action, such as `read`, on a path.
    pub(crate) fn new(action: &'static str, path: &Path, why: io::Error) -> Self {
        Self {
            action,
            path: path.to_owned(),
            why,
        }
    }

    /// Returns the error of a folder that cannot be listed: that of the folder around it, if nothing in that one can be
    /// reached.
    pub(crate) fn of_list(disk: &dyn Disk, folder: &Path, why: io::Error) -> Self {
        let is_closed = |around: &&Path| {
            let listed = disk.list(around);
            listed.is_err_and(|why| why.kind() == io::ErrorKind::PermissionDenied)
        };
        Self::new(
            "read",
            folder.parent().filter(is_closed).unwrap_or(folder),
            why,
        )
    }

    fn advice(&self) -> &'static str {
        match (self.action, self.why.kind()) {
            ("read", io::ErrorKind::PermissionDenied) => "make it readable or choose another one",
            _ => advice(&self.why),
        }
    }
}

/// Whether a read error means that this path never holds a file for us, at any try: a pipe, a device, a folder in the
/// place of a file or the reverse, a circle of links, a file that is too long or not readable for this user.
///
/// Such a path is passed over. Any other error is one of the disk.
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

/// Returns what the player can do about an error of the disk.
pub(crate) fn advice(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable or choose another one"
        }
        io::ErrorKind::AlreadyExists
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::NotADirectory => "remove or rename what is there",
        io::ErrorKind::NotFound => "bring the folder back or choose another one",
        _ => "check the disk",
    }
}
