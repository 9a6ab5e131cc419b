//! The chart in the window, by its labels: following, switches, and its text for screen readers.

use std::sync::Arc;

use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::account::ActionKind;
use pianola::game::Phase;
use pianola::protocol::GameId;
use pianola::ui::ReplayRequest;

use crate::support::window::made_view::{
    GAME, Shown, done, nothing, rugged, running, window, with_moves,
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
    assert!(is_on(&harness, "Line") && is_on(&harness, "Lin"));
    harness.get_by_label("Candles").click();
    harness.get_by_label("Log").click();
    harness.run();
    assert!(is_on(&harness, "Candles") && !is_on(&harness, "Line"));
    assert!(is_on(&harness, "Log") && !is_on(&harness, "Lin"));
    harness.key_press(Key::C);
    harness.key_press(Key::G);
    harness.run();
    assert!(is_on(&harness, "Line") && is_on(&harness, "Lin"));
}

#[test]
fn the_crosshair_reads_tick_and_price_until_the_pointer_has_rested_for_two_seconds() {
    let mut harness = open_shown(window(running(400)), [1400.0, 900.0]);
    let chart = harness.get_by_label_contains("Price chart").rect();
    assert!(!summary(&harness).contains("Pointer"));
    harness.hover_at(chart.center());
    harness.run();
    assert!(summary(&harness).contains("Pointer at tick 2"));
    harness.run_steps(118);
    assert!(summary(&harness).contains("Pointer"));
    harness.run_steps(20);
    assert!(!summary(&harness).contains("Pointer"));
    harness.hover_at(chart.center() + vec2(9.0, 0.0));
    harness.run();
    assert!(summary(&harness).contains("Pointer"));
    // Over the multiplier there is no crosshair.
    harness.hover_at(chart.left_top() + vec2(400.0, 60.0));
    harness.run();
    assert!(!summary(&harness).contains("Pointer"));
}

#[test]
fn the_chart_says_in_words_what_it_shows() {
    let mut harness = open_shown(window(nothing()), [1400.0, 900.0]);
    assert!(summary(&harness).contains("Price chart, empty. Waiting"));
    harness.get_by_label_contains("The last games appear here");

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
fn a_new_game_is_followed_and_the_strip_has_the_old_ones() {
    let mut harness = open_shown(window(running(400)), [1_700.0, 1_000.0]);
    harness.key_press(Key::Home);
    harness.run();
    assert!(!is_on(&harness, "Follow"));
    let mut view = running(3);
    Arc::make_mut(&mut view.series).game_id = GameId::new("next");
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    assert!(is_on(&harness, "Follow"));
    harness.get_by_label_contains("peak 45.20x, 618 ticks, proven, click to replay it");
    harness.get_by_label_contains("length unknown, not watched, not proven, not recorded");
    assert_eq!(harness.query_all_by_label_contains("peak ").count(), 10);
}

#[test]
fn a_pill_replays_its_game_if_it_was_recorded() {
    let mut view = running(400);
    let played = view.past.games[2].game_id.clone();
    let mut sale = done(&view, 1, ActionKind::Sell, 200);
    sale.game_id = played.clone();
    sale.pnl = Some(rust_decimal::Decimal::new(-99, 4));
    view.actions = Arc::new(vec![sale]);
    let mut harness = open_shown(window(view), [1_700.0, 1_000.0]);
    let pill = "peak 45.20x, 618 ticks, your P&L −0.0099, proven";
    harness.get_by_label_contains(pill).click();
    harness.run();
    let request = harness.state_mut().page.requests.replay.take();
    assert_eq!(request, Some(ReplayRequest::Game(played)));
    let watched = "length unknown, not watched, not proven, not recorded";
    harness.get_by_label_contains(watched).click();
    harness.run();
    assert_eq!(harness.state_mut().page.requests.replay.take(), None);
}

#[test]
fn the_multiplier_is_the_first_thing_to_read() {
    let mut view = running(400);
    let series = Arc::make_mut(&mut view.series);
    series.prices[395] = Some(2.64);
    series.prices[399] = Some(2.81);
    let mut harness = open_shown(window(view), [1400.0, 900.0]);
    harness.get_by_label("ACTIVE");
    harness.get_by_label("tick 399");
    let price = harness.get_by_label("2.81x ▲ +0.17 in 1 s").rect();
    let chart = harness.get_by_label_contains("Price chart").rect();
    assert!(chart.contains_rect(price) && price.height() > 60.0);
    assert!(price.top() < chart.top() + 60.0);
    // It does not move when a tick comes that goes down.
    let mut view = running(401);
    let series = Arc::make_mut(&mut view.series);
    series.prices[396] = Some(2.80);
    series.prices[400] = Some(2.70);
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    let lower = harness.get_by_label("2.70x ▼ −0.10 in 1 s").rect();
    assert_eq!(price.left_top(), lower.left_top());
    assert!((price.width() - lower.width()).abs() < 0.1);
}

#[test]
fn the_newest_tick_is_at_85_percent_and_the_range_eases_to_it() {
    let mut harness = open_shown(window(running(300)), [1400.0, 900.0]);
    let chart = harness.get_by_label_contains("Price chart").rect();
    let newest = chart.left_center() + vec2(0.85 * chart.width(), 0.0);
    harness.hover_at(newest);
    harness.run();
    assert!(summary(&harness).contains("Pointer at tick 299,"));
    // A hundred ticks more: the range is on its way in the first frames and arrives within 200 ms.
    harness.state_mut().view.send(running(400)).unwrap();
    harness.step();
    harness.step();
    harness.hover_at(newest - vec2(3.0, 0.0));
    harness.step();
    let on_the_way = summary(&harness);
    harness.run();
    let there = summary(&harness);
    assert!(there.contains("Pointer at tick 398,"), "{there}");
    assert_ne!(on_the_way, there);
}

#[test]
fn the_presale_counts_down_over_the_last_game_and_names_the_buy() {
    let mut view = rugged(300);
    view.phase = Phase::Presale;
    view.game_id = GameId::new("next");
    view.tick = None;
    view.countdown_millis = Some(7_740);
    let mut harness = open_shown(window(view.clone()), [1400.0, 900.0]);
    harness.get_by_label("Presale, 7.7 s to the start. Buys fill at 1.00x when the game starts.");
    harness.get_by_label_contains("rugged at tick 299, peak ");
    assert!(harness.query_by_label_contains("in 1 s").is_none());
    let mut buy = done(&view, 1, ActionKind::Buy, 0);
    buy.game_id = GameId::new("next").unwrap();
    buy.amount = Some(rust_decimal::Decimal::new(5, 2));
    view.actions = Arc::new(vec![buy]);
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    harness.get_by_label_contains("You buy at the start: 0.0500 SOL → 0.0500 tokens at 1.00x.");
}

#[test]
fn after_a_rug_the_card_says_what_was_lost_only_where_the_player_acted() {
    let view = rugged(400);
    let mut harness = open_shown(window(running(399)), [1400.0, 900.0]);
    harness.state_mut().view.send(view.clone()).unwrap();
    harness.run();
    assert!(harness.query_by_label("Replay this game").is_none());
    let mut lost = view.clone();
    let buy = done(&view, 1, ActionKind::Buy, 300);
    let mut rug = done(&view, 2, ActionKind::Liquidated, 399);
    rug.pnl = Some(rust_decimal::Decimal::new(-7_451, 4));
    lost.actions = Arc::new(vec![buy, rug]);
    harness.state_mut().view.send(lost).unwrap();
    harness.run();
    let card = harness.get_by_label("You lost 0.7451 SOL").rect();
    harness.get_by_label("Add note").click();
    harness.run();
    let note = harness.state_mut().page.requests.note.take();
    let on = format!("{:?}", note.expect("a note is to be written"));
    assert!(on.contains(GAME) && on.contains("tick: Some(399)"), "{on}");
    harness.get_by_label("Rugged at tick 399");
    harness.get_by_label("Replay this game");
    // It is over the older part: the rug stays visible.
    let chart = harness.get_by_label_contains("Price chart").rect();
    assert!(chart.contains_rect(card));
    assert!(card.right() < chart.left() + 0.85 * chart.width());
    // The presale takes its place.
    let mut presale = view;
    presale.phase = Phase::Presale;
    presale.game_id = GameId::new("next");
    harness.state_mut().view.send(presale).unwrap();
    harness.run();
    assert!(harness.query_by_label("Replay this game").is_none());
}
