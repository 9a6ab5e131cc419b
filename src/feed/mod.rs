//! The connection: events in, requests out, and the truth about its state.
//!
//! Owns one Socket.IO connection at a time, and makes a new one after every end. The feed knows nothing about the game: it
//! neither reads the events nor sends anything by itself (an anonymous client emits nothing). A new connection also starts
//! from nothing: login, subscriptions and the snapshot start again, and missed events are not sent again. `Down` and `Up`
//! mark the gap.
//!
//! [`health`] judges the quality of the connection without delaying any event.
//!
//! The feed works around the limits of `rust_socketio` 0.6.0: it never reports a missing answer, may hang in `connect`,
//! `emit` and `disconnect`, may panic on bad frames, and leaves its reader behind. So each connection is a disposable
//! runtime, watched from a plain thread.
//!
//! Server events named "open", "close", "error" and "message" share the library's own channels. They arrive as events (in
//! lower case) unless their content is exactly the library's own: an "error" whose only argument is one of its error texts,
//! or a "close" whose only argument is the empty text, ends the connection; `["message", "name"]` looks like the event
//! `name` without arguments. Events with binary content are ignored.
//!
//! [`browser`] reads the same events in the player's own browser, where they arrive anyway. Nothing is sent there.
//!
//! Our own logs hold no credential. The WebSocket crate logs whole requests and frames at level TRACE (target
//! `tungstenite`): logging must keep that target above TRACE.

mod address;
mod announcement;
pub mod backoff;
pub mod browser;
mod config;
mod connection;
mod connection_loop;
mod connection_report;
mod context;
mod disconnect_reason;
mod frame_clock;
mod handle;
pub mod health;
mod inbox;
mod limits;
mod message;
mod panics;
mod proxy;
mod queue;
mod request_slot;
mod retry_now;
mod state;
mod supervisor;

pub use address::{Address, AddressError};
pub use announcement::{NotATable, fetch_announcement};
pub use browser::{
    BrowserAddress, BrowserAddressError, BrowserStatus, InstalledBrowser, browser_command,
};
pub use config::FeedConfig;
pub use disconnect_reason::DisconnectReason;
pub use handle::Feed;
pub use limits::FeedLimits;
pub use message::{FeedEvent, FeedMessage};
pub use panics::install_panic_hook;
pub use queue::MessageQueue;
pub use request_slot::{RequestOutcome, RequestSlot, WriteOutcome};
pub use retry_now::RetryNow;
pub use state::FeedState;
