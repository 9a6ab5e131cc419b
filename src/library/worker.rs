//! The library's thread: lists folders, opens files and builds indexes anew, so that the window never waits and what is
//! being recorded is never disturbed.
//!
//! What it tells goes through a short queue. While that is full it reads nothing: a window that does not look for a
//! while finds the rest later, and nothing piles up. A window that is gone stops it, wherever it is.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;

use rust_decimal::Decimal;

use crate::background::{HostGone, Waker};
use crate::library;
use crate::library::{
    GameFinder, LibraryDay, RecordingFile, games_during, is_of_recordings, read_days, read_pnls,
    rebuild_days,
};
use crate::paths;
use crate::protocol::GameId;
use crate::recording::{Disk, FolderError, FolderLock, RealDisk};
use crate::replay::Timeline;

/// Questions that may wait: a person asks one at a time.
const ASKED: usize = 16;
/// Answers that may wait: days of a thousand games, half a megabyte each.
const TOLD: usize = 8;

/// What the librarian is asked.
#[derive(Debug)]
enum LibraryRequest {
    List(PathBuf),
    Rebuild(PathBuf),
    Open {
        path: PathBuf,
        out: Option<PathBuf>,
    },
    /// A folder is listed, a file opened.
    Show {
        path: PathBuf,
        out: Option<PathBuf>,
    },
}

impl LibraryRequest {
    /// Says what is to be done with a path, now that the disk may be looked at.
    fn resolved(self) -> Self {
        match self {
            Self::Show { path, .. } if path.is_dir() => Self::List(path),
            Self::Show { path, out } => Self::Open { path, out },
            ask => ask,
        }
    }
}

/// What the librarian tells, in order.
#[derive(Debug)]
pub enum LibraryEvent {
    /// A folder is being listed; what was told of the one before is over.
    Began(PathBuf),
    /// Recordings of a day, the newest day first. A long folder without days comes in parts; a session that turns out to
    /// be damaged comes once more, after all days.
    Day(LibraryDay),
    /// What a session realised in its games, in SOL; told when all days were.
    Pnls {
        /// The session file.
        session: PathBuf,
        /// Each game of which something was realised.
        pnls: Vec<(GameId, Decimal)>,
    },
    /// All of the folder was told.
    Listed(PathBuf),
    /// A folder cannot be listed.
    NotListed {
        /// The folder.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// Every index of the folder was built anew.
    Rebuilt(PathBuf),
    /// They could not be.
    NotRebuilt {
        /// The folder.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// A file can be looked at.
    Opened(Box<OpenedReplay>),
    /// It cannot.
    NotOpened {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
}

/// A recording that can be looked at.
#[derive(Debug, Clone)]
pub struct OpenedReplay {
    /// The file.
    pub path: PathBuf,
    /// What there is to see.
    pub timeline: Arc<Timeline>,
    /// The file's name.
    pub name: String,
    /// What is wrong with it, in words.
    pub faults: Vec<String>,
}

/// The librarian's thread and the way to it. Dropped, the thread ends with what it is reading.
#[derive(Debug)]
pub struct LibraryWorker {
    asks: Option<SyncSender<LibraryRequest>>,
    told: Option<Receiver<LibraryEvent>>,
    thread: Option<JoinHandle<()>>,
}

impl LibraryWorker {
    /// Starts the thread; nothing is read yet.
    pub fn start(waker: Waker) -> io::Result<Self> {
        Self::on(RealDisk, waker)
    }

    /// The same on another disk.
    pub fn on<D: Disk + Clone + 'static>(disk: D, waker: Waker) -> io::Result<Self> {
        let (asks, asked) = sync_channel(ASKED);
        let (tell, told) = sync_channel(TOLD);
        let thread = std::thread::Builder::new().name("librarian".to_owned());
        let thread = thread.spawn(move || {
            let mut serving = WorkerLoop {
                disk,
                asked,
                later: VecDeque::new(),
                tell,
                waker,
            };
            let _gone = serving.serve();
        })?;
        Ok(Self {
            asks: Some(asks),
            told: Some(told),
            thread: Some(thread),
        })
    }

    /// Lists a folder; one that is being listed is given up. False when the librarian is gone or does not listen.
    pub fn list(&self, folder: PathBuf) -> bool {
        self.ask(LibraryRequest::List(folder))
    }

    /// Builds every index of a folder anew; false as with [`Self::list`].
    pub fn rebuild(&self, folder: PathBuf) -> bool {
        self.ask(LibraryRequest::Rebuild(folder))
    }

    /// Opens a file; games of a session are looked for beside it, then in `out`. False as with [`Self::list`].
    pub fn open(&self, path: PathBuf, out: Option<PathBuf>) -> bool {
        self.ask(LibraryRequest::Open { path, out })
    }

    /// Lists what is there if it is a folder, and opens it if it is anything else. False as with [`Self::list`].
    pub fn show(&self, path: PathBuf, out: Option<PathBuf>) -> bool {
        self.ask(LibraryRequest::Show { path, out })
    }

    fn ask(&self, ask: LibraryRequest) -> bool {
        let sent = self.asks.as_ref().map(|asks| asks.try_send(ask));
        sent.is_some_and(|sent| sent.is_ok())
    }

    /// Returns what was told next, if something was; `Err` when the librarian has ended.
    pub fn next_told(&self) -> Result<Option<LibraryEvent>, HostGone> {
        crate::background::next_told(self.told.as_ref().ok_or(HostGone)?)
    }
}

impl Drop for LibraryWorker {
    fn drop(&mut self) {
        // Nobody listens any more, and nobody asks: it notices at the next thing it tells or waits for.
        drop(self.told.take());
        drop(self.asks.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the librarian's thread panicked; nothing was written by it");
        }
    }
}

/// Nobody listens any more.
struct ReceiverGone;

/// The thread's side.
struct WorkerLoop<D> {
    disk: D,
    asked: Receiver<LibraryRequest>,
    /// Asked while a folder was listed, and to be done after that.
    later: VecDeque<LibraryRequest>,
    tell: SyncSender<LibraryEvent>,
    waker: Waker,
}

impl<D: Disk + Clone> WorkerLoop<D> {
    fn serve(&mut self) -> Result<(), ReceiverGone> {
        loop {
            let ask = match self.later.pop_front() {
                Some(ask) => ask,
                None => self.asked.recv().map_err(|_closed| ReceiverGone)?,
            };
            match ask.resolved() {
                LibraryRequest::List(folder) => self.list(folder)?,
                LibraryRequest::Rebuild(folder) => self.rebuild(folder)?,
                LibraryRequest::Open { path, out } | LibraryRequest::Show { path, out } => {
                    self.open(path, out.as_deref())?;
                }
            }
        }
    }

    fn tell(&self, told: LibraryEvent) -> Result<(), ReceiverGone> {
        if let Err(refused) = self.tell.try_send(told) {
            let TrySendError::Full(told) = refused else {
                return Err(ReceiverGone);
            };
            // It has not looked for a while.
            (self.waker)();
            self.tell.send(told).map_err(|_gone| ReceiverGone)?;
        }
        (self.waker)();
        Ok(())
    }

    fn list(&mut self, folder: PathBuf) -> Result<(), ReceiverGone> {
        self.tell(LibraryEvent::Began(folder.clone()))?;
        let mut sessions = Vec::new();
        let mut outcome = Ok(());
        let disk = self.disk.clone();
        let read = read_days(&disk, &folder, &mut |day| {
            let paths = day.sessions.iter().map(|row| row.path.clone());
            sessions.extend(paths.map(|path| (day.date.clone(), path)));
            outcome = self
                .tell(LibraryEvent::Day(day))
                .and_then(|()| self.look_up());
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
            return self.tell(LibraryEvent::NotListed { path: folder, why });
        }
        for (date, session) in sessions {
            if self.is_given_up() {
                return Ok(());
            }
            match read_pnls(&disk, &session) {
                Ok(pnls) => self.tell(LibraryEvent::Pnls { session, pnls })?,
                // Its index did not know: it has been damaged since.
                Err(why) => self.tell(LibraryEvent::Day(LibraryDay {
                    date,
                    unreadable: vec![(session, why)],
                    ..LibraryDay::default()
                }))?,
            }
            self.look_up()?;
        }
        if self.is_given_up() {
            return Ok(());
        }
        self.tell(LibraryEvent::Listed(folder))
    }

    /// Looks whether somebody waits: a file is opened at once, the rest comes later.
    fn look_up(&mut self) -> Result<(), ReceiverGone> {
        loop {
            match self.asked.try_recv().map(LibraryRequest::resolved) {
                Ok(LibraryRequest::Open { path, out }) => self.open(path, out.as_deref())?,
                Ok(ask) => {
                    // Only the last folder is still wanted, and no index twice.
                    self.later.retain(|other| match (other, &ask) {
                        (LibraryRequest::List(_), LibraryRequest::List(_)) => false,
                        (LibraryRequest::Rebuild(other), LibraryRequest::Rebuild(folder)) => {
                            other != folder
                        }
                        _ => true,
                    });
                    self.later.push_back(ask);
                }
                Err(TryRecvError::Empty) => return Ok(()),
                Err(TryRecvError::Disconnected) => return Err(ReceiverGone),
            }
        }
    }

    /// Whether another folder is wanted now.
    fn is_given_up(&self) -> bool {
        self.later
            .iter()
            .any(|ask| matches!(ask, LibraryRequest::List(_)))
    }

    fn rebuild(&mut self, path: PathBuf) -> Result<(), ReceiverGone> {
        let disk = self.disk.clone();
        let mut outcome = Ok(());
        let rebuilt = lock(&disk, &path).and_then(|lock| {
            rebuild_days(&disk, &path, &lock, &mut |_day| {
                outcome = self.look_up();
                match outcome {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(ReceiverGone) => ControlFlow::Break(()),
                }
            })
        });
        outcome?;
        match rebuilt {
            Ok(()) => self.tell(LibraryEvent::Rebuilt(path)),
            Err(why) => self.tell(LibraryEvent::NotRebuilt { path, why }),
        }
    }

    fn open(&mut self, path: PathBuf, out: Option<&Path>) -> Result<(), ReceiverGone> {
        match opened(&self.disk, &path, out) {
            Ok(opened) => self.tell(LibraryEvent::Opened(Box::new(opened))),
            Err(why) => self.tell(LibraryEvent::NotOpened { path, why }),
        }
    }
}

/// Takes the right to write to a folder of recordings; the error says what is wrong and what to do.
fn lock(disk: &dyn Disk, folder: &Path) -> Result<FolderLock, String> {
    let shown = paths::text(folder);
    match is_of_recordings(disk, folder) {
        Ok(true) => {}
        Ok(false) => {
            return Err(format!(
                "{shown} has no days and so no index: nothing to do"
            ));
        }
        Err(why) => return Err(format!("cannot read {shown}: {why}; choose another folder")),
    }
    FolderLock::acquire(folder).map_err(|error| match &error {
        FolderError::Held { holder, .. } => format!(
            "{shown} is being recorded to by {holder}, which keeps its index; stop that one or choose another source here, then build it anew"
        ),
        FolderError::NotWritable { why, .. } => {
            format!("cannot write to {shown}: {why}; make the folder writable")
        }
        FolderError::DanglingLink { .. } | FolderError::InTheWay { .. } => error.in_the_window(),
    })
}

fn opened<D: Disk + Clone>(
    disk: &D,
    path: &Path,
    out: Option<&Path>,
) -> Result<OpenedReplay, String> {
    let (timeline, faults) = match library::open(disk, path)? {
        RecordingFile::Game(file) => (Timeline::of_game(file), Vec::new()),
        RecordingFile::PythonRecording(original) => {
            let faults = original.faults();
            (Timeline::of_game(original.file), faults)
        }
        RecordingFile::Session(session) => {
            let finder = GameFinder::beside(disk.clone(), path, out);
            let (watched, faults) = games_during(disk, path, &session);
            let timeline = Timeline::of_session(session, &mut |id| finder.find(id), watched);
            let timeline = timeline.ok_or_else(|| {
                format!(
                    "{} has no game in it: there is nothing to play",
                    paths::text(path)
                )
            })?;
            (timeline, faults)
        }
    };
    let name = path.file_name().unwrap_or_default();
    Ok(OpenedReplay {
        path: path.to_owned(),
        timeline: Arc::new(timeline),
        name: name.to_string_lossy().into_owned(),
        faults,
    })
}
