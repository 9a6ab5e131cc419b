//! The library's thread: lists folders, opens files and rebuilds indexes, so that the window never waits and a running
//! recording is not disturbed.
//!
//! It reports through a short queue and reads nothing while the queue is full: a window that does not take the events
//! for a while gets the rest later, and nothing piles up. The thread ends when the receiver is gone.

mod index_lock;
mod player_files;

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::bundle::CheckProgress;
use super::day::LibraryDay;
use super::listing::{newest_games, read_days, read_facts, rebuild_days};
use super::messages::{LibraryEvent, LibraryRequest, PlayerFile};
use super::open_replay::open_replay;
use super::opened_replay::OpenedReplay;
use super::preview::preview;
use super::query::RowKind;
use super::row::{LibraryRow, rows_of};
use super::running_replay::{has_games, open_running};
use super::session_facts::SessionFacts;
use crate::background::{self, ThreadEnded, Waker, next_event};
use crate::disk::{Disk, RealDisk};
use crate::paths;
use crate::protocol::GameId;
use crate::recording::{IndexSession, running_session};
use index_lock::lock;

/// Requests that may wait: a person makes one at a time.
const MAX_REQUESTS: usize = 16;
/// Events that may wait: days of a thousand games, half a megabyte each.
const MAX_EVENTS: usize = 8;
/// The pause before the running session is asked for again ([`LibraryWorker::running`]) while its journal is not there.
pub const ASK_AGAIN: Duration = Duration::from_millis(300);

/// The way to the library's thread. When it is dropped, the thread ends.
#[derive(Debug)]
pub struct LibraryWorker {
    requests: Option<SyncSender<LibraryRequest>>,
    events: Option<Receiver<LibraryEvent>>,
    thread: Option<JoinHandle<()>>,
}

impl LibraryWorker {
    /// Starts the thread; it reads nothing yet.
    ///
    /// # Errors
    ///
    /// The system starts no thread.
    pub fn start(waker: Waker) -> io::Result<Self> {
        Self::on(RealDisk, waker)
    }

    /// Starts the thread on another disk.
    ///
    /// # Errors
    ///
    /// The system starts no thread.
    pub fn on<D: Disk + Clone + 'static>(disk: D, waker: Waker) -> io::Result<Self> {
        let (requests, requests_out) = sync_channel(MAX_REQUESTS);
        let (events_in, events) = sync_channel(MAX_EVENTS);
        let thread = background::spawn("library", move || {
            let mut worker = WorkerLoop {
                disk,
                requests: requests_out,
                later: VecDeque::new(),
                events: events_in,
                waker,
            };
            let _gone = worker.run();
            worker.write_rest();
        })?;
        Ok(Self {
            requests: Some(requests),
            events: Some(events),
            thread: Some(thread),
        })
    }

    /// Lists a folder and gives up the listing of another one. Returns false if the worker is gone or too busy.
    pub fn list(&self, folder: PathBuf) -> bool {
        self.request(LibraryRequest::List(folder))
    }

    /// Rebuilds every index of a folder. Returns false as [`Self::list`].
    pub fn rebuild(&self, folder: PathBuf) -> bool {
        self.request(LibraryRequest::Rebuild(folder))
    }

    /// Opens a file, at a game of it if one is named. The games of a session are searched beside it, then in `out`. If the
    /// check of a bundle is cancelled by its progress, no event follows. Returns false as [`Self::list`].
    pub fn open(
        &self,
        path: PathBuf,
        out: Option<PathBuf>,
        game: Option<GameId>,
        progress: Arc<CheckProgress>,
    ) -> bool {
        self.request(LibraryRequest::Open {
            path,
            out,
            game,
            progress,
        })
    }

    /// Opens the session that is being recorded in a folder of recordings, at a game if one is named; a game that is not
    /// in it alone. Returns false as [`Self::list`].
    pub fn replay(&self, root: PathBuf, game: Option<GameId>) -> bool {
        self.request(LibraryRequest::Replay { root, game })
    }

    /// Reads a recording for its preview; of a session a game, the one with the best result if none is named. Games are
    /// searched as for [`Self::open`]. Returns false as [`Self::list`].
    pub fn preview(&self, path: PathBuf, out: Option<PathBuf>, game: Option<GameId>) -> bool {
        self.request(LibraryRequest::Preview { path, out, game })
    }

    /// Reads the session that is being recorded in a folder. Returns false as [`Self::list`].
    pub fn running(&self, root: PathBuf) -> bool {
        self.request(LibraryRequest::Running(root))
    }

    /// Lists the games of the newest days of a folder that is listed. Returns false as [`Self::list`].
    pub fn games(&self, root: PathBuf) -> bool {
        self.request(LibraryRequest::Games(root))
    }

    /// Lists a folder or opens a file, as [`Self::open`]. Returns false as [`Self::list`].
    pub fn show(&self, path: PathBuf, out: Option<PathBuf>, progress: Arc<CheckProgress>) -> bool {
        self.request(LibraryRequest::Show {
            path,
            out,
            progress,
        })
    }

    fn request(&self, request: LibraryRequest) -> bool {
        let sent = self.requests.as_ref().map(|to| to.try_send(request));
        sent.is_some_and(|sent| sent.is_ok())
    }

    /// Returns the next event, if there is one.
    ///
    /// # Errors
    ///
    /// The worker has ended.
    pub fn next_event(&self) -> Result<Option<LibraryEvent>, ThreadEnded> {
        next_event(self.events.as_ref().ok_or(ThreadEnded)?)
    }
}

impl Drop for LibraryWorker {
    fn drop(&mut self) {
        // The worker notices both at its next event or request. What the player wrote is still saved.
        drop(self.events.take());
        drop(self.requests.take());
        let message = "the library thread panicked; notes that waited may not be saved";
        background::join(&mut self.thread, message);
    }
}

/// The receiver of the events is gone.
struct ReceiverGone;

/// The thread's side.
struct WorkerLoop<D> {
    disk: D,
    requests: Receiver<LibraryRequest>,
    /// Requests that came during a listing and are done after it.
    later: VecDeque<LibraryRequest>,
    events: SyncSender<LibraryEvent>,
    waker: Waker,
}

impl<D: Disk + Clone> WorkerLoop<D> {
    fn run(&mut self) -> Result<(), ReceiverGone> {
        loop {
            let request = match self.later.pop_front() {
                Some(request) => request,
                None => self.requests.recv().map_err(|_closed| ReceiverGone)?,
            };
            match request.resolved() {
                LibraryRequest::List(folder) => self.list(folder)?,
                LibraryRequest::Rebuild(folder) => self.rebuild(folder)?,
                request => self.read(request)?,
            }
        }
    }

    fn send(&self, event: LibraryEvent) -> Result<(), ReceiverGone> {
        if let Err(refused) = self.events.try_send(event) {
            let TrySendError::Full(event) = refused else {
                return Err(ReceiverGone);
            };
            (self.waker)();
            self.events.send(event).map_err(|_gone| ReceiverGone)?;
        }
        (self.waker)();
        Ok(())
    }

    fn list(&mut self, folder: PathBuf) -> Result<(), ReceiverGone> {
        self.send(LibraryEvent::Began(folder.clone()))?;
        if let Some(running) = self.running(&folder) {
            let notes = self.notes_of(&running.0.path);
            self.send(LibraryEvent::Running(Some(running)))?;
            notes.map_or(Ok(()), |notes| self.send(notes))?;
        }
        let mut sessions = Vec::new();
        let mut outcome = Ok(());
        let disk = self.disk.clone();
        let read = read_days(&disk, &folder, &mut |day| {
            let rows = rows_of(&day.rows, RowKind::Sessions);
            sessions.extend(rows.map(|row| (day.date.clone(), row.path.clone())));
            let sent = self.send(LibraryEvent::Day(day));
            outcome = sent.and_then(|()| self.take_requests());
            if outcome.is_err() || self.is_given_up() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        outcome?;
        if let Err(why) = read {
            let why = format!(
                "cannot read {}: {why}; choose a folder of recordings",
                paths::text(&folder)
            );
            return self.send(LibraryEvent::NotListed(why));
        }
        for (date, session) in sessions {
            if self.is_given_up() {
                return Ok(());
            }
            let noted = session.clone();
            self.send(match read_facts(&disk, &session) {
                Ok(facts) => LibraryEvent::Facts {
                    session,
                    facts: Box::new(facts),
                },
                // It has been damaged since the index was written.
                Err(why) => LibraryEvent::Day(LibraryDay::damaged(date, session, why)),
            })?;
            if let Some(notes) = self.notes_of(&noted) {
                self.send(notes)?;
            }
            self.take_requests()?;
        }
        if self.is_given_up() {
            return Ok(());
        }
        self.send(LibraryEvent::Listed(folder))
    }

    /// Takes new requests during a listing: a file is opened at once, other requests are done later.
    fn take_requests(&mut self) -> Result<(), ReceiverGone> {
        loop {
            match self.requests.try_recv().map(LibraryRequest::resolved) {
                Ok(
                    request @ (LibraryRequest::Open { .. }
                    | LibraryRequest::Replay { .. }
                    | LibraryRequest::Preview { .. }
                    | LibraryRequest::Running(_)
                    | LibraryRequest::Player(_)),
                ) => self.read(request)?,
                Ok(request) => {
                    // Only the newest listing counts, and no index is rebuilt twice.
                    self.later.retain(|other| match (other, &request) {
                        (LibraryRequest::List(_), LibraryRequest::List(_)) => false,
                        (LibraryRequest::Rebuild(other), LibraryRequest::Rebuild(folder)) => {
                            other != folder
                        }
                        _ => true,
                    });
                    self.later.push_back(request);
                }
                Err(TryRecvError::Empty) => return Ok(()),
                Err(TryRecvError::Disconnected) => return Err(ReceiverGone),
            }
        }
    }

    /// Whether another folder is to be listed now.
    fn is_given_up(&self) -> bool {
        let is_list = |request: &LibraryRequest| matches!(request, LibraryRequest::List(_));
        self.later.iter().any(is_list)
    }

    fn rebuild(&mut self, path: PathBuf) -> Result<(), ReceiverGone> {
        let disk = self.disk.clone();
        let mut outcome = Ok(());
        let rebuilt = lock(&disk, &path).and_then(|lock| {
            rebuild_days(&disk, &path, &lock, &mut |_day| {
                outcome = self.take_requests();
                match outcome {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(ReceiverGone) => ControlFlow::Break(()),
                }
            })
        });
        outcome?;
        self.send(match rebuilt {
            Ok(()) => LibraryEvent::Rebuilt(path),
            Err(why) => LibraryEvent::NotRebuilt(why),
        })
    }

    /// Does a request that reads a single recording: at once, also during a listing.
    fn read(&mut self, request: LibraryRequest) -> Result<(), ReceiverGone> {
        match request {
            LibraryRequest::Open {
                path,
                out,
                game,
                progress,
            } => self.open(path, out.as_deref(), game, &progress),
            LibraryRequest::Replay { root, game } => {
                self.send(match open_running(&self.disk, &root, game.as_ref()) {
                    Ok(opened) => LibraryEvent::Opened(Box::new(opened)),
                    Err(why) => LibraryEvent::NotReplayed(why),
                })
            }
            LibraryRequest::Preview { path, out, game } => self.send(
                match preview(&self.disk, &path, out.as_deref(), game.as_ref()) {
                    Ok(preview) => LibraryEvent::Previewed(Box::new(preview)),
                    Err(why) => LibraryEvent::NotPreviewed { path, why },
                },
            ),
            LibraryRequest::Running(root) => self.send(LibraryEvent::Running(self.running(&root))),
            LibraryRequest::Games(root) => {
                let rows = newest_games(&self.disk, &root);
                self.send(LibraryEvent::Games { root, rows })
            }
            LibraryRequest::Player(request) => self.send(self.player_file(request)),
            // Decided before, or done by the loop.
            LibraryRequest::Show { .. } | LibraryRequest::List(_) | LibraryRequest::Rebuild(_) => {
                Ok(())
            }
        }
    }

    /// Returns the session that is being recorded in a folder. A folder that cannot be read is reported by its listing.
    fn running(&self, root: &Path) -> Option<Box<(LibraryRow, SessionFacts)>> {
        let running = running_session(&self.disk, root).ok()??;
        let name = running.journal.file_name().unwrap_or_default();
        let entry = IndexSession::new(&name.to_string_lossy(), &running.file);
        let facts = SessionFacts::of(&running.file);
        let mut row = LibraryRow::of_session(running.journal, entry);
        row.set_has_games(has_games(&self.disk, root, &running.file));
        Some(Box::new((row, facts)))
    }

    fn open(
        &mut self,
        path: PathBuf,
        out: Option<&Path>,
        game: Option<GameId>,
        progress: &CheckProgress,
    ) -> Result<(), ReceiverGone> {
        let opened = open_replay(&self.disk, &path, out, progress);
        if progress.is_cancelled() {
            return Ok(());
        }
        self.send(match opened {
            Ok(opened) => LibraryEvent::Opened(Box::new(OpenedReplay { game, ..opened })),
            Err(why) => LibraryEvent::NotOpened { path, why },
        })
    }
}
