//! Starts the feed's thread and stops it; hands out its state, its request slot and its raw capture.

use std::fmt;
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::browser::{BrowserStatus, BrowserSupervisor};
use super::config::{FeedConfig, FeedRoute};
use super::queue::{MessageQueue, message_queue};
use super::request_slot::RequestSlot;
use super::retry_now::RetryNow;
use super::state::FeedState;
use super::supervisor::DirectSupervisor;
use crate::background;
use crate::capture::CaptureTap;

/// The name of the thread that owns the connection.
const SUPERVISOR_THREAD: &str = "feed-supervisor";
/// Limit of the queue's length; the channel itself panics at absurd lengths.
const LONGEST_QUEUE: usize = 1 << 24;

/// A running feed. It stops when dropped.
pub struct Feed {
    requests: RequestSlot,
    retry_now: RetryNow,
    state: watch::Receiver<FeedState>,
    browser_status: watch::Receiver<BrowserStatus>,
    stop: watch::Sender<bool>,
    capture_tap: CaptureTap,
    thread: Option<JoinHandle<()>>,
}

impl Feed {
    /// Starts the feed on its own thread and returns it with the queue of its messages.
    ///
    /// The feed stops when the receiver is dropped.
    ///
    /// # Errors
    /// The system has no thread or timer left.
    pub fn start(config: FeedConfig) -> std::io::Result<(Self, MessageQueue)> {
        let places = config.queue.clamp(1, LONGEST_QUEUE) + 1;
        let (queue, messages) = message_queue(places, config.queue_bytes);
        let (state_in, state) = watch::channel(FeedState::Connecting {
            attempt: 1,
            after: None,
        });
        let (stop, stop_out) = watch::channel(false);
        let (status_in, browser_status) = watch::channel(BrowserStatus::default());
        let requests = RequestSlot::default();
        let retry_now = RetryNow::default();
        let secrets = config.secrets();
        let capture_tap = CaptureTap::new(config.capture.clone(), secrets.clone());
        capture_tap.switch(config.capture.as_ref().is_some_and(|capture| capture.on));
        let thread = if let FeedRoute::Browser { browser, hosts } = config.route.clone() {
            // The request slot is never opened, so nothing can be sent.
            let tap = capture_tap.clone();
            let supervisor = BrowserSupervisor::new(browser, hosts, config.limits, queue, tap)?;
            let retry_now = retry_now.clone();
            let run = move || supervisor.run(&state_in, &status_in, stop_out, &retry_now);
            background::spawn(SUPERVISOR_THREAD, run)?
        } else {
            let supervisor = DirectSupervisor {
                config,
                requests: requests.clone(),
                secrets,
                tap: capture_tap.clone(),
                queue,
                state: state_in,
                stop: stop_out,
                retry_now: retry_now.clone(),
                waiting: tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .build()?,
            };
            background::spawn(SUPERVISOR_THREAD, move || supervisor.run())?
        };
        let feed = Self {
            requests,
            retry_now,
            state,
            browser_status,
            stop,
            capture_tap,
            thread: Some(thread),
        };
        Ok((feed, messages))
    }

    /// Returns the state. It may follow the messages by a moment.
    pub fn state(&self) -> watch::Receiver<FeedState> {
        self.state.clone()
    }

    /// Returns the status of the browser and its pages; empty for a direct connection.
    pub fn browser_status(&self) -> watch::Receiver<BrowserStatus> {
        self.browser_status.clone()
    }

    /// Returns the sender of requests. Through a browser it refuses every request as not connected.
    pub fn sender(&self) -> RequestSlot {
        self.requests.clone()
    }

    /// Returns what ends the pause before the next connection attempt.
    pub fn retry_now(&self) -> RetryNow {
        self.retry_now.clone()
    }

    /// Returns the raw capture.
    pub fn capture_tap(&self) -> CaptureTap {
        self.capture_tap.clone()
    }

    /// Stops the feed and waits for its thread: less than one second with the default limits.
    ///
    /// A connection that was up still reports `Down`. Blocks, so not for async code.
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
        background::join(&mut self.thread, "the thread of the feed panicked");
        self.capture_tap.finish();
    }
}
