//! How far the check of a bundle is, shared with the thread that shows it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The progress of opening a file. Any thread may read it and cancel the check.
#[derive(Debug, Default)]
pub struct CheckProgress {
    is_bundle: AtomicBool,
    games: AtomicUsize,
    proven: AtomicUsize,
    cancelled: AtomicBool,
}

impl CheckProgress {
    /// Whether the file is known to be a bundle.
    pub fn is_bundle(&self) -> bool {
        self.is_bundle.load(Ordering::Relaxed)
    }

    /// Returns how many games were proven again, of how many; `None` while the file is still being read.
    pub fn games(&self) -> Option<(usize, usize)> {
        let games = self.games.load(Ordering::Relaxed);
        (games > 0).then(|| (self.proven.load(Ordering::Relaxed), games))
    }

    /// Asks the check to end without a result.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the check was asked to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn set_bundle(&self) {
        self.is_bundle.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_games(&self, games: usize) {
        self.games.store(games, Ordering::Relaxed);
    }

    pub(crate) fn add_proven(&self, games: usize) {
        self.proven.fetch_add(games, Ordering::Relaxed);
    }
}
