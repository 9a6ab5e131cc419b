//! The published part of a folder: the indexes of its days and the games that it has.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use chrono::Days;
use rust_decimal::Decimal;

use super::durable::{make_folder, replace};
use super::folder_lock::FolderLock;
use super::format::game_file::{GameFile, Origin};
use super::format::index::{DayIndex, IndexGame, IndexSession, UnreadableFile};
use super::format::names::{GAMES, INDEX, SESSIONS, TEMPORARY_START, day_of};
use super::format::read::{read_game, read_session};
use super::known_games::{GameLocation, KnownGames, may_be_unrevealed};
use crate::account::Action;
use crate::disk::{Disk, FileError, is_unsuitable, list_or_empty};
use crate::game::{EndReason, Game, Time};
use crate::paths;

/// Unreadable files of a day that the log names; the library lists all of them.
const MAX_NAMED_FILES: usize = 8;
/// The newest games of a day whose index entry is compared with the file at the start: a reveal that a crash kept from
/// the index was of one of the ten newest.
const COMPARED_GAMES: usize = 32;
/// The same for sessions. A session file is written once, so this finds only changes by other programs.
const COMPARED_SESSIONS: usize = 8;

/// A day's index in memory.
pub(super) struct Day {
    index: DayIndex,
    /// The file does not have it yet.
    is_dirty: bool,
    /// Its folders (of games, of sessions) that are durable.
    made: BTreeSet<&'static str>,
}

impl Day {
    pub(super) fn put_game(&mut self, game: IndexGame) {
        self.index.put(game);
        self.is_dirty = true;
    }

    pub(super) fn put_session(&mut self, session: IndexSession) {
        self.index.put_session(session);
        self.is_dirty = true;
    }
}

/// The published recordings of a folder.
pub(super) struct Archive {
    pub(super) root: PathBuf,
    /// The source of this run.
    pub(super) origin: Origin,
    days: BTreeMap<String, Day>,
    pub(super) known: KnownGames,
}

impl Archive {
    pub(super) fn new(root: PathBuf, origin: Origin) -> Self {
        Self {
            root,
            origin,
            days: BTreeMap::new(),
            known: KnownGames::default(),
        }
    }

    /// Returns a day, read from the disk if it is not in memory.
    pub(super) fn day(&mut self, disk: &dyn Disk, date: &str) -> Result<&mut Day, FileError> {
        let slot = match self.days.entry(date.to_owned()) {
            Entry::Occupied(day) => return Ok(day.into_mut()),
            Entry::Vacant(slot) => slot,
        };
        let folder = self.root.join(date);
        let (index, is_dirty, unreadable) = DayIndex::load(disk, &folder, date)
            .map_err(|why| FileError::new("read", &folder, why))?;
        report_unreadable(&unreadable, &folder)?;
        Ok(slot.insert(Day {
            index,
            is_dirty,
            made: BTreeSet::new(),
        }))
    }

    /// Makes a day's folder of games or sessions and returns it.
    pub(super) fn make_folder(
        &mut self,
        disk: &dyn Disk,
        date: &str,
        part: &'static str,
    ) -> Result<PathBuf, FileError> {
        let folder = self.root.join(date).join(part);
        let is_made = self.day(disk, date)?.made.contains(part);
        if !is_made || !disk.exists(&folder) {
            make_folder(disk, &self.root, &folder)?;
            self.day(disk, date)?.made.insert(part);
        }
        Ok(folder)
    }

    /// Returns the path of a stored game.
    pub(super) fn path_of(&self, location: &GameLocation) -> PathBuf {
        let day = self.root.join(&location.day);
        day.join(GAMES).join(&location.file)
    }

    /// Returns what the rows of the day of `at` earned, in SOL, in the published sessions that began on that day or on the
    /// one before.
    ///
    /// # Errors
    /// A session of the two days cannot be read.
    pub(super) fn earned_on(&self, disk: &dyn Disk, at: Time) -> Result<Decimal, FileError> {
        let mut earned = Decimal::ZERO;
        for date in [at - Days::new(1), at].map(day_of) {
            let folder = self.root.join(&date);
            let (index, _, unreadable) = DayIndex::load(disk, &folder, &date)
                .map_err(|why| FileError::new("read", &folder, why))?;
            let games = folder.join(GAMES);
            if let Some(file) = unreadable
                .iter()
                .find(|file| !file.path.starts_with(&games))
            {
                let why = io::Error::other(file.reason.clone());
                return Err(FileError::new("read", &file.path, why));
            }
            let is_over =
                |session: &IndexSession| session.session_end.date_naive() < at.date_naive();
            for listed in index.sessions.iter().filter(|session| !is_over(session)) {
                let path = folder.join(SESSIONS).join(&listed.file);
                let why = match read_session(disk, &path)? {
                    Some(Ok(file)) => {
                        let rows = file.actions.iter().filter_map(Action::earned);
                        let today = rows.filter(|(done, _)| done.date_naive() == at.date_naive());
                        earned = today.fold(earned, |sum, (_, pnl)| sum.saturating_add(pnl));
                        continue;
                    }
                    Some(Err(why)) => why,
                    None => "it is gone".to_owned(),
                };
                return Err(FileError::new("read", &path, io::Error::other(why)));
            }
        }
        Ok(earned)
    }

    /// Writes the indexes that changed.
    pub(super) fn write_indexes(&mut self, disk: &dyn Disk) -> Result<(), FileError> {
        for (date, day) in &mut self.days {
            if !day.is_dirty {
                continue;
            }
            let folder = self.root.join(date);
            let text = day.index.to_text();
            let text = text.map_err(|why| FileError::new("write", &folder, why.into()))?;
            if !disk.exists(&folder) {
                make_folder(disk, &self.root, &folder)?;
            }
            replace(disk, &folder, INDEX, &text)?;
            day.is_dirty = false;
        }
        // A late reveal reaches ten games back: the newest two days are enough in memory.
        while self.days.len() > 2 {
            self.days.pop_first();
        }
        Ok(())
    }

    /// Reads the days in memory again: their folder was removed and made again.
    pub(super) fn reload(&mut self, disk: &dyn Disk) -> Result<(), FileError> {
        let dates: Vec<_> = self.days.keys().cloned().collect();
        for date in dates {
            self.days.remove(&date);
            self.day(disk, &date)?;
        }
        Ok(())
    }

    /// Reads a day at the start: which games are stored, and whether the index agrees with the newest files.
    pub(super) fn load_day(&mut self, disk: &dyn Disk, date: &str) -> Result<(), FileError> {
        let folder = self.root.join(date);
        for folder in [&folder, &folder.join(GAMES), &folder.join(SESSIONS)] {
            remove_unfinished(disk, folder)?;
        }
        self.day(disk, date)?;
        let Some(day) = self.days.get_mut(date) else {
            return Ok(());
        };
        for game in &day.index.games {
            let unrevealed = may_be_unrevealed(game);
            self.known.put(date, game, unrevealed, self.origin);
        }
        let newest = day.index.games.iter().rev().take(COMPARED_GAMES);
        for listed in newest.cloned().collect::<Vec<_>>() {
            let path = folder.join(GAMES).join(&listed.file);
            let file = read_game(disk, &path)?.and_then(Result::ok);
            let entry = file.map(|file| IndexGame::new(&listed.file, &file));
            if entry.as_ref() != Some(&listed) {
                // The id of a file that was damaged since stays taken, but the index does not list the file.
                let known = entry.as_ref().unwrap_or(&listed);
                let unrevealed = may_be_unrevealed(known);
                self.known.put(date, known, unrevealed, self.origin);
                day.index.games.retain(|game| *game != listed);
                if let Some(entry) = entry {
                    day.index.put(entry);
                }
                day.is_dirty = true;
            }
        }
        compare_sessions(disk, &folder, day)?;
        if day.is_dirty {
            tracing::info!(
                day = date,
                file = %paths::text(&folder.join(INDEX)),
                "the index did not agree with the files and was rebuilt"
            );
        }
        Ok(())
    }

    /// Returns the newest stored game if it may still be running: the last run stopped or crashed in the middle of it.
    pub(super) fn last_unfinished_game(&self, disk: &dyn Disk) -> Result<Option<Game>, FileError> {
        let days = self.days.iter();
        let games =
            days.flat_map(|(date, day)| day.index.games.iter().map(move |game| (date, game)));
        let own = games.filter(|(_, game)| game.origin == self.origin);
        let Some((date, entry)) = own.max_by_key(|(_, game)| game.start_time) else {
            return Ok(None);
        };
        let path = self.root.join(date).join(GAMES).join(&entry.file);
        let file = read_game(disk, &path)?.and_then(Result::ok);
        Ok(file.filter(may_be_running).map(GameFile::into_game))
    }
}

/// Whether a stored game without a rug may still be running.
pub(super) fn may_be_running(file: &GameFile) -> bool {
    let meta = &file.meta;
    let is_open = matches!(meta.end_reason, Some(EndReason::Stopped | EndReason::Crash));
    is_open && meta.server_seed.is_none() && meta.end_time.is_none()
}

/// Corrects the index entries of the newest sessions by their files.
fn compare_sessions(disk: &dyn Disk, folder: &Path, day: &mut Day) -> Result<(), FileError> {
    let newest = day.index.sessions.iter().rev().take(COMPARED_SESSIONS);
    for listed in newest.cloned().collect::<Vec<_>>() {
        let path = folder.join(SESSIONS).join(&listed.file);
        let file = read_session(disk, &path)?.and_then(Result::ok);
        let entry = file.map(|file| IndexSession::new(&listed.file, &file));
        if entry.as_ref() != Some(&listed) {
            day.index.sessions.retain(|session| *session != listed);
            if let Some(entry) = entry {
                day.index.put_session(entry);
            }
            day.is_dirty = true;
        }
    }
    Ok(())
}

/// Removes the temporary files that a crash left.
pub(super) fn remove_unfinished(disk: &dyn Disk, folder: &Path) -> Result<(), FileError> {
    let found = match list_or_empty(disk, folder) {
        // The reader of the folder reports it.
        Err(why) if is_unsuitable(&why) => return Ok(()),
        found => found.map_err(|why| FileError::new("read", folder, why))?,
    };
    for entry in found {
        if !entry.is_dir && entry.name.starts_with(TEMPORARY_START) {
            disk.remove(&folder.join(entry.name)).ok(); // The next start tries again.
        }
    }
    Ok(())
}

/// Logs the files of a day that are passed over.
///
/// # Errors
///
/// The disk failed to read one: it may be readable later, and its game must not be stored twice.
fn report_unreadable(unreadable: &[UnreadableFile], folder: &Path) -> Result<(), FileError> {
    for file in unreadable {
        if let Some(kind) = file.disk_error {
            return Err(FileError::new("read", &file.path, io::Error::from(kind)));
        }
    }
    for UnreadableFile { path, reason, .. } in unreadable.iter().take(MAX_NAMED_FILES) {
        tracing::warn!(
            file = %paths::text(path),
            reason,
            "this is no recording that can be read; it is passed over and left as it is: repair it, or move it away"
        );
    }
    if unreadable.len() > MAX_NAMED_FILES {
        tracing::warn!(
            folder = %paths::text(folder),
            "{} more cannot be read there; `pianola library` lists them",
            unreadable.len() - MAX_NAMED_FILES
        );
    }
    Ok(())
}

/// Builds the index of a day from its files, writes it, and returns it with the files that cannot be read.
///
/// # Errors
///
/// The disk failed; the text names the path and what to do.
pub fn rebuild_index(
    disk: &dyn Disk,
    root: &Path,
    date: &str,
    _lock: &FolderLock,
) -> Result<(DayIndex, Vec<UnreadableFile>), String> {
    let folder = root.join(date);
    let (index, unreadable) = DayIndex::build(disk, &folder, date)
        .map_err(|why| FileError::new("read", &folder, why).to_string())?;
    let text = index.to_text().map_err(|error| error.to_string())?;
    replace(disk, &folder, INDEX, &text).map_err(|error| error.to_string())?;
    Ok((index, unreadable))
}
