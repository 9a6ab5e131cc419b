//! A client of the browser feed: everything it received, by connection.

use std::time::{Duration, Instant};

use pianola::feed::{
    BrowserStatus, DisconnectReason, Feed, FeedConfig, FeedEvent, FeedMessage, FeedState,
    MessageQueue,
};
use serde_json::Value;

/// Longest wait for anything that must happen: generous, the machine may be busy.
pub const SOON: Duration = Duration::from_mins(1);

/// A running feed and all its messages.
pub struct BrowserFeed {
    pub feed: Feed,
    queue: MessageQueue,
    pub seen: Vec<FeedMessage>,
}

/// One connection: what came between `Up` and `Down`.
#[derive(Debug)]
pub struct Block<'a> {
    pub generation: u64,
    pub bodies: Vec<&'a FeedEvent>,
    pub end: Option<&'a DisconnectReason>,
}

impl Block<'_> {
    /// Returns the events, as name and JSON text: digit for digit.
    pub fn events(&self) -> Vec<(String, String)> {
        let events = self.bodies.iter().filter_map(|body| match body {
            FeedEvent::Event { name, args } => Some((name.clone(), json(args))),
            _ => None,
        });
        events.collect()
    }

    /// Returns the requests of the page: name, arguments, number.
    pub fn sent(&self, wanted: &str) -> Vec<(&[Value], Option<u64>)> {
        let sent = self.bodies.iter().filter_map(|body| match body {
            FeedEvent::Sent { name, args, id } if name == wanted => Some((args.as_slice(), *id)),
            _ => None,
        });
        sent.collect()
    }

    /// Returns the answer to a request of the page.
    pub fn acked(&self, wanted: u64) -> Option<&[Value]> {
        self.bodies.iter().find_map(|body| match body {
            FeedEvent::Acked { id, args } if *id == wanted => Some(args.as_slice()),
            _ => None,
        })
    }
}

fn json(args: &[Value]) -> String {
    serde_json::to_string(args).expect("values are JSON")
}

impl BrowserFeed {
    pub fn start(config: FeedConfig) -> Self {
        let (feed, queue) = Feed::start(config).expect("the feed starts");
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
    pub fn until(&mut self, what: &str, mut cond: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        loop {
            self.read();
            if cond(self) {
                return;
            }
            if start.elapsed() >= SOON {
                let (state, tap) = (self.state(), self.browser_status());
                let last = self.seen.last().map(|message| &message.event);
                panic!("not within {SOON:?}: {what}; state {state:?}, {tap:?}, last {last:?}");
            }
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// Reads until nothing is read for this reason.
    #[track_caller]
    pub fn until_down(&mut self, what: &str, cond: impl Fn(&DisconnectReason) -> bool) {
        self.until(
            what,
            |tapped| matches!(tapped.state(), FeedState::Down { why, .. } if cond(&why)),
        );
    }

    /// Reads until there were so many connections and the last one has this event.
    #[track_caller]
    pub fn until_event(&mut self, connections: usize, wanted: &str) {
        let what = format!("{wanted} on connection {connections}");
        self.until(&what, |tapped| {
            let blocks = tapped.blocks();
            let last = blocks.last().filter(|block| block.end.is_none());
            let last = last.filter(|_| blocks.len() == connections);
            last.is_some_and(|last| last.events().iter().any(|(name, _)| name == wanted))
        });
    }

    /// Stops the feed; returns everything it said.
    pub fn stop(mut self) -> Vec<FeedMessage> {
        self.feed.stop();
        while let Ok(message) = self.queue.try_recv() {
            self.seen.push(message);
        }
        self.seen
    }

    pub fn state(&self) -> FeedState {
        self.feed.state().borrow().clone()
    }

    pub fn browser_status(&self) -> BrowserStatus {
        self.feed.browser_status().borrow().clone()
    }

    /// Returns the connections so far, and checks their order: each is one block from `Up` to `Down`.
    #[track_caller]
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for message in &self.seen {
            let open = blocks.last_mut().filter(|block| block.end.is_none());
            match (&message.event, open) {
                (FeedEvent::Up, None) => {
                    let generation = message.generation;
                    let before = blocks.last().map_or(0, |block| block.generation);
                    assert!(generation > before, "generations ascend");
                    blocks.push(Block {
                        generation,
                        bodies: Vec::new(),
                        end: None,
                    });
                }
                (FeedEvent::Up, Some(_)) => panic!("up inside a connection"),
                (body, None) => panic!("outside a connection: {body:?}"),
                (body, Some(block)) => {
                    assert_eq!(block.generation, message.generation);
                    match body {
                        FeedEvent::Down { why } => block.end = Some(why),
                        body => block.bodies.push(body),
                    }
                }
            }
        }
        blocks
    }
}

/// Returns the events that every client of a table gets at the same time.
pub fn public(events: &[(String, String)]) -> Vec<&(String, String)> {
    let all = events.iter();
    all.filter(|(name, args)| name == "gameStateUpdate" && !args.contains("\"prices\":"))
        .collect()
}

/// Checks that every public event of a connection is one of the whole stream's, in its order and without a gap.
#[track_caller]
pub fn assert_part_of(part: &[(String, String)], whole: &[(String, String)]) {
    let (part, whole) = (public(part), public(whole));
    let Some(first) = part.first() else {
        return; // It ended before there was one.
    };
    let at = whole.iter().position(|event| event == first);
    let at = at.expect("the other connection has its first event too");
    let beside = &whole[at..];
    assert!(beside.len() >= part.len(), "the other connection saw less");
    for (number, (a, b)) in part.iter().zip(beside).enumerate() {
        assert_eq!(a, b, "event {number}");
    }
}
