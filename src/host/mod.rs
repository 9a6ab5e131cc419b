//! What runs behind the window: one source at a time, started and stopped on a thread of its own, so that the window
//! never waits. It knows no window: whoever shows something is woken by a function.

mod repaint;
mod run;
mod source;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

pub use crate::background::{ThreadEnded, Waker, next_event};
pub use run::{RunningSource, StopReport};
pub use source::{GameSource, OpenedSource};

use run::ActiveSource;

use crate::recording::UnsavedGames;
use crate::table::Speed;
use crate::trading::OrderLimits;

/// What may wait for the host: nobody changes the source faster than it stops.
const ASKED: usize = 16;

/// What is to run.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRequest {
    /// Where games come from.
    pub place: GameSource,
    /// Where they are recorded.
    pub folder: PathBuf,
    /// Every game is recorded from its start.
    pub auto_record: bool,
    /// The raw capture is on from the start.
    pub raw_capture: bool,
    /// Limits of the orders.
    pub limits: OrderLimits,
}

/// What the host is asked.
#[derive(Debug)]
enum HostCommand {
    /// Stop what runs, then start this.
    Start(Box<SourceRequest>),
    /// Run the built-in table at this speed.
    Speed(Speed),
    /// Stop what runs, and end.
    Stop,
}

/// What the host tells, in order.
#[derive(Debug)]
pub enum HostEvent {
    /// A source runs.
    Running(Box<RunningSource>),
    /// It could not be started; a text for the player. Nothing runs now.
    Failed(String),
    /// The one before was stopped, and not everything of it could be saved.
    Unsaved(String),
}

/// The way to ask the host. None of the questions waits for its outcome.
#[derive(Debug, Clone)]
pub struct HostHandle(SyncSender<HostCommand>);

impl HostHandle {
    /// Stops what runs and starts this; false when the host is gone or so busy that it does not listen.
    pub fn start(&self, wish: SourceRequest) -> bool {
        self.0.try_send(HostCommand::Start(Box::new(wish))).is_ok()
    }

    /// Runs the built-in table at another speed; false as with [`Self::start`].
    pub fn speed(&self, speed: Speed) -> bool {
        self.0.try_send(HostCommand::Speed(speed)).is_ok()
    }

    /// Stops what runs, and the host; false as with [`Self::start`].
    pub fn stop(&self) -> bool {
        self.0.try_send(HostCommand::Stop).is_ok()
    }
}

/// The host's thread. Dropped, it stops what runs and saves what is open.
#[derive(Debug)]
pub struct Host {
    asks: HostHandle,
    told: Option<Receiver<HostEvent>>,
    unsaved: UnsavedGames,
    thread: Option<JoinHandle<Vec<StopReport>>>,
}

impl Host {
    /// Starts the thread; nothing runs yet.
    pub fn start(waker: Waker) -> io::Result<Self> {
        let (asks, asked) = sync_channel(ASKED);
        let (tell, told) = sync_channel(ASKED);
        let unsaved = UnsavedGames::default();
        let thread = std::thread::Builder::new().name("host".to_owned()).spawn({
            let unsaved = unsaved.clone();
            move || serve(&asked, &tell, &waker, &unsaved)
        })?;
        Ok(Self {
            asks: HostHandle(asks),
            told: Some(told),
            unsaved,
            thread: Some(thread),
        })
    }

    /// Returns the way to ask.
    pub fn handle(&self) -> HostHandle {
        self.asks.clone()
    }

    /// Returns how much of what runs is still to be saved; it is over when the host has ended.
    pub fn unsaved(&self) -> UnsavedGames {
        self.unsaved.clone()
    }

    /// Returns what is told; `None` the second time.
    pub fn take_events(&mut self) -> Option<Receiver<HostEvent>> {
        self.told.take()
    }

    /// Stops what runs; returns what each source left, in order.
    pub fn stop(mut self) -> Vec<StopReport> {
        self.end()
    }

    fn end(&mut self) -> Vec<StopReport> {
        // Here it is right to wait until there is room; gone already is as good as stopped.
        self.asks.0.send(HostCommand::Stop).ok();
        let Some(thread) = self.thread.take() else {
            return Vec::new();
        };
        thread.join().unwrap_or_else(|_panic| {
            tracing::error!("the host's thread panicked; what was open is in the journal");
            Vec::new()
        })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.end();
    }
}

fn serve(
    asked: &Receiver<HostCommand>,
    tell: &SyncSender<HostEvent>,
    waker: &Waker,
    unsaved: &UnsavedGames,
) -> Vec<StopReport> {
    let mut run: Option<ActiveSource> = None;
    let mut all_left = Vec::new();
    // Only a hand releases it: it is pressed at the next source as it was at the one before.
    let mut stopped = false;
    let tell = |told| {
        // Nobody listens while the window closes; a queue that is full belongs to a window that hangs.
        tell.try_send(told).ok();
        waker();
    };
    while let Ok(ask) = asked.recv() {
        match ask {
            HostCommand::Start(wish) => {
                stopped = run.as_ref().map_or(stopped, ActiveSource::is_stopped);
                if let Some(left) = run.take().map(ActiveSource::stop) {
                    if let Some(trouble) = &left.trouble {
                        tell(HostEvent::Unsaved(trouble.clone()));
                    }
                    all_left.push(left);
                }
                match ActiveSource::start(&wish, stopped, waker.clone(), unsaved.clone()) {
                    Ok((started, running)) => {
                        run = Some(started);
                        tell(HostEvent::Running(Box::new(running)));
                    }
                    Err(why) => {
                        tracing::warn!("not started: {why}");
                        tell(HostEvent::Failed(why));
                    }
                }
            }
            HostCommand::Speed(speed) => {
                if let Some(run) = &run {
                    run.set_speed(speed);
                }
            }
            HostCommand::Stop => break,
        }
    }
    all_left.extend(run.map(ActiveSource::stop));
    unsaved.set_over();
    all_left
}
