//! An id that comes back with another hash: it is another game, and nothing of the one before is mixed into it.

use super::board::Board;
use super::{Anomaly, EndReason, GameEvent, Phase};
use crate::protocol::{GameId, GameStateUpdate};

impl Board {
    /// Whether this is a late message of a game whose id belongs to a later one now.
    pub(super) fn is_of_an_earlier_game(&self, update: &GameStateUpdate) -> bool {
        let Some(hash) = update.commitment.as_ref().map(|c| c.hash.as_str()) else {
            return false;
        };
        let id = &update.game_id;
        let is_of_now = self.game(id).is_some_and(|game| game.has_told(hash));
        !is_of_now && self.past.is_earlier(id, hash)
    }

    /// Whether the id is that of a known game, and the message is of another one. A hash that changes in the middle of
    /// a game makes no other one.
    pub(super) fn is_reused(&self, update: &GameStateUpdate, said: Phase) -> bool {
        let Some(hash) = update.commitment.as_ref().map(|c| c.hash.as_str()) else {
            return false;
        };
        let id = &update.game_id;
        let Some(game) = self.open.iter().find(|game| game.id == *id) else {
            // A hash that changes in the countdown is one that changes in the middle.
            return self.current_draft(id).is_none() && self.past.has_other_hash(id, hash);
        };
        if game.hash().is_none() || game.has_told(hash) {
            return false;
        }
        let from_its_start = update.tick_count == Some(0) && game.prices.len() > 1;
        let begins = match said {
            Phase::Cooldown | Phase::Presale => true,
            Phase::Active => game.ended() || from_its_start,
            Phase::Rugged | Phase::Unknown => false,
        };
        // We were away: nothing says that it is the same game.
        begins || self.fresh || self.unconfirmed.contains(id)
    }

    /// The id belongs to another game from now on: the one before is published as it is.
    pub(super) fn reuse(&mut self, id: &GameId, news: usize, out: &mut Vec<GameEvent>) {
        if let Some(place) = self.open.iter().position(|game| game.id == *id) {
            let mut game = self.open.remove(place);
            if !game.ended() && self.unconfirmed.contains(id) {
                let reason = EndReason::Crash;
                game.tell(out, |game_id| GameEvent::GameEnded { game_id, reason });
            } else if !game.ended() {
                game.odd(Anomaly::RugMissed, out);
                game.over(EndReason::Missed, out);
            }
            self.publish(game, out);
        }
        self.tell_ends_once(news, out);
        self.past.reuse(id);
        self.enter(id, out);
        self.note(id, Anomaly::IdReused, out);
    }
}
