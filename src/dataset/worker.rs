//! A build on a thread of its own, for the window: it reports its progress, can be cancelled, and never makes the window
//! wait.

use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::build::{BuildError, BuildOptions, BuildReport, build};
use super::progress::BuildProgress;
use crate::background::{Waker, join, spawn};

/// The progress changes with every file; the window shows it this often.
const WAKE_EVERY: Duration = Duration::from_millis(100);

/// The result of a build: its report, or a text for the player.
pub type BuildOutcome = Result<BuildReport, String>;

/// A running build. When it is dropped, the build is cancelled and waited for.
#[derive(Debug)]
pub struct BuildTask {
    progress: Arc<Mutex<BuildProgress>>,
    cancelled: Arc<AtomicBool>,
    outcome: Receiver<BuildOutcome>,
    thread: Option<JoinHandle<()>>,
}

impl BuildTask {
    /// Starts a build.
    ///
    /// # Errors
    ///
    /// The system starts no thread.
    pub fn start(options: BuildOptions, waker: Waker) -> io::Result<Self> {
        let progress = Arc::new(Mutex::new(BuildProgress::default()));
        let cancelled = Arc::new(AtomicBool::new(false));
        let (sender, outcome) = sync_channel(1);
        let (shared, flag) = (Arc::clone(&progress), Arc::clone(&cancelled));
        let thread = spawn("dataset", move || {
            let mut woken: Option<Instant> = None;
            let report = &mut |now: BuildProgress| {
                *shared.lock().unwrap_or_else(PoisonError::into_inner) = now;
                if woken.is_none_or(|woken| woken.elapsed() > WAKE_EVERY) {
                    woken = Some(Instant::now());
                    waker();
                }
                if flag.load(Ordering::Relaxed) {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            };
            let built = catch_unwind(AssertUnwindSafe(|| build(&options, report)));
            let built = built.unwrap_or(Err(BuildError::Panicked));
            sender.send(built.map_err(|error| error.to_string())).ok(); // Fails only after the window has closed.
            waker();
        })?;
        Ok(Self {
            progress,
            cancelled,
            outcome,
            thread: Some(thread),
        })
    }

    /// Returns how far it is.
    pub fn progress(&self) -> BuildProgress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks it to end without a change. [`Self::outcome`] returns the end.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Returns the result once, when it is there.
    pub fn outcome(&self) -> Option<BuildOutcome> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(BuildError::Panicked.to_string())),
        }
    }
}

impl Drop for BuildTask {
    fn drop(&mut self) {
        self.cancel();
        join(
            &mut self.thread,
            "the thread of the data set panicked; the data set stays as it was",
        );
    }
}
