//! The thread that keeps reading the browser: found, lost, and found again.
//!
//! Owns the attempts, the generations and the delivery of `Up` and `Down`. What is read is decided in `pages`.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::call::Call;
use super::cdp::Cdp;
use super::hosts::Hosts;
use super::outlet::Outlet;
use super::pages::Pages;
use super::socket::Stamp;
use super::wire::{Said, read};
use super::{BrowserAddress, Tap};
use crate::capture::WireTap;
use crate::feed::connection::stopped;
use crate::feed::{Limits, Message, State, Why};

/// The name of the thread that reads. A panic there is a lost connection, not a crash.
const READER_THREAD: &str = crate::feed::IO_THREAD;
/// The first and the longest pause before the browser is looked for again: it costs next to nothing.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The browser tells of its pages in the first moments.
const INTRODUCTION: Duration = Duration::from_millis(500);
/// A browser that says nothing for this long is asked whether it is there.
const QUIET: Duration = Duration::from_secs(10);
/// A look that comes so much later than it should: the whole process was paused. For as long again nobody is judged by
/// his silence, since what came meanwhile is yet to be read.
const PAUSED: Duration = Duration::from_secs(1);

/// What the thread works with.
pub(crate) struct Supervisor {
    address: BrowserAddress,
    hosts: Hosts,
    limits: Limits,
    queue: mpsc::Sender<Message>,
    wire: WireTap,
    http: reqwest::Client,
    runtime: Runtime,
}

/// Where it is told how it goes.
struct Told<'a> {
    state: &'a watch::Sender<State>,
    tap: &'a watch::Sender<Tap>,
}

/// Says "stopped" when the thread ends, however it ends.
struct Farewell<'a>(&'a Told<'a>);

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        self.0.tap.send_replace(Tap::default());
        self.0.state.send_replace(State::Stopped);
    }
}

impl Supervisor {
    pub(crate) fn new(
        address: BrowserAddress,
        hosts: Vec<String>,
        limits: Limits,
        queue: mpsc::Sender<Message>,
        wire: WireTap,
    ) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(READER_THREAD)
            .enable_all()
            .build()?;
        // Straight to this computer: no proxy, and nothing that sends us elsewhere.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .map_err(std::io::Error::other)?;
        Ok(Self {
            address,
            hosts: Hosts::new(hosts),
            limits,
            queue,
            wire,
            http,
            runtime,
        })
    }

    /// Runs until it is told to stop, or until nobody reads the messages any more.
    pub(crate) fn run(
        self,
        state: &watch::Sender<State>,
        tap: &watch::Sender<Tap>,
        stop: watch::Receiver<bool>,
    ) {
        let told = Told { state, tap };
        let _farewell = Farewell(&told);
        self.runtime.block_on(self.live(&told, stop));
        self.runtime.shutdown_timeout(self.limits.shutdown);
    }

    async fn live(&self, told: &Told<'_>, mut stop: watch::Receiver<bool>) {
        let mut outlet = Outlet::new(
            self.queue.clone(),
            self.wire.clone(),
            self.limits.backoff_first,
        );
        let mut attempt = 0;
        loop {
            let connected = tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                () = self.queue.closed() => return,
                connected = Cdp::connect(&self.http, self.address) => connected,
            };
            let why = match connected {
                Ok(cdp) => {
                    tracing::info!(browser = %self.address, "reading the browser");
                    let since = Instant::now();
                    let why = self.read(cdp, told, &mut outlet, &mut stop).await;
                    if why == Why::Stopped {
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
            told.down(why, pause);
            tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                () = self.queue.closed() => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// Reads one browser until its end.
    async fn read(
        &self,
        mut cdp: Cdp,
        told: &Told<'_>,
        outlet: &mut Outlet,
        stop: &mut watch::Receiver<bool>,
    ) -> Why {
        let mut pages = Pages::new(self.hosts.clone(), self.limits.clone());
        let mut last = Instant::now();
        let begun = last;
        let (mut looked, mut judged_from) = (last, last);
        for call in [Call::Discover, Call::AutoAttach] {
            cdp.call(None, call, last);
        }
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let why = loop {
            tokio::select! {
                // The clock before the messages, or a flood of them would hide what is overdue.
                biased;
                () = stopped(stop) => break Why::Stopped,
                () = self.queue.closed() => break Why::Stopped,
                _ = look.tick() => {
                    let now = stamp();
                    let since = now.arrived.saturating_duration_since(looked);
                    looked = now.arrived;
                    if since >= LOOK_EVERY + PAUSED {
                        tracing::debug!(?since, "the process was paused");
                        last = now.arrived;
                        judged_from = now.arrived + PAUSED;
                    }
                    if now.arrived < judged_from {
                        continue;
                    }
                    for (session, call) in cdp.overdue(now.arrived) {
                        tracing::debug!(call = call.method(), "the browser does not answer");
                        if let Some(session) = session {
                            pages.tabs.overdue(&session);
                        }
                    }
                    let quiet = now.arrived.saturating_duration_since(last);
                    if quiet >= QUIET + super::cdp::PATIENCE {
                        break Why::BrowserGone;
                    }
                    if quiet >= QUIET && !cdp.waits_for(Call::AreYouThere) {
                        cdp.call(None, Call::AreYouThere, now.arrived);
                    }
                    pages.clock(now);
                    carry_on(&mut pages, &mut cdp, told, outlet, now);
                    if begun.elapsed() >= INTRODUCTION && !outlet.is_behind() {
                        self.tell(&pages, told, outlet.since(), now);
                    }
                }
                next = cdp.next() => match next {
                    Some((now, text)) => {
                        last = now.arrived;
                        take(&text, &mut pages, &mut cdp, now);
                        carry_on(&mut pages, &mut cdp, told, outlet, now);
                    }
                    None if cdp.is_overrun() => break Why::QueueFull,
                    None => break Why::BrowserGone,
                },
            }
        };
        // Nothing is chosen after this.
        pages.stop(why.clone(), stamp());
        pass_out(&mut pages, told, outlet, stamp());
        told.tap.send_replace(Tap::default());
        why
    }

    /// Tells what the clock alone changes.
    fn tell(&self, pages: &Pages, told: &Told<'_>, up: DateTime<Utc>, now: Stamp) {
        told.read(pages.tap(now));
        let Some(silence) = pages.silence(now.arrived) else {
            if let Some(why) = pages.why(now) {
                told.down(why, Duration::ZERO);
            }
            return;
        };
        let stale = silence >= self.limits.stale;
        told.state.send_if_modified(|state| match (&*state, stale) {
            (State::Up { .. }, true) => {
                let since = crate::clock::now() - silence;
                *state = State::Stale { since };
                true
            }
            (State::Stale { .. }, false) => {
                *state = State::Up { since: up };
                true
            }
            _ => false,
        });
    }
}

impl Told<'_> {
    /// Nothing is read. Told once for each reason.
    fn down(&self, why: Why, next_try_in: Duration) {
        let down = State::Down { why, next_try_in };
        self.state.send_if_modified(|state| {
            let news = *state != down;
            if news {
                if let State::Down { why, .. } = &down
                    && !matches!(state, State::Down { why: before, .. } if before == why)
                {
                    tracing::info!(%why, "no game from the browser");
                }
                *state = down.clone();
            }
            news
        });
    }

    fn read(&self, tap: Tap) {
        self.tap.send_if_modified(|before| {
            let news = *before != tap;
            if news {
                if tap.is_odd() && tap.page.is_some() {
                    tracing::info!("{tap}");
                }
                *before = tap;
            }
            news
        });
    }
}

fn take(text: &str, pages: &mut Pages, cdp: &mut Cdp, now: Stamp) {
    match read(text) {
        Some(Said::Event { session, event }) => pages.event(session, event, now),
        Some(Said::Answer { id, granted }) => {
            let Some((session, call)) = cdp.answered(id) else {
                return;
            };
            if !granted {
                // Workers know fewer commands than pages; what matters is missed where it is not there.
                tracing::debug!(call = call.method(), "the browser refused a call");
            }
            if let Some(session) = session {
                pages.tabs.answered(&session);
            }
        }
        Some(Said::Other) => {}
        None => tracing::debug!("the browser said something that cannot be read"),
    }
}

/// Passes on what came of an input.
fn carry_on(pages: &mut Pages, cdp: &mut Cdp, told: &Told<'_>, outlet: &mut Outlet, now: Stamp) {
    for gone in pages.tabs.take_gone() {
        cdp.forget(&gone);
    }
    for (session, call) in pages.tabs.take_calls() {
        cdp.call(Some(session), call, now.arrived);
    }
    pass_out(pages, told, outlet, now);
    if !pages.is_reading() && outlet.is_ready(now.arrived) {
        pages.choose(now);
        pass_out(pages, told, outlet, now);
    }
}

fn pass_out(pages: &mut Pages, told: &Told<'_>, outlet: &mut Outlet, now: Stamp) {
    loop {
        let all = pages.take_out();
        if all.is_empty() {
            return;
        }
        let mut fits = true;
        for (stamp, out) in all {
            fits &= outlet.put(stamp, out, told.state);
        }
        if !fits {
            pages.overrun(now);
        }
    }
}

fn stamp() -> Stamp {
    Stamp {
        at: crate::clock::now(),
        arrived: Instant::now(),
    }
}
