//! The file layer: the few operations that recordings need, so that tests can put another disk underneath.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::Path;

use crate::open_file::{OpenError, read_regular};

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirEntry {
    /// Its name; names that are not UTF-8 are none of ours and not listed.
    pub name: String,
    /// Whether it is a folder.
    pub is_dir: bool,
}

/// What recordings ask of a disk. Nothing is durable before `sync` (contents) and `sync_dir` (names).
pub trait Disk: Send {
    /// Makes a folder and those above it.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;
    /// Returns the whole content of a regular file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Returns the whole content of a regular file of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// Kind `FileTooLarge` for a longer file, `InvalidInput` for what is no regular file: neither is read.
    fn read_at_most(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let bytes = self.read(path)?;
        if bytes.len() as u64 > limit {
            return Err(OpenError::TooLong { limit }.into());
        }
        Ok(bytes)
    }
    /// Returns what is in a folder, by name.
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>>;
    /// Makes the file's content its first `offset` bytes followed by `bytes`, the file being made for offset 0.
    ///
    /// A file shorter than `offset` is an error of kind `NotFound`: somebody removed or cut it. What is there is
    /// overwritten in place, never cut first: the same bytes written again cannot be lost by a crash.
    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Replaces or makes a file.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Makes the contents of a file durable.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another name in the same folder, replacing what was there.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Whether something is there.
    fn exists(&self, path: &Path) -> bool;
    /// Returns how many bytes we may still write to the disk of a folder that is there.
    fn free_space(&self, folder: &Path) -> io::Result<u64>;
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Ok(read_regular(path, u64::MAX)?)
    }

    fn read_at_most(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        Ok(read_regular(path, limit)?)
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
            if let Ok(name) = entry.file_name().into_string() {
                found.push(DirEntry { name, is_dir });
            }
        }
        found.sort();
        Ok(found)
    }

    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        // Opening a pipe waits for a reader, and a link leads into somebody else's file.
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
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "the file was cut by somebody",
            ));
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
        // The same: the name is ours, so what is there is removed.
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
        // The folder above a relative path of one name.
        let here = path.as_os_str().is_empty();
        File::open(if here { Path::new(".") } else { path })?.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
    fn free_space(&self, folder: &Path) -> io::Result<u64> {
        fs4::available_space(folder)
    }
}
