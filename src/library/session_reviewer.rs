//! The thread that reviews sessions for the window: the newest request first, so that neither the window nor the library
//! waits.

use std::io;
use std::mem::discriminant;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use rust_decimal::Decimal;

use super::opened_review::{ChosenTrades, OpenedReview};
use crate::background::{self, ThreadEnded, Waker, next_event};
use crate::disk::{Disk, RealDisk};
use crate::lab::LabProgress;
use crate::review::{
    Exit, FRESH_GAMES, FreshResult, FreshRun, ReviewFilter, WhatIfTotal, fresh_games, what_if_of,
    what_if_total,
};

/// Requests and events that may wait.
const MAX_WAITING: usize = 16;
/// The seed of the new games: the same exit has the same result each time.
const SEED: u64 = 17;

/// What the thread can do. A request replaces an earlier one of its kind that still waits.
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
    /// A session was not read: another one was requested meanwhile.
    NotRead(PathBuf),
    /// The totals with these exits.
    Totals(Arc<OpenedReview>, Vec<Exit>, Vec<WhatIfTotal>),
    /// The P&L of each trip with an exit; `None` where it cannot be computed.
    Trips(Arc<OpenedReview>, Exit, Vec<Option<Decimal>>),
    /// The trades that a filter takes.
    Chosen(Arc<OpenedReview>, ReviewFilter, Box<ChosenTrades>),
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
        // The thread notices both at its next event or task.
        drop(self.events.take());
        drop(self.tasks.take());
        let message = "the thread of the review panicked; nothing was written by it";
        background::join(&mut self.thread, message);
    }
}

/// Does what is requested until the window is gone.
fn run<D: Disk + Clone>(
    disk: &D,
    tasks: &Receiver<ReviewTask>,
    events: &SyncSender<ReviewedEvent>,
    waker: &Waker,
) {
    let mut waiting: Vec<ReviewTask> = Vec::new();
    loop {
        if waiting.is_empty() {
            let Ok(task) = tasks.recv() else { return };
            waiting.push(task);
        }
        let mut event = None;
        while event.is_none() {
            match tasks.try_recv() {
                Ok(task) => event = enqueue(&mut waiting, task),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        // The newest is on the screen.
        let next = || waiting.pop().map(|task| done(disk, task));
        let Some(event) = event.or_else(next) else {
            continue;
        };
        if events.send(event).is_err() {
            return;
        }
        (*waker)();
    }
}

/// Adds a task behind those that wait. It replaces an earlier one of its kind: the page shows only the newest. Returns the
/// event for a session that is not read because of that.
fn enqueue(waiting: &mut Vec<ReviewTask>, task: ReviewTask) -> Option<ReviewedEvent> {
    let is_same = |other: &ReviewTask| discriminant(other) == discriminant(&task);
    let before = waiting.iter().position(is_same);
    let before = before.map(|place| waiting.remove(place));
    let event = match (before, &task) {
        (Some(ReviewTask::Read { path, .. }), ReviewTask::Read { path: newer, .. }) => {
            (path != *newer).then_some(ReviewedEvent::NotRead(path))
        }
        _ => None,
    };
    waiting.push(task);
    event
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
        ReviewTask::Fresh(session, exit, progress) => {
            let run = FreshRun {
                games: FRESH_GAMES,
                seed: SEED,
                progress: &progress,
            };
            let review = &session.review;
            let results = fresh_games(&review.trips, &[exit], review.median_delay, run);
            let result = results.into_iter().next();
            let result = result.filter(|_| !progress.is_cancelled());
            ReviewedEvent::Fresh(session, exit, result)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> ReviewTask {
        ReviewTask::Read {
            path: name.into(),
            out: None,
        }
    }

    #[test]
    fn of_the_requests_that_wait_only_the_newest_of_each_kind_is_done_and_what_is_not_read_is_reported()
     {
        let (tasks, tasks_out) = sync_channel(MAX_WAITING);
        let (events_in, events) = sync_channel(MAX_WAITING);
        for name in ["a", "b", "b", "c"] {
            tasks.try_send(read(name)).expect("room");
        }
        let thread = background::spawn("session-review", move || {
            run(
                &RealDisk,
                &tasks_out,
                &events_in,
                &(Arc::new(|| {}) as Waker),
            );
        });
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(match events.recv().expect("an event") {
                ReviewedEvent::NotRead(path) => (path, "not read"),
                ReviewedEvent::NotReviewed { path, .. } => (path, "tried"),
                other => panic!("{other:?}"),
            });
        }
        let expected = [("a", "not read"), ("b", "not read"), ("c", "tried")];
        assert_eq!(seen, expected.map(|(path, what)| (path.into(), what)));
        drop(tasks);
        assert!(events.recv().is_err(), "nothing else was done");
        thread.expect("a thread").join().expect("no panic");
    }
}
