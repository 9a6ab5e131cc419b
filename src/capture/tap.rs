//! The tap of the raw capture: takes everything that the connection carries, in both directions.
//!
//! Owns the switch and the queue to the thread that writes. It never waits for the disk: a record that does not fit into
//! the queue is counted, and a line in the file says so.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;

use super::config::{CaptureConfig, CaptureState};
use super::files::CaptureFiles;
use super::line::{CaptureEvent, CaptureRecord};
use super::redact::Redactor;
use super::secrets::Secrets;
use super::writer::{QueueUsage, write_all};
use crate::background;
use crate::disk::{Disk, RealDisk};
use crate::protocol::pace::{TABLE_EVENT, is_control_event};

/// The name of the thread that writes.
const THREAD: &str = "feed-capture";
/// How long the end of the feed waits for the last lines.
const LAST_LINES: Duration = Duration::from_secs(2);

/// The raw capture of a connection. While off, it only checks a flag.
#[derive(Clone)]
pub struct CaptureTap(Arc<TapState>);

struct TapState {
    config: Option<CaptureConfig>,
    make_disk: fn() -> Box<dyn Disk>,
    on: AtomicBool,
    /// The connection is up.
    connected: AtomicBool,
    writer_handle: Mutex<Option<WriterHandle>>,
    /// The end of the writer that was last switched off: it may still be writing.
    ending: Mutex<Option<Receiver<()>>>,
    secrets: Secrets,
    state: watch::Sender<CaptureState>,
}

/// The handle of the thread that writes.
struct WriterHandle {
    queue: SyncSender<CaptureRecord>,
    usage: Arc<QueueUsage>,
    /// Carries no message: it closes when the thread ends.
    ended: Receiver<()>,
}

impl std::fmt::Debug for CaptureTap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaptureTap")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

impl Default for CaptureTap {
    fn default() -> Self {
        Self::new(None, Secrets::default())
    }
}

impl CaptureTap {
    /// Returns a tap that is off; without `config` it stays off.
    pub(crate) fn new(config: Option<CaptureConfig>, secrets: Secrets) -> Self {
        Self::with_disk(config, secrets, || Box::new(RealDisk))
    }

    pub(super) fn with_disk(
        config: Option<CaptureConfig>,
        secrets: Secrets,
        make_disk: fn() -> Box<dyn Disk>,
    ) -> Self {
        Self(Arc::new(TapState {
            config,
            make_disk,
            on: AtomicBool::new(false),
            connected: AtomicBool::new(false),
            writer_handle: Mutex::default(),
            ending: Mutex::default(),
            secrets,
            state: watch::Sender::new(CaptureState::default()),
        }))
    }

    /// Switches the capture on or off. It never waits; [`Self::state`] shows a disk that hangs.
    pub fn switch(&self, on: bool) {
        let mut writer_handle = lock(&self.0.writer_handle);
        if on == writer_handle.is_some() {
            return;
        }
        if !on {
            self.0.on.store(false, Ordering::SeqCst);
            // Without a sender the thread writes the waiting records and ends.
            let ended = writer_handle
                .take()
                .map(|writer_handle| writer_handle.ended);
            *lock(&self.0.ending) = ended;
            self.0.state.send_modify(|state| state.on = false);
            return;
        }
        let trouble = match self.start() {
            Ok(started) => {
                *writer_handle = Some(started);
                self.0.on.store(true, Ordering::SeqCst);
                None
            }
            Err(why) => {
                tracing::warn!("no raw capture: {why}");
                Some(why.to_string())
            }
        };
        self.0.state.send_modify(|state| {
            state.on = writer_handle.is_some();
            state.trouble = trouble;
        });
    }

    fn start(&self) -> io::Result<WriterHandle> {
        let none = || io::Error::new(io::ErrorKind::Unsupported, "it has no folder here");
        let config = self.0.config.clone().ok_or_else(none)?;
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
        let (queue, pieces) = sync_channel(config.queue.max(1));
        let (ends, ended) = sync_channel(1);
        let usage = Arc::new(QueueUsage::default());
        let redactor = Redactor::new(self.0.secrets.clone());
        let connected = self.0.connected.load(Ordering::SeqCst);
        let files = CaptureFiles::new((self.0.make_disk)(), config, crate::clock::now(), connected);
        self.0.state.send_replace(CaptureState {
            on: true,
            ..CaptureState::default()
        });
        let (theirs, state) = (Arc::clone(&usage), self.0.state.clone());
        background::spawn(THREAD, move || {
            let _ends = ends;
            write_all(&pieces, &theirs, &redactor, files, &state);
        })?;
        Ok(WriterHandle {
            queue,
            usage,
            ended,
        })
    }

    /// Returns the current state.
    pub fn state(&self) -> CaptureState {
        let mut state = self.0.state.borrow().clone();
        let writer_handle = lock(&self.0.writer_handle);
        state.on = writer_handle.is_some();
        if let Some(writer_handle) = &*writer_handle {
            state.lost += writer_handle.usage.lost.load(Ordering::SeqCst);
        }
        state
    }

    /// Switches the capture off and waits for the last lines, but not for a disk that hangs.
    pub(crate) fn finish(&self) {
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

    /// Records that the connection is up.
    pub(crate) fn up(&self, at: DateTime<Utc>) {
        self.0.connected.store(true, Ordering::SeqCst);
        self.put(at, 0, || CaptureEvent::Up);
    }

    /// Records the end of the connection.
    pub(crate) fn down(&self, at: DateTime<Utc>, why: &str) {
        self.0.connected.store(false, Ordering::SeqCst);
        self.put(at, 0, || CaptureEvent::Down {
            why: why.to_owned(),
        });
    }

    /// Whether the capture is on. Callers check this before they copy anything for it.
    pub(crate) fn is_on(&self) -> bool {
        self.0.on.load(Ordering::SeqCst)
    }

    /// Records an event of the server.
    pub(crate) fn event(&self, at: DateTime<Utc>, name: String, args: Vec<Value>) {
        // Of the own events of a practice table only its description says something of the games.
        if is_control_event(&name) && name != TABLE_EVENT {
            return;
        }
        let bytes = memory_of(&args);
        self.put(at, bytes, || CaptureEvent::Event { name, args });
    }

    /// Records an event with binary content, which the program ignores.
    pub(crate) fn binary(&self, at: DateTime<Utc>, name: &str) {
        self.put(at, name.len(), || CaptureEvent::Binary {
            name: name.to_owned(),
        });
    }

    /// Records an event that we send; with `ack` it expects an answer.
    pub(crate) fn sent(&self, name: &str, args: &[Value], ack: Option<u64>) {
        if self.is_on() && !is_control_event(name) {
            self.put(crate::clock::now(), memory_of(args), || {
                CaptureEvent::Sent {
                    name: name.to_owned(),
                    args: args.to_vec(),
                    ack,
                }
            });
        }
    }

    /// Records an answer of the server.
    pub(crate) fn answered(&self, ack: u64, args: &[Value]) {
        if self.is_on() {
            self.put(crate::clock::now(), memory_of(args), || {
                CaptureEvent::Answer {
                    ack,
                    args: args.to_vec(),
                }
            });
        }
    }

    /// Queues a record if there is room.
    fn put(&self, at: DateTime<Utc>, bytes: usize, event: impl FnOnce() -> CaptureEvent) {
        if !self.is_on() {
            return;
        }
        let writer_handle = lock(&self.0.writer_handle);
        let (Some(writer_handle), Some(config)) = (&*writer_handle, &self.0.config) else {
            return;
        };
        let usage = &writer_handle.usage;
        let waiting = usage.bytes.fetch_add(bytes, Ordering::SeqCst);
        let lost_before = usage.gap.swap(0, Ordering::SeqCst);
        let fits = waiting.saturating_add(bytes) <= config.queue_bytes;
        let sent = fits.then(|| {
            writer_handle.queue.try_send(CaptureRecord {
                at,
                bytes,
                lost_before,
                event: event(),
            })
        });
        match sent {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => {
                usage.bytes.fetch_sub(bytes, Ordering::SeqCst);
                usage.gap.fetch_add(lost_before + 1, Ordering::SeqCst);
                usage.lost.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

/// Returns the approximate memory of values in bytes.
fn memory_of(values: &[Value]) -> usize {
    const EACH: usize = 32;
    let one = |value: &Value| match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => EACH,
        Value::String(text) => EACH + text.len(),
        Value::Array(items) => EACH + memory_of(items),
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| {
                EACH + key.len() + memory_of(std::slice::from_ref(value))
            };
            EACH + fields.iter().map(field).sum::<usize>()
        }
    };
    values.iter().map(one).sum()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
