//! How games leave the board: by their reveal, by giving up on it, by a stop. Exactly once each.

use super::board::Board;
use super::{EndReason, Game, GameEvent, Time};
use crate::protocol::HistoryEntry;

/// Games that may be open at once (the running one, the one that waits for its reveal, recovered ones); a hostile
/// server can invent ids for ever, so the oldest is published beyond this.
const MAX_OPEN: usize = 8;

impl Board {
    /// Takes one entry of `gameHistory`: it completes the open game with its id, or is told once.
    pub(super) fn take_reveal(
        &mut self,
        entry: &HistoryEntry,
        list: &[HistoryEntry],
        at: Time,
        out: &mut Vec<GameEvent>,
    ) {
        if entry.seed.is_none() {
            return;
        }
        let of_earlier = entry
            .hash
            .as_ref()
            .is_some_and(|hash| self.past.is_earlier(&entry.id, hash));
        let on_stage = self.current_id() == Some(&entry.id) && !of_earlier;
        let is_own = |game: &Game| {
            let told = entry.hash.as_ref().is_some_and(|hash| game.has_told(hash));
            game.id == entry.id && (told || !of_earlier)
        };
        let index = self.open.iter().position(is_own);
        if let Some(index) = index.filter(|index| !on_stage || self.open[*index].ended()) {
            let mut game = self.open.remove(index);
            if !game.ended() {
                let reason = EndReason::Crash;
                game.tell(out, |game_id| GameEvent::GameEnded { game_id, reason });
            }
            out.extend(game.reveal(entry));
            self.past.list(entry);
            self.publish(game, out);
        } else if on_stage {
            // It still runs, or is to come.
            self.at_game(&entry.id, out, |game, out| game.see_seed(entry, true, out));
        } else if self.past.list(entry) {
            let entry = Box::new(entry.clone());
            let listed = list.iter().map(|entry| entry.id.clone()).collect();
            out.push(GameEvent::Revealed { entry, listed, at });
        }
    }

    /// After the first history nothing more will be told of games that recovery brought and that do not run.
    pub(super) fn close_unconfirmed(&mut self, out: &mut Vec<GameEvent>) {
        let gone = std::mem::take(&mut self.unconfirmed);
        for game in self
            .open
            .iter_mut()
            .filter(|g| gone.contains(&g.id) && !g.ended())
        {
            let reason = EndReason::Crash;
            game.tell(out, |game_id| GameEvent::GameEnded { game_id, reason });
        }
        self.publish_where(|game| gone.contains(&game.id), out);
    }

    /// Publishes without seed what waited for its reveal until the game after the next began.
    pub(super) fn give_up(&mut self, out: &mut Vec<GameEvent>) {
        let current = self.current_id().cloned();
        let waiting = |game: &Game| game.ended() && Some(&game.id) != current.as_ref();
        while self.open.len() > MAX_OPEN || self.open.iter().filter(|g| waiting(g)).count() > 1 {
            let oldest = self.open.iter().position(waiting).unwrap_or(0);
            let mut game = self.open.remove(oldest);
            if !game.ended() {
                let crashed = self.unconfirmed.contains(&game.id);
                let reason = if crashed {
                    EndReason::Crash
                } else {
                    EndReason::Missed
                };
                game.tell(out, |game_id| GameEvent::GameEnded { game_id, reason });
            }
            self.publish(game, out);
        }
    }

    pub(super) fn publish_where(
        &mut self,
        which: impl Fn(&Game) -> bool,
        out: &mut Vec<GameEvent>,
    ) {
        let (published, kept) = std::mem::take(&mut self.open).into_iter().partition(which);
        self.open = kept;
        let published: Vec<Game> = published;
        for game in published {
            self.publish(game, out);
        }
    }

    pub(super) fn publish(&mut self, mut game: Game, out: &mut Vec<GameEvent>) {
        game.reveal_early(out);
        self.unconfirmed.retain(|id| *id != game.id);
        self.past.publish(&game);
        out.push(GameEvent::GameComplete(Box::new(game)));
    }
}
