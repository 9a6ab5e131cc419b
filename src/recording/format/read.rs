//! Reading one game or session file, with a limit on its size.

use std::io;
use std::path::Path;

use crate::disk::{Disk, FileError, is_unsuitable};
use crate::recording::format::game_file::GameFile;
use crate::recording::format::kind::without_mark;
use crate::recording::format::session_file::SessionFile;

/// The longest recording that is read, in bytes.
pub(crate) const MAX_FILE_BYTES: u64 = crate::open_file::MAX_BYTES;

/// The parsed content of a file, or why it cannot be parsed or is not a file; `None` if it does not exist.
pub(crate) type ReadFile<T> = Option<Result<T, String>>;

/// Reads a game file.
///
/// # Errors
///
/// The disk failed; another try may succeed.
pub(crate) fn read_game(disk: &dyn Disk, path: &Path) -> Result<ReadFile<GameFile>, FileError> {
    read(disk, path, GameFile::parse)
}

/// Reads a session file.
///
/// # Errors
///
/// The disk failed; another try may succeed.
pub(crate) fn read_session(
    disk: &dyn Disk,
    path: &Path,
) -> Result<ReadFile<SessionFile>, FileError> {
    read(disk, path, SessionFile::parse)
}

fn read<T>(
    disk: &dyn Disk,
    path: &Path,
    parse: fn(&[u8]) -> Result<T, String>,
) -> Result<ReadFile<T>, FileError> {
    match disk.read_at_most(path, MAX_FILE_BYTES) {
        Ok(text) => Ok(Some(parse(without_mark(&text)))),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) if is_unsuitable(&why) => Ok(Some(Err(why.to_string()))),
        Err(why) => Err(FileError::new("read", path, why)),
    }
}
