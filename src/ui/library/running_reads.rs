//! When the running session is read again for the library.

use std::time::Instant;

use crate::game::Time;
use crate::library::worker::ASK_AGAIN;

/// What changes with the running session: its start, its number of rows, the number of saved games, and whether a game
/// is being recorded now.
pub type RunningKey = (Option<Time>, usize, u64, bool);

/// The last read.
#[derive(Debug, Default)]
pub struct RunningReads {
    /// What was read.
    key: RunningKey,
    at: Option<Instant>,
}

impl RunningReads {
    /// Whether it is to be read again. `is_missing`: the library lacks the running session or its games, because the
    /// recorder writes the journals a little later than the window knows of them.
    pub fn is_due(&self, recorded: &RunningKey, is_missing: bool) -> bool {
        let asks = self.at.is_none_or(|at| at.elapsed() > ASK_AGAIN);
        self.key != *recorded || is_missing && recorded.0.is_some() && asks
    }

    /// Notes what is being read.
    pub fn set_read(&mut self, recorded: RunningKey) {
        (self.key, self.at) = (recorded, Some(Instant::now()));
    }
}
