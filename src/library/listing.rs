//! Lists what a folder of recordings holds, by its indexes, and rebuilds them.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::day::LibraryDay;
use super::row::LibraryRow;
use super::session_facts::SessionFacts;
use super::unindexed::{is_day, read_unindexed};
use crate::disk::{DirEntry, Disk, FileError, list_or_empty};
use crate::recording::format::index::days;
use crate::recording::format::names::{JOURNAL, SESSIONS, is_session_name};
use crate::recording::format::read::read_session;
use crate::recording::{DayIndex, FolderLock, rebuild_index};

/// All recordings of a folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Library {
    /// The rows, the oldest day first.
    pub rows: Vec<LibraryRow>,
    /// Days whose index disagreed with the files.
    pub stale_days: Vec<String>,
}

/// Reads the days of a folder, the newest first, and passes each to `take` until it breaks. The files count where an
/// index disagrees with them.
///
/// A folder without days may be a day itself, or hold recordings outside of days, those of the Python original among
/// them. These come with an empty date, in parts that are read quickly, the last names first.
///
/// # Errors
///
/// The disk cannot list the folder.
pub fn read_days(
    disk: &dyn Disk,
    root: &Path,
    take: &mut dyn FnMut(LibraryDay) -> ControlFlow<()>,
) -> io::Result<()> {
    let dates = days(disk, root)?;
    if dates.is_empty() {
        return if is_day(disk, root)? {
            let name = root.file_name().unwrap_or_default();
            let _stop = take(read_day(disk, root, name.to_string_lossy().into_owned()));
            Ok(())
        } else {
            read_unindexed(disk, root, take)
        };
    }
    for date in dates.into_iter().rev() {
        if take(read_day(disk, &root.join(&date), date)).is_break() {
            break;
        }
    }
    Ok(())
}

fn read_day(disk: &dyn Disk, folder: &Path, date: String) -> LibraryDay {
    match DayIndex::load(disk, folder, &date) {
        Ok((index, stale, unreadable)) => LibraryDay {
            stale,
            ..LibraryDay::new(folder, index, unreadable)
        },
        Err(why) => LibraryDay::damaged(date, folder.to_owned(), why.to_string()),
    }
}

/// Returns the games of the newest two days of a folder: a game that was saved just now is among them, also after midnight.
pub fn newest_games(disk: &dyn Disk, root: &Path) -> Vec<LibraryRow> {
    // A folder that cannot be read is reported by its listing.
    let dates = days(disk, root).unwrap_or_default().into_iter();
    let newest = dates.rev().take(2);
    let rows = newest.flat_map(|date| read_day(disk, &root.join(&date), date).rows);
    rows.filter(|row| row.game().is_some()).collect()
}

/// Reads the library of a folder, the oldest day first, otherwise as [`read_days`].
pub fn read_library(disk: &dyn Disk, root: &Path) -> Library {
    let mut days = Vec::new();
    let read = read_days(disk, root, &mut |day| {
        days.push(day);
        ControlFlow::Continue(())
    });
    let mut library = Library::default();
    if let Err(why) = read {
        let row = LibraryRow::of_damaged(root.to_owned(), why.to_string(), "");
        library.rows.push(row);
    }
    for day in days.into_iter().rev() {
        library.take(day);
    }
    library
}

/// The session files of a folder.
#[derive(Debug, Default)]
pub struct SessionFiles {
    /// The files, the oldest first.
    pub paths: Vec<PathBuf>,
    /// The folders of days that cannot be listed, with the reason and what to do.
    pub unlisted: Vec<(PathBuf, String)>,
}

/// Returns the session files of a folder, of a day, or beside each other. No file is read for it.
///
/// # Errors
///
/// The disk cannot list the folder.
pub fn session_files(disk: &dyn Disk, root: &Path) -> io::Result<SessionFiles> {
    let days = days(disk, root)?.into_iter();
    let mut folders: Vec<_> = days.map(|day| root.join(day).join(SESSIONS)).collect();
    if folders.is_empty() {
        folders.extend([root.to_owned(), root.join(SESSIONS)]);
    }
    let mut files = SessionFiles::default();
    for folder in folders {
        match list_or_empty(disk, &folder) {
            Ok(found) => {
                let found = found.into_iter();
                let found = found.filter(|found| !found.is_dir && is_session_name(&found.name));
                files
                    .paths
                    .extend(found.map(|found| folder.join(found.name)));
            }
            Err(why) => {
                let why = FileError::of_list(disk, &folder, why).to_string();
                files.unlisted.push((folder, why));
            }
        }
    }
    // A session's name begins with its time.
    files
        .paths
        .sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    Ok(files)
}

/// Whether a folder is one of recordings: it has days, or journals of a first recording. Nothing is written to other
/// folders.
///
/// # Errors
///
/// The disk cannot list the folder.
pub fn is_of_recordings(disk: &dyn Disk, root: &Path) -> io::Result<bool> {
    let is_journal = |found: &DirEntry| found.is_dir && found.name == JOURNAL;
    Ok(!days(disk, root)?.is_empty() || list_or_empty(disk, root)?.iter().any(is_journal))
}

/// Returns what the index does not have of a session.
///
/// # Errors
///
/// The text says what is wrong with the file.
pub fn read_facts(disk: &dyn Disk, session: &Path) -> Result<SessionFacts, String> {
    match read_session(disk, session) {
        Ok(Some(file)) => file.map(|file| SessionFacts::of(&file)),
        Ok(None) => Err("it is gone".to_owned()),
        Err(failed) => Err(failed.to_string()),
    }
}

/// Rebuilds and writes every index of a folder from its files and passes each day to `take`, the oldest first, until it
/// breaks.
///
/// # Errors
///
/// The disk failed; the text names the path and what to do.
pub fn rebuild_days(
    disk: &dyn Disk,
    root: &Path,
    lock: &FolderLock,
    take: &mut dyn FnMut(LibraryDay) -> ControlFlow<()>,
) -> Result<(), String> {
    let dates = days(disk, root).map_err(|why| FileError::new("read", root, why).to_string())?;
    for date in dates {
        let (index, unreadable) = rebuild_index(disk, root, &date, lock)?;
        if take(LibraryDay::new(&root.join(&date), index, unreadable)).is_break() {
            break;
        }
    }
    Ok(())
}

/// Rebuilds every index of a folder, as [`rebuild_days`].
///
/// # Errors
///
/// As [`rebuild_days`].
pub fn rebuild(disk: &dyn Disk, root: &Path, lock: &FolderLock) -> Result<Library, String> {
    let mut library = Library::default();
    rebuild_days(disk, root, lock, &mut |day| {
        library.take(day);
        ControlFlow::Continue(())
    })?;
    Ok(library)
}

impl Library {
    fn take(&mut self, day: LibraryDay) {
        self.rows.extend(day.rows);
        if day.stale {
            self.stale_days.push(day.date);
        }
    }
}
