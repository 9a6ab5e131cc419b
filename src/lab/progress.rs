//! The progress of a run, shared with the thread that shows it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The progress of a run. Any thread may read it and cancel the run.
#[derive(Debug, Default)]
pub struct LabProgress {
    games: AtomicU64,
    cancelled: AtomicBool,
}

impl LabProgress {
    /// Returns how many games are done. The games of a session that ended early count when it ends.
    pub fn games(&self) -> u64 {
        self.games.load(Ordering::Relaxed)
    }

    /// Asks the run to end with what is done.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, games: usize) {
        self.games.fetch_add(games as u64, Ordering::Relaxed);
    }
}
