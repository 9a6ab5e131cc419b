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
    for (kind, url, open_before) in [
        ("worker", "blob:https://rugs.fun/1", true),
        ("worker", "", true),
        ("shared_worker", "https://rugs.fun/w.js", true),
        ("iframe", "about:blank", true),
        ("iframe", "https://frame.example/", false),
    ] {
        let mut desk = Desk::new();
        desk.page("A");
        desk.attach(Some("A"), "W", kind, url);
        if !open_before {
            desk.opens("W", "1");
        }
        desk.update("W", "1");
        assert_eq!(desk.heard(), ["up", UPDATE], "{kind}");
        // The page goes, and everything in it.
        desk.closes_tab("A");
        assert_eq!(desk.heard().len(), 1, "{kind}");
        assert_eq!(desk.pages.size(), (0, 0));
    }
}

#[test]
fn the_server_of_a_connection_must_be_the_games_too() {
    for url in [
        "wss://backend.rugs.fun.evil.com/socket.io/",
        "wss://evilrugs.fun/socket.io/",
        "wss://rugs.fun@evil.com/socket.io/",
        "ws://backend.rugs.fun/socket.io/",
        "",
    ] {
        let mut desk = Desk::new();
        desk.page("A");
        desk.attach(Some("A"), "W", "worker", "https://rugs.fun/w.js");
        for session in ["A", "W"] {
            desk.created(session, "1", url);
            desk.hears(session, "1", "0{}");
            desk.hears(session, "1", "40{}");
            desk.update(session, "1");
        }
        assert!(desk.heard().is_empty(), "{url}");
        assert_eq!(desk.pages.size().1, 0, "{url}: nothing of it is kept");
        // Its end is forgotten with it, and the game's own connection is read.
        let socket = "1".to_owned();
        desk.event(Some("A"), Event::Closed { socket });
        desk.opens("A", "1");
        desk.update("A", "1");
        assert_eq!(desk.heard(), ["up", UPDATE], "{url}");
    }
}

#[test]
fn a_frame_of_another_site_in_the_page_is_read_only_if_its_server_is_known() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.attach(Some("A"), "F", "iframe", "https://ads.example/");
    desk.update("F", "1");
    assert!(desk.heard().is_empty(), "it may go anywhere");
    desk.opens("F", "2");
    desk.update("F", "2");
    assert_eq!(desk.heard(), ["up", UPDATE]);
}

#[test]
fn so_many_other_connections_that_none_is_remembered_leave_only_what_is_known_from_its_start() {
    let mut desk = Desk::new();
    desk.page("A");
    for socket in 0..=MOST_FOREIGN {
        desk.created("A", &socket.to_string(), "wss://chat.example/");
    }
    desk.update("A", "another");
    desk.update("A", &MOST_FOREIGN.to_string());
    assert!(desk.heard().is_empty());
    desk.opens("A", "game");
    desk.update("A", "game");
    assert_eq!(desk.heard(), ["up", UPDATE]);
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
