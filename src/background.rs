//! Threads: how each is started with its name and joined, and the interface between the window and the threads behind it:
//! they wake the window, and it takes their events.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread::JoinHandle;

use rayon::ThreadPool;

/// Wakes the window.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Starts a thread with a name, which a debugger shows.
///
/// # Errors
/// The system starts no thread.
pub fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(work)
}

/// Returns the number of cores.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Returns the number of cores without the one that the window needs; at least one.
pub fn spare_cores() -> usize {
    (cores() - 1).max(1)
}

/// Returns a pool of worker threads with the names `name-0`, `name-1` ….
///
/// # Errors
/// The system starts no thread.
pub fn thread_pool(name: &'static str, threads: usize) -> io::Result<ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(move |number| format!("{name}-{number}"));
    pool.build().map_err(io::Error::other)
}

/// Waits for the end of a thread, once. Logs `message` and returns false if it panicked.
pub fn join(thread: &mut Option<JoinHandle<()>>, message: &'static str) -> bool {
    let panicked = thread.take().is_some_and(|thread| thread.join().is_err());
    if panicked {
        tracing::error!("{message}");
    }
    !panicked
}

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
