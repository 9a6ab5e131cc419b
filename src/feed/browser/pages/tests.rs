//! The traps of reading, one by one.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::feed::browser::HOSTS;
use crate::feed::browser::wire::{Frame, Target};

mod bounds;
mod tabs;

/// A browser that is told what happens, and a clock.
struct Desk {
    pages: Pages,
    now: Stamp,
    out: Vec<Out>,
}

const GAME_URL: &str = "https://rugs.fun/";
const SERVER_URL: &str = "wss://backend.rugs.fun/socket.io/?EIO=4&transport=websocket";

impl Desk {
    fn new() -> Self {
        let hosts = Hosts::new(HOSTS.map(str::to_owned).to_vec());
        Self {
            pages: Pages::new(hosts, Limits::default()),
            now: Stamp {
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
            .extend(self.pages.take_out().into_iter().map(|(_, out)| out));
        self.pages.choose(self.now);
        self.out
            .extend(self.pages.take_out().into_iter().map(|(_, out)| out));
    }

    fn event(&mut self, session: Option<&str>, event: Event) {
        self.pages
            .event(session.map(str::to_owned), event, self.now);
        self.settle();
    }

    fn attach(&mut self, parent: Option<&str>, session: &str, kind: &str, url: &str) {
        let target = Target {
            target_id: format!("target of {session}"),
            kind: kind.to_owned(),
            url: url.to_owned(),
        };
        let session = session.to_owned();
        self.event(parent, Event::Attached { session, target });
    }

    fn page(&mut self, session: &str) {
        self.attach(None, session, "page", GAME_URL);
    }

    fn created(&mut self, session: &str, socket: &str, url: &str) {
        let (socket, url) = (socket.to_owned(), url.to_owned());
        self.event(Some(session), Event::Created { socket, url });
    }

    fn hears(&mut self, session: &str, socket: &str, text: &str) {
        self.carries(session, socket, Way::In, text);
    }

    fn carries(&mut self, session: &str, socket: &str, way: Way, text: &str) {
        let (socket, text) = (socket.to_owned(), Some(text.to_owned()));
        let seconds = None;
        let frame = Event::Frame {
            socket,
            way,
            text,
            seconds,
        };
        self.event(Some(session), frame);
    }

    fn opens(&mut self, session: &str, socket: &str) {
        self.created(session, socket, SERVER_URL);
        self.hears(session, socket, "0{}");
        self.carries(session, socket, Way::Out, "40");
        self.hears(session, socket, "40{}");
    }

    fn update(&mut self, session: &str, socket: &str) {
        self.hears(session, socket, r#"42["gameStateUpdate",{}]"#);
    }

    fn leaves(&mut self, session: &str, url: &str) {
        let frame = Frame {
            id: format!("target of {session}"),
            parent_id: None,
            url: url.to_owned(),
        };
        self.event(Some(session), Event::Navigated { frame });
    }

    fn closes_tab(&mut self, session: &str) {
        let session = session.to_owned();
        self.event(None, Event::Detached { session });
    }

    fn heard(&mut self) -> Vec<String> {
        let out = std::mem::take(&mut self.out);
        let text = |out: &Out| match out {
            Out::Up => "up".to_owned(),
            Out::Body(Body::Event { name, .. }) => name.clone(),
            Out::Body(Body::Sent { name, .. }) => format!("sent {name}"),
            Out::Body(Body::Acked { id, .. }) => format!("ack {id}"),
            Out::Body(body) => format!("{body:?}"),
            Out::Down(why) => format!("down: {why}"),
        };
        out.iter().map(text).collect()
    }

    fn is_late(&self) -> bool {
        self.pages.tap(self.now).late
    }
}

const UPDATE: &str = "gameStateUpdate";

#[test]
fn a_connection_is_read_from_its_start_with_what_came_before_the_first_update() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.opens("A", "1");
    desk.carries("A", "1", Way::Out, r#"420["chatHistory",{}]"#);
    desk.carries("A", "1", Way::Out, r#"42["authenticate",{"token":"x"}]"#);
    assert!(desk.heard().is_empty());
    desk.update("A", "1");
    desk.hears("A", "1", "430[[]]");
    desk.hears("A", "1", "2");
    let seen = [
        "up",
        "sent chatHistory",
        "sent authenticate",
        UPDATE,
        "ack 0",
    ];
    assert_eq!(desk.heard(), seen);
    assert!(!desk.is_late());
    assert_eq!(desk.pages.tap(desk.now).page.as_deref(), Some(GAME_URL));
}

#[test]
fn a_connection_that_was_open_is_known_by_what_it_carries() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.hears("A", "1", r#"42["newChatMessage",{}]"#);
    assert!(desk.heard().is_empty());
    desk.update("A", "1");
    assert_eq!(desk.heard(), ["up", "newChatMessage", UPDATE]);
    assert!(desk.is_late());
}

#[test]
fn a_reload_ends_it_without_a_word_about_the_connection() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.update("A", "1");
    desk.leaves("A", GAME_URL);
    desk.opens("A", "1");
    desk.update("A", "1");
    let left = format!("down: {}", Why::PageLeft);
    assert_eq!(desk.heard(), ["up", UPDATE, &left, "up", UPDATE]);
    assert!(!desk.is_late());
}

#[test]
fn a_frame_within_the_page_that_is_left_ends_nothing() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.update("A", "1");
    let frame = Frame {
        id: "another".to_owned(),
        parent_id: Some("target of A".to_owned()),
        url: "https://ads.example/".to_owned(),
    };
    desk.event(Some("A"), Event::Navigated { frame });
    desk.update("A", "1");
    assert_eq!(desk.heard(), ["up", UPDATE, UPDATE]);
}

#[test]
fn every_end_is_an_end() {
    type End = fn(&mut Desk);
    let ends: [(&str, End, Why); 6] = [
        (
            "closed",
            |desk| {
                let socket = "1".to_owned();
                desk.event(Some("A"), Event::Closed { socket });
            },
            Why::PageClosed,
        ),
        ("tab", |desk| desk.closes_tab("A"), Why::TabClosed),
        (
            "left",
            |desk| desk.leaves("A", "https://x.example/"),
            Why::PageLeft,
        ),
        (
            "goodbye",
            |desk| desk.hears("A", "1", "41"),
            Why::PageClosed,
        ),
        (
            "transport",
            |desk| desk.hears("A", "1", "1"),
            Why::PageClosed,
        ),
        (
            "anew",
            |desk| {
                desk.opens("A", "2");
                desk.update("A", "2");
            },
            Why::PageConnectedAnew,
        ),
    ];
    for (name, end, why) in ends {
        let mut desk = Desk::new();
        desk.page("A");
        desk.opens("A", "1");
        desk.update("A", "1");
        desk.heard();
        end(&mut desk);
        assert_eq!(desk.heard()[0], format!("down: {why}"), "{name}");
        assert_eq!(desk.pages.is_reading(), name == "anew", "{name}");
    }
}

#[test]
fn another_connection_of_the_page_is_none_of_the_game() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.opens("A", "1");
    desk.update("A", "1");
    desk.opens("A", "chat");
    desk.hears("A", "chat", r#"42["message","hello"]"#);
    desk.update("A", "1");
    assert_eq!(desk.heard(), ["up", UPDATE, UPDATE]);
}

#[test]
fn a_connection_that_begins_by_polling_is_never_complete() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.created("A", "1", SERVER_URL);
    desk.carries("A", "1", Way::Out, "2probe");
    desk.hears("A", "1", "3probe");
    desk.carries("A", "1", Way::Out, "5");
    desk.update("A", "1");
    assert_eq!(desk.heard(), ["up", UPDATE]);
    assert!(desk.is_late());
}

#[test]
fn silence_ends_it_after_the_page_would_have_and_its_voice_brings_it_back() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.opens("A", "1");
    desk.update("A", "1");
    desk.heard();
    desk.later(30);
    desk.hears("A", "1", "2");
    desk.later(40);
    assert!(desk.heard().is_empty(), "its pings are heard");
    assert!(desk.pages.silence(desk.now.arrived).unwrap() >= Duration::from_secs(70));
    desk.later(6);
    assert!(desk.heard()[0].starts_with("down: Nothing was heard"));
    desk.update("A", "1");
    assert_eq!(desk.heard(), ["up", UPDATE]);
    assert!(desk.is_late());
}

proptest! {
    /// Whatever the browser says: no panic, and `Up` and `Down` alternate with everything between them.
    #[test]
    fn any_order_of_events_keeps_the_promise(steps in prop::collection::vec((0..12u8, 0..3u8, 0..3u8), 0..200)) {
        let mut desk = Desk::new();
        for (what, session, socket) in steps {
            let (name, socket) = (format!("S{session}"), socket.to_string());
            let session = name.as_str();
            match what {
                0 => desk.page(session),
                1 => desk.closes_tab(session),
                2 => desk.leaves(session, GAME_URL),
                3 => desk.leaves(session, "https://x.example/"),
                4 => desk.opens(session, &socket),
                5 | 6 => desk.update(session, &socket),
                7 => desk.hears(session, &socket, "41"),
                8 => desk.event(Some(session), Event::Closed { socket }),
                9 => desk.later(u64::from(what)),
                10 => desk.carries(session, &socket, Way::Out, r#"421["buyOrder",{}]"#),
                _ => {
                    desk.attach(Some(session), &format!("W{socket}"), "worker", GAME_URL);
                    desk.pages.overrun(desk.now);
                    desk.settle();
                }
            }
        }
        desk.pages.stop(Why::Stopped, desk.now);
        desk.settle_without_choice();
        let mut up = false;
        for out in &desk.out {
            match out {
                Out::Up => {
                    prop_assert!(!up);
                    up = true;
                }
                Out::Body(_) => prop_assert!(up),
                Out::Down(_) => {
                    prop_assert!(up);
                    up = false;
                }
            }
        }
        prop_assert!(!up);
    }
}

impl Desk {
    fn settle_without_choice(&mut self) {
        let out = self.pages.take_out().into_iter();
        self.out.extend(out.map(|(_, out)| out));
    }
}

#[test]
fn a_login_of_the_page_leaves_its_token_behind() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.opens("A", "1");
    let login = r#"42["authenticate",{"__trace":true},{"token":"hunter2"}]"#;
    desk.carries("A", "1", Way::Out, login);
    desk.update("A", "1");
    let Out::Body(Body::Sent { args, .. }) = &desk.out[1] else {
        panic!("{:?}", desk.out)
    };
    assert_eq!(args[..], [json!({"__trace": true}), json!(null)]);
}

#[test]
fn what_a_frame_carries_came_when_the_browser_got_it_and_its_connection_lives_when_it_is_read() {
    let mut desk = Desk::new();
    desk.page("S");
    desk.opens("S", "1");
    desk.update("S", "1");
    let zero = desk.now;
    let at = |millis| {
        let passed = Duration::from_millis(millis);
        Stamp {
            at: zero.at + passed,
            arrived: zero.arrived + passed,
        }
    };
    let mut came = |seconds, read| {
        let frame = Event::Frame {
            socket: "1".to_owned(),
            way: Way::In,
            text: Some(r#"42["gameStateUpdate",{}]"#.to_owned()),
            seconds: Some(seconds),
        };
        desk.pages.event(Some("S".to_owned()), frame, at(read));
        let stamps = desk.pages.take_out().into_iter().map(|(stamp, _)| stamp);
        (
            stamps.collect::<Vec<_>>(),
            desk.pages.silence(at(read).arrived),
        )
    };
    let alive = Some(Duration::ZERO);
    assert_eq!(came(5.0, 0), (vec![at(0)], alive));
    // Our process was paused for forty seconds.
    assert_eq!(came(5.25, 40_000), (vec![at(250)], alive));
    assert_eq!(came(5.5, 40_000), (vec![at(500)], alive));
}
