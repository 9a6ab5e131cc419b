//! The games that left the board or were only ever listed, as far as they are remembered: no late message brings one
//! back, none is told twice, and an id that comes back with another hash is noticed.

use std::collections::VecDeque;

use super::Game;
use crate::protocol::{GameId, HistoryEntry};

/// Games of each kind that are remembered: more than the ten of a `gameHistory`, far less than a day.
const REMEMBERED: usize = 64;

/// A game that was published.
#[derive(Debug, Clone)]
struct Published {
    id: GameId,
    hash: Option<String>,
    /// The id belongs to a later game now.
    reused: bool,
}

/// Memory of the past games; the oldest ones are forgotten.
#[derive(Debug, Clone, Default)]
pub(super) struct PastGames {
    published: VecDeque<Published>,
    /// Entries of the server's list with their seeds, without their prices.
    listed: VecDeque<HistoryEntry>,
    /// Games whose end was told.
    ended: VecDeque<GameId>,
}

impl PastGames {
    /// Remembers a game that is published.
    pub(super) fn publish(&mut self, game: &Game) {
        let published = Published {
            id: game.id.clone(),
            hash: game.hash().map(str::to_owned),
            reused: false,
        };
        remember(&mut self.published, published);
    }

    /// Whether the game that has this id now was published.
    pub(super) fn is_published(&self, id: &GameId) -> bool {
        self.published
            .iter()
            .any(|one| one.id == *id && !one.reused)
    }

    /// Remembers an entry of the server's list; returns whether its seed is new.
    pub(super) fn list(&mut self, entry: &HistoryEntry) -> bool {
        let same = |known: &HistoryEntry| known.id == entry.id && known.seed == entry.seed;
        if self.listed.iter().any(same) {
            return false;
        }
        let entry = HistoryEntry {
            prices: None,
            ..entry.clone()
        };
        remember(&mut self.listed, entry);
        true
    }

    /// Returns what the server's list said last of a game.
    pub(super) fn listed(&self, id: &GameId) -> Option<&HistoryEntry> {
        self.listed.iter().rev().find(|entry| entry.id == *id)
    }

    /// Whether a game with this id is known, and none of them has this hash.
    pub(super) fn has_other_hash(&self, id: &GameId, hash: &str) -> bool {
        let published = self.published.iter().filter(|one| one.id == *id);
        let listed = self.listed.iter().filter(|entry| entry.id == *id);
        let known = published.filter_map(|one| one.hash.as_deref());
        let mut known = known
            .chain(listed.filter_map(|entry| entry.hash.as_deref()))
            .peekable();
        known.peek().is_some() && known.all(|known| known != hash)
    }

    /// Whether the hash is that of an earlier game whose id belongs to a later one now.
    pub(super) fn is_earlier(&self, id: &GameId, hash: &str) -> bool {
        let same = |one: &Published| one.id == *id && one.hash.as_deref() == Some(hash);
        self.published.iter().any(|one| one.reused && same(one))
    }

    /// From now on the id belongs to a later game.
    pub(super) fn reuse(&mut self, id: &GameId) {
        for one in self.published.iter_mut().filter(|one| one.id == *id) {
            one.reused = true;
        }
        self.ended.retain(|ended| ended != id);
    }

    /// Remembers that the end of a game was told; returns whether that is new.
    pub(super) fn end(&mut self, id: &GameId) -> bool {
        let new = !self.ended.contains(id);
        if new {
            remember(&mut self.ended, id.clone());
        }
        new
    }
}

fn remember<T>(list: &mut VecDeque<T>, one: T) {
    if list.len() == REMEMBERED {
        list.pop_front();
    }
    list.push_back(one);
}
