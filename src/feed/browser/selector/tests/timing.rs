//! The time of events, and the silence that ends a connection.

use super::*;

#[test]
fn silence_ends_it_after_the_page_would_have_and_its_voice_brings_it_back() {
    let mut fixture = Fixture::new();
    fixture.page("A");
    fixture.opens("A", "1");
    fixture.update("A", "1");
    fixture.heard();
    fixture.later(30);
    fixture.hears("A", "1", "2");
    fixture.later(40);
    assert!(fixture.heard().is_empty(), "its pings are heard");
    assert!(fixture.pages.silence(fixture.now.arrived).unwrap() >= Duration::from_secs(70));
    fixture.later(6);
    assert!(fixture.heard()[0].starts_with("down: No data from the server"));
    fixture.update("A", "1");
    assert_eq!(fixture.heard(), ["up", UPDATE]);
    assert!(fixture.is_late());
}

#[test]
fn events_have_the_browsers_time_and_liveness_has_our_time() {
    let mut fixture = Fixture::new();
    fixture.page("S");
    fixture.opens("S", "1");
    fixture.update("S", "1");
    let zero = fixture.now;
    let at = |millis| {
        let passed = Duration::from_millis(millis);
        ArrivalTime {
            at: zero.at + passed,
            arrived: zero.arrived + passed,
        }
    };
    let mut came = |seconds, read| {
        let frame = BrowserEvent::Frame {
            socket: "1".to_owned(),
            direction: Direction::In,
            text: Some(r#"42["gameStateUpdate",{}]"#.to_owned()),
            seconds: Some(seconds),
        };
        fixture.pages.event(Some("S".to_owned()), frame, at(read));
        let stamps = fixture
            .pages
            .take_output()
            .into_iter()
            .map(|(stamp, _)| stamp);
        (
            stamps.collect::<Vec<_>>(),
            fixture.pages.silence(at(read).arrived),
        )
    };
    let alive = Some(Duration::ZERO);
    assert_eq!(came(5.0, 0), (vec![at(0)], alive));
    // Our process was paused for forty seconds.
    assert_eq!(came(5.25, 40_000), (vec![at(250)], alive));
    assert_eq!(came(5.5, 40_000), (vec![at(500)], alive));
}
