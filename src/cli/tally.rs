//! Counts the games of a run that need nothing more: published with their reveal, or given up.

use std::collections::BTreeSet;

use crate::engine::Notice;
use crate::fairness::ProofStatus;
use crate::game::EndReason;
use crate::protocol::GameId;
use crate::recording::FileChange;

/// Games that a run without a limit remembers, to print each of them once.
const REMEMBERED: usize = 256;

/// The games of a run.
pub(super) struct GameTally {
    /// The number of games to record; `None`: no limit.
    pub limit: Option<u64>,
    /// Games that ended during the run, in order.
    ended: Vec<GameId>,
    /// Games of `ended` that need nothing more: revealed, or their reveal will not arrive in time.
    settled: BTreeSet<GameId>,
    published: BTreeSet<GameId>,
    /// A game disagreed with its seed.
    pub mismatch: bool,
}

impl GameTally {
    pub fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            ended: Vec::new(),
            settled: BTreeSet::new(),
            published: BTreeSet::new(),
            mismatch: false,
        }
    }

    /// Takes a notice; returns whether it announces a game for the first time.
    pub fn count(&mut self, notice: &Notice) -> bool {
        let mut first = false;
        match notice {
            Notice::GameEnded { game_id, reason } => {
                if matches!(reason, EndReason::Rug | EndReason::Missed) {
                    self.remember_end(game_id.clone());
                }
            }
            Notice::GameSaved(saved) => {
                let id = &saved.meta.game_id;
                self.mismatch |= saved.meta.proof.status == ProofStatus::Mismatch;
                // A game that an earlier run left in its middle had its line then, if nothing was added.
                if saved.change != FileChange::Unchanged {
                    first = self.published.insert(id.clone());
                }
                if saved.meta.server_seed.is_some() {
                    self.settled.insert(id.clone());
                }
            }
            _ => {}
        }
        // Only a run with a limit needs all ids. A reveal reaches ten games back.
        if self.limit.is_none() && self.ended.len() > REMEMBERED {
            let oldest = self.ended.remove(0);
            self.settled.remove(&oldest);
            self.published.remove(&oldest);
        }
        first
    }

    /// Sets the limit to the games that have ended.
    pub fn no_more(&mut self) {
        self.limit = Some(self.ended.len() as u64);
    }

    /// Takes the end of a game. Its reveal arrives with the next game; when that game has ended without one, it is given up.
    fn remember_end(&mut self, game_id: GameId) {
        // An earlier game has its file by now, or will have none.
        let given_up = self.ended.len().saturating_sub(1);
        for (number, earlier) in self.ended.iter().enumerate() {
            if number < given_up || self.published.contains(earlier) {
                self.settled.insert(earlier.clone());
            }
        }
        self.ended.push(game_id);
    }

    pub fn has_enough(&self) -> bool {
        self.limit.is_some_and(|limit| {
            let wanted = self
                .ended
                .iter()
                .take(usize::try_from(limit).unwrap_or(usize::MAX));
            self.ended.len() as u64 >= limit
                && wanted.into_iter().all(|id| self.settled.contains(id))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::game::Game;
    use crate::protocol::HistoryEntry;
    use crate::recording::{GameFile, Origin, SavedGame};

    #[test]
    fn a_game_has_its_line_once_and_none_if_an_earlier_run_has_saved_all_of_it() {
        let id = GameId::new("20251215-1a211bfc7caf41d6").expect("an id");
        let game = Game::from_history(&HistoryEntry {
            timestamp: Some(1_765_761_480_000),
            ..HistoryEntry::of_seed(id, "a seed".to_owned())
        });
        let meta = GameFile::new(&game.expect("a game"), Origin::Practice).meta;
        let saved = |change| {
            Notice::GameSaved(Box::new(SavedGame {
                path: PathBuf::from("a.game.json"),
                meta: meta.clone(),
                change,
            }))
        };
        let mut tally = GameTally::new(None);
        assert!(!tally.count(&saved(FileChange::Unchanged)));
        assert!(tally.count(&saved(FileChange::Completed)));
        assert!(!tally.count(&saved(FileChange::Completed)));
        let mut tally = GameTally::new(None);
        assert!(tally.count(&saved(FileChange::Created)));
        assert!(!tally.count(&saved(FileChange::Unchanged)));
    }
}
