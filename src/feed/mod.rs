//! The connection: events in, requests out, and the truth about its state.
//!
//! Owns one Socket.IO connection at a time, made anew after every end. It knows nothing about the
//! game: it neither reads the events nor sends anything by itself (an anonymous client emits
//! nothing). A new connection knows nothing either: login, subscriptions and the snapshot start
//! again, and what was missed is not sent again. `Down` and `Up` mark the gap.
//!
//! How well it all goes is judged in [`watching`], which stands in nobody's way.
//!
//! All of it is built around what `rust_socketio` 0.6.0 cannot do: it never reports a missing
//! answer, may hang in `connect`, `emit` and `disconnect`, may panic on bad frames, and leaves its
//! reader behind. So each connection is a runtime that is thrown away, watched from a plain thread.
//!
//! Server events named "open", "close", "error" and "message" share the library's own channels.
//! They arrive as events (in lower case) unless their content is exactly the library's own: an
//! "error" whose only argument is one of its error texts, or a "close" whose only argument is the
//! empty text, ends the connection; `["message", "name"]` looks like the event `name` without
//! arguments. Events with binary content are ignored.
//!
//! The same events can be read where they arrive anyway, in the player's own browser: [`browser`]. There nothing is sent.
//!
//! Our own logs hold no credential. The WebSocket crate below logs whole requests and frames at
//! level TRACE (target `tungstenite`): whoever sets up logging keeps that target above TRACE.

mod address;
mod announce;
pub mod backoff;
pub mod browser;
mod connection;
mod frame_clock;
mod gate;
pub mod health;
mod limits;
mod link;
mod mailbox;
mod panics;
mod proxy;
mod supervisor;
mod why;

use std::fmt;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

pub use address::{Address, AddressError};
pub use announce::{Announcement, NotATable, announced};
pub use browser::{BrowserAddress, BrowserAddressError, Tap};
pub use gate::{EmitError, Outcome};
pub use limits::Limits;
pub use panics::install_panic_hook;
pub use why::{Why, browser_command};

use crate::capture::secrets::Secrets;
use crate::capture::{Capture, WireTap};
use crate::protocol::Pace;
use gate::Gate;
use supervisor::Supervisor;

/// The name of the threads the library runs on. A panic there is a lost connection, not a crash.
const IO_THREAD: &str = "feed-io";
/// The name of the thread that owns everything.
const SUPERVISOR_THREAD: &str = "feed-supervisor";
/// Messages the program may lag behind: several minutes of the live game.
const QUEUE: usize = 4096;
/// More messages than anybody could mean; the channel itself panics at absurd lengths.
const LONGEST_QUEUE: usize = 1 << 24;
/// The page the live server expects its clients to come from.
const LIVE_ORIGIN: &str = "https://rugs.fun";

/// On which way the events come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A connection of our own.
    Direct,
    /// The player's own page in a browser on this computer: read, and nothing is ever sent.
    Browser {
        /// Where the browser listens.
        browser: BrowserAddress,
        /// Hosts that are the game, as page or as server; a name includes all names below it.
        hosts: Vec<String>,
    },
}

/// Where to connect and how.
#[derive(Clone)]
pub struct FeedConfig {
    /// The server; through a browser it is the page that chooses it, and this stays unused.
    pub address: Address,
    /// On which way.
    pub via: Via,
    /// Sent with the opening request.
    pub headers: Vec<(String, String)>,
    /// Sent with the namespace request; an anonymous client has none.
    pub auth: Option<Value>,
    /// Every deadline.
    pub limits: Limits,
    /// Messages that may wait for the program; one more is kept for `Down`.
    pub queue: usize,
    /// Where the raw capture goes when it is on; `None`: there is none.
    pub capture: Option<Capture>,
    /// Asks a practice table of ours to wait for this client; `None` at every other server.
    pub pace: Option<Pace>,
    /// The variable of the environment that asks for a proxy to this address. None is used: this is told when the
    /// connection cannot be made.
    pub proxy: Option<&'static str>,
}

impl FeedConfig {
    /// Returns the settings for an anonymous client of `address`.
    pub fn new(address: Address) -> Self {
        let agent = concat!("pianola/", env!("CARGO_PKG_VERSION"));
        let mut headers = vec![("user-agent".to_owned(), agent.to_owned())];
        if address.is_live() {
            headers.push(("origin".to_owned(), LIVE_ORIGIN.to_owned()));
        }
        let proxy = address.host().filter(|_| !address.is_loopback());
        let proxy = proxy.and_then(|host| proxy::asked_for(host, proxy::environment));
        Self {
            address,
            via: Via::Direct,
            headers,
            auth: None,
            limits: Limits::default(),
            queue: QUEUE,
            capture: None,
            pace: None,
            proxy,
        }
    }

    /// Returns the settings for reading the player's own page in the browser at `browser`.
    pub fn browser(browser: BrowserAddress) -> Self {
        Self {
            via: Via::Browser {
                browser,
                hosts: browser::HOSTS.map(str::to_owned).to_vec(),
            },
            ..Self::new(Address::live())
        }
    }

    /// Everything of these settings that must not come back in a message.
    fn secrets(&self) -> Secrets {
        let query = self.address.query_values();
        let headers = self
            .headers
            .iter()
            // Who we are and where we come from is no secret, and part of many server texts.
            .filter(|(name, _)| !["origin", "user-agent"].contains(&name.to_lowercase().as_str()))
            .map(|(_, value)| value.as_str());
        Secrets::new(
            self.auth.as_ref(),
            headers.chain(query.iter().map(String::as_str)),
        )
    }
}

impl fmt::Debug for FeedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("FeedConfig")
            .field("address", &self.address)
            .field("via", &self.via)
            .field("headers", &headers)
            .field("auth", &self.auth.as_ref().map(|_| "…"))
            .field("limits", &self.limits)
            .field("queue", &self.queue)
            .field("capture", &self.capture)
            .field("pace", &self.pace)
            .field("proxy", &self.proxy)
            .finish()
    }
}

/// One thing that happened on the connection, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Which connection: counts attempts, so numbers may be missing.
    pub generation: u64,
    /// When its frame was received, before it was parsed, by this computer's wall clock.
    pub at: DateTime<Utc>,
    /// The same by a monotonic clock, for the time between two messages. Through a browser: when the browser got it.
    pub arrived: Instant,
    /// What happened.
    pub body: Body,
}

/// What happened on the connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// The server has agreed; requests may be sent from now on.
    Up,
    /// The server sent an event.
    Event {
        /// The event's name.
        name: String,
        /// Its arguments; numbers keep the digits of the wire.
        args: Vec<Value>,
    },
    /// The page in the browser sent a request: it was seen leaving, which does not prove that it arrived. Through a
    /// browser only, and no sign of life of the server.
    Sent {
        /// The request's name.
        name: String,
        /// Its arguments; those of a login are `null`.
        args: Vec<Value>,
        /// Its number, if it wants an answer: unique within the connection.
        id: Option<u64>,
    },
    /// The server answered a request of the page. Through a browser only.
    Acked {
        /// The request's number.
        id: u64,
        /// What the server said.
        args: Vec<Value>,
    },
    /// The connection is over: exactly one per `Up`, after all its events. What follows is a gap.
    Down {
        /// Why it ended.
        why: Why,
    },
}

/// How the connection is now. The latest value counts; the messages tell the history.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// A connection is being made.
    Connecting {
        /// Counts from 1 since the last connection.
        attempt: u32,
    },
    /// Connected, with fresh events.
    Up {
        /// When the server agreed.
        since: DateTime<Utc>,
    },
    /// Connected, but without events for some time.
    Stale {
        /// When the last event came.
        since: DateTime<Utc>,
    },
    /// Not connected.
    Down {
        /// Why the last connection or attempt ended.
        why: Why,
        /// The pause before the next attempt, counted from the change to this state.
        next_try_in: Duration,
    },
    /// Stopped for good.
    Stopped,
}

/// The way out of the feed, for whoever else may send. Sends nothing once the feed has stopped.
#[derive(Clone)]
pub struct Sender {
    gate: Arc<Gate>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl Sender {
    /// Sends a request and returns where its outcome will arrive. Exactly one outcome comes.
    ///
    /// One request at a time: while one is in flight, another is refused as `Busy`. Without a
    /// connection it is refused at once; nothing waits for the next connection, nothing is resent.
    pub fn request(&self, name: &str, args: Vec<Value>) -> oneshot::Receiver<Outcome> {
        self.gate.request(name, args)
    }

    /// Sends an event that has no answer. Works beside a request that waits for its answer.
    pub fn emit(&self, name: &str, args: Vec<Value>) -> oneshot::Receiver<Result<(), EmitError>> {
        self.gate.emit(name, args)
    }
}

/// The running feed. Stops when dropped.
pub struct Feed {
    gate: Arc<Gate>,
    state: watch::Receiver<State>,
    tap: watch::Receiver<Tap>,
    stop: watch::Sender<bool>,
    wire_tap: WireTap,
    thread: Option<JoinHandle<()>>,
}

impl Feed {
    /// Starts the feed on its own thread and returns it with the queue of its messages.
    ///
    /// When the receiver is dropped, the feed stops.
    ///
    /// # Errors
    /// The system has no thread or timer left.
    pub fn start(config: FeedConfig) -> std::io::Result<(Self, mpsc::Receiver<Message>)> {
        let (queue, messages) = mpsc::channel(config.queue.clamp(1, LONGEST_QUEUE) + 1);
        let (state_in, state) = watch::channel(State::Connecting { attempt: 1 });
        let (stop, stop_out) = watch::channel(false);
        let (tap_in, tap) = watch::channel(Tap::default());
        let gate = Arc::new(Gate::default());
        let secrets = config.secrets();
        let wire_tap = WireTap::new(config.capture.clone(), secrets.clone());
        wire_tap.switch(config.capture.as_ref().is_some_and(|capture| capture.on));
        let thread = std::thread::Builder::new().name(SUPERVISOR_THREAD.to_owned());
        let thread = if let Via::Browser { browser, hosts } = config.via.clone() {
            // The gate stays with the feed: nobody opens it, so nothing can be sent.
            let wire = wire_tap.clone();
            let reader = browser::Supervisor::new(browser, hosts, config.limits, queue, wire)?;
            thread.spawn(move || reader.run(&state_in, &tap_in, stop_out))?
        } else {
            let supervisor = Supervisor {
                config,
                gate: Arc::clone(&gate),
                secrets,
                tap: wire_tap.clone(),
                queue,
                state: state_in,
                stop: stop_out,
                waiting: tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .build()?,
            };
            thread.spawn(move || supervisor.run())?
        };
        let feed = Self {
            gate,
            state,
            tap,
            stop,
            wire_tap,
            thread: Some(thread),
        };
        Ok((feed, messages))
    }

    /// Returns the state, to be read or watched. It may follow the messages by a moment.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Returns what is known of the browser and its pages; of a direct connection there is nothing to know.
    pub fn tap(&self) -> watch::Receiver<Tap> {
        self.tap.clone()
    }

    /// Returns the way out. Through a browser nothing goes out: every request is refused as not connected.
    pub fn sender(&self) -> Sender {
        Sender {
            gate: Arc::clone(&self.gate),
        }
    }

    /// Returns the tap of the raw capture.
    pub fn wire_tap(&self) -> WireTap {
        self.wire_tap.clone()
    }

    /// Stops the feed and waits for its thread: less than one second with the default limits.
    ///
    /// A connection that was up still says `Down`. Blocks, so not for async code.
    pub fn stop(self) {
        drop(self);
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("state", &*self.state.borrow())
            .finish_non_exhaustive()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the feed panicked");
        }
        self.wire_tap.finish();
    }
}
