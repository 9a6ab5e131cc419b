//! Recordings that lie in no day's folder: copies of game and session files, and what the Python original left.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use crate::library::{LibraryDay, LibraryRow, LibrarySession, PythonRecording};
use crate::recording::files::LONGEST;
use crate::recording::format::index::{
    GAMES, IndexGame, IndexSession, SESSIONS, is_game_name, is_session_name, list,
};
use crate::recording::{Disk, GameFile, SessionFile};

/// Files that are told at once: a window's page is there quickly.
const AT_ONCE: usize = 50;

/// Whether a folder is one of a day: it has folders of games or sessions.
pub(super) fn is_day(disk: &dyn Disk, folder: &Path) -> io::Result<bool> {
    let mut found = list(disk, folder)?.into_iter();
    Ok(found.any(|found| found.is_dir && [GAMES, SESSIONS].contains(&found.name.as_str())))
}

/// Whether a name may be one of a recording of the Python original.
pub(super) fn is_original_name(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| ending == "jsonl") && !name.starts_with('.')
}

/// Tells the loose recordings of a folder, the last names first; see [`crate::library::read_days`].
pub(super) fn read_unindexed(
    disk: &dyn Disk,
    folder: &Path,
    tell: &mut dyn FnMut(LibraryDay) -> ControlFlow<()>,
) -> io::Result<()> {
    let is_one = |name: &str| is_game_name(name) || is_session_name(name) || is_original_name(name);
    let found = list(disk, folder)?.into_iter();
    let found = found.filter(|found| is_one(&found.name));
    let names: Vec<_> = found.map(|found| found.name).collect();
    for names in names.rchunks(AT_ONCE) {
        let mut day = LibraryDay::default();
        for name in names {
            let path = folder.join(name);
            let read = disk.read_at_most(&path, LONGEST);
            let read = read.map_err(|why| why.to_string());
            if let Err(why) = read.and_then(|text| day.take(&path, name, &text)) {
                day.unreadable.push((path, why));
            }
        }
        day.games.sort_by_key(|row| row.game.start_time);
        day.sessions.sort_by_key(|row| row.session.session_start);
        if tell(day).is_break() {
            break;
        }
    }
    Ok(())
}

impl LibraryDay {
    fn take(&mut self, path: &Path, name: &str, text: &[u8]) -> Result<(), String> {
        let path = path.to_owned();
        if is_session_name(name) {
            let session = IndexSession::new(name, &SessionFile::parse(text)?);
            self.sessions.push(LibrarySession { path, session });
            return Ok(());
        }
        let (file, faults) = if is_game_name(name) {
            (GameFile::parse(text)?, Vec::new())
        } else {
            let original = PythonRecording::parse(text)?;
            let faults = original.faults();
            (original.file, faults)
        };
        let game = IndexGame::new(name, &file);
        self.games.push(LibraryRow { path, game, faults });
        Ok(())
    }
}
