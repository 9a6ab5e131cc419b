//! The interface between the window and the threads behind it: they wake the window, and it takes their events.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

/// Wakes the window.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Returns the next event of a thread, if one waits.
///
/// # Errors
/// The thread has ended.
pub fn next_event<T>(events: &Receiver<T>) -> Result<Option<T>, ThreadEnded> {
    match events.try_recv() {
        Ok(event) => Ok(Some(event)),
        Err(TryRecvError::Empty) => Ok(None),
        Err(TryRecvError::Disconnected) => Err(ThreadEnded),
    }
}

/// The thread has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what runs behind the window has ended")]
pub struct ThreadEnded;
