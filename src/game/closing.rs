//! How games leave the board: by their reveal, by giving up on it, by a stop. Exactly once each.

use super::board::{Board, remember};
use super::{EndReason, Game, GameEvent, Time, intake};
use crate::protocol::HistoryEntry;

/// Games that may be open at once (the running one, the one that waits for its reveal, recovered ones); a hostile
/// server can invent ids for ever, so the oldest is published beyond this.
const MAX_OPEN: usize = 8;

impl Board {
    /// Takes one entry of `gameHistory`: it completes the open game with its id, or is told once.
    pub(super) fn take_reveal(&mut self, entry: &HistoryEntry, at: Time, out: &mut Vec<GameEvent>) {
        if entry.seed.is_none() || self.revealed.contains(&entry.id) {
            return;
        }
        let on_stage = self.current_id() == Some(&entry.id);
        if let Some(index) = self.open.iter().position(|game| game.id == entry.id) {
            let mut game = self.open[index].clone();
            if on_stage && !game.ended() {
                return; // A running game is not listed; whatever this is, it is no reveal.
            }
            self.open.remove(index);
            if !game.ended() {
                let reason = EndReason::Crash;
                game.tell(out, |game_id| GameEvent::GameEnded { game_id, reason });
            }
            let filled = game.reveal(entry);
            intake::tell_gaps(&game.id, &filled, out);
            remember(&mut self.revealed, entry.id.clone());
            self.publish(game, out);
        } else if !on_stage {
            remember(&mut self.revealed, entry.id.clone());
            let entry = Box::new(entry.clone());
            out.push(GameEvent::Revealed { entry, at });
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

    fn publish(&mut self, game: Game, out: &mut Vec<GameEvent>) {
        self.unconfirmed.retain(|id| *id != game.id);
        remember(&mut self.finished, game.id.clone());
        out.push(GameEvent::GameComplete(Box::new(game)));
    }
}
