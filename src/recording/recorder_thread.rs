//! The thread that owns the recorder, with a queue before it that is limited in bytes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::events::{RecorderEvent, RecorderInput, RecorderState};
use super::recorder::Recorder;
use crate::account::SessionEvent;
use crate::background;
use crate::disk::Disk;
use crate::game::GameEvent;

/// The limit of the queue: for a disk that does not answer.
const MAX_QUEUED_BYTES: usize = 64 << 20;
/// About the memory of an event; a complete game takes it for every four ticks.
const EVENT_BYTES: usize = 160;
/// About the memory of a row of a session.
const ROW_BYTES: usize = 1_024;
/// How long the thread waits for input before it does what is due.
const CLOCK_EVERY: Duration = Duration::from_millis(100);
/// The trouble after the thread ended.
const ENDED: &str = "the recorder has ended; restart the program";
/// Events taken before they are written together.
const BATCH: usize = 4_096;

/// The recorder on its own thread.
#[derive(Debug)]
pub struct Writer {
    inputs: Option<Sender<RecorderInput>>,
    queued: Arc<AtomicUsize>,
    /// The number of inputs that are not written and reported yet.
    open: Arc<AtomicUsize>,
    state: watch::Sender<RecorderState>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. It sends what is recorded on `events`; events are dropped if the receiver does not take them.
    ///
    /// # Errors
    ///
    /// The system starts no thread.
    pub fn start<D: Disk + 'static>(
        recorder: Recorder<D>,
        events: mpsc::Sender<RecorderEvent>,
    ) -> io::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "limited in bytes by `queued`")]
        let (inputs, inbox) = std::sync::mpsc::channel();
        let state = watch::Sender::new(RecorderState::default());
        let queued = Arc::default();
        let open = Arc::default();
        let mut thread = WriterLoop {
            recorder,
            inbox,
            events,
            state: state.clone(),
            queued: Arc::clone(&queued),
            open: Arc::clone(&open),
            started: Instant::now(),
            unread: false,
        };
        let thread = background::spawn("recorder", move || thread.run())?;
        Ok(Self {
            inputs: Some(inputs),
            queued,
            open,
            state,
            thread: Some(thread),
        })
    }

    /// Sends an input to the recorder; false if it was refused, which the state reports at once.
    pub fn send(&self, input: impl Into<RecorderInput>) -> bool {
        let input = input.into();
        let size = size_of(&input);
        let queued = self.queued.fetch_add(size, Ordering::Relaxed);
        let refused = if queued + size > MAX_QUEUED_BYTES {
            Some("the disk does not answer and the queue before it is full; check the disk")
        } else {
            let inputs = self.inputs.as_ref();
            self.open.fetch_add(1, Ordering::Relaxed);
            let sent = inputs.is_some_and(|inputs| inputs.send(input).is_ok());
            if !sent {
                self.open.fetch_sub(1, Ordering::Relaxed);
            }
            (!sent).then_some(ENDED)
        };
        let Some(why) = refused else { return true };
        self.queued.fetch_sub(size, Ordering::Relaxed);
        self.state.send_modify(|state| {
            state.refused_events += 1;
            if why == ENDED && state.trouble.is_some() {
                return; // The reason why it ended stays.
            }
            state.trouble = Some(why.to_owned());
        });
        false
    }

    /// Returns about how many bytes wait in the queue.
    pub fn queued_bytes(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Whether every input has been written, or could not be, and its events are sent.
    pub fn is_idle(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }

    /// Returns a receiver of the state.
    pub fn state(&self) -> watch::Receiver<RecorderState> {
        self.state.subscribe()
    }

    /// Writes everything, ends the thread and returns the last state.
    pub fn stop(&mut self) -> RecorderState {
        self.end();
        self.state.borrow().clone()
    }

    fn end(&mut self) {
        self.inputs = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok(); // A panic has been reported by the thread itself.
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}

struct WriterLoop<D: Disk> {
    recorder: Recorder<D>,
    inbox: Receiver<RecorderInput>,
    events: mpsc::Sender<RecorderEvent>,
    state: watch::Sender<RecorderState>,
    queued: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    started: Instant,
    /// The receiver does not take the events, and that was logged.
    unread: bool,
}

/// Reports a panic at once: the thread is joined only at the end of the program.
impl<D: Disk> Drop for WriterLoop<D> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let what = "the recorder panicked; restart the program, it continues from the journal";
        tracing::error!("NOT RECORDING: {what}");
        self.state
            .send_modify(|state| state.trouble = Some(what.to_owned()));
    }
}

impl<D: Disk> WriterLoop<D> {
    fn run(&mut self) {
        loop {
            let mut taken = 0;
            let open = match self.inbox.recv_timeout(CLOCK_EVERY) {
                Ok(input) => {
                    self.take(input);
                    taken = 1;
                    for input in self.inbox.try_iter().take(BATCH - 1).collect::<Vec<_>>() {
                        self.take(input);
                        taken += 1;
                    }
                    true
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => false,
            };
            if open {
                self.recorder.write();
                self.recorder.clock(self.started.elapsed());
            } else {
                self.recorder.finish();
            }
            self.report();
            self.open.fetch_sub(taken, Ordering::Release);
            if !open {
                return;
            }
        }
    }

    fn take(&mut self, input: RecorderInput) {
        self.queued.fetch_sub(size_of(&input), Ordering::Relaxed);
        self.recorder.take(input);
    }

    fn report(&mut self) {
        for event in self.recorder.take_events() {
            let full = matches!(
                self.events.try_send(event),
                Err(mpsc::error::TrySendError::Full(_))
            );
            if full && !self.unread {
                tracing::warn!(
                    "the events of the recorder are not read; everything is recorded all the same"
                );
            }
            self.unread = full;
        }
        self.state.send_if_modified(|state| {
            let now = RecorderState {
                refused_events: state.refused_events,
                ..self.recorder.state().clone()
            };
            let changed = *state != now;
            *state = now;
            changed
        });
    }
}

fn size_of(input: &RecorderInput) -> usize {
    match input {
        RecorderInput::Game(GameEvent::GameComplete(game)) => {
            EVENT_BYTES * (game.prices.len() / 4 + 8)
        }
        RecorderInput::Game(GameEvent::Revealed { entry, .. }) => {
            EVENT_BYTES * (entry.prices.as_ref().map_or(0, Vec::len) / 4 + 8)
        }
        RecorderInput::Session(SessionEvent::Action { .. } | SessionEvent::Drifted { .. }) => {
            ROW_BYTES
        }
        RecorderInput::Game(_) | RecorderInput::Session(_) | RecorderInput::Collect(_) => {
            EVENT_BYTES
        }
    }
}
