//! How many games are still without a file, for the one who waits for the end of the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What is still to be saved; clones show the same.
#[derive(Debug, Clone, Default)]
pub struct UnsavedGames(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    games: AtomicU64,
    over: AtomicBool,
}

impl UnsavedGames {
    /// Returns how many games are in the journal and have no file yet.
    pub fn games(&self) -> u64 {
        self.0.games.load(Ordering::Relaxed)
    }

    /// Whether the recording has ended and everything that can be saved is.
    pub fn is_over(&self) -> bool {
        self.0.over.load(Ordering::Relaxed)
    }

    /// Says that the recording has ended.
    pub fn set_over(&self) {
        self.0.over.store(true, Ordering::Relaxed);
    }

    /// A recording begins.
    pub(super) fn begin(&self, games: usize) {
        self.set_games(games);
        self.0.over.store(false, Ordering::Relaxed);
    }

    pub(super) fn set_games(&self, games: usize) {
        self.0.games.store(games as u64, Ordering::Relaxed);
    }
}
