//! The recorder: facts into journals, finished games and sessions into files, files into the index. The one owner of
//! "is it recorded". [`Writer`](super::Writer) drives it, or a test with a disk that fails.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::Decimal;

use super::archive::Archive;
use super::disk_space::DiskSpace;
use super::events::{FileChange, RecorderEvent, RecorderInput, RecorderState};
use super::folder::{RecordingFolder, WriteError};
use super::folder_lock::FolderLock;
use super::format::game_file::Origin;
use super::journal::Journal;
use super::journal_folder::JournalFolder;
use super::open_games::OpenGames;
use super::open_sessions::OpenSessions;
use super::unsaved_games::UnsavedGames;
use super::wallet_file;
use crate::account::LocalWallet;
use crate::disk::Disk;
use crate::game::{Game, GameEvent, Time};
use crate::paths;
use crate::protocol::{GameId, HistoryEntry};

/// A power cut may cost one second of ticks; the rest of it is for the disk.
const SYNC_EVERY: Duration = Duration::from_millis(750);
/// The index is a cache: it may lag, and writing it takes longer the longer the day is.
const INDEX_EVERY: Duration = Duration::from_secs(1);
/// How far a session's count of comparisons may lag in its journal: it changes with every update of the account.
const COUNTS_EVERY: Duration = Duration::from_mins(1);
/// The pause before a disk that failed is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// Memory for what a failing disk does not take.
const MAX_WAITING_BYTES: usize = 64 << 20;
/// Memory of a finished game for each tick while it waits.
const BYTES_PER_TICK: usize = 24;

/// A finished game or a seed that waits for its file.
enum PendingWrite {
    /// A finished game. One that recovery found has an origin of its own.
    Publish(Box<Game>, Origin),
    /// An entry of the server's history: it completes a file, or (if games are collected) it is a game to store if it
    /// is newer than the newest.
    Reveal {
        entry: Box<HistoryEntry>,
        listed: Vec<GameId>,
        at: Time,
        collect: bool,
    },
}

impl PendingWrite {
    /// Returns the game to publish, with its start.
    fn game(&self) -> Option<(&GameId, Time)> {
        match self {
            Self::Publish(game, _) => Some((&game.id, game.start)),
            Self::Reveal { .. } => None,
        }
    }

    /// Returns about how much memory it takes.
    fn bytes(&self) -> usize {
        let ticks = match self {
            Self::Publish(game, _) => game.prices.len(),
            Self::Reveal { entry, .. } => entry.prices.as_ref().map_or(0, Vec::len),
        };
        (ticks + 1) * BYTES_PER_TICK
    }
}

/// Records everything of one source into one folder; see the module text.
pub struct Recorder<D: Disk> {
    pub(super) disk: D,
    pub(super) folder: RecordingFolder,
    pub(super) journals: JournalFolder,
    pub(super) games: OpenGames,
    pub(super) sessions: OpenSessions,
    pub(super) archive: Archive,
    /// Games that are known from the server's list alone are stored.
    collect: bool,
    /// Open games have a journal.
    keeps_journals: bool,
    /// Oldest first.
    pending: VecDeque<PendingWrite>,
    pending_bytes: usize,
    events: Vec<RecorderEvent>,
    unsaved: UnsavedGames,
    space: DiskSpace,
    /// `refused_events` is always 0: the queue before the recorder counts them.
    state: RecorderState,
    last_sync: Duration,
    last_index: Duration,
    last_counts: Duration,
    retry_at: Duration,
}

impl<D: Disk> Recorder<D> {
    pub(super) fn new(disk: D, root: PathBuf, origin: Origin) -> Self {
        let folder = RecordingFolder::new(root.clone());
        Self {
            disk,
            journals: JournalFolder::new(folder.journals()),
            folder,
            games: OpenGames::default(),
            sessions: OpenSessions::default(),
            archive: Archive::new(root, origin),
            collect: true,
            keeps_journals: true,
            pending: VecDeque::new(),
            pending_bytes: 0,
            events: Vec::new(),
            unsaved: UnsavedGames::default(),
            space: DiskSpace::default(),
            state: RecorderState::default(),
            last_sync: Duration::ZERO,
            last_index: Duration::ZERO,
            last_counts: Duration::ZERO,
            retry_at: Duration::ZERO,
        }
    }

    /// Sets the right to the folder. From then on nothing is written without it; if the folder is removed, the recorder
    /// takes the right again.
    pub fn set_lock(&mut self, lock: FolderLock) {
        self.folder.lock = Some(lock);
    }

    /// Writes no journals of games from now on: the games come from a file, which can be read again.
    pub fn omit_journals(&mut self) {
        self.keeps_journals = false;
    }

    /// Publishes the number of games without a file there from now on, also while [`Recorder::finish`] runs.
    pub fn count_unsaved_in(&mut self, unsaved: UnsavedGames) {
        self.unsaved = unsaved;
        self.unsaved.begin(self.games.len());
    }

    /// Returns the counter of the games without a file.
    pub fn unsaved(&self) -> UnsavedGames {
        self.unsaved.clone()
    }

    /// Returns what the rows of the day of `at` earned, in SOL; `None` if a session of that day cannot be read, which is
    /// logged.
    pub fn earned_on(&self, at: Time) -> Option<Decimal> {
        let read = self.archive.earned_on(&self.disk, at);
        let log = |why: &_| tracing::error!("what was earned today is not known: {why}");
        read.inspect_err(log).ok()
    }

    /// Returns the local wallet of the last run, if there is one. A damaged file is renamed and logged; one that cannot be
    /// read now is an error.
    pub fn wallet(&self) -> Result<Option<LocalWallet>, String> {
        wallet_file::read(&self.disk, &self.folder.root).map_err(|error| error.to_string())
    }

    /// Takes an event. Nothing is written before [`Recorder::write`].
    pub fn take(&mut self, input: impl Into<RecorderInput>) {
        let waiting = self.pending_bytes + self.sessions.unwritten() + self.games.unwritten();
        let is_full = waiting >= MAX_WAITING_BYTES;
        match input.into() {
            RecorderInput::Game(event) => self.take_event(event, is_full),
            RecorderInput::Session(fact) => {
                let target = (self.archive.origin, &mut self.journals, &self.disk as _);
                if !self.sessions.apply(fact, is_full, target) {
                    self.state.lost_actions += 1;
                }
            }
            RecorderInput::Collect(on) => self.collect = on,
        }
    }

    fn take_event(&mut self, event: GameEvent, is_full: bool) {
        let origin = self.archive.origin;
        match event {
            GameEvent::GameComplete(game) if is_full => {
                self.state.lost_games += 1;
                tracing::error!(game = %game.id, "a game is lost: the disk takes nothing and the memory for it is full");
            }
            GameEvent::GameComplete(game) => self.publish_later(game, origin),
            GameEvent::Revealed { entry, .. } if is_full => {
                tracing::warn!(game = %entry.id, "a seed is lost: the memory for what the disk does not take is full");
            }
            GameEvent::Revealed { entry, listed, at } => self.push_pending(PendingWrite::Reveal {
                entry,
                listed,
                at,
                collect: self.collect,
            }),
            fact if !is_full && self.keeps_journals => {
                self.games.push(&fact, origin, &mut self.journals);
            }
            _ => {}
        }
    }

    /// Queues a game for its file.
    pub(super) fn publish_later(&mut self, game: Box<Game>, origin: Origin) {
        self.push_pending(PendingWrite::Publish(game, origin));
    }

    fn push_pending(&mut self, write: PendingWrite) {
        self.pending_bytes += write.bytes();
        self.pending.push_back(write);
    }

    /// Writes everything that was taken. An error is kept in [`Recorder::trouble`], and [`Recorder::clock`] tries again.
    pub fn write(&mut self) {
        if self.state.trouble.is_some() {
            return;
        }
        let checked = self.folder.check(&self.disk);
        if let Err(error) = checked.and_then(|()| self.write_all()) {
            self.set_result(Err(error));
        }
    }

    /// Does what is due at `now`, the time since the start: sync, index, another try.
    pub fn clock(&mut self, now: Duration) {
        self.measure_space(now);
        if self.state.trouble.is_some() && now < self.retry_at {
            return;
        }
        // A removed folder is reported now and made again at the next try.
        let mut result = self.folder.check(&self.disk);
        if result.is_ok() && self.state.trouble.is_some() {
            result = self.restore_folder().and_then(|()| self.write_all());
        }
        self.retry_at = now + RETRY_EVERY;
        if now >= self.last_counts + COUNTS_EVERY {
            self.last_counts = now;
            self.sessions.write_counts();
        }
        if result.is_ok() && (self.state.trouble.is_some() || now >= self.last_sync + SYNC_EVERY) {
            self.last_sync = now;
            result = self.sync();
        }
        if result.is_ok() && (self.state.trouble.is_some() || now >= self.last_index + INDEX_EVERY)
        {
            self.last_index = now;
            result = self.write_indexes();
        }
        self.set_result(result);
    }

    /// Writes everything now, the indexes included.
    pub fn finish(&mut self) {
        if let Err(removed) = self.folder.check(&self.disk) {
            tracing::error!("NOT RECORDING: {removed}");
        }
        let result = self
            .restore_folder()
            .and_then(|()| self.write_all())
            .and_then(|()| self.sync())
            .and_then(|()| self.write_indexes());
        self.set_result(result);
    }

    /// Returns the events since the last call, in order.
    pub fn take_events(&mut self) -> Vec<RecorderEvent> {
        std::mem::take(&mut self.events)
    }

    /// Returns the state.
    pub fn state(&self) -> &RecorderState {
        &self.state
    }

    /// Returns why nothing reaches the disk, if so.
    pub fn trouble(&self) -> Option<&str> {
        self.state.trouble.as_deref()
    }

    /// Returns the disk.
    pub fn disk(&self) -> &D {
        &self.disk
    }

    fn measure_space(&mut self, now: Duration) {
        if !self.space.is_due(now) {
            return;
        }
        let before = self.state.low_space;
        let root = &self.folder.root;
        self.space.measured(self.disk.free_space(root).ok());
        self.state.low_space = self.space.low_mb();
        match (before, self.state.low_space) {
            (None, Some(left)) => {
                tracing::warn!(folder = %paths::text(root), "only {left} MB are left on the disk; make room, recording ends when it is full");
            }
            (Some(_), None) => {
                tracing::info!(folder = %paths::text(root), "there is enough room on the disk again");
            }
            _ => {}
        }
    }

    /// Sets and logs whether everything is on the disk.
    fn set_result(&mut self, result: Result<(), WriteError>) {
        let trouble = result.err().map(|error| error.to_string());
        match (&self.state.trouble, &trouble) {
            (before, Some(now)) if before.as_ref() != Some(now) => {
                tracing::error!("NOT RECORDING: {now}");
            }
            (Some(_), None) => {
                tracing::info!(folder = %paths::text(&self.folder.root), "recording again");
            }
            _ => {}
        }
        self.state.trouble = trouble;
    }

    /// Makes a removed folder again. What was published went with it; the journals are whole in memory.
    fn restore_folder(&mut self) -> Result<(), WriteError> {
        if self.folder.restore(&self.disk)? {
            self.games.mark_missing();
            self.sessions.mark_missing();
            self.archive.reload(&self.disk)?;
            self.folder.set_restored();
        }
        Ok(())
    }

    fn write_all(&mut self) -> Result<(), WriteError> {
        // First the actions: the player waits for the report that they are recorded.
        self.sessions.write(&self.disk, &mut self.events)?;
        // A game that began and ended since the last time needs no journal: its file is written below.
        let finished: BTreeSet<_> = self.pending.iter().filter_map(PendingWrite::game).collect();
        self.games.write(&self.disk, &finished)?;
        self.unsaved.set_count(self.games.len());
        while let Some(write) = self.pending.pop_front() {
            let bytes = write.bytes();
            if let Err(error) = self.write_pending(&write) {
                self.pending.push_front(write);
                return Err(error);
            }
            self.pending_bytes -= bytes;
        }
        while let Some(session) = self.sessions.first_ended() {
            if let Some(saved) = self.archive.publish_session(&self.disk, session)? {
                self.state.saved_sessions += 1;
                self.events.push(RecorderEvent::Session(Box::new(saved)));
            }
            if let Some(journal) = self.sessions.remove_first_ended() {
                self.journals.finish(journal);
            }
        }
        Ok(())
    }

    fn write_pending(&mut self, write: &PendingWrite) -> Result<(), WriteError> {
        match write {
            PendingWrite::Publish(game, origin) => {
                self.publish(game, *origin)?;
                let journal = self.games.remove(game).map(Journal::into_path);
                if let Some(path) = journal {
                    self.journals.finish(path);
                }
                self.unsaved.set_count(self.games.len());
            }
            PendingWrite::Reveal {
                entry,
                listed,
                at,
                collect,
            } => {
                let archive = &self.archive;
                let revealed = archive.reveal(&self.disk, entry, listed, *at, *collect)?;
                if let Some((game, origin)) = revealed {
                    self.publish(&game, origin)?;
                }
            }
        }
        Ok(())
    }

    fn publish(&mut self, game: &Game, origin: Origin) -> Result<(), WriteError> {
        if let Some(saved) = self.archive.publish_game(&self.disk, game, origin)? {
            self.state.saved_games += u64::from(saved.change == FileChange::Created);
            self.events.push(RecorderEvent::Game(Box::new(saved)));
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), WriteError> {
        self.sessions.sync(&self.disk, &mut self.events)?;
        Ok(self.games.sync(&self.disk)?)
    }

    /// Writes the indexes, then removes the journals of what they list.
    fn write_indexes(&mut self) -> Result<(), WriteError> {
        self.archive.write_indexes(&self.disk)?;
        Ok(self.journals.remove_finished(&self.disk)?)
    }
}
