//! What is kept has a bound, whatever the browser says and for however long.

use std::time::Duration;

use super::*;

#[test]
fn what_waits_to_be_known_is_bounded() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.opens("A", "1");
    for number in 0..1_000 {
        desk.hears("A", "1", &format!(r#"42["other",{number}]"#));
    }
    desk.update("A", "1");
    let heard = desk.heard();
    assert!(heard.len() <= 66, "{}", heard.len());
    assert!(desk.is_late(), "the beginning was not kept");
}

#[test]
fn an_evening_of_reloads_and_tabs_leaves_nothing_behind() {
    let mut desk = Desk::new();
    desk.page("A");
    for number in 0..10_000 {
        desk.now.arrived += Duration::from_secs(5);
        let socket = number.to_string();
        desk.opens("A", &socket);
        desk.update("A", &socket);
        // A frame in it that is left without any word of its connection.
        desk.created("A", &format!("frame {number}"), SERVER_URL);
        if number % 3 == 0 {
            desk.leaves("A", GAME_URL);
        }
        let tab = format!("tab {number}");
        desk.page(&tab);
        desk.opens(&tab, "1");
        desk.closes_tab(&tab);
        desk.pages.clock(desk.now);
        desk.pages.tabs.take_calls();
        desk.pages.tabs.take_gone();
        let (sessions, sockets) = desk.pages.size();
        assert!(sessions <= 1 && sockets < 100, "{sessions} {sockets}");
    }
    let heard = desk.heard();
    let count = |what: &str| heard.iter().filter(|text| text.starts_with(what)).count();
    assert_eq!(count("up"), 10_000);
    assert_eq!(count("down"), 10_000 - usize::from(desk.pages.is_reading()));
}

#[test]
fn more_connections_than_anybody_has_are_not_kept() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.opens("A", "game");
    desk.update("A", "game");
    for number in 0..2_000 {
        desk.created("A", &number.to_string(), SERVER_URL);
    }
    assert!(desk.pages.size().1 <= MOST_SOCKETS);
    desk.heard();
    desk.update("A", "game");
    assert_eq!(desk.heard(), [UPDATE], "the one that is read stays");
}

#[test]
fn a_gap_of_ours_is_told_and_what_follows_is_not_complete() {
    let mut desk = Desk::new();
    desk.page("A");
    desk.opens("A", "1");
    desk.update("A", "1");
    desk.heard();
    desk.pages.overrun(desk.now);
    desk.settle();
    desk.update("A", "1");
    let full = format!("down: {}", Why::QueueFull);
    assert_eq!(desk.heard()[..2], [full, "up".to_owned()]);
    assert!(desk.is_late());
}
