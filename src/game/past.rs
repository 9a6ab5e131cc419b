//! Remembers games that left the board or were only listed: a late message does not bring one back, none is reported
//! twice, and a reused id is noticed.

use std::collections::VecDeque;

use super::one_game::Game;
use crate::protocol::{GameId, HistoryEntry};

/// Remembered games of each kind: more than the ten of a `gameHistory`, far fewer than a day has.
const REMEMBERED: usize = 64;

/// A published game.
#[derive(Debug, Clone)]
struct PublishedGame {
    id: GameId,
    hash: Option<String>,
    /// The id now belongs to a later game.
    reused: bool,
}

/// Memory of past games; the oldest ones are dropped.
#[derive(Debug, Clone, Default)]
pub(super) struct PastGames {
    published: VecDeque<PublishedGame>,
    /// Entries of the server's list with their seeds, without their prices.
    listed: VecDeque<HistoryEntry>,
    /// Games whose end was reported.
    ended: VecDeque<GameId>,
}

impl PastGames {
    /// Remembers a published game.
    pub(super) fn publish(&mut self, game: &Game) {
        let published = PublishedGame {
            id: game.id.clone(),
            hash: game.hash().map(str::to_owned),
            reused: false,
        };
        remember(&mut self.published, published);
    }

    /// Whether the latest game with this id was published.
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

    /// Returns the last listed entry of a game.
    pub(super) fn listed(&self, id: &GameId) -> Option<&HistoryEntry> {
        self.listed.iter().rev().find(|entry| entry.id == *id)
    }

    /// Whether games with this id are known and none of them has this hash.
    pub(super) fn has_other_hash(&self, id: &GameId, hash: &str) -> bool {
        let published = self.published.iter().filter(|one| one.id == *id);
        let listed = self.listed.iter().filter(|entry| entry.id == *id);
        let known = published.filter_map(|one| one.hash.as_deref());
        let mut known = known
            .chain(listed.filter_map(|entry| entry.hash.as_deref()))
            .peekable();
        known.peek().is_some() && known.all(|known| known != hash)
    }

    /// Whether the hash belongs to an earlier game whose id now belongs to a later one.
    pub(super) fn is_earlier(&self, id: &GameId, hash: &str) -> bool {
        let same = |one: &PublishedGame| one.id == *id && one.hash.as_deref() == Some(hash);
        self.published.iter().any(|one| one.reused && same(one))
    }

    /// Gives the id to a later game.
    pub(super) fn reuse(&mut self, id: &GameId) {
        for one in self.published.iter_mut().filter(|one| one.id == *id) {
            one.reused = true;
        }
        self.ended.retain(|ended| ended != id);
    }

    /// Remembers that the end of a game was reported; returns whether that is new.
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
