//! The traps of reading, one by one.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::feed::browser::HOSTS;
use crate::feed::browser::messages::{FrameInfo, TargetInfo};

mod bounds;
mod targets;
mod timing;

/// A selector with a clock, driven by browser events.
struct Fixture {
    pages: SocketSelector,
    now: ArrivalTime,
    out: Vec<PageOutput>,
}

const GAME_URL: &str = "https://rugs.fun/";
const SERVER_URL: &str = "wss://backend.rugs.fun/socket.io/?EIO=4&transport=websocket";

impl Fixture {
    fn new() -> Self {
        let hosts = GameHosts::new(HOSTS.map(str::to_owned).to_vec());
        Self {
            pages: SocketSelector::new(hosts, FeedLimits::default()),
            now: ArrivalTime {
                at: chrono::DateTime::UNIX_EPOCH,
                arrived: Instant::now(),
            },
            out: Vec::new(),
        }
    }

    fn later(&mut self, seconds: u64) {
        for _ in 0..seconds * 2 {
            self.now.arrived += Duration::from_millis(500);
            self.pages.clock(self.now);
            self.settle();
        }
    }

    /// What the supervisor does after each input.
    fn settle(&mut self) {
        self.out
            .extend(self.pages.take_output().into_iter().map(|(_, out)| out));
        self.pages.choose(self.now);
        self.out
            .extend(self.pages.take_output().into_iter().map(|(_, out)| out));
    }

    fn event(&mut self, session: Option<&str>, event: BrowserEvent) {
        self.pages
            .event(session.map(str::to_owned), event, self.now);
        self.settle();
    }

    fn attach(&mut self, parent: Option<&str>, session: &str, kind: &str, url: &str) {
        let target = TargetInfo {
            target_id: format!("target of {session}"),
            kind: kind.to_owned(),
            url: url.to_owned(),
        };
        let session = session.to_owned();
        self.event(parent, BrowserEvent::Attached { session, target });
    }

    fn page(&mut self, session: &str) {
        self.attach(None, session, "page", GAME_URL);
    }

    fn created(&mut self, session: &str, socket: &str, url: &str) {
        let (socket, url) = (socket.to_owned(), url.to_owned());
        self.event(Some(session), BrowserEvent::Created { socket, url });
    }

    fn hears(&mut self, session: &str, socket: &str, text: &str) {
        self.carries(session, socket, Direction::In, text);
    }

    fn carries(&mut self, session: &str, socket: &str, direction: Direction, text: &str) {
        let (socket, text) = (socket.to_owned(), Some(text.to_owned()));
        let seconds = None;
        let frame = BrowserEvent::Frame {
            socket,
            direction,
            text,
            seconds,
        };
        self.event(Some(session), frame);
    }

    fn opens(&mut self, session: &str, socket: &str) {
        self.created(session, socket, SERVER_URL);
        self.hears(session, socket, "0{}");
        self.carries(session, socket, Direction::Out, "40");
        self.hears(session, socket, "40{}");
    }

    fn update(&mut self, session: &str, socket: &str) {
        self.hears(session, socket, r#"42["gameStateUpdate",{}]"#);
    }

    fn leaves(&mut self, session: &str, url: &str) {
        let frame = FrameInfo {
            id: format!("target of {session}"),
            parent_id: None,
            url: url.to_owned(),
        };
        self.event(Some(session), BrowserEvent::Navigated { frame });
    }

    fn closes_tab(&mut self, session: &str) {
        let session = session.to_owned();
        self.event(None, BrowserEvent::Detached { session });
    }

    fn heard(&mut self) -> Vec<String> {
        let out = std::mem::take(&mut self.out);
        let text = |out: &PageOutput| match out {
            PageOutput::Up => "up".to_owned(),
            PageOutput::Event(FeedEvent::Event { name, .. }) => name.clone(),
            PageOutput::Event(FeedEvent::Sent { name, .. }) => format!("sent {name}"),
            PageOutput::Event(FeedEvent::Acked { id, .. }) => format!("ack {id}"),
            PageOutput::Event(body) => format!("{body:?}"),
            PageOutput::Down(why) => format!("down: {why}"),
        };
        out.iter().map(text).collect()
    }

    fn is_late(&self) -> bool {
        self.pages.status(self.now).late
    }
}

const UPDATE: &str = "gameStateUpdate";

#[test]
fn a_connection_is_read_from_its_start_with_the_events_before_the_first_update() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.opens("A", "1");
    fixture.carries("A", "1", Direction::Out, r#"420["chatHistory",{}]"#);
    fixture.carries(
        "A",
        "1",
        Direction::Out,
        r#"42["authenticate",{"token":"x"}]"#,
    );
    assert!(fixture.heard().is_empty());
    fixture.update("A", "1");
    fixture.hears("A", "1", "430[[]]");
    fixture.hears("A", "1", "2");
    let seen = [
        "up",
        "sent chatHistory",
        "sent authenticate",
        UPDATE,
        "ack 0",
    ];
    assert_eq!(fixture.heard(), seen);
    assert!(!fixture.is_late());
    assert_eq!(
        fixture.pages.status(fixture.now).page.as_deref(),
        Some(GAME_URL)
    );
}

#[test]
fn a_connection_that_was_open_is_recognised_by_its_content() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.hears("A", "1", r#"42["newChatMessage",{}]"#);
    assert!(fixture.heard().is_empty());
    fixture.update("A", "1");
    assert_eq!(fixture.heard(), ["up", "newChatMessage", UPDATE]);
    assert!(fixture.is_late());
}

#[test]
fn a_reload_ends_the_connection_without_an_event_about_it() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.update("A", "1");
    fixture.leaves("A", GAME_URL);
    fixture.opens("A", "1");
    fixture.update("A", "1");
    let left = format!("down: {}", DisconnectReason::PageLeft);
    assert_eq!(fixture.heard(), ["up", UPDATE, &left, "up", UPDATE]);
    assert!(!fixture.is_late());
}

#[test]
fn navigation_of_a_frame_inside_the_page_ends_nothing() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.update("A", "1");
    let frame = FrameInfo {
        id: "another".to_owned(),
        parent_id: Some("target of A".to_owned()),
        url: "https://ads.example/".to_owned(),
    };
    fixture.event(Some("A"), BrowserEvent::Navigated { frame });
    fixture.update("A", "1");
    assert_eq!(fixture.heard(), ["up", UPDATE, UPDATE]);
}

#[test]
fn every_kind_of_end_is_reported() {
    type End = fn(&mut Fixture);
    let ends: [(&str, End, DisconnectReason); 6] = [
        (
            "closed",
            |fixture| {
                let socket = "1".to_owned();
                fixture.event(Some("A"), BrowserEvent::Closed { socket });
            },
            DisconnectReason::PageClosed,
        ),
        (
            "tab",
            |fixture| fixture.closes_tab("A"),
            DisconnectReason::TabClosed,
        ),
        (
            "left",
            |fixture| fixture.leaves("A", "https://x.example/"),
            DisconnectReason::PageLeft,
        ),
        (
            "goodbye",
            |fixture| fixture.hears("A", "1", "41"),
            DisconnectReason::PageClosed,
        ),
        (
            "transport",
            |fixture| fixture.hears("A", "1", "1"),
            DisconnectReason::PageClosed,
        ),
        (
            "reconnect",
            |fixture| {
                fixture.opens("A", "2");
                fixture.update("A", "2");
            },
            DisconnectReason::PageReconnected,
        ),
    ];
    for (name, end, why) in ends {
        let mut fixture = Fixture::new();
        fixture.page("A");
        fixture.opens("A", "1");
        fixture.update("A", "1");
        fixture.heard();
        end(&mut fixture);
        assert_eq!(fixture.heard()[0], format!("down: {why}"), "{name}");
        assert_eq!(fixture.pages.is_reading(), name == "reconnect", "{name}");
    }
}

#[test]
fn another_connection_of_the_page_is_none_of_the_game() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.opens("A", "1");
    fixture.update("A", "1");
    fixture.opens("A", "chat");
    fixture.hears("A", "chat", r#"42["message","hello"]"#);
    fixture.update("A", "1");
    assert_eq!(fixture.heard(), ["up", UPDATE, UPDATE]);
}

#[test]
fn a_connection_that_begins_by_polling_is_never_complete() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.created("A", "1", SERVER_URL);
    fixture.carries("A", "1", Direction::Out, "2probe");
    fixture.hears("A", "1", "3probe");
    fixture.carries("A", "1", Direction::Out, "5");
    fixture.update("A", "1");
    assert_eq!(fixture.heard(), ["up", UPDATE]);
    assert!(fixture.is_late());
}

proptest! {
    /// Whatever the browser says: no panic, and `Up` and `Down` alternate with everything between them.
    #[test]
    fn any_order_of_events_keeps_the_promise(steps in prop::collection::vec((0..12u8, 0..3u8, 0..3u8), 0..200)) {
        let mut fixture = Fixture::new();
        for (what, session, socket) in steps {
            let (name, socket) = (format!("S{session}"), socket.to_string());
            let session = name.as_str();
            match what {
                0 => fixture.page(session),
                1 => fixture.closes_tab(session),
                2 => fixture.leaves(session, GAME_URL),
                3 => fixture.leaves(session, "https://x.example/"),
                4 => fixture.opens(session, &socket),
                5 | 6 => fixture.update(session, &socket),
                7 => fixture.hears(session, &socket, "41"),
                8 => fixture.event(Some(session), BrowserEvent::Closed { socket }),
                9 => fixture.later(u64::from(what)),
                10 => fixture.carries(session, &socket, Direction::Out, r#"421["buyOrder",{}]"#),
                _ => {
                    fixture.attach(Some(session), &format!("W{socket}"), "worker", GAME_URL);
                    fixture.pages.overrun(fixture.now);
                    fixture.settle();
                }
            }
        }
        fixture.pages.stop(DisconnectReason::Stopped, fixture.now);
        fixture.settle_without_choice();
        let mut up = false;
        for out in &fixture.out {
            match out {
                PageOutput::Up => {
                    prop_assert!(!up);
                    up = true;
                }
                PageOutput::Event(_) => prop_assert!(up),
                PageOutput::Down(_) => {
                    prop_assert!(up);
                    up = false;
                }
            }
        }
        prop_assert!(!up);
    }
}

impl Fixture {
    fn settle_without_choice(&mut self) {
        let out = self.pages.take_output().into_iter();
        self.out.extend(out.map(|(_, out)| out));
    }
}

#[test]
fn a_login_of_the_page_loses_its_token() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.opens("A", "1");
    let login = r#"42["authenticate",{"__trace":true},{"token":"hunter2"}]"#;
    fixture.carries("A", "1", Direction::Out, login);
    fixture.update("A", "1");
    let PageOutput::Event(FeedEvent::Sent { args, .. }) = &fixture.out[1] else {
        panic!("{:?}", fixture.out)
    };
    assert_eq!(args[..], [json!({"__trace": true}), json!(null)]);
}
