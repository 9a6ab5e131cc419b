//! Which games a folder already has, by id: so that none is stored twice and a late reveal finds its file.

use std::collections::{HashMap, VecDeque};

use super::format::game_file::Origin;
use super::format::index::IndexGame;
use crate::fairness::ProofStatus;
use crate::game::Time;
use crate::protocol::GameId;

/// Ids that are remembered: a `gameHistory` reaches back ten games, a restart a few more.
const MAX_IDS: usize = 4_096;
/// Games of one id that are remembered: a server may repeat its ids without end.
const MAX_GAMES_OF_AN_ID: usize = 16;

/// Where a stored game is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GameLocation {
    pub(super) day: String,
    pub(super) file: String,
    /// The file may still wait for its seed.
    pub(super) unrevealed: bool,
}

/// The newest games of a folder.
#[derive(Debug, Default)]
pub(super) struct KnownGames {
    /// Locations by id, oldest first. More than one only if an id came back with another hash.
    locations: HashMap<GameId, Vec<GameLocation>>,
    /// Ids, oldest first.
    order: VecDeque<GameId>,
    newest: Option<Time>,
}

impl KnownGames {
    /// Adds or updates a stored game. [`Self::newest`] counts only games of `origin`.
    pub(super) fn put(&mut self, day: &str, game: &IndexGame, unrevealed: bool, origin: Origin) {
        let location = GameLocation {
            day: day.to_owned(),
            file: game.file.clone(),
            unrevealed,
        };
        let locations = self.locations.entry(game.game_id.clone()).or_default();
        if locations.is_empty() {
            self.order.push_back(game.game_id.clone());
        }
        let is_same =
            |known: &GameLocation| (&known.day, &known.file) == (&location.day, &location.file);
        match locations.iter().position(is_same) {
            Some(known) => locations[known] = location,
            None => locations.push(location),
        }
        if locations.len() > MAX_GAMES_OF_AN_ID {
            locations.remove(0);
        }
        if self.order.len() > MAX_IDS
            && let Some(oldest) = self.order.pop_front()
        {
            self.locations.remove(&oldest);
        }
        if game.origin == origin {
            self.newest = self.newest.max(game.start_time);
        }
    }

    /// Returns the locations of the games with this id, oldest first.
    pub(super) fn get(&self, id: &GameId) -> &[GameLocation] {
        self.locations.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the start of the newest stored game of the origin.
    pub(super) fn newest(&self) -> Option<Time> {
        self.newest
    }
}

/// Whether an index entry may still wait for its seed. The index does not state it; the file does.
pub(super) fn may_be_unrevealed(game: &IndexGame) -> bool {
    game.proof == ProofStatus::Unverifiable
}
