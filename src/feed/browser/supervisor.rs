//! The thread of a browser feed: finds the browser, reads it, and finds it again after a loss.
//!
//! Owns the attempts and the clock. `selector` decides which connection is read, `output` sends the messages.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::address::BrowserAddress;
use super::cdp::{self, CdpConnection};
use super::cdp_call::CdpCall;
use super::hosts::GameHosts;
use super::messages::{BrowserMessage, read};
use super::output::FeedOutput;
use super::selector::SocketSelector;
use super::status::BrowserStatus;
use crate::capture::CaptureTap;
use crate::clock;
use crate::feed::context::stopped;
use crate::feed::disconnect_reason::DisconnectReason;
use crate::feed::limits::FeedLimits;
use crate::feed::message::ArrivalTime;
use crate::feed::panics::IO_THREAD;
use crate::feed::queue::MessageSender;
use crate::feed::retry_now::RetryNow;
use crate::feed::state::{FeedState, update_stale};

/// The first and the longest pause before the next attempt to find the browser, which costs almost nothing.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Interval of the checks.
const CHECK_EVERY: Duration = Duration::from_millis(100);
/// Time in which the browser lists its pages after the connection.
const INTRODUCTION: Duration = Duration::from_millis(500);
/// Silence after which the browser gets a ping.
const QUIET: Duration = Duration::from_secs(10);
/// A check this late means that the whole process was paused. For the same period after it silence does not count, since
/// messages that arrived meanwhile are unread.
const PAUSED: Duration = Duration::from_secs(1);

/// The state of the thread "feed-supervisor" of a browser feed.
pub(crate) struct BrowserSupervisor {
    address: BrowserAddress,
    hosts: GameHosts,
    limits: FeedLimits,
    queue: MessageSender,
    tap: CaptureTap,
    http: reqwest::Client,
    runtime: Runtime,
}

/// The senders of the feed's state and of the browser's status.
struct StatusSenders<'a> {
    state: &'a watch::Sender<FeedState>,
    browser: &'a watch::Sender<BrowserStatus>,
}

/// Sets the state `Stopped` when the thread ends, also by a panic.
impl Drop for StatusSenders<'_> {
    fn drop(&mut self) {
        self.browser.send_replace(BrowserStatus::default());
        self.state.send_replace(FeedState::Stopped);
    }
}

impl BrowserSupervisor {
    pub(crate) fn new(
        address: BrowserAddress,
        hosts: Vec<String>,
        limits: FeedLimits,
        queue: MessageSender,
        tap: CaptureTap,
    ) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(IO_THREAD)
            .enable_all()
            .build()?;
        // Directly to this computer: no proxy, no redirect.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .map_err(std::io::Error::other)?;
        Ok(Self {
            address,
            hosts: GameHosts::new(hosts),
            limits,
            queue,
            tap,
            http,
            runtime,
        })
    }

    /// Runs until the feed is stopped or the receiver of the messages is dropped.
    pub(crate) fn run(
        self,
        state: &watch::Sender<FeedState>,
        browser: &watch::Sender<BrowserStatus>,
        stop: watch::Receiver<bool>,
        retry_now: &RetryNow,
    ) {
        let status = StatusSenders { state, browser };
        self.runtime
            .block_on(self.connect_and_read(&status, stop, retry_now));
        self.runtime.shutdown_timeout(self.limits.shutdown);
    }

    async fn connect_and_read(
        &self,
        status: &StatusSenders<'_>,
        mut stop: watch::Receiver<bool>,
        retry_now: &RetryNow,
    ) {
        let mut output = FeedOutput::new(
            self.queue.clone(),
            self.tap.clone(),
            self.limits.backoff_first,
        );
        let mut attempt = 0;
        loop {
            let connected = tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                () = self.queue.closed() => return,
                connected = CdpConnection::connect(&self.http, self.address) => connected,
            };
            let why = match connected {
                Ok(cdp) => {
                    tracing::info!(browser = %self.address, "reading the browser");
                    let since = Instant::now();
                    let why = self.read(cdp, status, &mut output, &mut stop).await;
                    if why == DisconnectReason::Stopped {
                        return;
                    }
                    if since.elapsed() >= LONGEST_PAUSE {
                        attempt = 0;
                    }
                    why
                }
                Err(why) => why,
            };
            let pause = FIRST_PAUSE
                .saturating_mul(1 << attempt.min(10))
                .min(LONGEST_PAUSE);
            attempt += 1;
            status.down(why.clone(), Some(clock::after(pause)));
            tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                () = self.queue.closed() => return,
                () = retry_now.requested() => {}
                () = sleep(pause) => {}
            }
            // Also where the player ended the pause.
            status.down(why, Some(clock::now()));
        }
    }

    /// Reads one browser until its end.
    async fn read(
        &self,
        mut cdp: CdpConnection,
        status: &StatusSenders<'_>,
        output: &mut FeedOutput,
        stop: &mut watch::Receiver<bool>,
    ) -> DisconnectReason {
        let mut selector = SocketSelector::new(self.hosts.clone(), self.limits.clone());
        let mut last = Instant::now();
        let begun = last;
        let (mut checked, mut silence_counts_from) = (last, last);
        for call in [CdpCall::Discover, CdpCall::AutoAttach] {
            cdp.call(None, call, last);
        }
        let mut checks = interval(CHECK_EVERY);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let why = loop {
            tokio::select! {
                // The checks before the messages, or a flood of messages would hide what is overdue.
                biased;
                () = stopped(stop) => break DisconnectReason::Stopped,
                () = self.queue.closed() => break DisconnectReason::Stopped,
                _ = checks.tick() => {
                    let now = ArrivalTime::now();
                    let since = now.arrived.saturating_duration_since(checked);
                    checked = now.arrived;
                    if since >= CHECK_EVERY + PAUSED {
                        tracing::debug!(?since, "the process was paused");
                        last = now.arrived;
                        silence_counts_from = now.arrived + PAUSED;
                    }
                    if now.arrived < silence_counts_from {
                        continue;
                    }
                    for (session, call) in cdp.overdue(now.arrived) {
                        tracing::debug!(call = call.method(), "the browser does not answer");
                        if let Some(session) = session {
                            selector.targets.overdue(&session);
                        }
                    }
                    let quiet = now.arrived.saturating_duration_since(last);
                    if quiet >= QUIET + cdp::PATIENCE {
                        break DisconnectReason::BrowserGone;
                    }
                    if quiet >= QUIET && !cdp.calls.waits_for(CdpCall::Ping) {
                        cdp.call(None, CdpCall::Ping, now.arrived);
                    }
                    selector.clock(now);
                    process(&mut selector, &mut cdp, status, output, now);
                    if begun.elapsed() >= INTRODUCTION && !output.is_behind() {
                        self.update_status(&selector, status, output.since(), now);
                    }
                }
                next = cdp.next() => match next {
                    Some((now, text)) => {
                        last = now.arrived;
                        take(&text, &mut selector, &mut cdp, now);
                        process(&mut selector, &mut cdp, status, output, now);
                    }
                    None if cdp.is_overrun() => break DisconnectReason::QueueFull,
                    None => break DisconnectReason::BrowserGone,
                },
            }
        };
        // No connection is chosen after this.
        selector.stop(why.clone(), ArrivalTime::now());
        send_output(&mut selector, status, output, ArrivalTime::now());
        status.browser.send_replace(BrowserStatus::default());
        why
    }

    /// Updates state and status, which also change with time alone.
    fn update_status(
        &self,
        selector: &SocketSelector,
        status: &StatusSenders<'_>,
        up_since: DateTime<Utc>,
        now: ArrivalTime,
    ) {
        status.read(selector.status(now));
        let Some(silence) = selector.silence(now.arrived) else {
            if let Some(why) = selector.why_not_reading(now) {
                status.down(why, None);
            }
            return;
        };
        update_stale(status.state, silence, self.limits.stale, up_since);
    }
}

impl StatusSenders<'_> {
    /// Sets the state `Down`; each reason is logged once.
    fn down(&self, why: DisconnectReason, next_try_at: Option<DateTime<Utc>>) {
        let down = FeedState::Down { why, next_try_at };
        self.state.send_if_modified(|state| {
            let changed = *state != down;
            if changed {
                if let FeedState::Down { why, .. } = &down
                    && !matches!(state, FeedState::Down { why: before, .. } if before == why)
                {
                    tracing::info!(%why, "no game from the browser");
                }
                *state = down.clone();
            }
            changed
        });
    }

    fn read(&self, status: BrowserStatus) {
        self.browser.send_if_modified(|before| {
            let changed = *before != status;
            if changed {
                if status.needs_attention() && status.page.is_some() {
                    tracing::info!("{status}");
                }
                *before = status;
            }
            changed
        });
    }
}

fn take(text: &str, selector: &mut SocketSelector, cdp: &mut CdpConnection, now: ArrivalTime) {
    match read(text) {
        Some(BrowserMessage::Event { session, event }) => selector.event(session, event, now),
        Some(BrowserMessage::Answer { id, granted }) => {
            let Some((session, call)) = cdp.calls.answered(id) else {
                return;
            };
            if !granted {
                // Workers know fewer commands than pages; a missing one only matters where it is needed.
                tracing::debug!(call = call.method(), "the browser refused a call");
            }
            if let Some(session) = session {
                selector.targets.answered(&session);
            }
        }
        Some(BrowserMessage::Other) => {}
        None => tracing::debug!("unreadable message from the browser"),
    }
}

/// Handles the results of an input: forgotten targets, calls, messages, and the choice of a connection.
fn process(
    selector: &mut SocketSelector,
    cdp: &mut CdpConnection,
    status: &StatusSenders<'_>,
    output: &mut FeedOutput,
    now: ArrivalTime,
) {
    for gone in selector.targets.take_gone() {
        cdp.calls.forget(&gone);
    }
    for (session, call) in selector.targets.take_calls() {
        cdp.call(Some(session), call, now.arrived);
    }
    send_output(selector, status, output, now);
    if !selector.is_reading() && output.is_ready(now.arrived) {
        selector.choose(now);
        send_output(selector, status, output, now);
    }
}

fn send_output(
    selector: &mut SocketSelector,
    status: &StatusSenders<'_>,
    output: &mut FeedOutput,
    now: ArrivalTime,
) {
    loop {
        let all = selector.take_output();
        if all.is_empty() {
            return;
        }
        let mut fits = true;
        for (time, message) in all {
            fits &= output.put(time, message, status.state);
        }
        if !fits {
            selector.overrun(now);
        }
    }
}
