//! Publishes games, exactly once each: at their reveal, when the reveal is overdue, or at a stop.

use super::board::Board;
use super::event::GameEvent;
use super::one_game::{EndReason, Game};
use super::time::Time;
use crate::protocol::HistoryEntry;

/// Limit of open games (the running one, the one that waits for its reveal, recovered ones). A hostile server can
/// invent ids without end, so the oldest is published beyond this.
const MAX_OPEN: usize = 8;

impl Board {
    /// Takes one entry of `gameHistory`: it completes the open game with its id, or is emitted once.
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
        let is_current = self.current_id() == Some(&entry.id) && !of_earlier;
        let is_own = |game: &Game| {
            let stated = entry
                .hash
                .as_ref()
                .is_some_and(|hash| game.has_stated(hash));
            game.id == entry.id && (stated || !of_earlier)
        };
        let index = self.open.iter().position(is_own);
        if let Some(index) = index.filter(|index| !is_current || self.open[*index].ended()) {
            let mut game = self.open.remove(index);
            game.end_if_open(EndReason::Crash, out);
            out.extend(game.reveal(entry));
            self.past.list(entry);
            self.publish(game, out);
        } else if is_current {
            // It still runs, or has not started.
            self.with_game(&entry.id, out, |game, out| game.note_seed(entry, true, out));
        } else if self.past.list(entry) {
            let entry = Box::new(entry.clone());
            let listed = list.iter().map(|entry| entry.id.clone()).collect();
            out.push(GameEvent::Revealed { entry, listed, at });
        }
    }

    /// Publishes recovered games that do not run: after the first history no message will mention them.
    pub(super) fn close_unconfirmed(&mut self, out: &mut Vec<GameEvent>) {
        let gone = std::mem::take(&mut self.unconfirmed);
        for game in self.open.iter_mut().filter(|g| gone.contains(&g.id)) {
            game.end_if_open(EndReason::Crash, out);
        }
        self.publish_where(|game| gone.contains(&game.id), out);
    }

    /// Publishes, without seed, games whose reveal did not arrive before the game after the next began.
    pub(super) fn publish_overdue(&mut self, out: &mut Vec<GameEvent>) {
        let current = self.current_id().cloned();
        let waiting = |game: &Game| game.ended() && Some(&game.id) != current.as_ref();
        while self.open.len() > MAX_OPEN || self.open.iter().filter(|g| waiting(g)).count() > 1 {
            let oldest = self.open.iter().position(waiting).unwrap_or(0);
            let mut game = self.open.remove(oldest);
            if self.unconfirmed.contains(&game.id) {
                game.end_if_open(EndReason::Crash, out);
            }
            game.end_if_open(EndReason::Missed, out);
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
        game.reveal_from_early(out);
        self.unconfirmed.retain(|id| *id != game.id);
        self.past.publish(&game);
        out.push(GameEvent::GameComplete(Box::new(game)));
    }
}
