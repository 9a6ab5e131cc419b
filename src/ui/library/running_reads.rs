//! When the running session and the newest games are read again for the library.

use std::path::Path;
use std::time::Instant;

use crate::game::Time;
use crate::library::worker::{ASK_AGAIN, LibraryWorker};

/// What changes with the running session: its start, its number of rows, the number of saved games, and whether a game
/// is being recorded now.
pub type RunningKey = (Option<Time>, usize, u64, bool);

/// The last read.
#[derive(Debug, Default)]
pub struct RunningReads {
    /// What was read.
    key: RunningKey,
    at: Option<Instant>,
    /// How many games were saved when they were listed last.
    saved: Option<u64>,
}

impl RunningReads {
    /// Reads the running session again if it has changed or is missing, and the newest games of the folder that is shown
    /// if one was saved.
    pub fn read(
        &mut self,
        worker: &LibraryWorker,
        root: &Path,
        recorded: RunningKey,
        (is_missing, is_shown): (bool, bool),
    ) {
        if self.is_due(&recorded, is_missing) && worker.running(root.to_owned()) {
            (self.key, self.at) = (recorded, Some(Instant::now()));
        }
        let saved = Some(recorded.2);
        if is_shown && self.saved != saved && worker.games(root.to_owned()) {
            self.saved = saved;
        }
    }

    /// Whether it is to be read again. `is_missing`: the library lacks the running session or its games, because the
    /// recorder writes the journals a little later than the window knows of them.
    fn is_due(&self, recorded: &RunningKey, is_missing: bool) -> bool {
        let asks = self.at.is_none_or(|at| at.elapsed() > ASK_AGAIN);
        self.key != *recorded || is_missing && recorded.0.is_some() && asks
    }
}
