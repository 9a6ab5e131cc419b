//! The thread that owns the recorder. What it has not taken yet waits in a queue whose limit is in bytes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::{Disk, Recorder, RecorderEvent, RecorderInput, Trouble};
use crate::account::SessionEvent;
use crate::game::GameEvent;

/// What may wait for a disk that does not answer.
const MAX_QUEUED_BYTES: usize = 64 << 20;
/// What an event takes in memory, roughly; a complete game takes this for each tick, too.
const EVENT_BYTES: usize = 160;
/// What a row of a session takes.
const ROW_BYTES: usize = 1_024;
/// How long the thread waits for news before it looks at the clock.
const CLOCK_EVERY: Duration = Duration::from_millis(100);
/// Why nothing is taken any more.
const ENDED: &str = "the recorder has ended; start the program anew";
/// Events taken before they are written together.
const BATCH: usize = 4_096;

/// What the recorder is doing, for the screen. The recorder is the one owner of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecorderState {
    /// Games published since the start, each counted once.
    pub saved_games: u64,
    /// Sessions published since the start.
    pub saved_sessions: u64,
    /// Why nothing reaches the disk; `None` while recording.
    pub trouble: Option<Trouble>,
    /// Events that the queue could not take: something is missing in what was recorded.
    pub refused_events: u64,
    /// Games that were lost because the disk took nothing and memory was full.
    pub lost_games: u64,
    /// Actions that were lost for the same reason.
    pub lost_actions: u64,
    /// Free megabytes of the disk when they are few: below 500, until there are 600 again.
    pub low_space: Option<u64>,
}

impl RecorderState {
    /// Returns what is missing in the recordings, in words; `None` when nothing is.
    pub fn lost(&self) -> Option<String> {
        let lost = [
            (self.lost_games, "game"),
            (self.lost_actions, "action"),
            (self.refused_events, "event"),
        ];
        let words = lost.iter().filter(|(n, _)| *n > 0).map(|(n, what)| {
            let plural = if *n == 1 { "" } else { "s" };
            format!("{n} {what}{plural}")
        });
        let words: Vec<_> = words.collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// The recorder on its own thread.
#[derive(Debug)]
pub struct Writer {
    events: Option<Sender<RecorderInput>>,
    queued: Arc<AtomicUsize>,
    /// Entries that were handed over and are not on the disk and told yet.
    open: Arc<AtomicUsize>,
    tell: watch::Sender<RecorderState>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread; what is recorded is told on `news` (when nobody takes it, it is dropped).
    pub fn start<D: Disk + 'static>(
        recorder: Recorder<D>,
        news: mpsc::Sender<RecorderEvent>,
    ) -> io::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "limited in bytes by `queued`")]
        let (events, inbox) = std::sync::mpsc::channel();
        let tell = watch::Sender::new(RecorderState::default());
        let queued = Arc::default();
        let open = Arc::default();
        let mut thread = WriterLoop {
            recorder,
            inbox,
            news,
            tell: tell.clone(),
            queued: Arc::clone(&queued),
            open: Arc::clone(&open),
            started: Instant::now(),
            unread: false,
        };
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || thread.run())?;
        Ok(Self {
            events: Some(events),
            queued,
            open,
            tell,
            thread: Some(thread),
        })
    }

    /// Hands something over; false if it was refused, which the state says at once.
    pub fn send(&self, entry: impl Into<RecorderInput>) -> bool {
        let entry = entry.into();
        let size = size_of(&entry);
        let queued = self.queued.fetch_add(size, Ordering::Relaxed);
        let refused = if queued + size > MAX_QUEUED_BYTES {
            Some("the disk does not answer and the queue before it is full; check the disk")
        } else {
            let events = self.events.as_ref();
            self.open.fetch_add(1, Ordering::Relaxed);
            let sent = events.is_some_and(|events| events.send(entry).is_ok());
            if !sent {
                self.open.fetch_sub(1, Ordering::Relaxed);
            }
            (!sent).then_some(ENDED)
        };
        let Some(why) = refused else { return true };
        self.queued.fetch_sub(size, Ordering::Relaxed);
        self.tell.send_modify(|state| {
            state.refused_events += 1;
            if why == ENDED && state.trouble.is_some() {
                return; // Why it ended is told already.
            }
            state.trouble = Some(Trouble {
                what: why.to_owned(),
                lost_games: state.lost_games,
                lost_actions: state.lost_actions,
            });
        });
        false
    }

    /// Returns how many bytes wait for the thread, roughly.
    pub fn queued_bytes(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Whether everything that was handed over has been written, or could not be, and its news are told.
    pub fn is_idle(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }

    /// Returns the state, to be watched.
    pub fn state(&self) -> watch::Receiver<RecorderState> {
        self.tell.subscribe()
    }

    /// Brings everything to the disk and ends the thread; returns its last state.
    pub fn stop(&mut self) -> RecorderState {
        self.end();
        self.tell.borrow().clone()
    }

    fn end(&mut self) {
        self.events = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok(); // If it panicked it has said so.
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
    news: mpsc::Sender<RecorderEvent>,
    tell: watch::Sender<RecorderState>,
    queued: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    started: Instant,
    /// Nobody takes the news, and that was told.
    unread: bool,
}

/// A recorder that panics says so at once: until the end of the program nobody else looks at the thread.
impl<D: Disk> Drop for WriterLoop<D> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let what = "the recorder panicked; start the program anew, it goes on from the journal";
        tracing::error!("NOT RECORDING: {what}");
        self.tell.send_modify(|state| {
            state.trouble = Some(Trouble {
                what: what.to_owned(),
                lost_games: state.lost_games,
                lost_actions: state.lost_actions,
            });
        });
    }
}

impl<D: Disk> WriterLoop<D> {
    fn run(&mut self) {
        loop {
            let mut taken = 0;
            let open = match self.inbox.recv_timeout(CLOCK_EVERY) {
                Ok(event) => {
                    self.take(event);
                    taken = 1;
                    for event in self.inbox.try_iter().take(BATCH - 1).collect::<Vec<_>>() {
                        self.take(event);
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

    fn take(&mut self, entry: RecorderInput) {
        self.queued.fetch_sub(size_of(&entry), Ordering::Relaxed);
        self.recorder.take(entry);
    }

    fn report(&mut self) {
        let news = self.recorder.take_news();
        let is_new_game =
            |news: &&RecorderEvent| matches!(news, RecorderEvent::Game(saved) if !saved.again);
        let new_games = news.iter().filter(is_new_game).count() as u64;
        let is_session = |news: &&RecorderEvent| matches!(news, RecorderEvent::Session(_));
        let new_sessions = news.iter().filter(is_session).count() as u64;
        for news in news {
            let full = matches!(
                self.news.try_send(news),
                Err(mpsc::error::TrySendError::Full(_))
            );
            if full && !self.unread {
                tracing::warn!(
                    "nobody takes the news of the recorder; everything is recorded all the same"
                );
            }
            self.unread = full;
        }
        let lost_games = self.recorder.lost_games();
        let lost_actions = self.recorder.lost_actions();
        let low_space = self.recorder.low_space();
        let trouble = self.recorder.trouble().cloned();
        self.tell.send_if_modified(|state| {
            let saved_games = state.saved_games + new_games;
            let now = RecorderState {
                saved_games,
                saved_sessions: state.saved_sessions + new_sessions,
                trouble,
                lost_games,
                lost_actions,
                low_space,
                ..state.clone()
            };
            let changed = *state != now;
            *state = now;
            changed
        });
    }
}

fn size_of(entry: &RecorderInput) -> usize {
    match entry {
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
