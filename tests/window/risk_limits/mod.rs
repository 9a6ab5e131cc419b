//! The risk limits in the window, by label: a button names the limit beforehand, a key when it is pressed.

mod presses;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pianola::account::{Account, ActionSource, Lot};
use pianola::engine::{Command, View};
use pianola::trading::{Order, Refusal, RiskLimits, RiskUsage};
use rust_decimal::Decimal;

use crate::support::window::labels::{can_press, says, times};
use crate::support::window::made_view::{Shown, running, window};
use crate::support::window::made_window::{SIZE, commands, open_shown};

fn open(mut view: View, risk: RiskLimits) -> Harness<'static, Shown> {
    view.limits.risk = risk;
    let limits = view.limits;
    let mut shown = window(view);
    shown.page.set_limits(limits);
    let mut harness = open_shown(shown, SIZE);
    assert_eq!(commands(&mut harness), [Command::Limits(limits)]);
    harness
}

/// Shows another view with the same limits.
fn show(harness: &Harness<'_, Shown>, mut view: View) {
    let shown = harness.state();
    view.limits = shown.view.borrow().limits;
    shown.view.send(view).unwrap();
}

fn guarded(guarded: RiskUsage) -> View {
    View {
        risk_usage: guarded,
        ..running(300)
    }
}

#[test]
fn a_button_says_beforehand_what_its_guards_say() {
    let mut harness = open(running(300), RiskLimits::default());
    assert!(can_press(&harness, "BUY ") && can_press(&harness, "SIDEBET "));

    let stopped = RiskUsage {
        stopped: true,
        ..RiskUsage::default()
    };
    show(&harness, guarded(stopped));
    harness.run();
    let why = "Stopped: SELL still works";
    assert_eq!(times(&harness, why), 2, "buy and sidebet");
    assert!(!can_press(&harness, "BUY ") && !can_press(&harness, "SIDEBET "));

    let many = RiskUsage {
        orders: 30,
        next_order_in: 12,
        ..RiskUsage::default()
    };
    show(&harness, guarded(many));
    harness.run();
    let why = "Wait 12 s: at most 30 orders a minute";
    assert_eq!(times(&harness, why), 2, "buy and sidebet");
    assert!(!can_press(&harness, "BUY ") && !can_press(&harness, "SIDEBET "));

    show(&harness, running(300));
    harness.run();
    assert!(can_press(&harness, "BUY ") && can_press(&harness, "SIDEBET "));
}

#[test]
fn the_loss_of_the_day_shuts_what_costs_something_and_leaves_the_sale() {
    let guards = RiskLimits {
        max_loss_a_day: Some(Decimal::new(50, 3)),
        ..RiskLimits::OFF
    };
    let lost = |milli: i64| {
        guarded(RiskUsage {
            earned_today: Decimal::new(-milli, 3),
            ..RiskUsage::default()
        })
    };
    let mut harness = open(lost(40), guards);
    assert!(can_press(&harness, "BUY "), "0.040 and 0.010 are the most");
    show(&harness, lost(41));
    harness.run();
    let why = "Daily limit 0.05 SOL: 0.0510 at risk";
    assert_eq!(times(&harness, why), 2, "buy and sidebet");
    assert!(!can_press(&harness, "BUY ") && !can_press(&harness, "SIDEBET "));
    assert!(says(&harness, "Nothing to sell"));
}

#[test]
fn a_key_orders_nothing_when_the_price_became_another_one_than_was_drawn() {
    let guards = RiskLimits {
        slippage_percent: Some(Decimal::TEN),
        ..RiskLimits::OFF
    };
    let at = |cents| View {
        price: Some(Decimal::new(cents, 2)),
        ..running(300)
    };
    let mut harness = open(at(200), guards);
    // Between the picture and the press.
    show(&harness, at(230));
    harness.key_press(Key::B);
    harness.run();
    assert_eq!(commands(&mut harness), []);
    let why = "Not sent: The price became 15 % worse than on the screen";
    assert!(says(&harness, why));
    // Now the player has seen it; a better price is no slippage.
    show(&harness, at(180));
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

/// What moves nowhere when trading is stopped.
const STAY: [&str; 3] = ["MAX", "Menu", "Amount"];
const STOPPED: &str = "STOPPED, SELL still works";
const RESUME: &str = "Resume trading";

fn stopped() -> View {
    holding(guarded(RiskUsage {
        stopped: true,
        ..RiskUsage::default()
    }))
}

/// The same for a player who holds something.
fn holding(mut view: View) -> View {
    let lot = Lot {
        qty: Decimal::new(5, 2),
        price: Decimal::ONE,
    };
    let trader = view.trader.as_mut().unwrap();
    trader.account = Some(Account::new(Decimal::ONE, [lot]));
    view
}

/// Draws for half a second and more: 60 frames of a sixtieth.
fn a_second(harness: &mut Harness<'_, Shown>) {
    harness.run_steps(60);
}

#[test]
fn the_stop_is_pressed_by_its_button_or_escape_twice_and_never_released_by_them() {
    let mut harness = open(holding(running(300)), RiskLimits::default());
    let place = rect(&harness, "STOP");
    let others = STAY.map(|label| rect(&harness, label));
    assert!(says(&harness, "Esc Esc"));
    // A double click is one stop, twice.
    for _ in 0..2 {
        click(&mut harness, place.center());
    }
    let twice = [true; 2].map(Command::EmergencyStop);
    assert_eq!(commands(&mut harness), twice);

    show(&harness, stopped());
    harness.step();
    assert_eq!(rect(&harness, STOPPED), place);
    // Another click of the same movement finds no button that releases it.
    assert!(!says(&harness, RESUME));
    click(&mut harness, place.center());
    a_second(&mut harness);
    assert!(rect(&harness, RESUME).intersect(place).width() <= 0.0);
    assert_eq!(rect(&harness, STOPPED), place);
    assert_eq!(STAY.map(|label| rect(&harness, label)), others);
    for _ in 0..4 {
        click(&mut harness, place.center());
    }
    // A key that is held on it, and Escape as often as one likes.
    harness.get_by_label(STOPPED).focus();
    harness.step();
    for key in [Key::Enter, Key::Space] {
        hold(&mut harness, key, 60);
    }
    for _ in 0..6 {
        escape(&mut harness);
    }
    hold(&mut harness, Key::Escape, 60);
    let sent = commands(&mut harness);
    assert!(sent.len() > 6, "{sent:?}");
    assert!(
        sent.iter()
            .all(|sent| *sent == Command::EmergencyStop(true)),
        "{sent:?}"
    );
    assert_eq!(rect(&harness, STOPPED), place);
}

#[test]
fn while_it_is_stopped_only_what_is_held_is_sold_and_resuming_is_a_button_of_its_own() {
    let mut harness = open(stopped(), RiskLimits::default());
    a_second(&mut harness);
    // A key says why it does nothing.
    for key in [Key::B, Key::D] {
        harness.key_press(key);
        harness.run();
        assert!(says(&harness, "Not sent: Stopped: SELL still works"));
    }
    assert_eq!(commands(&mut harness), []);
    assert!(can_press(&harness, "SELL "));
    harness.key_press(Key::S);
    harness.run();
    a_second(&mut harness);
    harness.get_by_label_contains("SELL 100 %").click();
    harness.run();
    let percent = Decimal::ONE_HUNDRED;
    let sold = orders(&mut harness);
    let sell = Order::Sell { percent };
    assert_eq!(
        sold,
        [(sell, ActionSource::Key), (sell, ActionSource::Mouse)]
    );
    harness.get_by_label(RESUME).click();
    harness.run();
    assert_eq!(commands(&mut harness), [Command::EmergencyStop(false)]);
    let place = rect(&harness, RESUME);
    show(&harness, holding(running(300)));
    harness.step();
    // What is behind a double click on it.
    click(&mut harness, place.center());
    assert_eq!(commands(&mut harness), []);
    assert!(!says(&harness, RESUME));
    // Stopped once more, the delay before it can be resumed starts again.
    show(&harness, stopped());
    harness.step();
    assert!(!says(&harness, RESUME));
    a_second(&mut harness);
    assert!(says(&harness, RESUME));
}

#[test]
fn no_guard_shuts_the_button_or_the_key_of_a_sale() {
    let guards = RiskLimits {
        max_loss_a_day: Some(Decimal::new(1, 3)),
        max_orders_a_minute: Some(1),
        slippage_percent: Some(Decimal::ONE),
    };
    let at = |cents| {
        let mut view = stopped();
        view.risk_usage = RiskUsage {
            stopped: true,
            earned_today: Decimal::NEGATIVE_ONE,
            orders: 99,
            next_order_in: 60,
            ..RiskUsage::default()
        };
        view.price = Some(Decimal::new(cents, 2));
        view
    };
    let mut harness = open(at(200), guards);
    assert!(
        can_press(&harness, "SELL ")
            && !can_press(&harness, "BUY ")
            && !can_press(&harness, "SIDEBET ")
    );
    // The price fell by half between the picture and the press.
    show(&harness, at(100));
    harness.key_press(Key::S);
    harness.run();
    assert_eq!(orders(&mut harness).len(), 1);
}

#[test]
fn a_button_waits_for_the_login_of_a_new_connection_as_the_engine_does() {
    let mut view = holding(running(300));
    view.no_login = Some(Refusal::NotOurTable);
    let mut harness = open(view, RiskLimits::default());
    for button in ["BUY ", "SELL ", "SIDEBET "] {
        assert!(!can_press(&harness, button), "{button}");
    }
    assert_eq!(times(&harness, "Not logged in on this connection yet"), 3);
    show(&harness, holding(running(300)));
    harness.run();
    assert!(can_press(&harness, "BUY ") && can_press(&harness, "SELL "));
}

/// Presses a key and keeps it down for so many frames, as a keyboard repeats it, then lets it go.
fn hold(harness: &mut Harness<'_, Shown>, key: Key, frames: usize) {
    let event = |pressed| egui::Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    for _ in 0..frames {
        harness.event(event(true));
        harness.step();
    }
    harness.event(event(false));
    harness.step();
}

/// Clicks there, in one frame.
fn click(harness: &mut Harness<'_, Shown>, pos: egui::Pos2) {
    harness.event(egui::Event::PointerMoved(pos));
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
    }
    harness.step();
}

/// The orders that were sent since, and by what they were pressed.
fn orders(harness: &mut Harness<'_, Shown>) -> Vec<(Order, ActionSource)> {
    let sent = commands(harness).into_iter().map(|sent| match sent {
        Command::Press { order, source, .. } => (order, source),
        other => panic!("{other:?}"),
    });
    sent.collect()
}

#[test]
fn an_escape_that_puts_something_away_is_none_of_the_two() {
    let mut harness = open(running(300), RiskLimits::default());
    let settle = |harness: &mut Harness<'_, Shown>| {
        // Longer than the two presses may be apart.
        harness.run_steps(75);
    };
    // One alone, and one much later.
    escape(&mut harness);
    settle(&mut harness);
    escape(&mut harness);
    settle(&mut harness);
    assert_eq!(commands(&mut harness), []);
    for opens in ["Amount", "Menu", "Refill"] {
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
    assert!(says(
        &harness,
        "Stop: no new buys or sidebets. Selling stays possible"
    ));
    escape(&mut harness);
    escape(&mut harness);
    assert_eq!(commands(&mut harness), [], "the help sheet");
    settle(&mut harness);
    escape(&mut harness);
    escape(&mut harness);
    assert_eq!(commands(&mut harness), [Command::EmergencyStop(true)]);
}
