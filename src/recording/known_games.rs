//! Which games a folder already has: by id, so that none is stored twice and a late reveal finds its file.

use std::collections::{HashMap, VecDeque};

use super::Origin;
use crate::fairness::ProofStatus;
use crate::game::Time;
use crate::protocol::GameId;
use crate::recording::format::index::IndexGame;

/// Ids that are remembered: a `gameHistory` reaches back ten games, a restart a few more.
const REMEMBERED: usize = 4_096;
/// Games with one id that are remembered: a server that repeats its ids may do so for ever.
const REMEMBERED_OF_ONE_ID: usize = 16;

/// Where a stored game is, and what is still open about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GameLocation {
    pub(super) day: String,
    pub(super) file: String,
    /// The seed is not in the file yet.
    pub(super) unrevealed: bool,
}

/// The newest games of a folder.
#[derive(Debug, Default)]
pub(super) struct KnownGames {
    /// Nearly always one place for an id: more only where an id came back with another hash, oldest first.
    places: HashMap<GameId, Vec<GameLocation>>,
    order: VecDeque<GameId>,
    newest: Option<Time>,
}

impl KnownGames {
    /// Takes a stored game; `newest` counts only those of `origin`.
    pub(super) fn put(&mut self, day: &str, game: &IndexGame, unrevealed: bool, origin: Origin) {
        let place = GameLocation {
            day: day.to_owned(),
            file: game.file.clone(),
            unrevealed,
        };
        let places = self.places.entry(game.game_id.clone()).or_default();
        if places.is_empty() {
            self.order.push_back(game.game_id.clone());
        }
        let same = |known: &GameLocation| (&known.day, &known.file) == (&place.day, &place.file);
        match places.iter().position(same) {
            Some(known) => places[known] = place,
            None => places.push(place),
        }
        if places.len() > REMEMBERED_OF_ONE_ID {
            places.remove(0);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
        if game.origin == origin {
            self.newest = self.newest.max(game.start_time);
        }
    }

    /// Returns where the games with this id are, oldest first.
    pub(super) fn get(&self, id: &GameId) -> &[GameLocation] {
        self.places.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the start of the newest stored game of the origin.
    pub(super) fn newest(&self) -> Option<Time> {
        self.newest
    }
}

/// Whether an index entry may still wait for its seed. (The index does not say; the file does.)
pub(super) fn may_be_unrevealed(game: &IndexGame) -> bool {
    game.proof == ProofStatus::Unverifiable
}
