//! What the threads behind the window share: how they wake it, and how it takes what they report.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

/// Wakes the window.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Returns what was told next, if something was; `Err` when the one that tells has ended.
pub fn next_event<T>(told: &Receiver<T>) -> Result<Option<T>, ThreadEnded> {
    match told.try_recv() {
        Ok(told) => Ok(Some(told)),
        Err(TryRecvError::Empty) => Ok(None),
        Err(TryRecvError::Disconnected) => Err(ThreadEnded),
    }
}

/// The host has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what runs behind the window has ended")]
pub struct ThreadEnded;
