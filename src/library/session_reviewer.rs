//! The thread that reviews sessions for the window: the newest request first, so that neither the window nor the library
//! waits.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use rust_decimal::Decimal;

use super::opened_review::{ChosenTrades, OpenedReview};
use crate::background::{self, ThreadEnded, Waker, next_event};
use crate::disk::{Disk, RealDisk};
use crate::lab::LabProgress;
use crate::protocol::GameId;
use crate::recording::write_whole;
use crate::review::{
    Exit, FRESH_GAMES, FreshResult, FreshRun, ReviewFilter, WhatIfTotal, actions_csv, fresh_games,
    trips_csv, what_if_of, what_if_total,
};

/// Requests and events that may wait.
const MAX_WAITING: usize = 16;
/// The seed of the new games: the same exit has the same result each time.
const SEED: u64 = 17;

/// What is written as CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// The round trips.
    Trades,
    /// The rows of the session.
    Actions,
}

/// What the thread can do.
#[derive(Debug, Clone)]
pub enum ReviewTask {
    /// Read a session and review it. Its games are searched beside it, then in `out`.
    Read {
        /// The session file, or the journal of the running session.
        path: PathBuf,
        /// A folder of recordings.
        out: Option<PathBuf>,
    },
    /// Compute the trips of a session with other exits: the totals.
    Totals(Arc<OpenedReview>, Vec<Exit>),
    /// The same for each trip, with one exit.
    Trips(Arc<OpenedReview>, Exit),
    /// Choose among the trades of a session.
    Choose(Arc<OpenedReview>, ReviewFilter),
    /// Write a session as CSV into a folder, under a name of its own; a file of that name is replaced.
    Export(Arc<OpenedReview>, ExportKind, PathBuf),
    /// Play the entries of a session on new games with an exit.
    Fresh(Arc<OpenedReview>, Exit, Arc<LabProgress>),
}

/// What the thread reports.
#[derive(Debug)]
pub enum ReviewedEvent {
    /// A session was reviewed.
    Reviewed(Arc<OpenedReview>),
    /// A session cannot be reviewed.
    NotReviewed {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// The totals with these exits.
    Totals(Arc<OpenedReview>, Vec<Exit>, Vec<WhatIfTotal>),
    /// The P&L of each trip with an exit; `None` where it cannot be computed.
    Trips(Arc<OpenedReview>, Exit, Vec<Option<Decimal>>),
    /// The trades that a filter takes.
    Chosen(Arc<OpenedReview>, ReviewFilter, Box<ChosenTrades>),
    /// A session was written to this file, or why it was not.
    Exported(Result<PathBuf, String>),
    /// The worth of an exit on new games; `None` if the run was cancelled.
    Fresh(Arc<OpenedReview>, Exit, Option<FreshResult>),
}

/// The way to the thread. When it is dropped, the thread ends.
#[derive(Debug)]
pub struct SessionReviewer {
    tasks: Option<SyncSender<ReviewTask>>,
    events: Option<Receiver<ReviewedEvent>>,
    thread: Option<JoinHandle<()>>,
}

impl SessionReviewer {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// The system starts no thread.
    pub fn start(waker: Waker) -> io::Result<Self> {
        let (tasks, tasks_out) = sync_channel(MAX_WAITING);
        let (events_in, events) = sync_channel(MAX_WAITING);
        let pool = background::thread_pool("session-review", background::spare_cores())?;
        let thread = background::spawn("session-review", move || {
            pool.install(move || run(&RealDisk, &tasks_out, &events_in, &waker));
        })?;
        Ok(Self {
            tasks: Some(tasks),
            events: Some(events),
            thread: Some(thread),
        })
    }

    /// Requests a task. Returns false if the thread is gone or too busy.
    pub fn request(&self, task: ReviewTask) -> bool {
        let sent = self.tasks.as_ref().map(|to| to.try_send(task));
        sent.is_some_and(|sent| sent.is_ok())
    }

    /// Returns the next event, if there is one.
    ///
    /// # Errors
    ///
    /// The thread has ended.
    pub fn next_event(&self) -> Result<Option<ReviewedEvent>, ThreadEnded> {
        next_event(self.events.as_ref().ok_or(ThreadEnded)?)
    }
}

impl Drop for SessionReviewer {
    fn drop(&mut self) {
        // The thread notices both at its next event or task. What is to be exported is still written.
        drop(self.events.take());
        drop(self.tasks.take());
        let message = "the thread of the review panicked; an export may not be written";
        background::join(&mut self.thread, message);
    }
}

/// Does what is requested until the window is gone, and then still writes what was to be exported.
fn run<D: Disk + Clone>(
    disk: &D,
    tasks: &Receiver<ReviewTask>,
    events: &SyncSender<ReviewedEvent>,
    waker: &Waker,
) {
    let mut waiting: Vec<ReviewTask> = Vec::new();
    while let Some(task) = next_task(tasks, &mut waiting) {
        if events.send(done(disk, task)).is_err() {
            break;
        }
        (*waker)();
    }
    for task in waiting.into_iter().chain(tasks.try_iter()) {
        if matches!(task, ReviewTask::Export(..))
            && let ReviewedEvent::Exported(Err(why)) = done(disk, task)
        {
            tracing::error!(why, "a session was not exported");
        }
    }
}

/// Returns the newest task: what it is for is on the screen. `None`: the window is gone.
fn next_task(tasks: &Receiver<ReviewTask>, waiting: &mut Vec<ReviewTask>) -> Option<ReviewTask> {
    if waiting.is_empty() {
        waiting.push(tasks.recv().ok()?);
    }
    loop {
        match tasks.try_recv() {
            Ok(task) => waiting.push(task),
            Err(TryRecvError::Empty) => return waiting.pop(),
            Err(TryRecvError::Disconnected) => return None,
        }
    }
}

fn done<D: Disk + Clone>(disk: &D, task: ReviewTask) -> ReviewedEvent {
    match task {
        ReviewTask::Read { path, out } => match OpenedReview::read(disk, &path, out.as_deref()) {
            Ok(session) => ReviewedEvent::Reviewed(Arc::new(session)),
            Err(why) => ReviewedEvent::NotReviewed { path, why },
        },
        ReviewTask::Totals(session, exits) => {
            let total = |exit: &Exit| what_if_total(&session.timeline, &session.review, *exit);
            let totals = exits.iter().map(total).collect();
            ReviewedEvent::Totals(session, exits, totals)
        }
        ReviewTask::Trips(session, exit) => {
            let (timeline, review) = (&session.timeline, &session.review);
            let other = |trip| what_if_of(timeline, review, trip, exit).map(|other| other.pnl);
            let trips = review.trips.iter().map(other).collect();
            ReviewedEvent::Trips(session, exit, trips)
        }
        ReviewTask::Choose(session, filter) => {
            let chosen = Box::new(session.chosen(&filter));
            ReviewedEvent::Chosen(session, filter, chosen)
        }
        ReviewTask::Export(session, kind, folder) => {
            ReviewedEvent::Exported(export(disk, &session, kind, &folder))
        }
        ReviewTask::Fresh(session, exit, progress) => {
            let run = FreshRun {
                games: FRESH_GAMES,
                seed: SEED,
                progress: &progress,
            };
            let review = &session.review;
            let results = fresh_games(&review.trips, &[exit], review.median_delay(), run);
            let result = results.into_iter().next();
            let result = result.filter(|_| !progress.is_cancelled());
            ReviewedEvent::Fresh(session, exit, result)
        }
    }
}

/// Writes a session as CSV, whole or not at all. Returns the file.
fn export(
    disk: &dyn Disk,
    session: &OpenedReview,
    kind: ExportKind,
    folder: &Path,
) -> Result<PathBuf, String> {
    let stem = session
        .path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let (text, what) = match kind {
        ExportKind::Trades => {
            let trips = session.review.trips.iter();
            let with_game = trips.map(|trip| {
                let game = session.game_id(trip.game);
                (game.map_or("", GameId::as_str), trip)
            });
            (trips_csv(with_game), "trades")
        }
        ExportKind::Actions => {
            let actions = session
                .timeline
                .session()
                .map_or(&[][..], |file| &file.actions);
            (actions_csv(actions), "actions")
        }
    };
    let target = folder.join(format!("{stem}_{what}.csv"));
    match write_whole(disk, &target, text.as_bytes()) {
        Ok(()) => Ok(target),
        Err(failed) => Err(failed.text(&target)),
    }
}
