//! The disk operations of captures, behind a trait so that tests can make the disk fail.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// The disk operations of a capture. Nothing is synced: a power cut may cost lines.
pub trait CaptureStore: Send {
    /// Creates a folder and its parents, readable by the user only.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;
    /// Creates an empty file, readable by the user only; an existing file is an error of kind `AlreadyExists`.
    fn create(&self, path: &Path) -> io::Result<()>;
    /// Writes `bytes` at `offset`, the end of the file. A missing or shorter file is an error.
    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Truncates a file to its first `length` bytes.
    fn cut(&self, path: &Path, length: u64) -> io::Result<()>;
    /// Returns the names in a folder.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The file system of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct FolderStore;

impl CaptureStore for FolderStore {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(folder)
    }

    fn create(&self, path: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        options.open(path).map(drop)
    }

    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        if file.metadata()?.len() < offset {
            let why = "the file was cut by another program";
            return Err(io::Error::new(io::ErrorKind::NotFound, why));
        }
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn cut(&self, path: &Path, length: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.set_len(length)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let names = fs::read_dir(folder)?.filter_map(|entry| {
            // A capture's name is always text.
            entry.ok()?.file_name().into_string().ok()
        });
        Ok(names.collect())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}
