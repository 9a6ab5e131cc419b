//! The receiving end of one connection: the code that the library's callbacks run.
//!
//! Owns the arrival times and the reason of the end. It never waits: a waiting callback stops the pongs, and the server
//! then cuts the connection.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rust_socketio::{Event, Payload};
use serde_json::Value;
use tokio::sync::Notify;

use super::connection_report::ConnectionReport;
use super::disconnect_reason::DisconnectReason;
use super::frame_clock::FrameClock;
use super::message::{ArrivalTime, FeedEvent};
use crate::capture::CaptureTap;
use crate::capture::secrets::Secrets;

/// The beginning of the library's report of a refusal.
const REFUSAL: &str = "Received an ConnectError frame: ";

/// The beginnings of the library's own errors (0.6.0, `src/error.rs`; the version is pinned). A server's event named
/// "error" arrives through the same callback: any other text is an event. A missing entry does no harm, because the
/// reader ends after the library's own errors, which the connection loop notices.
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

/// The state that the callbacks of one connection share with the thread that drives it.
pub(super) struct Inbox {
    report: ConnectionReport,
    secrets: Secrets,
    tap: CaptureTap,
    born: Instant,
    /// Arrival times of the frames.
    frames: FrameClock,
    /// Requests may be sent: set with `Up`, cleared at the end.
    open: Arc<AtomicBool>,
    events: AtomicU64,
    last_event_millis: AtomicU64,
    end: OnceLock<DisconnectReason>,
    closed: AtomicBool,
    inside: AtomicUsize,
    /// Wakes the driving thread: the server has accepted the connection, or the connection is over.
    pub(super) changed: Notify,
}

/// Counts the running callbacks, so that `close` can wait for the last one.
struct CallbackGuard<'a>(&'a AtomicUsize);

impl Drop for CallbackGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A frame that is being processed; the library reads the next one after it.
struct FrameGuard<'a>(&'a FrameClock);

impl Drop for FrameGuard<'_> {
    fn drop(&mut self) {
        self.0.begins(Instant::now());
    }
}

impl Inbox {
    pub(super) fn new(report: ConnectionReport, secrets: Secrets, tap: CaptureTap) -> Self {
        let born = Instant::now();
        Self {
            report,
            secrets,
            tap,
            born,
            frames: FrameClock::new(born),
            open: Arc::default(),
            events: AtomicU64::new(0),
            last_event_millis: AtomicU64::new(0),
            end: OnceLock::new(),
            closed: AtomicBool::new(false),
            inside: AtomicUsize::new(0),
            changed: Notify::new(),
        }
    }

    /// Notes that the reader's thread woke: data has arrived.
    pub(super) fn reader_woke(&self) {
        self.frames.begins(Instant::now());
    }

    /// Returns the flag that permits requests: set with `Up`, cleared at the end.
    pub(super) fn open_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.open)
    }

    /// Returns the report of this connection.
    pub(super) fn report(&self) -> &ConnectionReport {
        &self.report
    }

    /// Returns the number of received events.
    pub(super) fn events(&self) -> u64 {
        self.events.load(Ordering::SeqCst)
    }

    /// Returns when the last event arrived; before the first one, when the connection came up.
    pub(super) fn last_event(&self) -> Instant {
        let millis = self.last_event_millis.load(Ordering::SeqCst);
        self.born + Duration::from_millis(millis)
    }

    /// Returns why the callbacks ended the connection, if they did.
    pub(super) fn end_reason(&self) -> Option<DisconnectReason> {
        self.end.get().cloned()
    }

    /// Rejects further events. After this, no callback puts anything into the queue, not even one of a worker that
    /// outlives the shutdown of its runtime: `Down` is the last message.
    pub(super) fn close(&self) {
        self.shut();
        while self.inside.load(Ordering::SeqCst) != 0 {
            std::thread::yield_now();
        }
        // The last callback may have been `connected`.
        self.shut();
    }

    fn shut(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.open.store(false, Ordering::SeqCst);
    }

    fn finish(&self, why: DisconnectReason) {
        // The first reason counts; what follows is its consequence.
        self.end.set(why).ok();
        self.changed.notify_one();
    }

    /// `Event::Connect`: the server has accepted the connection. Also called for a server's event named "open".
    pub(super) fn connected(&self, payload: Payload) {
        if self.report.up_at().is_some() {
            if !is_librarys_own(&payload) {
                self.event("open", payload);
            }
            return;
        }
        let _inside = self.enter();
        if self.closed.load(Ordering::SeqCst) {
            return;
        }
        let now = ArrivalTime::now();
        self.touch();
        // No event was received before this one.
        self.frames.begins(now.arrived);
        // Open before the program can read `Up`: it may send a request at once.
        self.open.store(true, Ordering::SeqCst);
        match self.report.up(now) {
            Ok(()) => self.changed.notify_one(),
            Err(why) => self.overrun(why),
        }
    }

    /// `Event::Close`: the server closed the connection. Also called for a server's event named "close".
    pub(super) fn closed_by_server(&self, payload: Payload) {
        if is_librarys_own(&payload) {
            self.finish(DisconnectReason::Closed);
        } else {
            self.event("close", payload);
        }
    }

    /// `Event::Error`: an error or a refusal. Also called for a server's event named "error".
    pub(super) fn error_reported(&self, payload: Payload) {
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
                Some(refusal) => {
                    DisconnectReason::Refused(self.secrets.clean(&refusal_text(refusal)))
                }
                None => DisconnectReason::ServerError(self.secrets.clean(&text)),
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
        if self.closed.load(Ordering::SeqCst) || self.report.up_at().is_none() {
            return;
        }
        let now = Instant::now();
        let arrived = self.frames.received(now);
        let _handling = FrameGuard(&self.frames);
        // Read after the other clock: the time between the two readings does not make the event older.
        let at = crate::clock::ago(now.saturating_duration_since(arrived));
        self.touch();
        self.events.fetch_add(1, Ordering::SeqCst);
        let Payload::Text(mut args) = payload else {
            // The library delivers only some attachments, and the game sends none.
            tracing::debug!(
                generation = self.report.generation(),
                name = self.secrets.clean(name),
                "event with binary content ignored"
            );
            self.tap.binary(at, name);
            return;
        };
        let mut name = name.to_owned();
        let known = self.secrets.known();
        known.remove_from_name(&mut name);
        known.remove_from_args(&mut args);
        let time = ArrivalTime { at, arrived };
        if let Err(why) = self.report.send(time, FeedEvent::Event { name, args }) {
            self.overrun(why);
        }
    }

    /// Ends the connection because the program did not get a message: nothing may follow the gap.
    fn overrun(&self, why: DisconnectReason) {
        self.shut();
        self.finish(why);
    }

    fn enter(&self) -> CallbackGuard<'_> {
        self.inside.fetch_add(1, Ordering::SeqCst);
        CallbackGuard(&self.inside)
    }

    fn touch(&self) {
        let millis = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_event_millis.store(millis, Ordering::SeqCst);
    }
}

/// Whether the library made this payload itself: its own `Connect` and `Close` carry one empty text.
fn is_librarys_own(payload: &Payload) -> bool {
    matches!(payload, Payload::Text(args)
        if matches!(args.as_slice(), [Value::String(text)] if text.is_empty()))
}

/// Returns the server's text in a refusal: `{"message":"…"}`, a JSON string, or the text as it is.
fn refusal_text(refusal: &str) -> String {
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
