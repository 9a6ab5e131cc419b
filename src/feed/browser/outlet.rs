//! What goes to the program: one block of messages for each connection, and exactly one `Down` for each `Up`.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};

use super::pages::Out;
use super::socket::Stamp;
use crate::capture::WireTap;
use crate::feed::{Body, Message, State, Why};

/// The way to the program.
#[derive(Debug)]
pub(super) struct Outlet {
    queue: mpsc::Sender<Message>,
    /// The raw capture: it gets what the program gets.
    wire: WireTap,
    generation: u64,
    /// The place for `Down`: taken before there is anything to lose, so that it can be delivered when the queue is full.
    farewell: Option<mpsc::OwnedPermit<Message>>,
    is_up: bool,
    /// When the newest connection came up.
    since: DateTime<Utc>,
    /// The program did not keep up, and gets this pause.
    pause: Duration,
    not_before: Option<Instant>,
}

impl Outlet {
    /// Returns the way to the reader of `queue`; after a gap it stays shut for `pause`.
    pub(super) fn new(queue: mpsc::Sender<Message>, wire: WireTap, pause: Duration) -> Self {
        Self {
            queue,
            wire,
            generation: 0,
            farewell: None,
            is_up: false,
            since: DateTime::UNIX_EPOCH,
            pause,
            not_before: None,
        }
    }

    /// When the connection that is read came up.
    pub(super) fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// Whether the program has still to catch up after a gap.
    pub(super) fn is_behind(&self) -> bool {
        self.not_before.is_some()
    }

    /// Whether a connection may begin: the program has room.
    pub(super) fn is_ready(&mut self, now: Instant) -> bool {
        if self.not_before.is_some_and(|at| now < at) {
            return false;
        }
        if self.farewell.is_none() {
            self.farewell = self.queue.clone().try_reserve_owned().ok();
        }
        let behind =
            self.not_before.is_some() && self.queue.capacity() * 2 < self.queue.max_capacity();
        self.farewell.is_some() && self.queue.capacity() > 0 && !behind
    }

    /// Puts something into the queue; false when it is full, and then the connection has to end.
    pub(super) fn put(&mut self, stamp: Stamp, out: Out, state: &watch::Sender<State>) -> bool {
        match out {
            Out::Up => {
                self.generation += 1;
                self.is_up = self.send(stamp, Body::Up);
                if self.is_up {
                    self.not_before = None;
                    self.since = stamp.at;
                    self.wire.up(stamp.at);
                    let generation = self.generation;
                    tracing::info!(generation, "reading the game in the browser");
                    state.send_replace(State::Up { since: stamp.at });
                } else {
                    self.end(stamp, Why::QueueFull, state);
                }
                self.is_up
            }
            // What follows a gap is not for the program.
            Out::Body(body) => {
                if self.is_up {
                    self.capture(stamp, &body);
                }
                let fits = !self.is_up || self.send(stamp, body);
                if !fits {
                    self.end(stamp, Why::QueueFull, state);
                }
                fits
            }
            Out::Down(why) => {
                self.end(stamp, why, state);
                true
            }
        }
    }

    fn end(&mut self, stamp: Stamp, why: Why, state: &watch::Sender<State>) {
        if why == Why::QueueFull {
            self.not_before = stamp.arrived.checked_add(self.pause);
        }
        if !std::mem::take(&mut self.is_up) {
            return;
        }
        tracing::info!(generation = self.generation, %why, "no game from the browser");
        self.wire.down(stamp.at, &why);
        let message = self.message(stamp, Body::Down { why: why.clone() });
        if let Some(farewell) = self.farewell.take() {
            farewell.send(message);
        }
        let next_try_in = Duration::ZERO;
        state.send_replace(State::Down { why, next_try_in });
    }

    fn capture(&self, stamp: Stamp, body: &Body) {
        if !self.wire.is_on() {
            return;
        }
        match body {
            Body::Event { name, args } => self.wire.event(stamp.at, name.clone(), args.clone()),
            Body::Sent { name, args, id } => self.wire.sent(name, args, *id),
            Body::Acked { id, args } => self.wire.answered(*id, args),
            Body::Up | Body::Down { .. } => {} // They are no frames.
        }
    }

    fn send(&self, stamp: Stamp, body: Body) -> bool {
        self.queue.try_send(self.message(stamp, body)).is_ok()
    }

    fn message(&self, stamp: Stamp, body: Body) -> Message {
        Message {
            generation: self.generation,
            at: stamp.at,
            arrived: stamp.arrived,
            body,
        }
    }
}
