//! The normal start, which is also the one after a crash: unfinished files away, indexes right, journals read, games
//! that may still be running handed back, sessions that a crash left open published.

use std::io;
use std::path::{Path, PathBuf};

use super::files::{
    JOURNAL, WriteError, is_unsuitable, make_folder, read_game, read_session, replace,
};
use super::journal::{self, Journal, ReadJournal};
use super::known_games::may_be_unrevealed;
use super::publish::DayState;
use super::sessions::OpenSession;
use super::{Disk, GameFile, Origin, Recorder};
use crate::account::SessionEvent;
use crate::game::{EndReason, Game, GameEvent};
use crate::paths;
use crate::recording::format::index::{
    GAMES, INDEX, IndexGame, IndexSession, SESSIONS, days, list,
};
use crate::recording::format::names::{
    JOURNAL_ENDING, SESSION_JOURNAL_ENDING, TEMPORARY_START, day_of,
};

/// Days that are read at the start: a `gameHistory` reaches back ten games, and midnight may lie between.
const DAYS_READ: usize = 2;
/// Games of a day whose index entry is compared with the file at the start: a reveal that a crash kept from the
/// index was of one of the ten newest.
const COMPARED: usize = 32;
/// The same for sessions: they are never written again, so this finds only what others did to the newest ones.
const SESSIONS_COMPARED: usize = 8;
/// The longest journal that is read, in bytes: that of a session which goes on for months.
const LONGEST_JOURNAL: u64 = 256 << 20;
/// Name of the folder for journals that tell nothing.
const DAMAGED: &str = "damaged";

impl<D: Disk> Recorder<D> {
    /// Opens a folder; returns the games that may still be running, oldest first.
    ///
    /// An error says which operation failed; a damaged journal, index or game file is no error.
    pub fn open(disk: D, root: PathBuf, origin: Origin) -> Result<(Self, Vec<Game>), String> {
        let mut recorder = Self::new(disk, root, origin);
        let open = recorder.recover().map_err(|failed| failed.to_string())?;
        recorder.finish();
        Ok((recorder, open))
    }

    fn recover(&mut self) -> Result<Vec<Game>, WriteError> {
        let journals = self.read_journals()?;
        let played = self.read_session_journals()?;
        let dates = days(&self.disk, &self.root);
        let mut dates = dates.map_err(|why| WriteError::new("read", &self.root, why))?;
        dates.drain(..dates.len().saturating_sub(DAYS_READ));
        dates.extend(journals.iter().map(|(read, _)| day_of(read.whole.start)));
        dates.extend(played.iter().map(OpenSession::day));
        dates.sort();
        dates.dedup();
        for date in dates {
            self.load_day(&date)?;
        }
        self.sessions = played;
        let mut open = Vec::new();
        for (read, journal) in journals {
            open.extend(self.go_on(read, journal)?);
        }
        if let Some(game) = self.last_stopped()?
            && open.iter().all(|other: &Game| other.id != game.id)
        {
            let folder = self.root.join(JOURNAL);
            let path = self.journals.free_path(&game.id, &folder, &self.done);
            let journal = Journal::of(path, self.origin, &game.facts());
            self.journals.keep(&game, journal);
            open.push(game);
        }
        open.sort_by_key(|game| game.start);
        // Of two games with one id only the later one may still be running.
        let ids: Vec<_> = open.iter().map(|game| game.id.clone()).collect();
        let mut later = Vec::new();
        for (index, mut game) in open.into_iter().enumerate() {
            if ids[index + 1..].contains(&game.id) {
                game.end_reason = game.end_reason.or(Some(EndReason::Crash));
                self.publish_later(Box::new(game), self.origin);
            } else {
                later.push(game);
            }
        }
        Ok(later)
    }

    /// Reads a day: what is stored, and whether the index says so.
    fn load_day(&mut self, date: &str) -> Result<(), WriteError> {
        let folder = self.root.join(date);
        remove_unfinished(&self.disk, &folder)?;
        remove_unfinished(&self.disk, &folder.join(GAMES))?;
        remove_unfinished(&self.disk, &folder.join(SESSIONS))?;
        let day = Self::day(&mut self.days, &self.disk, &self.root, date)?;
        for game in &day.index.games {
            self.stored
                .put(date, game, may_be_unrevealed(game), self.origin);
        }
        let newest = day.index.games.iter().rev().take(COMPARED);
        for listed in newest.cloned().collect::<Vec<_>>() {
            let path = folder.join(GAMES).join(&listed.file);
            let file = read_game(&self.disk, &path)?.and_then(Result::ok);
            let entry = file.map(|file| IndexGame::new(&listed.file, &file));
            if entry.as_ref() != Some(&listed) {
                // Damaged since? Then its id stays taken, and the index says nothing of it.
                let told = entry.as_ref().unwrap_or(&listed);
                self.stored
                    .put(date, told, may_be_unrevealed(told), self.origin);
                day.index.games.retain(|game| *game != listed);
                if let Some(entry) = entry {
                    day.index.put(entry);
                }
                day.dirty = true;
            }
        }
        compare_sessions(&self.disk, &folder, day)?;
        if day.dirty {
            tracing::info!(
                day = date,
                file = %paths::text(&folder.join(INDEX)),
                "the index did not agree with the files and was built anew"
            );
        }
        Ok(())
    }

    /// Reads the journals of games that were not published, as far as they know.
    #[expect(clippy::type_complexity, reason = "said in one place only")]
    fn read_journals(
        &mut self,
    ) -> Result<Vec<(ReadJournal<Game>, Journal<GameEvent>)>, WriteError> {
        let folder = self.root.join(JOURNAL);
        make_folder(&self.disk, &self.root, &folder)?;
        remove_unfinished(&self.disk, &folder.join(DAMAGED))?;
        let mut journals = Vec::new();
        for (read, path, bytes) in self.read_all(JOURNAL_ENDING, journal::read::<GameEvent>)? {
            if read.damaged > 0 {
                tracing::warn!(game = %read.whole.id, lines = read.damaged, "damaged lines in the journal; the rest goes on");
            }
            journals.push((read, Journal::adopted(path, bytes)));
        }
        Ok(journals)
    }

    /// Reads the journals of sessions that were not published, as far as they know. Nobody goes on with them.
    fn read_session_journals(&mut self) -> Result<Vec<OpenSession>, WriteError> {
        let mut sessions = Vec::new();
        let found = self.read_all(SESSION_JOURNAL_ENDING, journal::read::<SessionEvent>)?;
        for (read, path, bytes) in found {
            tracing::info!(file = %paths::text(&path), damaged = read.damaged, "found a session in the journal");
            sessions.push(OpenSession::recovered(read, self.origin, path, bytes));
        }
        Ok(sessions)
    }

    /// Reads the journals with this ending; those that tell nothing are set aside.
    fn read_all<T>(
        &mut self,
        ending: &str,
        read: fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<(T, PathBuf, Vec<u8>)>, WriteError> {
        let folder = self.root.join(JOURNAL);
        let mut journals = Vec::new();
        let found =
            list(&self.disk, &folder).map_err(|why| WriteError::new("read", &folder, why))?;
        for found in found.iter().filter(|found| found.name.ends_with(ending)) {
            let path = folder.join(&found.name);
            let bytes = match self.disk.read_at_most(&path, LONGEST_JOURNAL) {
                Ok(bytes) => bytes,
                // A link that leads nowhere is not found either.
                Err(why) if is_unsuitable(&why) || why.kind() == io::ErrorKind::NotFound => {
                    self.pass_over(path, &why);
                    continue;
                }
                Err(why) => return Err(WriteError::new("read", &path, why)),
            };
            match read(&bytes) {
                Some(read) => journals.push((read, path, bytes)),
                None => match self.set_aside(&folder, &found.name, &bytes) {
                    Err(WriteError::Operation { why, .. }) if is_unsuitable(&why) => {
                        self.pass_over(path, &why);
                    }
                    other => other?,
                },
            }
        }
        Ok(journals)
    }

    /// Leaves a journal that cannot be read where it is; no other one gets its name.
    fn pass_over(&mut self, path: PathBuf, why: &io::Error) {
        tracing::warn!(
            file = %paths::text(&path),
            %why,
            "this is no journal that can be read; it is passed over and left as it is: make it readable before the next start, or move it away"
        );
        self.journals.pass_over(path);
    }

    /// Decides what becomes of a journal: a game that is published whole is only tidied up, one of another source is
    /// closed, any other is open.
    fn go_on(
        &mut self,
        read: ReadJournal<Game>,
        journal: Journal<GameEvent>,
    ) -> Result<Option<Game>, WriteError> {
        let (mut game, origin) = (read.whole, read.origin.unwrap_or(self.origin));
        let journal = match self.filed(&game)?.own.and_then(|(_, file)| file) {
            Some(file) if file.is_unwatched() => journal,
            Some(file) if !GameFile::new(&game, origin).lacks_some_of(&file) => journal,
            None => journal,
            Some(file) if may_go_on(&file) => {
                game = file.into_game();
                Journal::of(journal.into_path(), origin, &game.facts())
            }
            Some(_) => {
                self.done.push(journal.into_path());
                return Ok(None);
            }
        };
        tracing::info!(game = %game.id, ticks = game.prices.len(), "found open in the journal");
        self.journals.keep(&game, journal);
        if origin != self.origin {
            // This run watches something else: nobody will tell it how that game went on.
            game.end_reason = game.end_reason.or(Some(EndReason::Crash));
            self.publish_later(Box::new(game), origin);
            return Ok(None);
        }
        Ok(Some(game))
    }

    /// A journal of which not even the beginning is known is kept for a human, away from the next start.
    fn set_aside(&self, folder: &Path, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        // Empty: the crash came before its first line.
        if !bytes.is_empty() {
            let damaged = folder.join(DAMAGED);
            make_folder(&self.disk, &self.root, &damaged)?;
            let copies = (1..).map(|copy| format!("{copy}-{name}"));
            let mut free = copies.skip_while(|name| self.disk.exists(&damaged.join(name)));
            let free = free.next().unwrap_or_default();
            replace(&self.disk, &damaged, &free, bytes)?;
            tracing::warn!(file = %paths::text(&damaged.join(free)), "a journal tells nothing and was set aside");
        }
        let path = folder.join(name);
        let removed = self.disk.remove(&path);
        removed.map_err(|why| WriteError::new("remove", &path, why))
    }

    /// The newest stored game may still run if we stopped (or crashed) in the middle of it.
    fn last_stopped(&self) -> Result<Option<Game>, WriteError> {
        let listed = self.days.iter();
        let listed =
            listed.flat_map(|(date, day)| day.index.games.iter().map(move |game| (date, game)));
        let newest = listed.filter(|(_, game)| game.origin == self.origin);
        let Some((date, entry)) = newest.max_by_key(|(_, game)| game.start_time) else {
            return Ok(None);
        };
        let path = self.root.join(date).join(GAMES).join(&entry.file);
        let file = read_game(&self.disk, &path)?.and_then(Result::ok);
        Ok(file.filter(may_go_on).map(GameFile::into_game))
    }
}

/// Whether a stored game without a rug may still be running.
fn may_go_on(file: &GameFile) -> bool {
    let meta = &file.meta;
    let open_end = matches!(meta.end_reason, Some(EndReason::Stopped | EndReason::Crash));
    open_end && meta.server_seed.is_none() && meta.end_time.is_none()
}

/// Whether the index tells of the newest sessions what their files say.
fn compare_sessions(disk: &dyn Disk, folder: &Path, day: &mut DayState) -> Result<(), WriteError> {
    let newest = day.index.sessions.iter().rev().take(SESSIONS_COMPARED);
    for listed in newest.cloned().collect::<Vec<_>>() {
        let path = folder.join(SESSIONS).join(&listed.file);
        let file = read_session(disk, &path)?.and_then(Result::ok);
        let entry = file.map(|file| IndexSession::new(&listed.file, &file));
        if entry.as_ref() != Some(&listed) {
            day.index.sessions.retain(|session| *session != listed);
            if let Some(entry) = entry {
                day.index.put_session(entry);
            }
            day.dirty = true;
        }
    }
    Ok(())
}

/// Removes what a crash left half written; it never had its name.
fn remove_unfinished(disk: &dyn Disk, folder: &Path) -> Result<(), WriteError> {
    let found = match list(disk, folder) {
        // Whoever reads it says so.
        Err(why) if is_unsuitable(&why) => return Ok(()),
        found => found.map_err(|why| WriteError::new("read", folder, why))?,
    };
    for found in found {
        if !found.is_dir && found.name.starts_with(TEMPORARY_START) {
            disk.remove(&folder.join(found.name)).ok(); // Tried again at the next start.
        }
    }
    Ok(())
}
