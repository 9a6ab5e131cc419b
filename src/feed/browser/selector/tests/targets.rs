//! Several tabs, and what is in them.

use super::*;

#[test]
fn of_two_tabs_one_is_read_and_the_other_named() {
    let mut fixture = Fixture::new();
    for tab in ["A", "B"] {
        fixture.page(tab);
        fixture.opens(tab, "1");
        fixture.update(tab, "1");
    }
    fixture.update("A", "1");
    fixture.update("B", "1");
    assert_eq!(fixture.heard(), ["up", UPDATE, UPDATE]);
    assert_eq!(fixture.pages.status(fixture.now).others, [GAME_URL]);
    fixture.closes_tab("A");
    fixture.update("B", "1");
    let closed = format!("down: {}", DisconnectReason::TabClosed);
    assert_eq!(fixture.heard(), [&closed, "up", UPDATE]);
    assert!(fixture.is_late(), "its login was not passed on");
    assert!(fixture.pages.status(fixture.now).others.is_empty());
}

#[test]
fn the_next_connection_of_a_reloaded_page_comes_before_another_tab() {
    let mut fixture = Fixture::new();
    for tab in ["A", "B"] {
        fixture.page(tab);
        fixture.opens(tab, "1");
        fixture.update(tab, "1");
    }
    fixture.leaves("A", GAME_URL);
    fixture.update("B", "1");
    fixture.heard();
    fixture.later(1);
    assert!(fixture.heard().is_empty(), "it may come back");
    fixture.opens("A", "2");
    fixture.update("A", "2");
    assert_eq!(fixture.heard(), ["up", UPDATE]);
    assert!(!fixture.is_late());
    fixture.leaves("A", "https://x.example/");
    fixture.update("B", "1");
    fixture.heard();
    fixture.later(3);
    assert_eq!(fixture.heard()[0], "up", "it does not");
}

#[test]
fn a_connection_observed_from_its_start_is_preferred() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.page("B");
    fixture.update("A", "1");
    assert!(fixture.is_late());
    fixture.opens("B", "1");
    fixture.update("B", "1");
    assert!(!fixture.is_late());
    fixture.heard();
    for _ in 0..3 {
        fixture.update("A", "1");
        fixture.update("B", "1");
    }
    assert_eq!(fixture.heard(), [UPDATE; 3], "no jumping to and fro");
}

#[test]
fn a_page_that_is_not_the_game_is_not_read() {
    let mut fixture = Fixture::new();
    fixture.attach(None, "X", "page", "https://evil.example/");
    fixture.opens("X", "1");
    fixture.update("X", "1");
    fixture.created("X", "2", "wss://backend.rugs.fun/socket.io/");
    fixture.update("X", "2");
    fixture.attach(Some("X"), "W", "worker", "https://evil.example/w.js");
    fixture.opens("W", "1");
    fixture.update("W", "1");
    assert!(fixture.heard().is_empty());
    assert_eq!(fixture.pages.size().1, 0, "nothing of it is kept");
    assert_eq!(
        fixture.pages.why_not_reading(fixture.now),
        Some(DisconnectReason::NoPage)
    );
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
        let mut fixture = Fixture::new();
        fixture.page("A");
        fixture.attach(Some("A"), "W", kind, url);
        if !open_before {
            fixture.opens("W", "1");
        }
        fixture.update("W", "1");
        assert_eq!(fixture.heard(), ["up", UPDATE], "{kind}");
        // The page goes, and everything in it.
        fixture.closes_tab("A");
        assert_eq!(fixture.heard().len(), 1, "{kind}");
        assert_eq!(fixture.pages.size(), (0, 0));
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
        let mut fixture = Fixture::new();
        fixture.page("A");
        fixture.attach(Some("A"), "W", "worker", "https://rugs.fun/w.js");
        for session in ["A", "W"] {
            fixture.created(session, "1", url);
            fixture.hears(session, "1", "0{}");
            fixture.hears(session, "1", "40{}");
            fixture.update(session, "1");
        }
        assert!(fixture.heard().is_empty(), "{url}");
        assert_eq!(fixture.pages.size().1, 0, "{url}: nothing of it is kept");
        // Its end is forgotten with it, and the game's own connection is read.
        let socket = "1".to_owned();
        fixture.event(Some("A"), BrowserEvent::Closed { socket });
        fixture.opens("A", "1");
        fixture.update("A", "1");
        assert_eq!(fixture.heard(), ["up", UPDATE], "{url}");
    }
}

#[test]
fn a_frame_of_another_site_in_the_page_is_read_only_if_its_server_is_known() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.attach(Some("A"), "F", "iframe", "https://ads.example/");
    fixture.update("F", "1");
    assert!(fixture.heard().is_empty(), "it may go anywhere");
    fixture.opens("F", "2");
    fixture.update("F", "2");
    assert_eq!(fixture.heard(), ["up", UPDATE]);
}

#[test]
fn so_many_other_connections_that_none_is_remembered_leave_only_what_is_known_from_its_start() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    for socket in 0..=MAX_FOREIGN {
        fixture.created("A", &socket.to_string(), "wss://chat.example/");
    }
    fixture.update("A", "another");
    fixture.update("A", &MAX_FOREIGN.to_string());
    assert!(fixture.heard().is_empty());
    fixture.opens("A", "game");
    fixture.update("A", "game");
    assert_eq!(fixture.heard(), ["up", UPDATE]);
}

#[test]
fn a_target_that_is_reported_twice_is_read_once() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.pages.targets.take_calls();
    let target = TargetInfo {
        target_id: "T".to_owned(),
        kind: "worker".to_owned(),
        url: "https://rugs.fun/w.js".to_owned(),
    };
    for (parent, session) in [(None, "W1"), (Some("A"), "W2")] {
        let (session, target) = (session.to_owned(), target.clone());
        fixture.event(parent, BrowserEvent::Attached { session, target });
    }
    let calls = fixture.pages.targets.take_calls();
    assert!(calls.iter().all(|(session, _)| session == "W1") && !calls.is_empty());
    // The other one takes over.
    fixture.closes_tab("W1");
    let calls = fixture.pages.targets.take_calls();
    assert!(calls.iter().all(|(session, _)| session == "W2") && !calls.is_empty());
}

#[test]
fn a_later_address_of_a_target_counts() {
    let mut fixture = Fixture::new();
    fixture.attach(None, "A", "page", "");
    fixture.opens("A", "1");
    fixture.update("A", "1");
    assert_eq!(fixture.heard(), ["up", UPDATE], "its server is the game's");
    let mut fixture = Fixture::new();
    fixture.attach(None, "A", "page", "");
    fixture.update("A", "1");
    assert!(fixture.heard().is_empty(), "nothing is known");
    let target = TargetInfo {
        target_id: "target of A".to_owned(),
        kind: "page".to_owned(),
        url: GAME_URL.to_owned(),
    };
    fixture.event(None, BrowserEvent::Changed { target });
    fixture.update("A", "1");
    assert_eq!(fixture.heard(), ["up", UPDATE]);
}

#[test]
fn a_silent_tab_is_replaced_by_an_active_one() {
    let mut fixture = Fixture::new();
    for tab in ["A", "B"] {
        fixture.page(tab);
        fixture.opens(tab, "1");
        fixture.update(tab, "1");
    }
    fixture.heard();
    for _ in 0..9 {
        fixture.later(1);
        fixture.update("B", "1");
    }
    let heard = fixture.heard();
    assert!(
        heard[0].starts_with("down: No data from the server"),
        "{heard:?}"
    );
    assert_eq!(heard[1], "up");
}

#[test]
fn why_nothing_is_read_is_said() {
    let mut fixture = Fixture::new();
    let why = |fixture: &Fixture| fixture.pages.why_not_reading(fixture.now).unwrap();
    assert_eq!(why(&fixture), DisconnectReason::NoPage);
    fixture.attach(None, "X", "page", "https://x.example/");
    assert_eq!(why(&fixture), DisconnectReason::NoPage);
    fixture.attach(None, "A", "page", "https://rugs.fun/?secret=1");
    assert_eq!(why(&fixture), DisconnectReason::NoGame(GAME_URL.to_owned()));
    fixture.pages.targets.overdue("A");
    assert_eq!(
        why(&fixture),
        DisconnectReason::PageHangs(GAME_URL.to_owned())
    );
    fixture.event(Some("A"), BrowserEvent::DialogOpened);
    assert_eq!(
        why(&fixture),
        DisconnectReason::DialogOpen(GAME_URL.to_owned())
    );
    fixture.event(Some("A"), BrowserEvent::DialogClosed);
    fixture.pages.targets.answered("A");
    assert_eq!(why(&fixture), DisconnectReason::NoGame(GAME_URL.to_owned()));
}
