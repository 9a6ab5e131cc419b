//! The receiving end of one connection: what the library's callbacks may do.
//!
//! Owns the stamps, the generation, the one `try_send` per event and the end flag. Never waits:
//! a callback that does stops the pongs, and the server cuts the connection.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rust_socketio::{Event, Payload};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, error::TrySendError};

use super::frame_clock::FrameClock;
use super::why::Why;
use super::{Body, Message};
use crate::capture::WireTap;
use crate::capture::secrets::Secrets;
use crate::protocol::pace::STEP_EVENT;

/// How the library's report of a refusal begins.
const REFUSAL: &str = "Received an ConnectError frame: ";

/// How the library's own errors begin (0.6.0, `src/error.rs`; the version is pinned). A server's
/// event named "error" arrives through the same callback: what is none of these is an event.
/// Nothing is lost if one is missing here, since after its own errors the reader ends, which is seen.
const LIBRARY_ERRORS: [&str; 17] = [
    REFUSAL,
    "Invalid packet id: ",
    "Error while parsing an incomplete packet",
    "Got an invalid packet which did not follow the protocol format",
    "An error occurred while decoding the utf-8 text: ",
    "An error occurred while encoding/decoding base64: ",
    "Invalid Url during parsing",
    "Invalid Url Scheme: ",
    "Got illegal handshake response: ",
    "Called an action before the connection was established",
    "string is not json serializable: ",
    "A lock was poisoned",
    "Got an IO-Error: ",
    "Error while parsing an integer",
    "EngineIO Error",
    "Invalid packet type while reading attachments",
    "Underlying Engine.IO connection has closed",
];

/// What the callbacks of one connection share with the thread that drives it.
pub(super) struct Mailbox {
    generation: u64,
    queue: mpsc::Sender<Message>,
    secrets: Secrets,
    tap: WireTap,
    born: Instant,
    /// When the frames were received.
    frames: FrameClock,
    /// The server has agreed, `Up` is in the queue and requests may come. Shut at the end.
    open: Arc<AtomicBool>,
    up: OnceLock<(DateTime<Utc>, Instant)>,
    events: AtomicU64,
    last_event_millis: AtomicU64,
    end: OnceLock<Why>,
    closed: AtomicBool,
    inside: AtomicUsize,
    /// Wakes the driving thread: the server has agreed, or the connection is over.
    pub(super) news: Notify,
}

/// Counts the callbacks that are at work, so that closing can wait for the last one.
struct Inside<'a>(&'a AtomicUsize);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A frame that is being handed over; the next one is read after it.
struct Handling<'a>(&'a FrameClock);

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        self.0.begins(Instant::now());
    }
}

impl Mailbox {
    pub(super) fn new(
        generation: u64,
        queue: mpsc::Sender<Message>,
        secrets: Secrets,
        tap: WireTap,
    ) -> Self {
        let born = Instant::now();
        Self {
            generation,
            queue,
            secrets,
            tap,
            born,
            frames: FrameClock::new(born),
            open: Arc::default(),
            up: OnceLock::new(),
            events: AtomicU64::new(0),
            last_event_millis: AtomicU64::new(0),
            end: OnceLock::new(),
            closed: AtomicBool::new(false),
            inside: AtomicUsize::new(0),
            news: Notify::new(),
        }
    }

    /// The reader's thread woke: something has arrived.
    pub(super) fn reader_woke(&self) {
        self.frames.begins(Instant::now());
    }

    /// The flag that lets requests in: set with `Up`, cleared with the end.
    pub(super) fn open_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.open)
    }

    /// The number of this connection.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// When the server agreed, if it did. Then a `Down` is owed.
    pub(super) fn up_at(&self) -> Option<DateTime<Utc>> {
        self.up.get().map(|(at, _)| *at)
    }

    /// How long ago the server agreed.
    pub(super) fn up_for(&self) -> Option<Duration> {
        self.up.get().map(|(_, at)| at.elapsed())
    }

    /// How many events came.
    pub(super) fn events(&self) -> u64 {
        self.events.load(Ordering::SeqCst)
    }

    /// When the last event came (before the first: when the server agreed).
    pub(super) fn last_event(&self) -> Instant {
        let millis = self.last_event_millis.load(Ordering::SeqCst);
        self.born + Duration::from_millis(millis)
    }

    /// Why the callbacks ended the connection, if they did.
    pub(super) fn end(&self) -> Option<Why> {
        self.end.get().cloned()
    }

    /// Takes nothing more. When this returns, no callback will ever put anything into the queue,
    /// not even one of a worker that outlives its runtime's shutdown: `Down` is the last message.
    pub(super) fn close(&self) {
        self.shut();
        while self.inside.load(Ordering::SeqCst) != 0 {
            std::thread::yield_now();
        }
        // The one that was inside may have been the server's agreement.
        self.shut();
    }

    fn shut(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.open.store(false, Ordering::SeqCst);
    }

    fn finish(&self, why: Why) {
        // The first reason counts; what follows is its consequence.
        self.end.set(why).ok();
        self.news.notify_one();
    }

    /// `Event::Connect`: the server has agreed. Also called for a server's event named "open".
    pub(super) fn connected(&self, payload: Payload) {
        if self.up.get().is_some() {
            if !is_librarys_own(&payload) {
                self.event("open", payload);
            }
            return;
        }
        let _inside = self.enter();
        if self.closed.load(Ordering::SeqCst) {
            return;
        }
        let (at, now) = (crate::clock::now(), Instant::now());
        self.touch();
        // No event was received before the server agreed.
        self.frames.begins(now);
        // Open before `Up` can be read: whoever reads it may ask at once.
        self.open.store(true, Ordering::SeqCst);
        if self.put((at, now), Body::Up) {
            self.tap.up(at);
            self.up.set((at, now)).ok();
            self.news.notify_one();
        }
    }

    /// `Event::Close`: the server's goodbye. Also called for a server's event named "close".
    pub(super) fn said_goodbye(&self, payload: Payload) {
        if is_librarys_own(&payload) {
            self.finish(Why::Closed);
        } else {
            self.event("close", payload);
        }
    }

    /// `Event::Error`: an error or a refusal. Also called for a server's event named "error".
    pub(super) fn reported_error(&self, payload: Payload) {
        let own = match &payload {
            Payload::Text(args) => match args.as_slice() {
                [Value::String(text)] => LIBRARY_ERRORS
                    .iter()
                    .any(|start| text.starts_with(start))
                    .then(|| text.clone()),
                _ => None,
            },
            _ => None,
        };
        match own {
            Some(text) => self.finish(match text.strip_prefix(REFUSAL) {
                Some(refusal) => Why::Refused(self.secrets.clean(&words_of(refusal))),
                None => Why::ServerError(self.secrets.clean(&text)),
            }),
            None => self.event("error", payload),
        }
    }

    /// Any other event.
    pub(super) fn any(&self, event: &Event, payload: Payload) {
        match (event, payload) {
            // An event without arguments arrives as a message whose only value is its name.
            (Event::Message, Payload::Text(args)) => match args.as_slice() {
                [Value::String(name)] => {
                    let name = name.clone();
                    self.event(&name, Payload::Text(Vec::new()));
                }
                _ => self.event("message", Payload::Text(args)),
            },
            (event, payload) => self.event(event.as_str(), payload),
        }
    }

    fn event(&self, name: &str, payload: Payload) {
        let _inside = self.enter();
        if self.closed.load(Ordering::SeqCst) || self.up.get().is_none() {
            return;
        }
        let now = Instant::now();
        let arrived = self.frames.received(now);
        let _handling = Handling(&self.frames);
        // Read after the other clock: what passes between the two readings does not make the event older.
        let at = crate::clock::ago(now.saturating_duration_since(arrived));
        self.touch();
        self.events.fetch_add(1, Ordering::SeqCst);
        let Payload::Text(mut args) = payload else {
            // Only some attachments arrive whole, and the game sends none.
            tracing::debug!(
                generation = self.generation,
                name = self.secrets.clean(name),
                "event with binary content ignored"
            );
            self.tap.binary(at, name);
            return;
        };
        let mut name = name.to_owned();
        let known = self.secrets.known();
        known.scrub_name(&mut name);
        known.scrub(&mut args);
        // What a table of ours asks for its own sake is nothing that a server of the game says.
        let copy = (self.tap.is_on() && name != STEP_EVENT).then(|| (name.clone(), args.clone()));
        if self.put((at, arrived), Body::Event { name, args })
            && let Some((name, args)) = copy
        {
            self.tap.event(at, name, args);
        }
    }

    fn enter(&self) -> Inside<'_> {
        self.inside.fetch_add(1, Ordering::SeqCst);
        Inside(&self.inside)
    }

    fn touch(&self) {
        let millis = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_event_millis.store(millis, Ordering::SeqCst);
    }

    /// Puts one message into the queue; a full queue ends the connection, because the gap must be seen.
    fn put(&self, (at, arrived): (DateTime<Utc>, Instant), body: Body) -> bool {
        let generation = self.generation;
        match self.queue.try_send(Message {
            generation,
            at,
            arrived,
            body,
        }) {
            Ok(()) => return true,
            Err(TrySendError::Full(_)) => {
                // Nothing may follow the gap.
                self.shut();
                self.finish(Why::QueueFull);
            }
            Err(TrySendError::Closed(_)) => {
                self.shut();
                self.finish(Why::Stopped);
            }
        }
        false
    }
}

/// The library calls its own `Connect` and `Close` with one empty text.
fn is_librarys_own(payload: &Payload) -> bool {
    matches!(payload, Payload::Text(args)
        if matches!(args.as_slice(), [Value::String(text)] if text.is_empty()))
}

/// Takes the server's words out of a refusal: `{"message":"…"}`, a JSON string, or the text as it is.
fn words_of(refusal: &str) -> String {
    match serde_json::from_str::<Value>(refusal) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(fields)) => match fields.get("message") {
            Some(Value::String(text)) => text.clone(),
            _ => refusal.to_owned(),
        },
        _ => refusal.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
