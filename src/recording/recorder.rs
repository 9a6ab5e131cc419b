//! The recorder: facts into journals, complete games into files, files into the index. One owner of "is it
//! recorded". It is driven by [`Writer`](super::Writer), or by a test with a disk that fails.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::index::{DayIndex, GAMES, INDEX, IndexGame};
use super::journal::Journal;
use super::names::{day_of, game_file_name, journal_name, temporary_name};
use super::stored::Stored;
use super::{Disk, GameFile, Origin};
use crate::game::{EndReason, Game, GameEvent};
use crate::protocol::{GameId, HistoryEntry};

/// A power cut may cost one second of ticks; the rest of it is for the disk.
const SYNC_EVERY: Duration = Duration::from_millis(750);
/// The index is a cache: it may lag, and writing it grows with the day.
const INDEX_EVERY: Duration = Duration::from_secs(1);
/// A disk that failed is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// What is kept in memory for a disk that fails.
const MAX_WAITING_BYTES: usize = 64 << 20;
/// Memory a finished game takes for each tick while it waits.
const BYTES_PER_TICK: usize = 24;

/// A published game.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// Its contents without the prices.
    pub meta: super::GameMeta,
    /// The file was there and was completed, with its seed for example.
    pub again: bool,
}

/// Why nothing reaches the disk at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What failed, where, and what to do about it.
    pub what: String,
    /// Games that no longer fitted into memory.
    pub lost_games: u64,
}

/// Keeps everything of one folder; see the module text.
pub struct Recorder<D: Disk> {
    pub(super) disk: D,
    pub(super) root: PathBuf,
    pub(super) origin: Origin,
    pub(super) journals: BTreeMap<GameId, Journal>,
    pub(super) stored: Stored,
    pub(super) days: BTreeMap<String, Day>,
    /// Complete games that are not yet on disk, oldest first.
    waiting: VecDeque<Game>,
    /// Journals whose game is published; removed once the index has it.
    done: Vec<Journal>,
    saved: Vec<Saved>,
    trouble: Option<Trouble>,
    lost_games: u64,
    last_sync: Duration,
    last_index: Duration,
    retry_at: Duration,
}

/// A day's index in memory.
pub(super) struct Day {
    pub(super) index: DayIndex,
    pub(super) dirty: bool,
}

impl<D: Disk> Recorder<D> {
    pub(super) fn new(disk: D, root: PathBuf, origin: Origin) -> Self {
        Self {
            disk,
            root,
            origin,
            journals: BTreeMap::new(),
            stored: Stored::default(),
            days: BTreeMap::new(),
            waiting: VecDeque::new(),
            done: Vec::new(),
            saved: Vec::new(),
            trouble: None,
            lost_games: 0,
            last_sync: Duration::ZERO,
            last_index: Duration::ZERO,
            retry_at: Duration::ZERO,
        }
    }

    /// Takes what happened. Nothing is written before [`Recorder::write`].
    pub fn take(&mut self, event: GameEvent) {
        if let Some(id) = event.fact_of() {
            if self.waiting_bytes() < MAX_WAITING_BYTES {
                let path = self.root.join(JOURNAL).join(journal_name(id));
                let journal = self
                    .journals
                    .entry(id.clone())
                    .or_insert_with(|| Journal::new(path));
                journal.push(&event);
            }
            return;
        }
        match event {
            GameEvent::GameComplete(game) => self.enqueue(*game),
            GameEvent::Revealed(entry) => self.reveal(&entry),
            _ => {}
        }
    }

    fn enqueue(&mut self, game: Game) {
        if self.waiting_bytes() >= MAX_WAITING_BYTES {
            self.lost_games += 1;
            tracing::error!(game = %game.id, "a game is lost: the disk takes nothing and the memory for it is full");
            return;
        }
        self.waiting.push_back(game);
    }

    /// A finished game was listed with its seed: complete its file, or store the game if it is newer than the newest.
    fn reveal(&mut self, entry: &HistoryEntry) {
        if let Some(game) = self.waiting.iter_mut().find(|game| game.id == entry.id) {
            game.reveal(entry);
            return;
        }
        if let Some(place) = self.stored.get(&entry.id) {
            if place.unrevealed {
                let path = self.root.join(&place.day).join(GAMES).join(&place.file);
                match read_game(&self.disk, &path) {
                    Ok(mut game) if game.seed.is_none() => {
                        game.reveal(entry);
                        self.enqueue(game);
                    }
                    Ok(_) => {}
                    Err(why) => {
                        tracing::warn!(file = %path.display(), why, "the seed of this game is known now, but its file cannot be read");
                    }
                }
            }
            return;
        }
        if let (Some(newest), Some(game)) = (self.stored.newest(), Game::from_history(entry))
            && entry
                .timestamp
                .is_some_and(|millis| millis > newest.timestamp_millis())
        {
            self.enqueue(game);
        }
    }

    /// Brings everything that was taken to the disk. Errors are kept in [`Recorder::trouble`], and what could not be
    /// written is tried again by [`Recorder::clock`].
    pub fn write(&mut self) {
        if self.trouble.is_some() {
            return;
        }
        let result = self.write_all();
        self.note(result);
    }

    /// Does what is due at `now`, the time since the start: sync, index, another try.
    pub fn clock(&mut self, now: Duration) {
        if self.trouble.is_some() {
            if now < self.retry_at {
                return;
            }
            self.retry_at = now + RETRY_EVERY;
            self.trouble = None;
            self.write();
            if self.trouble.is_some() {
                return;
            }
            tracing::info!(folder = %self.root.display(), "recording again");
        }
        let mut result = Ok(());
        if now >= self.last_sync + SYNC_EVERY {
            self.last_sync = now;
            result = self.sync();
        }
        if result.is_ok() && now >= self.last_index + INDEX_EVERY {
            self.last_index = now;
            result = self.write_indexes();
        }
        self.note(result);
        self.retry_at = now + RETRY_EVERY;
    }

    /// Brings everything to the disk now, index included.
    pub fn finish(&mut self) {
        self.trouble = None;
        let result = self
            .write_all()
            .and_then(|()| self.sync())
            .and_then(|()| self.write_indexes());
        self.note(result);
    }

    /// Returns the games published since the last call.
    pub fn take_saved(&mut self) -> Vec<Saved> {
        std::mem::take(&mut self.saved)
    }

    /// Returns why nothing reaches the disk, if that is so.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Returns the disk.
    pub fn disk(&self) -> &D {
        &self.disk
    }

    /// Returns the complete games that are not yet on disk.
    pub fn waiting_games(&self) -> usize {
        self.waiting.len()
    }

    fn waiting_bytes(&self) -> usize {
        let games: usize = self
            .waiting
            .iter()
            .map(|game| game.prices.len() * BYTES_PER_TICK)
            .sum();
        games + self.journals.values().map(Journal::waiting).sum::<usize>()
    }

    fn note(&mut self, result: Result<(), Failed>) {
        let Err(failed) = result else { return };
        let what = failed.to_string();
        if self
            .trouble
            .as_ref()
            .is_none_or(|trouble| trouble.what != what)
        {
            tracing::error!("NOT RECORDING: {what}");
        }
        self.trouble = Some(Trouble {
            what,
            lost_games: self.lost_games,
        });
    }

    fn write_all(&mut self) -> Result<(), Failed> {
        for journal in self.journals.values_mut() {
            journal
                .write(&self.disk)
                .map_err(|e| Failed::new("write", journal.path(), e))?;
        }
        while let Some(game) = self.waiting.pop_front() {
            // A game of which no tick was seen leaves no file.
            if !game.prices.is_empty() {
                match self.publish(&game) {
                    Ok(saved) => self.saved.push(saved),
                    Err(failed) => {
                        self.waiting.push_front(game);
                        return Err(failed);
                    }
                }
            }
            self.done.extend(self.journals.remove(&game.id));
        }
        Ok(())
    }

    /// Writes a game's file: temporary file, sync, rename, sync of the folder.
    fn publish(&mut self, game: &Game) -> Result<Saved, Failed> {
        let file = GameFile::new(game, self.origin);
        let known = self.stored.get(&game.id).cloned();
        let day = known
            .as_ref()
            .map_or_else(|| day_of(game.start), |place| place.day.clone());
        let day_folder = self.root.join(&day);
        let folder = day_folder.join(GAMES);
        if !self.disk.exists(&folder) {
            self.disk
                .create_dir_all(&folder)
                .map_err(|e| Failed::new("make", &folder, e))?;
            for above in [&day_folder, &self.root] {
                self.disk
                    .sync_dir(above)
                    .map_err(|e| Failed::new("sync", above, e))?;
            }
        }
        let name = known
            .as_ref()
            .map_or_else(|| self.free_name(game, &folder), |place| place.file.clone());
        let text = file
            .to_text()
            .map_err(|e| Failed::new("write", &folder, e.into()))?;
        replace(&self.disk, &folder, &name, &text)?;

        let entry = IndexGame::new(&name, &file);
        self.stored
            .put(&day, &entry, game.seed.is_none(), self.origin);
        let loaded = Self::day(&mut self.days, &self.disk, &self.root, &day);
        loaded.index.put(entry);
        loaded.dirty = true;
        let path = folder.join(&name);
        tracing::info!(
            game = %game.id, ticks = file.meta.duration_ticks, proof = file.meta.proof.status.as_str(),
            file = %path.display(), "saved"
        );
        Ok(Saved {
            path,
            meta: file.meta,
            again: known.is_some(),
        })
    }

    /// Returns the day's index, read from the disk if it is not in memory.
    pub(super) fn day<'a>(
        days: &'a mut BTreeMap<String, Day>,
        disk: &D,
        root: &Path,
        day: &str,
    ) -> &'a mut Day {
        days.entry(day.to_owned()).or_insert_with(|| {
            let (index, dirty, unreadable) = DayIndex::load(disk, &root.join(day), day);
            for file in unreadable {
                tracing::warn!(
                    day,
                    file = file.file,
                    reason = file.reason,
                    "a game file cannot be read; it is left as it is"
                );
            }
            Day { index, dirty }
        })
    }

    /// Returns a name that no file has: the same second and the same start of the id get `-2`, `-3`.
    fn free_name(&self, game: &Game, folder: &Path) -> String {
        let names = (1..).map(|copy| game_file_name(&game.id, game.start, copy));
        let mut free = names.skip_while(|name| self.disk.exists(&folder.join(name)));
        free.next().unwrap_or_default()
    }

    /// Removes a journal as soon as the index says what it says.
    pub(super) fn discard(&mut self, journal: Journal) {
        self.done.push(journal);
    }

    /// Takes [`Recorder::discard`] back: the game goes on under the same name.
    pub(super) fn keep(&mut self, path: &Path) {
        self.done.retain(|journal| journal.path() != path);
    }

    fn sync(&mut self) -> Result<(), Failed> {
        for journal in self.journals.values_mut() {
            journal
                .sync(&self.disk)
                .map_err(|e| Failed::new("sync", journal.path(), e))?;
        }
        Ok(())
    }

    /// Writes the indexes that changed, then removes the journals that they made superfluous.
    fn write_indexes(&mut self) -> Result<(), Failed> {
        for (date, day) in &mut self.days {
            if !day.dirty {
                continue;
            }
            let folder = self.root.join(date);
            let text = day
                .index
                .to_text()
                .map_err(|e| Failed::new("write", &folder, e.into()))?;
            replace(&self.disk, &folder, INDEX, &text)?;
            day.dirty = false;
        }
        // A late reveal reaches ten games back: the newest two days are enough in memory.
        while self.days.len() > 2 {
            self.days.pop_first();
        }
        while let Some(journal) = self.done.last() {
            if self.disk.exists(journal.path()) {
                self.disk
                    .remove(journal.path())
                    .map_err(|e| Failed::new("remove", journal.path(), e))?;
            }
            self.done.pop();
        }
        Ok(())
    }
}

/// Name of the folder of journals inside the recordings' folder.
pub(super) const JOURNAL: &str = ".journal";

/// Publishes a file: temporary file in the same folder, sync, rename, sync of the folder.
pub(super) fn replace(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
    text: &[u8],
) -> Result<(), Failed> {
    let (temporary, path) = (folder.join(temporary_name(name)), folder.join(name));
    if !disk.exists(folder) {
        disk.create_dir_all(folder)
            .map_err(|e| Failed::new("make", folder, e))?;
    }
    disk.write(&temporary, text)
        .map_err(|e| Failed::new("write", &temporary, e))?;
    disk.sync(&temporary)
        .map_err(|e| Failed::new("sync", &temporary, e))?;
    disk.rename(&temporary, &path)
        .map_err(|e| Failed::new("rename to", &path, e))?;
    disk.sync_dir(folder)
        .map_err(|e| Failed::new("sync", folder, e))
}

/// Reads a game back from its file.
pub(super) fn read_game(disk: &dyn Disk, path: &Path) -> Result<Game, String> {
    let text = disk.read(path).map_err(|error| error.to_string())?;
    GameFile::parse(&text).map(GameFile::into_game)
}

/// A disk operation that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} {}: {why}; {}", path.display(), advice(why))]
pub(super) struct Failed {
    what: &'static str,
    path: PathBuf,
    why: io::Error,
}

impl Failed {
    pub(super) fn new(what: &'static str, path: &Path, why: io::Error) -> Self {
        Self {
            what,
            path: path.to_owned(),
            why,
        }
    }
}

/// Says what to do about an error of the disk.
fn advice(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room on the disk, recording goes on by itself"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable or choose another one"
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "bring the folder back or choose another one"
        }
        _ => "check the disk; it is tried again every second",
    }
}

/// Whether a stored game without a rug may still be running.
pub(super) fn may_go_on(game: &Game) -> bool {
    let open_end = matches!(game.end_reason, Some(EndReason::Stopped | EndReason::Crash));
    open_end && game.seed.is_none() && game.end.is_none()
}
