//! The thread that owns the recorder. What it has not taken yet waits in a queue whose limit is in bytes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::{Disk, Recorder, Saved, Trouble};
use crate::game::GameEvent;

/// What may wait for a disk that does not answer.
const MAX_QUEUED_BYTES: usize = 64 << 20;
/// What an event takes in memory, roughly; a complete game takes this for each tick, too.
const EVENT_BYTES: usize = 160;
/// How long the thread waits for news before it looks at the clock.
const CLOCK_EVERY: Duration = Duration::from_millis(100);
/// Events taken before they are written together.
const BATCH: usize = 4_096;

/// What the recorder is doing, for the screen. The recorder is the one owner of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecorderState {
    /// Games published since the start, each counted once.
    pub saved_games: u64,
    /// Why nothing reaches the disk; `None` while recording.
    pub trouble: Option<Trouble>,
    /// Events that the queue could not take: something is missing in what was recorded.
    pub refused_events: u64,
    /// Games that were lost because the disk took nothing and memory was full.
    pub lost_games: u64,
}

/// The recorder on its own thread.
#[derive(Debug)]
pub struct Writer {
    events: Option<Sender<GameEvent>>,
    queued: Arc<AtomicUsize>,
    tell: watch::Sender<RecorderState>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread; each published game is told on `saved` (when nobody takes them, they are dropped).
    pub fn start<D: Disk + 'static>(
        recorder: Recorder<D>,
        saved: mpsc::Sender<Saved>,
    ) -> io::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "limited in bytes by `queued`")]
        let (events, inbox) = std::sync::mpsc::channel();
        let tell = watch::Sender::new(RecorderState::default());
        let queued = Arc::default();
        let mut thread = Thread {
            recorder,
            inbox,
            saved,
            tell: tell.clone(),
            queued: Arc::clone(&queued),
            started: Instant::now(),
        };
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || thread.run())?;
        Ok(Self {
            events: Some(events),
            queued,
            tell,
            thread: Some(thread),
        })
    }

    /// Hands an event over; false if it was refused, which the state says at once.
    pub fn send(&self, event: GameEvent) -> bool {
        let size = size_of_event(&event);
        let queued = self.queued.fetch_add(size, Ordering::Relaxed);
        let refused = if queued + size > MAX_QUEUED_BYTES {
            Some("the disk does not answer and the queue before it is full; check the disk")
        } else {
            let events = self.events.as_ref();
            let sent = events.is_some_and(|events| events.send(event).is_ok());
            (!sent).then_some("the recorder has ended; start the program anew")
        };
        let Some(why) = refused else { return true };
        self.queued.fetch_sub(size, Ordering::Relaxed);
        self.tell.send_modify(|state| {
            state.refused_events += 1;
            state.trouble = Some(Trouble {
                what: why.to_owned(),
                lost_games: state.lost_games,
            });
        });
        false
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
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            let what = "the recorder panicked; start the program anew, it goes on from the journal";
            tracing::error!("NOT RECORDING: {what}");
            self.tell.send_modify(|state| {
                state.trouble = Some(Trouble {
                    what: what.to_owned(),
                    lost_games: state.lost_games,
                });
            });
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}

struct Thread<D: Disk> {
    recorder: Recorder<D>,
    inbox: Receiver<GameEvent>,
    saved: mpsc::Sender<Saved>,
    tell: watch::Sender<RecorderState>,
    queued: Arc<AtomicUsize>,
    started: Instant,
}

impl<D: Disk> Thread<D> {
    fn run(&mut self) {
        loop {
            let open = match self.inbox.recv_timeout(CLOCK_EVERY) {
                Ok(event) => {
                    self.take(event);
                    for event in self.inbox.try_iter().take(BATCH - 1).collect::<Vec<_>>() {
                        self.take(event);
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
            if !open {
                return;
            }
        }
    }

    fn take(&mut self, event: GameEvent) {
        self.queued
            .fetch_sub(size_of_event(&event), Ordering::Relaxed);
        self.recorder.take(event);
    }

    fn report(&mut self) {
        let saved = self.recorder.take_saved();
        let new_games = saved.iter().filter(|saved| !saved.again).count() as u64;
        for saved in saved {
            if let Err(mpsc::error::TrySendError::Full(saved)) = self.saved.try_send(saved) {
                tracing::warn!(file = %saved.path.display(), "nobody takes the news of saved games; the file is there");
            }
        }
        let lost_games = self.recorder.lost_games();
        let trouble = self.recorder.trouble().cloned();
        self.tell.send_if_modified(|state| {
            let saved_games = state.saved_games + new_games;
            let now = RecorderState {
                saved_games,
                trouble,
                lost_games,
                ..state.clone()
            };
            let changed = *state != now;
            *state = now;
            changed
        });
    }
}

fn size_of_event(event: &GameEvent) -> usize {
    match event {
        GameEvent::GameComplete(game) => EVENT_BYTES * (game.prices.len() / 4 + 8),
        GameEvent::Revealed { entry, .. } => {
            EVENT_BYTES * (entry.prices.as_ref().map_or(0, Vec::len) / 4 + 8)
        }
        _ => EVENT_BYTES,
    }
}
