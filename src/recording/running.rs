//! Reads what is being recorded in a folder from its journals. The recorder owns these files: here they are only read,
//! and a last line that is half written is passed over as a damaged one.

use std::io;
use std::path::{Path, PathBuf};

use super::format::game_file::{GameFile, Origin};
use super::format::names::{JOURNAL, JOURNAL_ENDING, SESSION_JOURNAL_ENDING};
use super::format::read::MAX_FILE_BYTES;
use super::format::session_file::SessionFile;
use super::journal;
use crate::account::SessionEvent;
use crate::disk::{Disk, is_unsuitable, list_or_empty};
use crate::game::GameEvent;

/// The session that is being recorded, as far as its journal has it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningSession {
    /// Its journal.
    pub journal: PathBuf,
    /// What its file would hold if it ended now. Orders that wait for an answer are not in it.
    pub file: SessionFile,
}

/// Returns the newest session with a journal; `None` if there is none.
///
/// # Errors
///
/// The disk failed.
pub fn running_session(disk: &dyn Disk, root: &Path) -> io::Result<Option<RunningSession>> {
    // The names begin with the start.
    for path in journals(disk, root, SESSION_JOURNAL_ENDING)?
        .into_iter()
        .rev()
    {
        let Some(bytes) = read(disk, &path)? else {
            continue;
        };
        if let Some(mut content) = journal::read::<SessionEvent>(&bytes) {
            content.subject.drop_pending();
            let origin = content.origin.unwrap_or(Origin::Url);
            return Ok(Some(RunningSession {
                journal: path,
                file: SessionFile::new(&content.subject, origin),
            }));
        }
    }
    Ok(None)
}

/// Returns the games with a journal: those that run, and those whose files are being written. Together their journals
/// have at most the bytes of one recording; further ones are not read.
///
/// # Errors
///
/// The disk failed.
pub fn running_games(disk: &dyn Disk, root: &Path) -> io::Result<Vec<GameFile>> {
    let mut games = Vec::new();
    let mut left = MAX_FILE_BYTES;
    for path in journals(disk, root, JOURNAL_ENDING)? {
        let Some(bytes) = read(disk, &path)? else {
            continue;
        };
        left = left.saturating_sub(bytes.len() as u64);
        if let Some(content) = journal::read::<GameEvent>(&bytes) {
            let origin = content.origin.unwrap_or(Origin::Url);
            games.push(GameFile::new(&content.subject, origin));
        }
        if left == 0 {
            break;
        }
    }
    Ok(games)
}

/// Whether a path is one of a session's journal in a folder of recordings; returns that folder.
pub fn root_of_session_journal(path: &Path) -> Option<&Path> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent()?;
    let is_journal = name.ends_with(SESSION_JOURNAL_ENDING) && folder.file_name()? == JOURNAL;
    folder.parent().filter(|_| is_journal)
}

fn journals(disk: &dyn Disk, root: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let folder = root.join(JOURNAL);
    let found = list_or_empty(disk, &folder)?.into_iter();
    let journals = found.filter(|found| !found.is_dir && found.name.ends_with(ending));
    Ok(journals.map(|found| folder.join(found.name)).collect())
}

/// Returns the content of a journal; `None` if it has been published meanwhile, or is no file that can be read.
fn read(disk: &dyn Disk, path: &Path) -> io::Result<Option<Vec<u8>>> {
    match disk.read_at_most(path, MAX_FILE_BYTES) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == io::ErrorKind::NotFound || is_unsuitable(&why) => Ok(None),
        Err(why) => Err(why),
    }
}
