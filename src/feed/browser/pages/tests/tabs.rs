//! Several tabs, and what is in them.

use super::*;

#[test]
fn of_two_tabs_one_is_read_and_the_other_named() {
    let mut desk = Desk::new();
    for tab in ["A", "B"] {
        desk.page(tab);
        desk.opens(tab, "1");
        desk.update(tab, "1");
    }
    desk.update("A", "1");
    desk.update("B", "1");
    assert_eq!(desk.heard(), ["up", UPDATE, UPDATE]);
    assert_eq!(desk.pages.tap(desk.now).others, [GAME_URL]);
    desk.closes_tab("A");
    desk.update("B", "1");
    let closed = format!("down: {}", Why::TabClosed);
    assert_eq!(desk.heard(), [&closed, "up", UPDATE]);
    assert!(desk.is_late(), "its login was not passed on");
    assert!(desk.pages.tap(desk.now).others.is_empty());
}

#[test]
fn a_reloaded_page_is_waited_for_before_another_tab_is_taken() {
    let mut desk = Desk::new();
    for tab in ["A", "B"] {
        desk.page(tab);
        desk.opens(tab, "1");
        desk.update(tab, "1");
    }
    desk.leaves("A", GAME_URL);
    desk.update("B", "1");
    desk.heard();
    desk.later(1);
    assert!(desk.heard().is_empty(), "it may come back");
    desk.opens("A", "2");
    desk.update("A", "2");
    assert_eq!(desk.heard(), ["up", UPDATE]);
    assert!(!desk.is_late());
    desk.leaves("A", "https://x.example/");
    desk.update("B", "1");
    desk.heard();
    desk.later(3);
    assert_eq!(desk.heard()[0], "up", "it does not");
}

#[test]
fn a_connection_known_from_its_start_is_better_than_one_that_is_not() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.page("B");
    desk.update("A", "1");
    assert!(desk.is_late());
    desk.opens("B", "1");
    desk.update("B", "1");
    assert!(!desk.is_late());
    desk.heard();
    for _ in 0..3 {
        desk.update("A", "1");
        desk.update("B", "1");
    }
    assert_eq!(desk.heard(), [UPDATE; 3], "no jumping to and fro");
}

#[test]
fn a_page_that_is_not_the_game_is_not_read() {
    let mut desk = Desk::new();
    desk.attach(None, "X", "page", "https://evil.example/");
    desk.opens("X", "1");
    desk.update("X", "1");
    desk.created("X", "2", "wss://backend.rugs.fun/socket.io/");
    desk.update("X", "2");
    desk.attach(Some("X"), "W", "worker", "https://evil.example/w.js");
    desk.opens("W", "1");
    desk.update("W", "1");
    assert!(desk.heard().is_empty());
    assert_eq!(desk.pages.size().1, 0, "nothing of it is kept");
    assert_eq!(desk.pages.why(desk.now), Some(Why::NoPage));
}

#[test]
fn a_worker_and_a_frame_of_the_page_are_read() {
    for (kind, url) in [
        ("worker", "blob:https://rugs.fun/1"),
        ("shared_worker", "https://rugs.fun/w.js"),
        ("iframe", "https://frame.example/"),
    ] {
        let mut desk = Desk::new();
        desk.page("A");
        desk.attach(Some("A"), "W", kind, url);
        desk.update("W", "1");
        assert_eq!(desk.heard(), ["up", UPDATE], "{kind}");
        // The page goes, and everything in it.
        desk.closes_tab("A");
        assert_eq!(desk.heard().len(), 1, "{kind}");
        assert_eq!(desk.pages.size(), (0, 0));
    }
}

#[test]
fn a_target_that_is_told_twice_is_asked_and_read_once() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.pages.tabs.take_calls();
    let target = Target {
        target_id: "T".to_owned(),
        kind: "worker".to_owned(),
        url: "https://rugs.fun/w.js".to_owned(),
    };
    for (parent, session) in [(None, "W1"), (Some("A"), "W2")] {
        let (session, target) = (session.to_owned(), target.clone());
        desk.event(parent, Event::Attached { session, target });
    }
    let asked = desk.pages.tabs.take_calls();
    assert!(asked.iter().all(|(session, _)| session == "W1") && !asked.is_empty());
    // The other one takes over.
    desk.closes_tab("W1");
    let asked = desk.pages.tabs.take_calls();
    assert!(asked.iter().all(|(session, _)| session == "W2") && !asked.is_empty());
}

#[test]
fn an_address_that_comes_later_counts() {
    let mut desk = Desk::new();
    desk.attach(None, "A", "page", "");
    desk.opens("A", "1");
    desk.update("A", "1");
    assert_eq!(desk.heard(), ["up", UPDATE], "its server is the game's");
    let mut desk = Desk::new();
    desk.attach(None, "A", "page", "");
    desk.update("A", "1");
    assert!(desk.heard().is_empty(), "nothing is known");
    let target = Target {
        target_id: "target of A".to_owned(),
        kind: "page".to_owned(),
        url: GAME_URL.to_owned(),
    };
    desk.event(None, Event::Changed { target });
    desk.update("A", "1");
    assert_eq!(desk.heard(), ["up", UPDATE]);
}

#[test]
fn a_silent_tab_is_left_for_one_that_speaks() {
    let mut desk = Desk::new();
    for tab in ["A", "B"] {
        desk.page(tab);
        desk.opens(tab, "1");
        desk.update(tab, "1");
    }
    desk.heard();
    for _ in 0..9 {
        desk.later(1);
        desk.update("B", "1");
    }
    let heard = desk.heard();
    assert!(heard[0].starts_with("down: Nothing was heard"), "{heard:?}");
    assert_eq!(heard[1], "up");
}

#[test]
fn why_nothing_is_read_is_said() {
    let mut desk = Desk::new();
    let why = |desk: &Desk| desk.pages.why(desk.now).unwrap();
    assert_eq!(why(&desk), Why::NoPage);
    desk.attach(None, "X", "page", "https://x.example/");
    assert_eq!(why(&desk), Why::NoPage);
    desk.attach(None, "A", "page", "https://rugs.fun/?secret=1");
    assert_eq!(why(&desk), Why::NoGame(GAME_URL.to_owned()));
    desk.pages.tabs.overdue("A");
    assert_eq!(why(&desk), Why::PageHangs(GAME_URL.to_owned()));
    desk.event(Some("A"), Event::DialogOpened);
    assert_eq!(why(&desk), Why::DialogOpen(GAME_URL.to_owned()));
    desk.event(Some("A"), Event::DialogClosed);
    desk.pages.tabs.answered("A");
    assert_eq!(why(&desk), Why::NoGame(GAME_URL.to_owned()));
}
