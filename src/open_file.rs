//! Opens files that the player chose or that were found in a folder: only regular files, and never more bytes than a
//! limit.
//!
//! A pipe does not block and a device is not read.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, BufRead, Read as _};
use std::path::Path;

/// The longest file that is read completely, in bytes: a session of a hundred thousand actions is shorter.
pub const MAX_BYTES: u64 = 64 << 20;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The path is a folder.
    #[error("it is a directory")]
    Folder,
    /// The path is a pipe, a device or a socket.
    #[error("it is {0}, no regular file")]
    NotRegular(&'static str),
    /// The file is longer than the limit, in bytes.
    #[error("it has more than {} MiB", limit >> 20)]
    TooLong {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl OpenError {
    /// Returns what the player can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Folder | Self::NotRegular(_) => "name a file",
            Self::TooLong { .. } => {
                "no file that this program reads is that long: name another one"
            }
            Self::Io(why) => match why.kind() {
                io::ErrorKind::NotFound => "look whether it was moved or deleted",
                io::ErrorKind::PermissionDenied => "make it readable for you",
                _ => "check the disk",
            },
        }
    }

    /// Whether the path is never a file for this program: a folder, no regular file, or a file that is too long.
    pub fn is_unsuitable(&self) -> bool {
        !matches!(self, Self::Io(_))
    }
}

impl From<OpenError> for io::Error {
    fn from(why: OpenError) -> Self {
        let kind = match &why {
            OpenError::Folder => io::ErrorKind::IsADirectory,
            OpenError::NotRegular(_) => io::ErrorKind::InvalidInput,
            OpenError::TooLong { .. } => io::ErrorKind::FileTooLarge,
            OpenError::Io(_) => io::ErrorKind::Other,
        };
        match why {
            OpenError::Io(why) => why,
            other => Self::new(kind, other),
        }
    }
}

/// Opens a regular file for reading; links are followed.
///
/// # Errors
///
/// [`OpenError::Folder`], [`OpenError::NotRegular`] or the system's error. None of them blocks.
pub fn open_regular(path: &Path) -> Result<File, OpenError> {
    // Checked before opening: opening some devices has an effect (a tape rewinds).
    check_kind(&std::fs::metadata(path)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Opening a pipe blocks until it has a writer, and the path may have become one since the check.
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let file = options.open(path)?;
    check_kind(&file.metadata()?)?;
    Ok(file)
}

/// Returns the content of a regular file of at most `limit` bytes.
///
/// # Errors
///
/// Those of [`open_regular`], and [`OpenError::TooLong`] without reading more than the limit.
pub fn read_regular(path: &Path, limit: u64) -> Result<Vec<u8>, OpenError> {
    let file = open_regular(path)?;
    let length = file.metadata()?.len();
    if length > limit {
        return Err(OpenError::TooLong { limit });
    }
    let expected = usize::try_from(length.min(MAX_BYTES)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(expected);
    // The file may grow during the read, and kernel files (`/proc`) have no length.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(OpenError::TooLong { limit });
    }
    Ok(bytes)
}

/// Reads the next line into `line`, with its newline if it has one; returns false at the end of the file.
///
/// # Errors
///
/// [`OpenError::TooLong`] when the line, its newline included, has more than `limit` bytes, or the system's error.
pub fn read_line(
    source: &mut impl BufRead,
    limit: u64,
    line: &mut Vec<u8>,
) -> Result<bool, OpenError> {
    line.clear();
    let mut source = source.take(limit.saturating_add(1));
    let read = source.read_until(b'\n', line)?;
    if read as u64 > limit {
        return Err(OpenError::TooLong { limit });
    }
    Ok(read > 0)
}

fn check_kind(found: &Metadata) -> Result<(), OpenError> {
    if found.is_dir() {
        Err(OpenError::Folder)
    } else if found.is_file() {
        Ok(())
    } else {
        Err(OpenError::NotRegular(kind_name(found.file_type())))
    }
}

#[cfg(unix)]
fn kind_name(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind_name(_: FileType) -> &'static str {
    "something else"
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_file_at_the_limit_is_read_and_one_byte_more_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read_regular(&path, 100).unwrap(), [7; 100]);
        let why = read_regular(&path, 99).unwrap_err();
        assert!(matches!(why, OpenError::TooLong { limit: 99 }), "{why}");
        assert!(why.is_unsuitable());
    }

    #[test]
    fn a_sparse_file_of_a_terabyte_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let file = File::create(&path).unwrap();
        if file.set_len(1 << 40).is_err() {
            file.set_len(MAX_BYTES + 1).unwrap(); // A file system without files that long.
        }
        let why = read_regular(&path, MAX_BYTES).unwrap_err();
        assert_eq!(why.to_string(), "it has more than 64 MiB");
    }

    #[test]
    fn folders_and_missing_files_are_distinguished() {
        let folder = tempfile::tempdir().unwrap();
        let why = read_regular(folder.path(), 1).unwrap_err();
        assert!(matches!(why, OpenError::Folder), "{why}");
        let why = read_regular(&folder.path().join("none"), 1).unwrap_err();
        assert!(!why.is_unsuitable());
        assert_eq!(io::Error::from(why).kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_sockets_are_refused_at_once_also_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (target, words) in [
            (pipe.as_path(), "it is a pipe, no regular file"),
            (&socket, "it is a socket, no regular file"),
            (Path::new("/dev/zero"), "it is a device, no regular file"),
        ] {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(target, &link).unwrap();
            for path in [target, &link] {
                let why = read_regular(path, MAX_BYTES).unwrap_err();
                assert_eq!(why.to_string(), words, "{}", path.display());
                assert_eq!(io::Error::from(why).kind(), io::ErrorKind::InvalidInput);
            }
            std::fs::remove_file(&link).unwrap();
        }
    }

    /// A pipe may take the file's place after the check. Opening it must not block.
    #[cfg(unix)]
    #[test]
    fn opening_does_not_wait_for_a_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let pipe = folder.path().join("pipe");
                let made = std::process::Command::new("mkfifo").arg(&pipe).status();
                assert!(made.unwrap().success());
                let file = folder.path().join("file");
                let other = folder.path().join("other");
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    std::fs::write(&file, "x").unwrap();
                    std::fs::rename(&file, &path).unwrap();
                    std::fs::hard_link(&pipe, &other).unwrap();
                    std::fs::rename(&other, &path).unwrap();
                }
            });
            for _ in 0..20_000 {
                match read_regular(&path, 10) {
                    Ok(text) => assert_eq!(text, b"x"),
                    Err(OpenError::NotRegular(_)) => {}
                    Err(OpenError::Io(why)) if why.kind() == io::ErrorKind::NotFound => {}
                    Err(other) => panic!("{other}"),
                }
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }

    #[test]
    fn lines_end_at_their_newline_and_at_the_limit() {
        let mut source = Cursor::new(b"one\n\n1234\n12345\n");
        let mut line = Vec::new();
        for expected in ["one\n", "\n", "1234\n"] {
            assert!(read_line(&mut source, 5, &mut line).unwrap());
            assert_eq!(line, expected.as_bytes());
        }
        let why = read_line(&mut source, 5, &mut line).unwrap_err();
        assert!(matches!(why, OpenError::TooLong { limit: 5 }), "{why}");
        let mut source = Cursor::new(b"12345");
        assert!(read_line(&mut source, 5, &mut line).unwrap());
        assert_eq!(line, b"12345");
        assert!(!read_line(&mut source, 5, &mut line).unwrap());
    }
}
