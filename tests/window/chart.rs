//! The chart in the window, by its labels: following, switches, and its text for screen readers.

use std::sync::Arc;

use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::account::ActionKind;

use crate::support::window::made_view::{
    Shown, done, nothing, rugged, running, window, with_moves,
};
use crate::support::window::made_window::open_shown;

fn summary(harness: &Harness<'_, Shown>) -> String {
    let node = harness.get_by_label_contains("Price chart");
    node.accesskit_node().label().unwrap()
}

fn is_on(harness: &Harness<'_, Shown>, label: &str) -> bool {
    let node = harness.get_by_label(label);
    node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

fn drag(harness: &mut Harness<'_, Shown>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(to);
    harness.run();
    harness.drop_at(to);
    harness.run();
}

#[test]
fn a_drag_leaves_following_and_end_or_the_button_returns() {
    let mut harness = open_shown(window(running(400)), [1400.0, 900.0]);
    assert!(is_on(&harness, "Follow"));
    let middle = harness.get_by_label_contains("Price chart").rect().center();
    drag(&mut harness, middle, middle + vec2(120.0, 0.0));
    assert!(!is_on(&harness, "Follow"));
    harness.key_press(Key::End);
    harness.run();
    assert!(is_on(&harness, "Follow"));
    drag(&mut harness, middle, middle + vec2(120.0, 0.0));
    harness.get_by_label("Follow").click();
    harness.run();
    assert!(is_on(&harness, "Follow"));
    harness.key_press(Key::Home);
    harness.run();
    assert!(is_on(&harness, "Whole game") && !is_on(&harness, "Follow"));
}

#[test]
fn the_wheel_leaves_following_and_a_double_click_returns() {
    for size in [[1400.0, 900.0], [700.0, 800.0]] {
        let mut harness = open_shown(window(running(400)), size);
        let chart = harness.get_by_label_contains("Price chart").rect();
        harness.hover_at(chart.center());
        harness.run();
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, 60.0),
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
            source: egui::MouseWheelSource::Wheel,
        });
        harness.run();
        assert!(!is_on(&harness, "Follow"), "{size:?}");
        // The page around it did not scroll.
        assert_eq!(harness.get_by_label_contains("Price chart").rect(), chart);
        for _ in 0..2 {
            harness.drag_at(chart.center());
            harness.event(egui::Event::PointerButton {
                pos: chart.center(),
                button: egui::PointerButton::Primary,
                pressed: false,
                modifiers: Modifiers::NONE,
            });
        }
        harness.run();
        assert!(is_on(&harness, "Follow"), "{size:?}");
    }
}

#[test]
fn candles_and_log_are_switched_by_button_and_key() {
    let mut harness = open_shown(window(running(400)), [1400.0, 900.0]);
    assert!(is_on(&harness, "Line") && is_on(&harness, "Linear"));
    harness.get_by_label("Candles").click();
    harness.get_by_label("Log").click();
    harness.run();
    assert!(is_on(&harness, "Candles") && !is_on(&harness, "Line"));
    assert!(is_on(&harness, "Log") && !is_on(&harness, "Linear"));
    harness.key_press(Key::C);
    harness.key_press(Key::G);
    harness.run();
    assert!(is_on(&harness, "Line") && is_on(&harness, "Linear"));
}

#[test]
fn the_pointer_reads_tick_and_price_beside_the_plot() {
    let mut harness = open_shown(window(running(400)), [1400.0, 900.0]);
    let chart = harness.get_by_label_contains("Price chart").rect();
    harness.hover_at(chart.center());
    harness.run();
    let readout = harness.get_by_label_contains("pointer at").rect();
    assert!(readout.top() >= chart.bottom());
    harness.get_by_label_contains("tick  ");
}

#[test]
fn the_chart_says_in_words_what_it_shows() {
    let mut harness = open_shown(window(nothing()), [1400.0, 900.0]);
    assert!(summary(&harness).contains("Price chart, empty. Waiting"));
    harness.get_by_label_contains("The last ten games appear here");

    let mut view = running(400);
    let mut buy = done(&view, 1, ActionKind::Buy, 200);
    buy.entry_price = buy.price;
    let mut bet = done(&view, 2, ActionKind::SidebetPlace, 390);
    bet.entry_price = buy.entry_price;
    view.actions = Arc::new(vec![buy, bet]);
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    let words = summary(&harness);
    for part in [
        "Tick 399, price ",
        "Peak ",
        "1 entry.",
        "Position held, average cost ",
        "Sidebet runs until tick 430.",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }

    let mut view = rugged(401);
    with_moves(&mut view, 10);
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    let words = summary(&harness);
    for part in [
        "Rugged at tick 400, price 0.02x",
        "4 entries.",
        "2 exits.",
        "2 sidebets lost.",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn a_new_game_is_followed_and_the_strip_tells_the_old_ones() {
    let mut harness = open_shown(window(running(400)), [700.0, 1_400.0]);
    harness.key_press(Key::Home);
    harness.run();
    assert!(!is_on(&harness, "Follow"));
    let mut view = running(3);
    Arc::make_mut(&mut view.series).game_id = pianola::protocol::GameId::new("next");
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    assert!(is_on(&harness, "Follow"));
    assert_eq!(
        harness
            .query_all_by_label_contains("peak 45.20x, 618 ticks")
            .count(),
        1
    );
    harness.get_by_label_contains("length not known");
    harness.get_by_label_contains("highest today 412.1x");
}
