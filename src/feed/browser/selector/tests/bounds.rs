//! What is kept has a bound, whatever the browser says and for however long.

use std::time::Duration;

use super::*;

#[test]
fn held_events_are_limited() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.opens("A", "1");
    for number in 0..1_000 {
        fixture.hears("A", "1", &format!(r#"42["other",{number}]"#));
    }
    fixture.update("A", "1");
    let heard = fixture.heard();
    assert!(heard.len() <= 66, "{}", heard.len());
    assert!(fixture.is_late(), "the beginning was not kept");
}

#[test]
fn many_reloads_and_tabs_leave_no_state_behind() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    for number in 0..10_000 {
        fixture.now.arrived += Duration::from_secs(5);
        let socket = number.to_string();
        fixture.opens("A", &socket);
        fixture.update("A", &socket);
        // A frame in it that is left without any word of its connection.
        fixture.created("A", &format!("frame {number}"), SERVER_URL);
        if number % 3 == 0 {
            fixture.leaves("A", GAME_URL);
        }
        let tab = format!("tab {number}");
        fixture.page(&tab);
        fixture.opens(&tab, "1");
        fixture.closes_tab(&tab);
        fixture.pages.clock(fixture.now);
        fixture.pages.targets.take_calls();
        fixture.pages.targets.take_gone();
        let (sessions, sockets) = fixture.pages.size();
        assert!(sessions <= 1 && sockets < 100, "{sessions} {sockets}");
    }
    let heard = fixture.heard();
    let count = |what: &str| heard.iter().filter(|text| text.starts_with(what)).count();
    assert_eq!(count("up"), 10_000);
    assert_eq!(
        count("down"),
        10_000 - usize::from(fixture.pages.is_reading())
    );
}

#[test]
fn the_number_of_connections_is_limited() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.opens("A", "game");
    fixture.update("A", "game");
    for number in 0..2_000 {
        fixture.created("A", &number.to_string(), SERVER_URL);
    }
    assert!(fixture.pages.size().1 <= MAX_SOCKETS);
    fixture.heard();
    fixture.update("A", "game");
    assert_eq!(fixture.heard(), [UPDATE], "the one that is read stays");
}

#[test]
fn our_own_gap_is_reported_and_the_connection_is_late_after_it() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.opens("A", "1");
    fixture.update("A", "1");
    fixture.heard();
    fixture.pages.overrun(fixture.now);
    fixture.settle();
    fixture.update("A", "1");
    let full = format!("down: {}", DisconnectReason::QueueFull);
    assert_eq!(fixture.heard()[..2], [full, "up".to_owned()]);
    assert!(fixture.is_late());
}
