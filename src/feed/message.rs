//! The messages of the feed: everything that happens on the connection, in order.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::disconnect_reason::DisconnectReason;

/// When something arrived, by two clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ArrivalTime {
    /// By this computer's wall clock.
    pub(super) at: DateTime<Utc>,
    /// By the monotonic clock.
    pub(super) arrived: Instant,
}

impl ArrivalTime {
    pub(super) fn now() -> Self {
        Self {
            at: crate::clock::now(),
            arrived: Instant::now(),
        }
    }
}

/// One event of a connection.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedMessage {
    /// The number of the connection. It counts attempts, so numbers may be missing.
    pub generation: u64,
    /// When the frame was received, before it was parsed, by this computer's wall clock.
    pub at: DateTime<Utc>,
    /// Monotonic arrival time, for intervals between messages. Through a browser: when the browser received the frame.
    pub arrived: Instant,
    /// The event.
    pub event: FeedEvent,
}

/// An event of a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedEvent {
    /// The server has accepted the connection; requests may be sent from now on.
    Up,
    /// The server sent an event.
    Event {
        /// The event's name.
        name: String,
        /// Its arguments; numbers keep the digits of the wire.
        args: Vec<Value>,
    },
    /// The page in the browser sent a request. This does not prove that it arrived, and is no sign of life of the server.
    /// Through a browser only.
    Sent {
        /// The request's name.
        name: String,
        /// Its arguments; those of a login are `null`.
        args: Vec<Value>,
        /// Its number, if it expects an answer: unique within the connection.
        id: Option<u64>,
    },
    /// The server answered a request of the page. Through a browser only.
    Acked {
        /// The request's number.
        id: u64,
        /// The server's answer.
        args: Vec<Value>,
    },
    /// The connection has ended: exactly one per `Up`, after all its events. A gap follows.
    Down {
        /// The reason of the end.
        why: DisconnectReason,
    },
}
