//! The games that have no file yet, each with its journal. Of two games with one id the facts are of the last one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::files::WriteError;
use super::journal::Journal;
use super::{Disk, Origin};
use crate::game::{Game, GameEvent, Time};
use crate::protocol::GameId;
use crate::recording::format::names::journal_name;

/// A game and its journal.
struct OpenGame {
    id: GameId,
    /// Its start, which tells apart two games with one id; `None` if it is not known.
    start: Option<Time>,
    journal: Journal<GameEvent>,
}

/// The games, and the paths that no journal gets.
#[derive(Default)]
pub(super) struct OpenGames {
    /// Oldest first.
    games: Vec<OpenGame>,
    /// Paths in the folder of journals that hold something else than a journal that can be read.
    passed_over: BTreeSet<PathBuf>,
}

impl OpenGames {
    /// Adds a fact to the journal of its game; begins one, in `folder`, with the start of a game. `done` are paths that
    /// are still to be removed.
    pub(super) fn push(
        &mut self,
        fact: &GameEvent,
        origin: Origin,
        folder: &Path,
        done: &[PathBuf],
    ) {
        let Some(id) = fact.fact_of() else { return };
        let start = match fact {
            GameEvent::GameStarted { at, .. } => Some(*at),
            _ => None,
        };
        let known = self.games.iter().rposition(|game| game.id == *id);
        let index = known.filter(|_| start.is_none()).unwrap_or_else(|| {
            let journal = Journal::new(self.free_path(id, folder, done), origin);
            let id = id.clone();
            self.games.push(OpenGame { id, start, journal });
            self.games.len() - 1
        });
        self.games[index].journal.push(fact);
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.games.len()
    }

    /// Adds a game that recovery brought.
    pub(super) fn keep(&mut self, game: &Game, journal: Journal<GameEvent>) {
        self.games.push(OpenGame {
            id: game.id.clone(),
            start: Some(game.start),
            journal,
        });
    }

    /// Takes out the journal of a game that has its file now.
    pub(super) fn take(&mut self, game: &Game) -> Option<Journal<GameEvent>> {
        let of_id = |open: &OpenGame| open.id == game.id;
        let own = |open: &OpenGame| of_id(open) && open.start == Some(game.start);
        let index = self.games.iter().position(own);
        let index = index.or_else(|| self.games.iter().position(of_id))?;
        Some(self.games.remove(index).journal)
    }

    /// Returns a path in `folder` for the journal of a game that no other journal has.
    pub(super) fn free_path(&self, id: &GameId, folder: &Path, done: &[PathBuf]) -> PathBuf {
        let taken = |path: &PathBuf| {
            self.passed_over.contains(path)
                || done.contains(path)
                || self.games.iter().any(|game| game.journal.path() == path)
        };
        let mut copy = 1;
        loop {
            let path = folder.join(journal_name(id, copy));
            if !taken(&path) {
                return path;
            }
            copy += 1;
        }
    }

    /// Returns the bytes that the disk does not have yet.
    pub(super) fn waiting(&self) -> usize {
        self.games.iter().map(|game| game.journal.waiting()).sum()
    }

    /// Leaves what is at this path where it is: no journal gets its name.
    pub(super) fn pass_over(&mut self, path: PathBuf) {
        self.passed_over.insert(path);
    }

    /// Whether something is at this path that is no journal.
    pub(super) fn is_passed_over(&self, path: &Path) -> bool {
        self.passed_over.contains(path)
    }

    /// Brings the journals to the disk; of the games that are `over` (by id and start) only those that are there.
    pub(super) fn write(
        &mut self,
        disk: &dyn Disk,
        over: &BTreeSet<(&GameId, Time)>,
    ) -> Result<(), WriteError> {
        let is_over = |game: &OpenGame| game.start.is_some_and(|at| over.contains(&(&game.id, at)));
        let mut games = self.games.iter_mut();
        games.try_for_each(|game| {
            if !game.journal.is_begun() && is_over(game) {
                return Ok(());
            }
            game.journal.write(disk)
        })
    }

    /// Makes the journals durable.
    pub(super) fn sync(&mut self, disk: &dyn Disk) -> Result<(), WriteError> {
        let mut games = self.games.iter_mut();
        games.try_for_each(|game| game.journal.sync(disk))
    }

    /// The files of the journals are gone: all of them are to be written.
    pub(super) fn vanished(&mut self) {
        for game in &mut self.games {
            game.journal.vanished();
        }
    }
}
