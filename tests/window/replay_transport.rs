//! The transport of a replay in the window, and where its controls are at every size.

use egui::Key;

use crate::support::recorded_session::RecordedSession;
use crate::support::window::replay_page::{assert_laid_out, place, replaying};

#[test]
fn the_transport_plays_loops_and_changes_its_speed() {
    let recorded = RecordedSession::new();
    let mut window = replaying(&recorded);
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(place(&window), "game 1 tick 1");
    window.key(Key::ArrowLeft);
    assert_eq!(place(&window), "game 1 tick 0");
    window.key(Key::PageDown);
    assert_eq!(place(&window), "game 1 tick 40");
    window.key(Key::N);
    assert_eq!(place(&window), "game 2 presale");
    window.key(Key::P);
    assert_eq!(place(&window), "game 1 presale");
    window.key(Key::E);
    let entry = place(&window);
    window.key(Key::K);
    assert_ne!(place(&window), entry);
    window.key(Key::X);
    assert!(window.says("RUGGED"));
    // A loop of three ticks is not left.
    window.key(Key::Home);
    window.key(Key::ArrowRight);
    window.key(Key::O);
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    window.key(Key::O);
    window.key(Key::CloseBracket);
    window.its("Speed of the replay");
    window.key(Key::Space);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..120 {
        window.frame();
        seen.insert(place(&window));
    }
    let ticks: Vec<_> = seen.iter().map(String::as_str).collect();
    assert_eq!(ticks, ["game 1 tick 0", "game 1 tick 1", "game 1 tick 2"]);
}

#[test]
fn at_every_size_and_place_each_button_is_whole_and_none_lies_over_another() {
    let recorded = RecordedSession::new();
    let mut session = recorded.json();
    session["actions"][4]["balance_after"] = "0.5".into();
    recorded.put(&session);
    let mut window = replaying(&recorded);
    for size in [
        [700.0, 600.0],
        [850.0, 700.0],
        [700.0, 800.0],
        [1_000.0, 700.0],
        [1_310.0, 800.0],
        [1_400.0, 900.0],
        [3_840.0, 2_160.0],
    ] {
        window.harness.set_size(size.into());
        window.key(Key::Home);
        loop {
            let here = place(&window);
            window.ctrl(Key::ArrowRight);
            for _ in 0..3 {
                window.frame();
            }
            assert_laid_out(&window, size);
            if place(&window) == here {
                break;
            }
        }
    }
}
