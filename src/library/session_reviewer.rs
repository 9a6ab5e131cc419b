//! The thread that reviews sessions for the window: one at a time, the newest request first, so that neither the window
//! nor the library waits.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use super::opened_review::OpenedReview;
use crate::background::{self, ThreadEnded, Waker, next_event};
use crate::disk::{Disk, RealDisk};

/// Requests and events that may wait.
const MAX_WAITING: usize = 16;

/// A session that is to be reviewed.
#[derive(Debug)]
struct ReviewRequest {
    path: PathBuf,
    out: Option<PathBuf>,
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
}

/// The way to the thread. When it is dropped, the thread ends.
#[derive(Debug)]
pub struct SessionReviewer {
    requests: Option<SyncSender<ReviewRequest>>,
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
        let (requests, requests_out) = sync_channel(MAX_WAITING);
        let (events_in, events) = sync_channel(MAX_WAITING);
        let thread = background::spawn("session-review", move || {
            run(&RealDisk, &requests_out, &events_in, &waker);
        })?;
        Ok(Self {
            requests: Some(requests),
            events: Some(events),
            thread: Some(thread),
        })
    }

    /// Reviews a session. Its games are searched beside it, then in `out`. Returns false if the thread is gone or too
    /// busy.
    pub fn review(&self, path: PathBuf, out: Option<PathBuf>) -> bool {
        let request = ReviewRequest { path, out };
        let sent = self.requests.as_ref().map(|to| to.try_send(request));
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
        // The thread notices both at its next event or request.
        drop(self.events.take());
        drop(self.requests.take());
        let message = "the thread of the review panicked; nothing was written by it";
        background::join(&mut self.thread, message);
    }
}

/// Reviews what is requested until the window is gone.
fn run<D: Disk + Clone>(
    disk: &D,
    requests: &Receiver<ReviewRequest>,
    events: &SyncSender<ReviewedEvent>,
    waker: &Waker,
) {
    let mut waiting: Vec<ReviewRequest> = Vec::new();
    loop {
        if waiting.is_empty() {
            let Ok(request) = requests.recv() else { return };
            waiting.push(request);
        }
        loop {
            match requests.try_recv() {
                Ok(request) => waiting.push(request),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        // The newest is on the screen.
        let Some(ReviewRequest { path, out }) = waiting.pop() else {
            continue;
        };
        let event = match OpenedReview::read(disk, &path, out.as_deref()) {
            Ok(session) => ReviewedEvent::Reviewed(Arc::new(session)),
            Err(why) => ReviewedEvent::NotReviewed { path, why },
        };
        if events.send(event).is_err() {
            return;
        }
        (*waker)();
    }
}
