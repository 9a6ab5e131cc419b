//! What keeps the player from an order beyond the order itself, by label: a button says it beforehand, a key says it
//! when it is pressed.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/seen.rs"]
mod seen;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::account::{Guarded, Guards, Rules};
use pianola::engine::{Command, View};
use rust_decimal::Decimal;
use seen::{Shown, running, themed, window};

const BUTTONS: [&str; 3] = ["BUY ", "SELL ", "SIDEBET "];

fn open(view: View, guards: Guards) -> Harness<'static, Shown> {
    let mut shown = window(view);
    shown.app.set_limits(Rules {
        guards,
        ..Rules::default()
    });
    let mut harness = Harness::builder()
        .with_size([1400.0, 900.0])
        .with_max_steps(200)
        .with_context_setup(themed)
        .build_ui_state(
            |ui, shown: &mut Shown| {
                shown.app.take_news();
                shown.app.show(ui);
            },
            shown,
        );
    harness.run();
    assert!(matches!(commands(&mut harness)[..], [Command::Limits(_)]));
    harness
}

fn says(harness: &Harness<'_, Shown>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

fn commands(harness: &mut Harness<'_, Shown>) -> Vec<Command> {
    let mut all = Vec::new();
    while let Ok(command) = harness.state_mut().commands.try_recv() {
        all.push(command);
    }
    all
}

/// Whether the button that begins so can be pressed.
fn able(harness: &Harness<'_, Shown>, button: &'static str) -> bool {
    let node = harness.get_by(move |node| {
        let name = node.label().unwrap_or_default();
        node.role() == egui::accesskit::Role::Button && name.starts_with(button)
    });
    !node.accesskit_node().is_disabled()
}

/// How often something says this: under each button that cannot be pressed, once.
fn times(harness: &Harness<'_, Shown>, text: &str) -> usize {
    harness.query_all_by_label_contains(text).count()
}

fn guarded(guarded: Guarded) -> View {
    View {
        guarded,
        ..running(300)
    }
}

#[test]
fn a_button_says_beforehand_what_its_guards_say() {
    let mut harness = open(running(300), Guards::default());
    assert!(able(&harness, "BUY ") && able(&harness, "SIDEBET "));

    let stopped = Guarded {
        stopped: true,
        ..Guarded::default()
    };
    harness.state().view.send(guarded(stopped)).unwrap();
    harness.run();
    let why = "the emergency stop is pressed; nothing is ordered until it is released";
    assert_eq!(times(&harness, why), 3);
    assert!(BUTTONS.iter().all(|button| !able(&harness, button)));

    let many = Guarded {
        orders: 30,
        next_order_in: 12,
        ..Guarded::default()
    };
    harness.state().view.send(guarded(many)).unwrap();
    harness.run();
    let why = "30 orders within a minute are the most; the next one in 12 s";
    assert_eq!(times(&harness, why), 3);
    assert!(BUTTONS.iter().all(|button| !able(&harness, button)));

    harness.state().view.send(running(300)).unwrap();
    harness.run();
    assert!(able(&harness, "BUY ") && able(&harness, "SIDEBET "));
}

#[test]
fn the_loss_of_the_day_shuts_what_costs_something_and_leaves_the_sale() {
    let guards = Guards {
        max_loss_a_day: Some(Decimal::new(50, 3)),
        ..Guards::OFF
    };
    let lost = |milli: i64| {
        guarded(Guarded {
            earned_today: Decimal::new(-milli, 3),
            ..Guarded::default()
        })
    };
    let mut harness = open(lost(40), guards);
    assert!(able(&harness, "BUY "), "0.040 and 0.010 are the most");
    harness.state().view.send(lost(41)).unwrap();
    harness.run();
    let why = "0.051 SOL could be lost today; the most is 0.05 SOL";
    assert_eq!(times(&harness, why), 2, "buy and sidebet");
    assert!(!able(&harness, "BUY ") && !able(&harness, "SIDEBET "));
    assert!(says(&harness, "there is no position to sell"));
}

#[test]
fn a_key_orders_nothing_when_the_price_became_another_one_than_was_drawn() {
    let guards = Guards {
        slippage_percent: Some(Decimal::TEN),
        ..Guards::OFF
    };
    let at = |cents| View {
        price: Some(Decimal::new(cents, 2)),
        ..running(300)
    };
    let mut harness = open(at(200), guards);
    // Between the picture and the press.
    harness.state().view.send(at(230)).unwrap();
    harness.key_press(Key::B);
    harness.run();
    assert_eq!(commands(&mut harness), []);
    let why = "Not sent: the price became 15 % worse than it was on the screen";
    assert!(says(&harness, why));
    // Now he has seen it; and what became better is no slippage.
    harness.state().view.send(at(180)).unwrap();
    harness.key_press(Key::B);
    harness.run();
    let sent = commands(&mut harness);
    let [Command::Press { seen, .. }] = sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(seen, Some(Decimal::new(230, 2)));
}

/// Presses Escape and lets it go.
fn escape(harness: &mut Harness<'_, Shown>) {
    harness.key_press(Key::Escape);
    harness.step();
}

fn rect(harness: &Harness<'_, Shown>, label: &str) -> egui::Rect {
    harness.get_by_label(label).rect()
}

#[test]
fn the_stop_is_pressed_by_its_button_or_escape_twice_and_released_by_hand_alone() {
    let mut harness = open(running(300), Guards::default());
    let place = rect(&harness, "STOP");
    let others = ["MAX", "Menu ▾", "Amount"].map(|label| rect(&harness, label));
    assert!(says(&harness, "Esc Esc"));
    harness.get_by_label("STOP").click();
    harness.run();
    assert_eq!(commands(&mut harness), [Command::EmergencyStop(true)]);

    let stopped = Guarded {
        stopped: true,
        ..Guarded::default()
    };
    harness.state().view.send(guarded(stopped)).unwrap();
    harness.run();
    assert!(says(&harness, "⚠ orders are stopped"));
    assert_eq!(rect(&harness, "Release the stop"), place);
    let moved = ["MAX", "Menu ▾", "Amount"].map(|label| rect(&harness, label));
    assert_eq!(moved, others);
    // A key says why it does nothing.
    for key in [Key::B, Key::D] {
        harness.key_press(key);
        harness.run();
        assert!(says(&harness, "Not sent: the emergency stop is pressed"));
    }
    assert_eq!(commands(&mut harness), []);
    // Escape twice never releases.
    for _ in 0..6 {
        escape(&mut harness);
    }
    let sent = commands(&mut harness);
    assert!(!sent.contains(&Command::EmergencyStop(false)), "{sent:?}");
    harness.get_by_label("Release the stop").click();
    harness.run();
    assert_eq!(commands(&mut harness), [Command::EmergencyStop(false)]);
}

#[test]
fn an_escape_that_puts_something_away_is_none_of_the_two() {
    let mut harness = open(running(300), Guards::default());
    let settle = |harness: &mut Harness<'_, Shown>| {
        // Longer than the two presses may be apart.
        for _ in 0..8 {
            harness.step();
        }
    };
    // One alone, and one much later.
    escape(&mut harness);
    settle(&mut harness);
    escape(&mut harness);
    settle(&mut harness);
    assert_eq!(commands(&mut harness), []);
    for opens in ["Amount", "Menu ▾", "Anew"] {
        let node = harness.get_by_label(opens);
        if opens == "Amount" {
            node.focus();
        } else {
            node.click();
        }
        harness.step();
        harness.step();
        escape(&mut harness);
        escape(&mut harness);
        assert_eq!(commands(&mut harness), [], "{opens}");
        settle(&mut harness);
    }
    harness.key_press(Key::Questionmark);
    harness.step();
    assert!(says(&harness, "Emergency stop: nothing more is ordered"));
    escape(&mut harness);
    escape(&mut harness);
    assert_eq!(commands(&mut harness), [], "the help sheet");
    settle(&mut harness);
    escape(&mut harness);
    escape(&mut harness);
    assert_eq!(commands(&mut harness), [Command::EmergencyStop(true)]);
}
