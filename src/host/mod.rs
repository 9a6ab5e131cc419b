//! Runs one source at a time behind the window, started and stopped on a thread of its own so that the window never
//! waits. Does not know the window: a function wakes it.

mod active_source;
mod repaint;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rust_decimal::Decimal;

use crate::background;
pub use crate::background::{Waker, next_event};
pub use active_source::{RunningSource, StopReport};

use active_source::ActiveSource;

use crate::engine::GameSource;
use crate::recording::UnsavedGames;
use crate::table::Speed;
use crate::trading::{OrderLimits, SentOrders};

/// Commands and events that may wait: a source stops faster than a hand changes it.
const QUEUE: usize = 16;

/// The source to run, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRequest {
    /// Where games come from.
    pub source: GameSource,
    /// The folder of the recordings.
    pub folder: PathBuf,
    /// Every game is recorded from its start.
    pub auto_record: bool,
    /// The raw capture is on from the start.
    pub raw_capture: bool,
    /// SOL of play money in a new wallet.
    pub start_balance: Decimal,
    /// Limits of the orders.
    pub limits: OrderLimits,
}

/// A command to the host.
#[derive(Debug)]
enum HostCommand {
    /// Stop the running source, then start this one.
    Start(Box<SourceRequest>),
    /// Run the built-in table at this speed.
    Speed(Speed),
    /// Stop the running source, and end.
    Stop,
}

/// An event of the host.
#[derive(Debug)]
pub enum HostEvent {
    /// A source runs.
    Running(Box<RunningSource>),
    /// A source could not be started, with a text for the player. Nothing runs now.
    Failed(String),
    /// The requested folder cannot be used, with a text for the player. The running source goes on.
    Refused(String),
    /// The previous source was stopped, and not everything of it could be saved.
    Unsaved(String),
}

/// Sends commands to the host, and never waits for their outcome.
#[derive(Debug, Clone)]
pub struct HostHandle(SyncSender<HostCommand>);

impl HostHandle {
    /// Stops the running source and starts this one; returns false if the host has ended or its queue is full.
    pub fn start(&self, request: SourceRequest) -> bool {
        self.0
            .try_send(HostCommand::Start(Box::new(request)))
            .is_ok()
    }

    /// Runs the built-in table at another speed; returns false as [`Self::start`] does.
    pub fn speed(&self, speed: Speed) -> bool {
        self.0.try_send(HostCommand::Speed(speed)).is_ok()
    }

    /// Stops the running source, and the host; returns false as [`Self::start`] does.
    pub fn stop(&self) -> bool {
        self.0.try_send(HostCommand::Stop).is_ok()
    }
}

#[cfg(test)]
impl HostHandle {
    /// Returns a handle whose commands wait: no host takes them.
    pub fn without_host() -> Self {
        let (sender, commands) = sync_channel(QUEUE);
        std::mem::forget(commands);
        Self(sender)
    }
}

/// The host's thread. Dropped, it stops the running source and saves what is open.
#[derive(Debug)]
pub struct Host {
    handle: HostHandle,
    events: Option<Receiver<HostEvent>>,
    unsaved: UnsavedGames,
    thread: Option<JoinHandle<Vec<StopReport>>>,
}

impl Host {
    /// Starts the thread without a source.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(waker: Waker) -> io::Result<Self> {
        let (command_sender, commands) = sync_channel(QUEUE);
        let (event_sender, events) = sync_channel(QUEUE);
        let unsaved = UnsavedGames::default();
        let thread = background::spawn("host", {
            let unsaved = unsaved.clone();
            move || serve(&commands, &event_sender, &waker, &unsaved)
        })?;
        Ok(Self {
            handle: HostHandle(command_sender),
            events: Some(events),
            unsaved,
            thread: Some(thread),
        })
    }

    /// Returns a sender of commands.
    pub fn handle(&self) -> HostHandle {
        self.handle.clone()
    }

    /// Returns the counter of games that are still to be saved; it is over when the host has ended.
    pub fn unsaved(&self) -> UnsavedGames {
        self.unsaved.clone()
    }

    /// Returns the receiver of events; `None` the second time.
    pub fn take_events(&mut self) -> Option<Receiver<HostEvent>> {
        self.events.take()
    }

    /// Stops the running source; returns the report of each source, in order.
    pub fn stop(mut self) -> Vec<StopReport> {
        self.end()
    }

    fn end(&mut self) -> Vec<StopReport> {
        // Waits for room in the queue. A closed channel means that the host has stopped.
        self.handle.0.send(HostCommand::Stop).ok();
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
    commands: &Receiver<HostCommand>,
    events: &SyncSender<HostEvent>,
    waker: &Waker,
    unsaved: &UnsavedGames,
) -> Vec<StopReport> {
    let mut active: Option<ActiveSource> = None;
    let mut reports = Vec::new();
    // Only the player releases the emergency stop: the next source starts with it as it is.
    let mut stopped = false;
    let sent_orders = SentOrders::default();
    let send = |event| {
        // The receiver is gone while the window closes; a full queue belongs to a window that hangs.
        events.try_send(event).ok();
        waker();
    };
    while let Ok(command) = commands.recv() {
        match command {
            HostCommand::Start(request) => {
                let running = active.as_ref();
                if let Some(why) = running.and_then(|active| active.refuses(&request)) {
                    send(HostEvent::Refused(why));
                    continue;
                }
                stopped = active.as_ref().map_or(stopped, ActiveSource::is_stopped);
                if let Some(report) = active.take().map(ActiveSource::stop) {
                    if let Some(trouble) = &report.trouble {
                        send(HostEvent::Unsaved(trouble.clone()));
                    }
                    reports.push(report);
                }
                let (orders, waker) = (sent_orders.clone(), waker.clone());
                match ActiveSource::start(*request, stopped, orders, waker, unsaved.clone()) {
                    Ok((started, running)) => {
                        active = Some(started);
                        send(HostEvent::Running(Box::new(running)));
                    }
                    Err(why) => {
                        tracing::warn!("not started: {why}");
                        send(HostEvent::Failed(why));
                    }
                }
            }
            HostCommand::Speed(speed) => {
                if let Some(active) = &active {
                    active.set_speed(speed);
                }
            }
            HostCommand::Stop => break,
        }
    }
    reports.extend(active.map(ActiveSource::stop));
    unsaved.set_over();
    reports
}
