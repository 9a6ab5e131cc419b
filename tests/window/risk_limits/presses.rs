//! One press is one order: held keys, double clicks, and the source they are recorded with.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pianola::account::ActionSource;
use pianola::engine::Command;
use pianola::trading::{Order, RiskLimits};
use rust_decimal::Decimal;

use super::{a_second, click, hold, holding, open, orders, rect};

use crate::support::window::labels::{can_press, control, says};
use crate::support::window::made_view::{Shown, running};
use crate::support::window::made_window::commands;

const THOUSANDTHS: u32 = 3;
const BUY: Order = Order::Buy {
    amount: Decimal::from_parts(10, 0, 0, false, THOUSANDTHS),
};
const SELL: Order = Order::Sell {
    percent: Decimal::ONE_HUNDRED,
};
const SIDEBET: Order = Order::Sidebet {
    stake: Decimal::from_parts(10, 0, 0, false, THOUSANDTHS),
};
const ORDERS: [(&str, Order); 3] = [
    ("BUY 0.0100", BUY),
    ("SELL 100 %", SELL),
    ("SIDEBET 0.0100", SIDEBET),
];

#[test]
fn a_key_held_on_an_order_button_sends_one_order_and_its_source_is_the_key() {
    let mut harness = open(holding(running(300)), RiskLimits::default());
    for (label, order) in ORDERS {
        for key in [Key::Enter, Key::Space] {
            harness.get_by_label_contains(label).focus();
            harness.step();
            // Two seconds.
            hold(&mut harness, key, 120);
            let sent = orders(&mut harness);
            assert_eq!(sent, [(order, ActionSource::Key)], "{label} {key:?}");
            // Pressed again it is another order.
            hold(&mut harness, key, 1);
            assert_eq!(orders(&mut harness).len(), 1, "{label} {key:?}");
            a_second(&mut harness);
        }
    }
    for (key, (label, order)) in [Key::B, Key::S, Key::D].into_iter().zip(ORDERS) {
        hold(&mut harness, key, 120);
        let sent = orders(&mut harness);
        assert_eq!(sent, [(order, ActionSource::Key)], "{label}");
    }
}

#[test]
fn a_double_click_sends_one_order_and_says_so_unless_that_is_turned_off() {
    let mut harness = open(holding(running(300)), RiskLimits::default());
    for (label, order) in ORDERS {
        let place = button(&harness, label).center();
        for _ in 0..2 {
            click(&mut harness, place);
        }
        assert_eq!(orders(&mut harness), [(order, ActionSource::Mouse)]);
        // So it is for a screen reader, which presses without a pointer.
        a_second(&mut harness);
        for _ in 0..2 {
            harness.get_by_label_contains(label).click_accesskit();
            harness.step();
        }
        assert_eq!(orders(&mut harness), [(order, ActionSource::Key)]);
        a_second(&mut harness);
    }
    assert!(says(
        &harness,
        "Double press ignored: one press is one order"
    ));
    // A sale right after a buy is no second click.
    let [buy, sell] = ["BUY 0.0100", "SELL 100 %"].map(|label| button(&harness, label).center());
    click(&mut harness, buy);
    click(&mut harness, sell);
    let by_mouse = [BUY, SELL].map(|order| (order, ActionSource::Mouse));
    assert_eq!(orders(&mut harness), by_mouse);
    a_second(&mut harness);
    // After a quarter of a second it is a press of its own.
    click(&mut harness, buy);
    harness.run_steps(16);
    click(&mut harness, buy);
    assert_eq!(orders(&mut harness).len(), 2);
    a_second(&mut harness);
    // Key and mouse are the same button.
    harness.key_press(Key::B);
    harness.step();
    click(&mut harness, buy);
    assert_eq!(orders(&mut harness), [(BUY, ActionSource::Key)]);
    a_second(&mut harness);

    harness.state_mut().page.ignores_double_press = false;
    for _ in 0..2 {
        click(&mut harness, buy);
    }
    assert_eq!(orders(&mut harness).len(), 2);
    // A held key is one press all the same.
    harness.get_by_label_contains("BUY 0.0100").focus();
    harness.step();
    hold(&mut harness, Key::Enter, 120);
    assert_eq!(orders(&mut harness).len(), 1);
}

#[test]
fn a_key_held_on_a_chip_changes_the_amount_once_and_fast_clicks_count_each() {
    let mut harness = open(running(300), RiskLimits::default());
    let buys = |harness: &Harness<'_, Shown>, amount: &str| {
        assert!(says(harness, &format!("BUY {amount}")), "not BUY {amount}");
    };
    for (chip, amount) in [("+.01", "0.020"), ("×2", "0.040"), ("1/2", "0.020")] {
        harness.get_by_label(chip).focus();
        harness.step();
        hold(&mut harness, Key::Enter, 60);
        buys(&harness, amount);
    }
    harness.get_by_label("50 %").focus();
    harness.step();
    hold(&mut harness, Key::Space, 60);
    assert!(says(&harness, "SELL 50 %"));
    let chip = rect(&harness, "+.001").center();
    for _ in 0..5 {
        click(&mut harness, chip);
    }
    buys(&harness, "0.025");
    // The keys of the smallest chip, too.
    for (key, amount) in [(Key::Plus, "0.026"), (Key::Minus, "0.025")] {
        harness.get_by_label("50 %").focus();
        hold(&mut harness, key, 60);
        buys(&harness, amount);
    }
    assert_eq!(commands(&mut harness), []);
}

#[test]
fn a_switch_is_turned_once_by_a_key_that_is_held() {
    let mut harness = open(running(300), RiskLimits::default());
    assert!(says(&harness, "Trade keys on"));
    hold(&mut harness, Key::A, 31);
    assert!(says(&harness, "Trade keys off"));
    // What moves the chart goes on while the key is down.
    let rate = |key: Key| {
        let rows = pianola::ui::KEYS.iter();
        let mut rows = rows.filter(|row| row.shortcut.logical_key == key);
        rows.any(|row| row.command.repeats())
    };
    assert!(rate(Key::PageUp) && rate(Key::ArrowUp) && !rate(Key::A) && !rate(Key::Plus));
}

/// The place of the button that begins so.
fn button(harness: &Harness<'_, Shown>, begins: &'static str) -> egui::Rect {
    harness.get_by_label_contains(begins).rect()
}

/// The name of the button that begins so.
fn verb(harness: &Harness<'_, Shown>, button: &'static str) -> String {
    let control = control(harness, button);
    control.map_or(String::new(), |control| control.name)
}

#[test]
fn max_is_ordered_by_a_second_press_within_three_seconds_by_key_and_by_mouse() {
    let all = Order::Buy {
        amount: Decimal::ONE,
    };
    for source in [ActionSource::Key, ActionSource::Mouse] {
        let mut harness = open(running(300), RiskLimits::default());
        let press = |harness: &mut Harness<'_, Shown>| {
            if source == ActionSource::Key {
                harness.key_press(Key::B);
                harness.step();
            } else {
                let place = rect(harness, "BUY ALL 1.0000").center();
                click(harness, place);
            }
        };
        harness.get_by_label("MAX").click();
        harness.run();
        assert_eq!(verb(&harness, "BUY "), "BUY ALL 1.0000");
        assert_eq!(verb(&harness, "SIDEBET "), "SIDEBET ALL 1.0000");
        // A double click is one press; the second one comes too late.
        press(&mut harness);
        press(&mut harness);
        assert!(says(&harness, "press B again, 3 s"));
        harness.run_steps(200);
        assert!(!says(&harness, "press B again"));
        press(&mut harness);
        harness.run_steps(30);
        assert_eq!(commands(&mut harness), [], "{source:?}");
        press(&mut harness);
        harness.step();
        assert_eq!(orders(&mut harness), [(all, source)]);
        // The amount is the one before MAX.
        assert_eq!(verb(&harness, "BUY "), "BUY 0.0100");
        a_second(&mut harness);
        harness.key_press(Key::B);
        harness.step();
        assert_eq!(orders(&mut harness), [(BUY, ActionSource::Key)]);
    }
}

#[test]
fn an_order_above_the_share_of_the_setting_asks_and_a_sale_never_does() {
    let mut harness = open(holding(running(300)), RiskLimits::default());
    let settings = &mut harness.state_mut().page.page.ticket_settings;
    settings.ask_above_percent = Some(Decimal::new(5, 1));
    for key in [Key::B, Key::D] {
        harness.key_press(key);
        harness.run_steps(30);
        assert_eq!(commands(&mut harness), [], "{key:?}");
        harness.key_press(key);
        harness.step();
        assert_eq!(commands(&mut harness).len(), 1, "{key:?}");
        a_second(&mut harness);
    }
    harness.key_press(Key::S);
    harness.step();
    assert_eq!(orders(&mut harness), [(SELL, ActionSource::Key)]);
}

#[test]
fn sell_all_and_stop_sells_whatever_the_share_is() {
    let beside = "Sell all and stop";
    let flat = open(running(300), RiskLimits::default());
    assert!(!can_press(&flat, beside));
    let mut harness = open(holding(running(300)), RiskLimits::default());
    harness.get_by_label("25 %").click();
    harness.run();
    harness.get_by_label(beside).click();
    harness.run();
    let sent = commands(&mut harness);
    assert_eq!(sent.first(), Some(&Command::EmergencyStop(true)));
    let [_, Command::Press { order, .. }] = sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(order, SELL);
}
