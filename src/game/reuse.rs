//! A reused id: the id of a known game returns with another hash. It is another game, and the two are never mixed.

use super::anomaly::Anomaly;
use super::board::Board;
use super::event::GameEvent;
use super::one_game::EndReason;
use super::phase::Phase;
use crate::protocol::{GameId, GameStateUpdate};

impl Board {
    /// Whether this is a late message of a game whose id now belongs to a later game.
    pub(super) fn is_of_earlier_game(&self, update: &GameStateUpdate) -> bool {
        let Some(hash) = update.commitment.as_ref().map(|c| c.hash.as_str()) else {
            return false;
        };
        let id = &update.game_id;
        let is_of_now = self.game(id).is_some_and(|game| game.has_stated(hash));
        !is_of_now && self.past.is_earlier(id, hash)
    }

    /// Whether the message belongs to another game than the known one with this id. A hash that changes in the middle of
    /// a game does not make another game.
    pub(super) fn is_reused(&self, update: &GameStateUpdate, stated: Phase) -> bool {
        let Some(hash) = update.commitment.as_ref().map(|c| c.hash.as_str()) else {
            return false;
        };
        let id = &update.game_id;
        let Some(game) = self.open.iter().find(|game| game.id == *id) else {
            // A hash that changes in the countdown changes in the middle of the game.
            return self.unstarted(id).is_none() && self.past.has_other_hash(id, hash);
        };
        if game.hash().is_none() || game.has_stated(hash) {
            return false;
        }
        let from_its_start = update.tick_count == Some(0) && game.prices.len() > 1;
        let begins = match stated {
            Phase::Cooldown | Phase::Presale => true,
            Phase::Active => game.ended() || from_its_start,
            Phase::Rugged | Phase::Unknown => false,
        };
        // The program was away: nothing shows that it is the same game.
        begins || self.fresh || self.unconfirmed.contains(id)
    }

    /// Gives the id to another game; the game before is published as it is.
    pub(super) fn reuse(&mut self, id: &GameId, first_new: usize, out: &mut Vec<GameEvent>) {
        if let Some(place) = self.open.iter().position(|game| game.id == *id) {
            let mut game = self.open.remove(place);
            if self.unconfirmed.contains(id) {
                game.end_if_open(EndReason::Crash, out);
            }
            if !game.ended() {
                game.note_anomaly(Anomaly::RugMissed, out);
                game.end_with(EndReason::Missed, out);
            }
            self.publish(game, out);
        }
        self.drop_repeated_ends(first_new, out);
        self.past.reuse(id);
        self.make_current(id, out);
        self.note_anomaly(id, Anomaly::IdReused, out);
    }
}
