//! Recordings outside of a day's folder: copies of game and session files, and recordings of the Python original.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::day::LibraryDay;
use super::original::{PythonRecording, is_original_name};
use super::row::LibraryRow;
use crate::disk::{Disk, list_or_empty};
use crate::recording::format::names::{GAMES, SESSIONS, is_game_name, is_session_name};
use crate::recording::format::read::MAX_FILE_BYTES;
use crate::recording::{GameFile, IndexGame, IndexSession, SessionFile};

/// Files of one part: the first page of a window is filled quickly.
const FILES_IN_A_PART: usize = 50;

/// Whether a folder is one of a day: it has folders of games or sessions.
pub(super) fn is_day(disk: &dyn Disk, folder: &Path) -> io::Result<bool> {
    let mut found = list_or_empty(disk, folder)?.into_iter();
    Ok(found.any(|found| found.is_dir && [GAMES, SESSIONS].contains(&found.name.as_str())))
}

/// Reads the recordings of a folder without days, the last names first; see [`super::listing::read_days`].
pub(super) fn read_unindexed(
    disk: &dyn Disk,
    folder: &Path,
    take: &mut dyn FnMut(LibraryDay) -> ControlFlow<()>,
) -> io::Result<()> {
    let is_one = |name: &str| is_game_name(name) || is_session_name(name) || is_original_name(name);
    let found = list_or_empty(disk, folder)?.into_iter();
    let found = found.filter(|found| is_one(&found.name));
    let names: Vec<_> = found.map(|found| found.name).collect();
    for names in names.rchunks(FILES_IN_A_PART) {
        let mut rows: Vec<_> = names
            .iter()
            .map(|name| read_row(disk, folder.join(name), name))
            .collect();
        rows.sort_by_key(LibraryRow::start_key);
        let day = LibraryDay {
            rows,
            ..LibraryDay::default()
        };
        if take(day).is_break() {
            break;
        }
    }
    Ok(())
}

fn read_row(disk: &dyn Disk, path: PathBuf, name: &str) -> LibraryRow {
    let text = disk.read_at_most(&path, MAX_FILE_BYTES);
    let text = text.map_err(|why| why.to_string());
    match text.and_then(|text| parse_row(&path, name, &text)) {
        Ok(row) => row,
        Err(reason) => LibraryRow::of_damaged(path, reason, ""),
    }
}

fn parse_row(path: &Path, name: &str, text: &[u8]) -> Result<LibraryRow, String> {
    let path = path.to_owned();
    if is_session_name(name) {
        let session = IndexSession::new(name, &SessionFile::parse(text)?);
        return Ok(LibraryRow::of_session(path, session));
    }
    let (file, faults) = if is_game_name(name) {
        (GameFile::parse(text)?, Vec::new())
    } else {
        let original = PythonRecording::parse(text)?;
        let faults = original.faults();
        (original.file, faults)
    };
    Ok(LibraryRow::of_game(
        path,
        IndexGame::new(name, &file),
        faults,
        "",
    ))
}
