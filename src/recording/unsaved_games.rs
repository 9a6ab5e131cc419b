//! The number of games that have no file yet, for a program that waits for the end of the recording.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts the games that are still to be saved. Clones share the count.
#[derive(Debug, Clone, Default)]
pub struct UnsavedGames(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    games: AtomicU64,
    over: AtomicBool,
}

impl UnsavedGames {
    /// Returns the number of games that are in the journal and have no file yet.
    pub fn games(&self) -> u64 {
        self.0.games.load(Ordering::Relaxed)
    }

    /// Whether the recording has ended and everything that can be saved is saved.
    pub fn is_over(&self) -> bool {
        self.0.over.load(Ordering::Relaxed)
    }

    /// Notes that the recording has ended.
    pub fn set_over(&self) {
        self.0.over.store(true, Ordering::Relaxed);
    }

    /// Notes that a recording begins.
    pub(super) fn begin(&self, games: usize) {
        self.set_count(games);
        self.0.over.store(false, Ordering::Relaxed);
    }

    pub(super) fn set_count(&self, games: usize) {
        self.0.games.store(games as u64, Ordering::Relaxed);
    }
}
