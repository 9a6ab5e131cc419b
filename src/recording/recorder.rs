//! The recorder: facts into journals, complete games and ended sessions into files, files into the index. One owner of
//! "is it recorded". It is driven by [`Writer`](super::Writer), or by a test with a disk that fails.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use super::disk_space::Space;
use super::files::{JOURNAL, WriteError};
use super::journal::Journal;
use super::known_games::KnownGames;
use super::open_games::OpenGames;
use super::publish::DayState;
use super::sessions::{OpenSession, SavedSession};
use super::{Disk, FolderLock, Origin, UnsavedGames};
use crate::account::{Action, SessionEvent};
use crate::game::{Game, GameEvent, Time};
use crate::paths;
use crate::protocol::{GameId, HistoryEntry};

/// A power cut may cost one second of ticks; the rest of it is for the disk.
const SYNC_EVERY: Duration = Duration::from_millis(750);
/// The index is a cache: it may lag, and writing it grows with the day.
const INDEX_EVERY: Duration = Duration::from_secs(1);
/// How far the count of a session's comparisons in its journal may lag: it comes with every update of the account.
const COUNTS_EVERY: Duration = Duration::from_mins(1);
/// A disk that failed is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// What is kept in memory for a disk that fails.
const MAX_WAITING_BYTES: usize = 64 << 20;
/// Memory a finished game takes for each tick while it waits.
const BYTES_PER_TICK: usize = 24;

/// What a recorder takes.
#[derive(Debug, Clone, PartialEq)]
pub enum RecorderInput {
    /// Something happened on the board.
    Game(GameEvent),
    /// The player did something, or something happened to him.
    Session(SessionEvent),
    /// Games that are known from the server's list alone are stored from now on, or not: the record switch.
    Collect(bool),
}

impl From<GameEvent> for RecorderInput {
    fn from(event: GameEvent) -> Self {
        Self::Game(event)
    }
}

impl From<SessionEvent> for RecorderInput {
    fn from(event: SessionEvent) -> Self {
        Self::Session(event)
    }
}

/// What is on the disk for good.
#[derive(Debug, Clone, PartialEq)]
pub enum RecorderEvent {
    /// A game file was published.
    Game(Box<SavedGame>),
    /// A session file was published.
    Session(Box<SavedSession>),
    /// An action is in the session's journal, as far as it has come: it will be in the file.
    Action {
        /// Which one, in the order of the pressing.
        slot: u32,
        /// The row.
        action: Box<Action>,
    },
}

/// A published game.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedGame {
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
    /// Actions of the player that no longer fitted into memory.
    pub lost_actions: u64,
}

/// What is to be done with a finished game.
enum PendingWrite {
    /// Publish it. A game that recovery brought has its own origin.
    Publish(Box<Game>, Origin),
    /// Its seed was told then: complete its file, or (if games are collected) store it if it is newer than the newest.
    Reveal(Box<HistoryEntry>, Vec<GameId>, Time, bool),
}

impl PendingWrite {
    /// Returns the game that is to be published, and its start.
    fn publishes(&self) -> Option<(&GameId, Time)> {
        match self {
            Self::Publish(game, _) => Some((&game.id, game.start)),
            Self::Reveal(..) => None,
        }
    }

    fn bytes(&self) -> usize {
        let ticks = match self {
            Self::Publish(game, _) => game.prices.len(),
            Self::Reveal(entry, ..) => entry.prices.as_ref().map_or(0, Vec::len),
        };
        (ticks + 1) * BYTES_PER_TICK
    }
}

/// Keeps everything of one folder; see the module text.
pub struct Recorder<D: Disk> {
    pub(super) disk: D,
    pub(super) root: PathBuf,
    pub(super) origin: Origin,
    pub(super) journals: OpenGames,
    /// Sessions without a file, oldest first; only the last one may be going on.
    pub(super) sessions: Vec<OpenSession>,
    pub(super) stored: KnownGames,
    pub(super) days: BTreeMap<String, DayState>,
    /// Games that are known from the server's list alone are stored.
    collect: bool,
    /// What is not yet on disk, oldest first.
    waiting: VecDeque<PendingWrite>,
    /// Journals of what is published; removed once the index has it.
    pub(super) done: Vec<PathBuf>,
    pub(super) news: Vec<RecorderEvent>,
    /// The right to the folder; without one (in tests) only its being there is looked at.
    pub(super) lock: Option<FolderLock>,
    unsaved: UnsavedGames,
    /// The folder was found removed, and is not made again yet.
    pub(super) gone: bool,
    space: Space,
    trouble: Option<Trouble>,
    lost_games: u64,
    lost_actions: u64,
    last_sync: Duration,
    last_index: Duration,
    last_counts: Duration,
    retry_at: Duration,
}

impl<D: Disk> Recorder<D> {
    pub(super) fn new(disk: D, root: PathBuf, origin: Origin) -> Self {
        Self {
            disk,
            root,
            origin,
            journals: OpenGames::default(),
            sessions: Vec::new(),
            stored: KnownGames::default(),
            days: BTreeMap::new(),
            collect: true,
            waiting: VecDeque::new(),
            done: Vec::new(),
            news: Vec::new(),
            lock: None,
            unsaved: UnsavedGames::default(),
            gone: false,
            space: Space::default(),
            trouble: None,
            lost_games: 0,
            lost_actions: 0,
            last_sync: Duration::ZERO,
            last_index: Duration::ZERO,
            last_counts: Duration::ZERO,
            retry_at: Duration::ZERO,
        }
    }

    /// Counts the games without a file there from now on, also while [`Recorder::finish`] runs.
    pub fn count_unsaved_in(&mut self, unsaved: UnsavedGames) {
        self.unsaved = unsaved;
        self.unsaved.begin(self.journals.len());
    }

    /// Returns where they are counted.
    pub fn unsaved(&self) -> UnsavedGames {
        self.unsaved.clone()
    }

    /// Takes what happened. Nothing is written before [`Recorder::write`].
    pub fn take(&mut self, entry: impl Into<RecorderInput>) {
        let full = self.waiting_bytes() >= MAX_WAITING_BYTES;
        match entry.into() {
            RecorderInput::Game(event) => self.take_event(event, full),
            RecorderInput::Session(fact) => self.take_session(fact, full),
            RecorderInput::Collect(on) => self.collect = on,
        }
    }

    fn take_event(&mut self, event: GameEvent, full: bool) {
        match event {
            GameEvent::GameComplete(game) if full => {
                self.lost_games += 1;
                if let Some(trouble) = &mut self.trouble {
                    trouble.lost_games = self.lost_games;
                }
                tracing::error!(game = %game.id, "a game is lost: the disk takes nothing and the memory for it is full");
            }
            GameEvent::GameComplete(game) => self.publish_later(game, self.origin),
            GameEvent::Revealed { entry, listed, at } if !full => {
                self.waiting
                    .push_back(PendingWrite::Reveal(entry, listed, at, self.collect));
            }
            GameEvent::Revealed { entry, .. } => {
                tracing::warn!(game = %entry.id, "a seed is lost: the memory for what the disk does not take is full");
            }
            fact if !full => {
                let folder = self.root.join(JOURNAL);
                self.journals.push(&fact, self.origin, &folder, &self.done);
            }
            _ => {}
        }
    }

    /// An action does not fit into memory.
    pub(super) fn lose_action(&mut self) {
        self.lost_actions += 1;
        if let Some(trouble) = &mut self.trouble {
            trouble.lost_actions = self.lost_actions;
        }
    }

    /// Queues a game for its file.
    pub(super) fn publish_later(&mut self, game: Box<Game>, origin: Origin) {
        self.waiting.push_back(PendingWrite::Publish(game, origin));
    }

    /// Brings everything that was taken to the disk. Errors are kept in [`Recorder::trouble`], and what could not be
    /// written is tried again by [`Recorder::clock`].
    pub fn write(&mut self) {
        if self.trouble.is_some() {
            return;
        }
        if let Err(failed) = self.look_at_folder().and_then(|()| self.write_all()) {
            self.note(Err(failed));
        }
    }

    /// Does what is due at `now`, the time since the start: sync, index, another try.
    pub fn clock(&mut self, now: Duration) {
        self.look_at_space(now);
        if self.trouble.is_some() && now < self.retry_at {
            return;
        }
        // A folder that is found removed is said before it is made again, at the next try.
        let mut result = self.look_at_folder();
        if result.is_ok() && self.trouble.is_some() {
            result = self.bring_back().and_then(|()| self.write_all());
        }
        self.retry_at = now + RETRY_EVERY;
        if now >= self.last_counts + COUNTS_EVERY {
            self.last_counts = now;
            self.note_counts();
        }
        if result.is_ok() && (self.trouble.is_some() || now >= self.last_sync + SYNC_EVERY) {
            self.last_sync = now;
            result = self.sync();
        }
        if result.is_ok() && (self.trouble.is_some() || now >= self.last_index + INDEX_EVERY) {
            self.last_index = now;
            result = self.write_indexes();
        }
        self.note(result);
    }

    /// Brings everything to the disk now, index included.
    pub fn finish(&mut self) {
        if let Err(removed) = self.look_at_folder() {
            tracing::error!("NOT RECORDING: {removed}");
        }
        let result = self
            .bring_back()
            .and_then(|()| self.write_all())
            .and_then(|()| self.sync())
            .and_then(|()| self.write_indexes());
        self.note(result);
    }

    /// Returns what was recorded since the last call, in order.
    pub fn take_news(&mut self) -> Vec<RecorderEvent> {
        std::mem::take(&mut self.news)
    }

    /// Returns why nothing reaches the disk, if that is so.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Returns the free megabytes of the disk when they are few.
    pub fn low_space(&self) -> Option<u64> {
        self.space.low()
    }

    /// Returns the disk.
    pub fn disk(&self) -> &D {
        &self.disk
    }

    /// Returns how many games were lost because the disk took nothing and memory was full.
    pub fn lost_games(&self) -> u64 {
        self.lost_games
    }

    /// Returns how many actions were lost because the disk took nothing and memory was full.
    pub fn lost_actions(&self) -> u64 {
        self.lost_actions
    }

    fn waiting_bytes(&self) -> usize {
        let tasks: usize = self.waiting.iter().map(PendingWrite::bytes).sum();
        tasks + self.waiting_sessions() + self.journals.waiting()
    }

    fn look_at_space(&mut self, now: Duration) {
        if !self.space.is_due(now) {
            return;
        }
        let before = self.space.low();
        self.space.answer(self.disk.free_space(&self.root).ok());
        match (before, self.space.low()) {
            (None, Some(left)) => {
                tracing::warn!(folder = %paths::text(&self.root), "only {left} MB are left on the disk; make room, recording ends when it is full");
            }
            (Some(_), None) => {
                tracing::info!(folder = %paths::text(&self.root), "there is enough room on the disk again");
            }
            _ => {}
        }
    }

    /// Everything is on the disk, or this is why not.
    fn note(&mut self, result: Result<(), WriteError>) {
        let trouble = result.err().map(|failed| Trouble {
            what: failed.to_string(),
            lost_games: self.lost_games,
            lost_actions: self.lost_actions,
        });
        match (&self.trouble, &trouble) {
            (before, Some(now)) if before.as_ref().is_none_or(|b| b.what != now.what) => {
                tracing::error!("NOT RECORDING: {}", now.what);
            }
            (Some(_), None) => {
                tracing::info!(folder = %paths::text(&self.root), "recording again");
            }
            _ => {}
        }
        self.trouble = trouble;
    }

    fn write_all(&mut self) -> Result<(), WriteError> {
        // First what somebody waits for to be told.
        self.write_sessions()?;
        // A game that began and ended since the last time needs none: its file comes at once.
        let over = self.waiting.iter().filter_map(PendingWrite::publishes);
        let over: BTreeSet<_> = over.collect();
        self.journals.write(&self.disk, &over)?;
        self.unsaved.set_games(self.journals.len());
        while let Some(task) = self.waiting.pop_front() {
            if let Err(failed) = self.work(&task) {
                self.waiting.push_front(task);
                return Err(failed);
            }
        }
        self.publish_sessions()
    }

    fn work(&mut self, task: &PendingWrite) -> Result<(), WriteError> {
        match task {
            PendingWrite::Publish(game, origin) => {
                self.publish(game, *origin)?;
                let journal = self.journals.take(game);
                self.done.extend(journal.map(Journal::into_path));
                self.unsaved.set_games(self.journals.len());
            }
            PendingWrite::Reveal(entry, listed, at, collect) => {
                if let Some((game, origin)) = self.revealed(entry, listed, *at, *collect)? {
                    self.publish(&game, origin)?;
                }
            }
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), WriteError> {
        self.sync_sessions()?;
        self.journals.sync(&self.disk)
    }
}
