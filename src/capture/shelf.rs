//! Where captures lie: the few operations they need, so that tests can take the disk away.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// What a capture asks of a disk. Nothing is synced: a power cut may cost lines, and nobody waits for them.
pub trait Shelf: Send {
    /// Makes a folder and those above it, for the user alone.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;
    /// Makes an empty file, for the user alone; one that is there is an error of kind `AlreadyExists`.
    fn create(&self, path: &Path) -> io::Result<()>;
    /// Writes `bytes` at `offset`, which is the end of the file. A file that is gone or shorter is an error.
    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts a file to its first `length` bytes.
    fn cut(&self, path: &Path, length: u64) -> io::Result<()>;
    /// Returns the names in a folder.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// A folder of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Folder;

impl Shelf for Folder {
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
            let why = "the file was cut by somebody";
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
            // A name that is no text is none of ours.
            entry.ok()?.file_name().into_string().ok()
        });
        Ok(names.collect())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}
