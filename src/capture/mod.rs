//! The raw capture: everything that goes over the connection, in both directions, into files that the practice table
//! plays back. What went wrong at a user's becomes a fixture.
//!
//! Owns the switch, the queue to the thread that writes, and what is taken. What is removed from it is decided in
//! [`redact`], how a line looks in [`mod@line`], where it goes in [`files`].
//!
//! It never waits for the disk and harms nobody: what does not fit into the queue is counted, and a line says so.

mod files;
mod line;
mod redact;
pub(crate) mod secrets;
mod shelf;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod writer;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
#[cfg(test)]
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;

pub use shelf::{Folder, Shelf};
pub(crate) use text::is_hidden;

use files::Files;
pub(crate) use line::is_trace;
use line::{Piece, What};
use redact::Redactor;
use secrets::Secrets;

/// The name of the thread that writes.
const THREAD: &str = "feed-capture";
/// Name of the folder of captures inside the recordings' folder; the library and the recovery pass it over.
const FOLDER: &str = ".captures";
/// The request that logs in; nothing of its payload is written.
pub(super) const LOGIN: &str = "authenticate";
/// How long the end of the feed waits for the last lines.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Where captures go, and how much of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The folder of the files; made when it is needed.
    pub folder: PathBuf,
    /// Whether it is on from the start.
    pub on: bool,
    /// The longest file, in bytes: 64 MB.
    pub file_bytes: u64,
    /// How many files are kept, the newest: 8, which makes 512 MB.
    pub files: usize,
    /// Pieces that may wait for the disk.
    pub queue: usize,
    /// About how many bytes may wait for the disk: 64 MB.
    pub queue_bytes: usize,
    /// The pause after the disk took nothing.
    pub retry: Duration,
}

impl Capture {
    /// Returns the capture beside recordings, in their folder `.captures`.
    pub fn beside(recordings: &std::path::Path, on: bool) -> Self {
        Self {
            folder: recordings.join(FOLDER),
            on,
            file_bytes: 64_000_000,
            files: 8,
            queue: 4_096,
            queue_bytes: 64_000_000,
            retry: Duration::from_secs(5),
        }
    }
}

/// What the capture does now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaptureState {
    /// It is on.
    pub on: bool,
    /// The file that is written to.
    pub file: Option<PathBuf>,
    /// Its length in bytes.
    pub bytes: u64,
    /// Pieces that are in no file: the disk did not keep up, or took nothing.
    pub lost: u64,
    /// Why nothing is written, if so. It is tried again.
    pub trouble: Option<String>,
}

/// The tap on the connection. Off, it costs a look at a flag.
#[derive(Clone)]
pub struct WireTap(Arc<Inner>);

struct Inner {
    plan: Option<Capture>,
    make_shelf: fn() -> Box<dyn Shelf>,
    on: AtomicBool,
    /// The server has agreed, and the connection is not over.
    connected: AtomicBool,
    lane: Mutex<Option<Lane>>,
    /// The end of the writer that was switched off last: it may still have something to write.
    ending: Mutex<Option<Receiver<()>>>,
    secrets: Secrets,
    state: watch::Sender<CaptureState>,
}

/// The way to the thread that writes.
struct Lane {
    queue: SyncSender<Piece>,
    room: Arc<Room>,
    /// Nothing is ever sent: it ends with the thread.
    ended: Receiver<()>,
}

/// What waits, and what did not fit.
#[derive(Debug, Default)]
struct Room {
    bytes: AtomicUsize,
    /// Lost since the last piece that fitted.
    gap: AtomicU64,
    lost: AtomicU64,
}

impl std::fmt::Debug for WireTap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WireTap")
            .field("plan", &self.0.plan)
            .finish_non_exhaustive()
    }
}

impl Default for WireTap {
    fn default() -> Self {
        Self::new(None, Secrets::default())
    }
}

impl WireTap {
    /// Returns a tap that is off; without a plan it stays off.
    pub(super) fn new(plan: Option<Capture>, secrets: Secrets) -> Self {
        Self::with_shelf(plan, secrets, || Box::new(Folder))
    }

    fn with_shelf(
        plan: Option<Capture>,
        secrets: Secrets,
        make_shelf: fn() -> Box<dyn Shelf>,
    ) -> Self {
        Self(Arc::new(Inner {
            plan,
            make_shelf,
            on: AtomicBool::new(false),
            connected: AtomicBool::new(false),
            lane: Mutex::default(),
            ending: Mutex::default(),
            secrets,
            state: watch::Sender::new(CaptureState::default()),
        }))
    }

    /// Switches it on or off. Never waits: a disk that hangs is told by [`Self::state`].
    pub fn switch(&self, on: bool) {
        let mut lane = lock(&self.0.lane);
        if on == lane.is_some() {
            return;
        }
        if !on {
            self.0.on.store(false, Ordering::SeqCst);
            // Without a sender the thread writes what waits and ends.
            let ended = lane.take().map(|lane| lane.ended);
            *lock(&self.0.ending) = ended;
            self.0.state.send_modify(|state| state.on = false);
            return;
        }
        let trouble = match self.start() {
            Ok(started) => {
                *lane = Some(started);
                self.0.on.store(true, Ordering::SeqCst);
                None
            }
            Err(why) => {
                tracing::warn!("no raw capture: {why}");
                Some(why.to_string())
            }
        };
        self.0.state.send_modify(|state| {
            state.on = lane.is_some();
            state.trouble = trouble;
        });
    }

    fn start(&self) -> io::Result<Lane> {
        let none = || io::Error::new(io::ErrorKind::Unsupported, "it has no folder here");
        let plan = self.0.plan.clone().ok_or_else(none)?;
        let still_writes = |ended: &Receiver<()>| {
            matches!(
                ended.recv_timeout(Duration::ZERO),
                Err(RecvTimeoutError::Timeout)
            )
        };
        if lock(&self.0.ending).as_ref().is_some_and(still_writes) {
            return Err(io::Error::new(
                io::ErrorKind::ResourceBusy,
                "the capture before is still being written; try again in a moment",
            ));
        }
        let (queue, pieces) = sync_channel(plan.queue.max(1));
        let (ends, ended) = sync_channel(1);
        let room = Arc::new(Room::default());
        let redactor = Redactor::new(self.0.secrets.clone());
        let connected = self.0.connected.load(Ordering::SeqCst);
        let files = Files::new((self.0.make_shelf)(), plan, crate::clock::now(), connected);
        self.0.state.send_replace(CaptureState {
            on: true,
            ..CaptureState::default()
        });
        let (theirs, state) = (Arc::clone(&room), self.0.state.clone());
        std::thread::Builder::new()
            .name(THREAD.to_owned())
            .spawn(move || {
                let _ends = ends;
                writer::write_all(&pieces, &theirs, &redactor, files, &state);
            })?;
        Ok(Lane { queue, room, ended })
    }

    /// Returns what it does now.
    pub fn state(&self) -> CaptureState {
        let mut state = self.0.state.borrow().clone();
        let lane = lock(&self.0.lane);
        state.on = lane.is_some();
        if let Some(lane) = &*lane {
            state.lost += lane.room.lost.load(Ordering::SeqCst);
        }
        state
    }

    /// Switches it off and waits for the last lines, but not for a disk that hangs.
    pub(super) fn finish(&self) {
        self.switch(false);
        let Some(ended) = lock(&self.0.ending).take() else {
            return;
        };
        if let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LAST_LINES) {
            tracing::warn!(
                "the disk does not take the end of the raw capture; it is left as it is"
            );
        }
    }

    /// The server has agreed.
    pub(super) fn up(&self, at: DateTime<Utc>) {
        self.0.connected.store(true, Ordering::SeqCst);
        self.put(at, 0, || What::Up);
    }

    /// The connection is over.
    pub(super) fn down(&self, at: DateTime<Utc>, why: &crate::feed::Why) {
        self.0.connected.store(false, Ordering::SeqCst);
        self.put(at, 0, || What::Down {
            why: why.to_string(),
        });
    }

    /// Whether anything is taken. Whoever has to copy something for the tap asks first.
    pub(super) fn is_on(&self) -> bool {
        self.0.on.load(Ordering::SeqCst)
    }

    /// The server sent an event.
    pub(super) fn event(&self, at: DateTime<Utc>, name: String, args: Vec<Value>) {
        let weight = weight_of(&args);
        self.put(at, weight, || What::Event { name, args });
    }

    /// The server sent an event with binary content, which nobody reads.
    pub(super) fn binary(&self, at: DateTime<Utc>, name: &str) {
        self.put(at, name.len(), || What::Binary {
            name: name.to_owned(),
        });
    }

    /// We send an event; with `ack` an answer is expected.
    pub(super) fn sent(&self, name: &str, args: &[Value], ack: Option<u64>) {
        if self.is_on() {
            self.put(crate::clock::now(), weight_of(args), || What::Sent {
                name: name.to_owned(),
                args: args.to_vec(),
                ack,
            });
        }
    }

    /// The server answered.
    pub(super) fn answered(&self, ack: u64, args: &[Value]) {
        if self.is_on() {
            self.put(crate::clock::now(), weight_of(args), || What::Answer {
                ack,
                args: args.to_vec(),
            });
        }
    }

    /// Puts a piece into the queue if there is room.
    fn put(&self, at: DateTime<Utc>, weight: usize, what: impl FnOnce() -> What) {
        if !self.is_on() {
            return;
        }
        let lane = lock(&self.0.lane);
        let (Some(lane), Some(plan)) = (&*lane, &self.0.plan) else {
            return;
        };
        let room = &lane.room;
        let waiting = room.bytes.fetch_add(weight, Ordering::SeqCst);
        let lost_before = room.gap.swap(0, Ordering::SeqCst);
        let fits = waiting.saturating_add(weight) <= plan.queue_bytes;
        let sent = fits.then(|| {
            lane.queue.try_send(Piece {
                at,
                weight,
                lost_before,
                what: what(),
            })
        });
        match sent {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => {
                room.bytes.fetch_sub(weight, Ordering::SeqCst);
                room.gap.fetch_add(lost_before + 1, Ordering::SeqCst);
                room.lost.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Waits until a test's wish about the state is true.
    #[cfg(test)]
    fn until(&self, wanted: impl Fn(&CaptureState) -> bool) -> CaptureState {
        let start = Instant::now();
        loop {
            let state = self.state();
            if wanted(&state) {
                return state;
            }
            assert!(start.elapsed() < Duration::from_mins(1), "{state:?}");
            std::thread::yield_now();
        }
    }
}

/// About how much memory values take, in bytes.
fn weight_of(values: &[Value]) -> usize {
    const EACH: usize = 32;
    let one = |value: &Value| match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => EACH,
        Value::String(text) => EACH + text.len(),
        Value::Array(items) => EACH + weight_of(items),
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| {
                EACH + key.len() + weight_of(std::slice::from_ref(value))
            };
            EACH + fields.iter().map(field).sum::<usize>()
        }
    };
    values.iter().map(one).sum()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
