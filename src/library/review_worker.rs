//! The thread behind the page Review: it reads and reviews all sessions of a folder, and answers filters over them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::listing::{SessionFiles, session_files};
use super::reviewed_session::{ReviewedSession, review_session};
use crate::background::{self, ThreadEnded, Waker, next_event};
use crate::clock::local_time;
use crate::disk::RealDisk;
use crate::recording::read_notes;
use crate::review::{Luck, ReviewAnswer, ReviewFilter, ReviewIndex};

/// Requests that may wait.
const MAX_REQUESTS: usize = 16;
/// Events that may wait.
const MAX_EVENTS: usize = 8;
/// The time after which a partial answer is sent while sessions are read.
const ANSWER_AFTER: Duration = Duration::from_millis(150);

/// What the thread can do.
#[derive(Debug)]
enum FolderRequest {
    Load(PathBuf),
    Filter(ReviewFilter),
    /// The session that is being recorded has begun, grown or ended.
    Running(Option<PathBuf>),
    /// The notes of a session were written.
    Notes(PathBuf),
}

/// What the thread reports, in order.
#[derive(Debug)]
pub enum ReviewEvent {
    /// So many sessions of a folder are read.
    Progress {
        /// Those that are read, or cannot be.
        done: usize,
        /// All of them.
        total: usize,
    },
    /// The answer to the newest filter; while sessions are read, over those so far.
    Answer(Box<ReviewAnswer>),
    /// A session cannot be reviewed.
    NotReviewed,
    /// All sessions of the folder are read; the last answer has come.
    Loaded,
}

/// The way to the thread. When it is dropped, the thread ends.
#[derive(Debug)]
pub struct ReviewWorker {
    index: Arc<RwLock<ReviewIndex>>,
    requests: Option<SyncSender<FolderRequest>>,
    events: Option<Receiver<ReviewEvent>>,
    thread: Option<JoinHandle<()>>,
}

impl ReviewWorker {
    /// Starts the thread; it reads nothing yet.
    ///
    /// # Errors
    ///
    /// The system starts no thread.
    pub fn start(waker: Waker) -> io::Result<Self> {
        let (requests, requests_out) = sync_channel(MAX_REQUESTS);
        let (events_in, events) = sync_channel(MAX_EVENTS);
        let index = Arc::new(RwLock::new(ReviewIndex::new(local_time)));
        let shared = Arc::clone(&index);
        let pool = background::thread_pool("review", background::spare_cores())?;
        let thread = background::spawn("review", move || {
            let mut worker = ReviewLoop {
                index: shared,
                filter: ReviewFilter::default(),
                running: (None, false),
                requests: requests_out,
                events: events_in,
                waker,
            };
            let _gone = pool.install(move || worker.run());
        })?;
        Ok(Self {
            index,
            requests: Some(requests),
            events: Some(events),
            thread: Some(thread),
        })
    }

    /// Reads all sessions of a folder of recordings, instead of those of another one. Returns false if the thread is gone
    /// or too busy.
    pub fn load(&self, root: PathBuf) -> bool {
        self.request(FolderRequest::Load(root))
    }

    /// Reads the session that is being recorded, which its journal names, and counts it after the others; `None` if there is
    /// none any more. Returns false as [`Self::load`].
    pub fn running(&self, journal: Option<PathBuf>) -> bool {
        self.request(FolderRequest::Running(journal))
    }

    /// Sets the filter. Returns false as [`Self::load`].
    pub fn filter(&self, filter: ReviewFilter) -> bool {
        self.request(FolderRequest::Filter(filter))
    }

    /// Reads the notes of a session again, and answers the filter again if they change the answer. Returns false as
    /// [`Self::load`].
    pub fn renew_notes(&self, session: PathBuf) -> bool {
        self.request(FolderRequest::Notes(session))
    }

    /// Returns the index to which the places of an answer refer. The thread locks it only while it adds a session.
    pub fn index(&self) -> &RwLock<ReviewIndex> {
        &self.index
    }

    /// Returns the next event, if there is one.
    ///
    /// # Errors
    ///
    /// The thread has ended.
    pub fn next_event(&self) -> Result<Option<ReviewEvent>, ThreadEnded> {
        next_event(self.events.as_ref().ok_or(ThreadEnded)?)
    }

    fn request(&self, request: FolderRequest) -> bool {
        let sent = self.requests.as_ref().map(|to| to.try_send(request));
        sent.is_some_and(|sent| sent.is_ok())
    }
}

impl Drop for ReviewWorker {
    fn drop(&mut self) {
        drop(self.events.take());
        drop(self.requests.take());
        let message = "the review thread panicked; nothing was written by it";
        background::join(&mut self.thread, message);
    }
}

/// The window is gone.
struct WindowGone;

/// The thread's side.
struct ReviewLoop {
    index: Arc<RwLock<ReviewIndex>>,
    filter: ReviewFilter,
    /// The journal of the session that is being recorded, and whether the index has it.
    running: (Option<PathBuf>, bool),
    requests: Receiver<FolderRequest>,
    events: SyncSender<ReviewEvent>,
    waker: Waker,
}

impl ReviewLoop {
    fn run(&mut self) -> Result<(), WindowGone> {
        let mut next = None;
        loop {
            let request = match next.take() {
                Some(root) => FolderRequest::Load(root),
                None => self.requests.recv().map_err(|_closed| WindowGone)?,
            };
            next = match request {
                FolderRequest::Load(root) => self.load(&root)?,
                FolderRequest::Filter(filter) => {
                    self.filter = filter;
                    // Only the newest filter counts.
                    let (_changed, other) = self.take_requests()?;
                    if other.is_none() {
                        self.push_running();
                        self.answer()?;
                    }
                    other
                }
                FolderRequest::Notes(session) => {
                    if self.renew_notes(&session) {
                        self.answer()?;
                    }
                    None
                }
                FolderRequest::Running(journal) => {
                    let was_there = self.set_running(journal);
                    self.push_running();
                    if was_there || self.running.1 {
                        self.answer()?;
                    }
                    None
                }
            };
        }
    }

    fn send(&self, event: ReviewEvent) -> Result<(), WindowGone> {
        self.events.send(event).map_err(|_gone| WindowGone)?;
        (self.waker)();
        Ok(())
    }

    fn answer(&self) -> Result<(), WindowGone> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        let answer = Box::new(index.answer(&self.filter));
        drop(index);
        self.send(ReviewEvent::Answer(answer))
    }

    /// Takes what waits: whether the filter changed, and another folder to read.
    fn take_requests(&mut self) -> Result<(bool, Option<PathBuf>), WindowGone> {
        let (mut changed, mut root) = (false, None);
        loop {
            match self.requests.try_recv() {
                Ok(FolderRequest::Filter(filter)) => {
                    (self.filter, changed) = (filter, true);
                }
                Ok(FolderRequest::Load(other)) => root = Some(other),
                Ok(FolderRequest::Notes(session)) => changed |= self.renew_notes(&session),
                // Read after the others.
                Ok(FolderRequest::Running(journal)) => changed |= self.set_running(journal),
                Err(TryRecvError::Empty) => return Ok((changed, root)),
                Err(TryRecvError::Disconnected) => return Err(WindowGone),
            }
        }
    }

    /// Reads the sessions of a folder; returns another folder that is to be read instead.
    fn load(&mut self, root: &Path) -> Result<Option<PathBuf>, WindowGone> {
        let fresh = ReviewIndex::new(local_time);
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        self.running.1 = false;
        let sessions = match session_files(&RealDisk, root) {
            Ok(sessions) => sessions,
            Err(_) => {
                self.send(ReviewEvent::NotReviewed)?;
                SessionFiles::default()
            }
        };
        for _ in sessions.unlisted {
            self.send(ReviewEvent::NotReviewed)?;
        }
        let sessions = sessions.paths;
        let total = sessions.len();
        let mut answered: Option<Instant> = None;
        self.send(ReviewEvent::Progress { done: 0, total })?;
        let mut rest = &sessions[..];
        while !rest.is_empty() {
            // The first session is shown at once; then each core has one.
            let next = if answered.is_some() {
                rayon::current_num_threads()
            } else {
                1
            };
            let group;
            (group, rest) = rest.split_at(next.min(rest.len()));
            let done = total - rest.len();
            let reviewed: Vec<_> = group.par_iter().map(|path| review(path)).collect();
            let is_first = answered.is_none() && reviewed.iter().any(Result::is_ok);
            for (path, reviewed) in group.iter().zip(reviewed) {
                match reviewed {
                    Ok(Some(reviewed)) => self.push(path, reviewed),
                    Ok(None) => {}
                    Err(_) => self.send(ReviewEvent::NotReviewed)?,
                }
            }
            let is_due = answered.map_or(is_first, |at| at.elapsed() >= ANSWER_AFTER);
            let (changed, other) = self.take_requests()?;
            if other.is_some() {
                return Ok(other);
            }
            if changed || is_due {
                self.send(ReviewEvent::Progress { done, total })?;
                self.answer()?;
                answered = Some(Instant::now());
            }
        }
        self.push_running();
        self.send(ReviewEvent::Progress { done: total, total })?;
        self.answer()?;
        self.send(ReviewEvent::Loaded)?;
        Ok(None)
    }

    /// Takes the session that was being recorded out of the index, and notes which one is now. Returns whether
    /// it was there.
    fn set_running(&mut self, journal: Option<PathBuf>) -> bool {
        let before = std::mem::replace(&mut self.running, (journal, false));
        let (Some(before), true) = before else {
            return false;
        };
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.remove_last(&before)
    }

    /// Reads the session that is being recorded into the index.
    fn push_running(&mut self) {
        let (Some(journal), false) = &self.running else {
            return;
        };
        // One that has just ended cannot be read: the folder is then listed with its file.
        if let Ok(Some(reviewed)) = review(journal) {
            self.push(journal, reviewed);
            self.running.1 = true;
        }
    }

    /// Puts the notes of a session, as they are on the disk now, into the index. Returns whether an answer changes.
    fn renew_notes(&self, session: &Path) -> bool {
        let notes = read_notes(&RealDisk, session).words;
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.set_notes(session, &notes)
    }

    fn push(&self, path: &Path, (session, luck): (ReviewedSession, Luck)) {
        let Some(file) = session.timeline.session() else {
            return;
        };
        let games: Vec<_> = session.timeline.games().map(|(id, _)| id).collect();
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.push(
            path,
            file,
            &session.notes,
            (&session.review, luck),
            |game| games.get(game).copied(),
        );
    }
}

/// Reads and reviews a session with its luck; `None` as [`review_session`].
fn review(path: &Path) -> Result<Option<(ReviewedSession, Luck)>, String> {
    let session = review_session(&RealDisk, path, None)?;
    Ok(session.map(|session| {
        let luck = session.luck();
        (session, luck)
    }))
}
