//! The games that have no file yet, each with its journal. Facts of an id that two games share go to the later game.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::format::game_file::Origin;
use super::format::names::journal_names;
use super::journal::Journal;
use super::journal_folder::JournalFolder;
use crate::disk::{Disk, FileError};
use crate::game::{Game, GameEvent, Time};
use crate::protocol::GameId;

/// A game and its journal.
struct OpenGame {
    id: GameId,
    /// The start, which distinguishes two games with one id; `None` if it is not known.
    start: Option<Time>,
    journal: Journal<GameEvent>,
}

/// The open games, in the order in which they began.
#[derive(Default)]
pub(super) struct OpenGames {
    games: BTreeMap<u64, OpenGame>,
    /// Keys of the games of an id, ascending.
    keys: HashMap<GameId, Vec<u64>>,
    next_key: u64,
    /// Bytes that the disk does not have yet.
    unwritten: usize,
}

impl OpenGames {
    /// Adds a fact to the journal of its game. The start of a game begins a journal.
    pub(super) fn push(&mut self, fact: &GameEvent, origin: Origin, folder: &mut JournalFolder) {
        let Some(id) = fact.fact_of() else { return };
        let start = match fact {
            GameEvent::GameStarted { at, .. } => Some(*at),
            _ => None,
        };
        let latest = self.keys.get(id).and_then(|keys| keys.last().copied());
        let key = latest.filter(|_| start.is_none()).unwrap_or_else(|| {
            let journal = Journal::new(folder.reserve(journal_names(id)), origin);
            self.insert(id.clone(), start, journal)
        });
        if let Some(game) = self.games.get_mut(&key) {
            let before = game.journal.unwritten();
            game.journal.push(fact);
            self.unwritten += game.journal.unwritten() - before;
        }
    }

    /// Adds a game that recovery found.
    pub(super) fn adopt(&mut self, game: &Game, journal: Journal<GameEvent>) {
        self.insert(game.id.clone(), Some(game.start), journal);
    }

    fn insert(&mut self, id: GameId, start: Option<Time>, journal: Journal<GameEvent>) -> u64 {
        let key = self.next_key;
        self.next_key += 1;
        self.unwritten += journal.unwritten();
        self.keys.entry(id.clone()).or_default().push(key);
        self.games.insert(key, OpenGame { id, start, journal });
        key
    }

    /// Removes the journal of a game that has its file now, and returns it.
    pub(super) fn remove(&mut self, game: &Game) -> Option<Journal<GameEvent>> {
        let keys = self.keys.get_mut(&game.id)?;
        let starts_with = |key: &u64| self.games.get(key).and_then(|open| open.start);
        let own = |key: &u64| starts_with(key) == Some(game.start);
        let place = keys.iter().position(own).unwrap_or(0);
        let key = keys.remove(place);
        if keys.is_empty() {
            self.keys.remove(&game.id);
        }
        let journal = self.games.remove(&key)?.journal;
        self.unwritten -= journal.unwritten();
        Some(journal)
    }

    /// Returns the number of open games.
    pub(super) fn len(&self) -> usize {
        self.games.len()
    }

    /// Returns the bytes that the disk does not have yet.
    pub(super) fn unwritten(&self) -> usize {
        self.unwritten
    }

    /// Writes the journals. Of the `finished` games (by id and start) only those are written that have a file already.
    pub(super) fn write(
        &mut self,
        disk: &dyn Disk,
        finished: &BTreeSet<(&GameId, Time)>,
    ) -> Result<(), FileError> {
        let is_finished = |game: &OpenGame| {
            let start = game.start;
            start.is_some_and(|start| finished.contains(&(&game.id, start)))
        };
        self.for_each(|game| {
            if !game.journal.has_file() && is_finished(game) {
                return Ok(());
            }
            game.journal.write(disk)
        })
    }

    /// Makes the journals durable.
    pub(super) fn sync(&mut self, disk: &dyn Disk) -> Result<(), FileError> {
        self.for_each(|game| game.journal.sync(disk))
    }

    /// Notes that the files of the journals are missing: all of them are written again.
    pub(super) fn mark_missing(&mut self) {
        for game in self.games.values_mut() {
            game.journal.mark_missing();
        }
        self.count_unwritten();
    }

    fn for_each(
        &mut self,
        act: impl FnMut(&mut OpenGame) -> Result<(), FileError>,
    ) -> Result<(), FileError> {
        let result = self.games.values_mut().try_for_each(act);
        self.count_unwritten();
        result
    }

    fn count_unwritten(&mut self) {
        let games = self.games.values();
        self.unwritten = games.map(|game| game.journal.unwritten()).sum();
    }
}
