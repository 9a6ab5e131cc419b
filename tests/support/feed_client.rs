//! A client of the feed: limits for tests, and everything it received.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use pianola::feed::{
    Address, DisconnectReason, Feed, FeedConfig, FeedEvent, FeedLimits, FeedMessage, FeedState,
    MessageQueue, RequestOutcome, WriteOutcome,
};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// Longest wait for anything that must happen: generous, the machine may be busy.
pub const SOON: Duration = Duration::from_secs(15);

pub const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Waits until `cond` holds, looking often.
#[track_caller]
pub fn eventually(what: &str, limit: Duration, mut cond: impl FnMut() -> bool) {
    let start = Instant::now();
    while !cond() {
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::park_timeout(millis(1));
    }
}

/// Short pauses; deadlines so long that a busy machine does not meet them by chance.
pub fn config(address: Address) -> FeedConfig {
    let mut config = FeedConfig::new(address);
    config.limits = FeedLimits {
        reader_check: millis(10),
        backoff_first: millis(5),
        backoff_max: millis(20),
        refused_first: millis(300),
        refused_max: millis(300),
        stale: SOON,
        silence: 2 * SOON,
        silence_max: 2 * SOON,
        ..FeedLimits::default()
    };
    config
}

pub struct Player {
    pub feed: Feed,
    queue: MessageQueue,
    pub seen: Vec<FeedMessage>,
}

impl Player {
    pub fn start(config: FeedConfig) -> Self {
        let (feed, queue) = Feed::start(config).unwrap();
        Self {
            feed,
            queue,
            seen: Vec::new(),
        }
    }

    /// Reads what is there.
    pub fn read(&mut self) {
        while let Ok(message) = self.queue.try_recv() {
            self.seen.push(message);
        }
    }

    /// Reads until `cond` holds.
    #[track_caller]
    pub fn until(&mut self, what: &str, limit: Duration, mut cond: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        loop {
            self.read();
            if cond(self) {
                return;
            }
            let state = self.state();
            assert!(
                start.elapsed() < limit,
                "not within {limit:?}: {what}; state {state:?}, last {:?}",
                self.seen.last()
            );
            std::thread::park_timeout(millis(1));
        }
    }

    /// Reads until there were `count` connections.
    #[track_caller]
    pub fn until_ups(&mut self, count: usize) {
        self.until(&format!("up number {count}"), SOON, |player| {
            player.ups() >= count
        });
    }

    /// Reads until there were `count` ends and returns the last.
    #[track_caller]
    pub fn until_downs(&mut self, count: usize) -> DisconnectReason {
        self.until(&format!("down number {count}"), SOON, |player| {
            player.downs().len() >= count
        });
        self.downs().swap_remove(count - 1)
    }

    /// Waits for the state to be down (or stopped) and returns why, and when the next attempt is.
    #[track_caller]
    pub fn until_state_down(&mut self) -> (DisconnectReason, Option<DateTime<Utc>>) {
        let mut found = None;
        self.until("state down", SOON, |player| {
            if let FeedState::Down { why, next_try_at } = player.state() {
                found = Some((why, next_try_at));
            }
            found.is_some()
        });
        found.unwrap()
    }

    pub fn state(&self) -> FeedState {
        self.feed.state().borrow().clone()
    }

    pub fn ups(&self) -> usize {
        let is_up = |message: &&FeedMessage| message.event == FeedEvent::Up;
        self.seen.iter().filter(is_up).count()
    }

    /// The number of the newest connection; 1 before the first.
    pub fn connection(&self) -> u64 {
        let is_up = |message: &&FeedMessage| message.event == FeedEvent::Up;
        let up = self.seen.iter().rev().find(is_up);
        up.map_or(1, |up| up.generation)
    }

    pub fn downs(&self) -> Vec<DisconnectReason> {
        let why = |message: &FeedMessage| match &message.event {
            FeedEvent::Down { why } => Some(why.clone()),
            _ => None,
        };
        self.seen.iter().filter_map(why).collect()
    }

    /// The arguments of all events with this name.
    pub fn events(&self, wanted: &str) -> Vec<Vec<Value>> {
        let args = |message: &FeedMessage| match &message.event {
            FeedEvent::Event { name, args } if name == wanted => Some(args.clone()),
            _ => None,
        };
        self.seen.iter().filter_map(args).collect()
    }

    /// Sends a request and waits for its outcome, reading on.
    #[track_caller]
    pub fn ask(&mut self, name: &str, args: Vec<Value>) -> RequestOutcome {
        let outcome = self.feed.sender().request(self.connection(), name, args);
        self.wait(outcome)
    }

    #[track_caller]
    pub fn send(&mut self, name: &str, args: Vec<Value>) -> WriteOutcome<()> {
        let result = self.feed.sender().emit(self.connection(), name, args);
        self.wait(result)
    }

    /// Waits for something that must come, reading on.
    #[track_caller]
    pub fn wait<T>(&mut self, mut receiver: oneshot::Receiver<T>) -> T {
        let mut found = None;
        self.until("an outcome", SOON, |_| {
            found = receiver.try_recv().ok();
            found.is_some()
        });
        found.unwrap()
    }

    /// Stops within a second, reads the rest and checks the order of everything.
    #[track_caller]
    pub fn finish(mut self) -> Vec<FeedMessage> {
        let state = self.feed.state();
        let start = Instant::now();
        self.feed.stop();
        // The rule is one second; the rest is for an overloaded machine (see `stop`).
        assert!(start.elapsed() < millis(1900), "stop took long");
        assert_eq!(*state.borrow(), FeedState::Stopped);
        while let Ok(message) = self.queue.try_recv() {
            self.seen.push(message);
        }
        assert_eq!(
            self.queue.try_recv(),
            Err(mpsc::error::TryRecvError::Disconnected),
            "the queue still has a sender"
        );
        check_order(&self.seen);
        self.seen
    }
}

/// Every generation is one block: `Up`, events, `Down`; the generations ascend.
#[track_caller]
pub fn check_order(messages: &[FeedMessage]) {
    let mut open: Option<u64> = None;
    let mut last = 0;
    for (at, message) in messages.iter().enumerate() {
        let generation = message.generation;
        match &message.event {
            FeedEvent::Up => {
                assert_eq!(open, None, "up inside a connection, at {at}");
                assert!(generation > last, "generations ascend, at {at}");
                (open, last) = (Some(generation), generation);
            }
            FeedEvent::Event { name, .. } => {
                assert_eq!(open, Some(generation), "stray event {name}, at {at}");
            }
            FeedEvent::Sent { .. } | FeedEvent::Acked { .. } => {
                assert_eq!(open, Some(generation), "stray request, at {at}");
            }
            FeedEvent::Down { .. } => {
                assert_eq!(open, Some(generation), "stray down, at {at}");
                open = None;
            }
        }
    }
    assert_eq!(open, None, "the last connection has no end");
}
