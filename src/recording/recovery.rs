//! The start of a recorder, which is the same after a crash: removes unfinished files, corrects the indexes, reads the
//! journals, returns the games that may still be running, and publishes the sessions that a crash left open.

use std::io;
use std::path::{Path, PathBuf};

use super::archive::{may_be_running, remove_unfinished};
use super::durable::{free_name, make_folder, replace};
use super::folder::WriteError;
use super::format::game_file::{GameFile, Origin};
use super::format::index::days;
use super::format::names::{JOURNAL_ENDING, SESSION_JOURNAL_ENDING, day_of, journal_names};
use super::journal::{self, Journal, JournalContent};
use super::open_sessions::OpenSession;
use super::recorder::Recorder;
use crate::account::SessionEvent;
use crate::disk::{Disk, FileError, is_unsuitable, list_or_empty};
use crate::game::{EndReason, Game, GameEvent};
use crate::paths;

/// Days that are read at the start: a `gameHistory` reaches back ten games, and midnight may lie between.
const DAYS_READ: usize = 2;
/// The longest journal that is read, in bytes: that of a session of months.
const MAX_JOURNAL_BYTES: u64 = 256 << 20;
/// Name of the folder for journals that cannot be used.
const DAMAGED: &str = "damaged";

/// The journal of a game, with what it holds.
type GameJournal = (JournalContent<Game>, Journal<GameEvent>);

impl<D: Disk> Recorder<D> {
    /// Opens a folder; returns the games that may still be running, oldest first.
    ///
    /// # Errors
    ///
    /// An operation of the disk failed; the text names it. A damaged journal, index or game file is no error.
    pub fn open(disk: D, root: PathBuf, origin: Origin) -> Result<(Self, Vec<Game>), String> {
        let mut recorder = Self::new(disk, root, origin);
        let open = recorder.recover().map_err(|error| error.to_string())?;
        recorder.finish();
        Ok((recorder, open))
    }

    /// Completes the games that [`Self::open`] found open: this run has another source, which cannot know how they went on.
    pub fn close_recovered(&mut self, open: Vec<Game>) {
        for mut game in open {
            game.end_reason = game.end_reason.or(Some(EndReason::Crash));
            self.publish_later(Box::new(game), self.archive.origin);
        }
    }

    fn recover(&mut self) -> Result<Vec<Game>, WriteError> {
        let games = self.read_game_journals()?;
        let sessions = self.read_session_journals()?;
        let root = &self.folder.root;
        let mut dates = days(&self.disk, root).map_err(|why| FileError::new("read", root, why))?;
        dates.drain(..dates.len().saturating_sub(DAYS_READ));
        dates.extend(
            games
                .iter()
                .map(|(content, _)| day_of(content.subject.start)),
        );
        dates.extend(sessions.iter().map(OpenSession::day));
        dates.sort();
        dates.dedup();
        for date in dates {
            self.archive.load_day(&self.disk, &date)?;
        }
        self.sessions.adopt(sessions);
        let mut open = Vec::new();
        for (content, journal) in games {
            open.extend(self.resume(content, journal)?);
        }
        if let Some(game) = self.archive.last_unfinished_game(&self.disk)?
            && open.iter().all(|other: &Game| other.id != game.id)
        {
            let path = self.journals.reserve(journal_names(&game.id));
            let journal = Journal::with_facts(path, self.archive.origin, &game.facts());
            self.games.adopt(&game, journal);
            open.push(game);
        }
        open.sort_by_key(|game| game.start);
        // Of two games with one id only the later one may still be running.
        let ids: Vec<_> = open.iter().map(|game| game.id.clone()).collect();
        let mut running = Vec::new();
        for (index, mut game) in open.into_iter().enumerate() {
            if ids[index + 1..].contains(&game.id) {
                game.end_reason = game.end_reason.or(Some(EndReason::Crash));
                self.publish_later(Box::new(game), self.archive.origin);
            } else {
                running.push(game);
            }
        }
        Ok(running)
    }

    /// Reads the journals of games that were not published.
    fn read_game_journals(&mut self) -> Result<Vec<GameJournal>, FileError> {
        make_folder(&self.disk, &self.folder.root, self.journals.path())?;
        remove_unfinished(&self.disk, &self.journals.path().join(DAMAGED))?;
        let mut journals = Vec::new();
        for (content, path, bytes) in self.read_all(JOURNAL_ENDING, journal::read::<GameEvent>)? {
            if content.damaged > 0 {
                tracing::warn!(game = %content.subject.id, lines = content.damaged, "damaged lines in the journal; the rest goes on");
            }
            journals.push((content, Journal::from_file(path, bytes)));
        }
        Ok(journals)
    }

    /// Reads the journals of sessions that were not published.
    fn read_session_journals(&mut self) -> Result<Vec<OpenSession>, FileError> {
        let found = self.read_all(SESSION_JOURNAL_ENDING, journal::read::<SessionEvent>)?;
        let sessions = found.into_iter().map(|(content, path, bytes)| {
            tracing::info!(file = %paths::text(&path), damaged = content.damaged, "found a session in the journal");
            OpenSession::recovered(content, self.archive.origin, path, bytes)
        });
        Ok(sessions.collect())
    }

    /// Reads the journals with this ending. One without a usable line is moved to the folder of damaged journals.
    fn read_all<T>(
        &mut self,
        ending: &str,
        read: fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<(T, PathBuf, Vec<u8>)>, FileError> {
        let folder = self.journals.path().to_owned();
        let mut journals = Vec::new();
        let found = list_or_empty(&self.disk, &folder)
            .map_err(|why| FileError::new("read", &folder, why))?;
        for entry in found.iter().filter(|entry| entry.name.ends_with(ending)) {
            let path = folder.join(&entry.name);
            let bytes = match self.disk.read_at_most(&path, MAX_JOURNAL_BYTES) {
                Ok(bytes) => bytes,
                // A dangling link is not found either.
                Err(why) if is_unsuitable(&why) || why.kind() == io::ErrorKind::NotFound => {
                    self.pass_over(path, &why);
                    continue;
                }
                Err(why) => return Err(FileError::new("read", &path, why)),
            };
            match read(&bytes) {
                Some(content) => {
                    self.journals.mark_taken(path.clone());
                    journals.push((content, path, bytes));
                }
                None => match self.set_aside(&folder, &entry.name, &bytes) {
                    Err(error) if is_unsuitable(&error.why) => self.pass_over(path, &error.why),
                    other => other?,
                },
            }
        }
        Ok(journals)
    }

    /// Leaves a journal that cannot be read where it is; no other journal gets its name.
    fn pass_over(&mut self, path: PathBuf, why: &io::Error) {
        tracing::warn!(
            file = %paths::text(&path),
            %why,
            "this is no journal that can be read; it is passed over and left as it is: make it readable before the next start, or move it away"
        );
        self.journals.mark_taken(path);
    }

    /// Returns the game of a journal if it may still be running.
    ///
    /// The journal of a game whose file has everything is finished; a game of another source is published.
    fn resume(
        &mut self,
        content: JournalContent<Game>,
        journal: Journal<GameEvent>,
    ) -> Result<Option<Game>, FileError> {
        let origin = content.origin.unwrap_or(self.archive.origin);
        let mut game = content.subject;
        let existing = self.archive.find_files(&self.disk, &game)?.own;
        let journal = match existing.and_then(|(_, file)| file) {
            Some(file) if file.is_unwatched() => journal,
            Some(file) if !GameFile::new(&game, origin).lacks_some_of(&file) => journal,
            None => journal,
            Some(file) if may_be_running(&file) => {
                game = file.into_game();
                Journal::with_facts(journal.into_path(), origin, &game.facts())
            }
            Some(_) => {
                self.journals.finish(journal.into_path());
                return Ok(None);
            }
        };
        tracing::info!(game = %game.id, ticks = game.prices.len(), "found open in the journal");
        self.games.adopt(&game, journal);
        if origin != self.archive.origin {
            // This run has another source, which cannot know how the game went on.
            game.end_reason = game.end_reason.or(Some(EndReason::Crash));
            self.publish_later(Box::new(game), origin);
            return Ok(None);
        }
        Ok(Some(game))
    }

    /// Moves a journal without a usable beginning away, so that it can be examined.
    fn set_aside(&self, folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        // An empty journal: the crash came before its first line.
        if !bytes.is_empty() {
            let damaged = folder.join(DAMAGED);
            make_folder(&self.disk, &self.folder.root, &damaged)?;
            let free = free_name(&self.disk, &damaged, |copy| format!("{copy}-{name}"));
            replace(&self.disk, &damaged, &free, bytes)?;
            tracing::warn!(file = %paths::text(&damaged.join(free)), "a journal has no readable beginning and was set aside");
        }
        let path = folder.join(name);
        let removed = self.disk.remove(&path);
        removed.map_err(|why| FileError::new("remove", &path, why))
    }
}
