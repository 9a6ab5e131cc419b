//! The ticket, by label: amounts that cannot be used, limits above the balance, and the last order in a low window.

use egui_kittest::kittest::Queryable as _;
use pianola::account::{Account, ActionKind};
use pianola::engine::Notice;
use rust_decimal::Decimal;

use crate::support::window::labels::{says, times};
use crate::support::window::made_view::{done, running, window};
use crate::support::window::made_window::{open, open_shown};

#[test]
fn an_amount_that_cannot_be_used_has_its_whole_reason_in_the_field_and_on_the_buttons() {
    let mut harness = open(running(300));
    for (text, why) in [
        ("0", "Enter an amount above 0"),
        ("0.0000000001", "Enter at most 9 decimals"),
        ("1,000.5", "no thousands separators"),
        ("x", "not a number; for example 0.05"),
        ("", "enter a number, for example 0.05"),
    ] {
        harness.state_mut().page.page.ticket.text = text.to_owned();
        harness.run();
        assert_eq!(times(&harness, why), 3, "{text}");
    }
}

#[test]
fn a_minimum_above_the_balance_is_named_and_leads_to_its_setting() {
    let mut view = running(300);
    let trader = view.trader.as_mut().unwrap();
    trader.account = Some(Account::new(Decimal::ONE, []));
    view.limits.min_buy = Decimal::TWO;
    view.limits.max_buy = Decimal::TWO;
    view.limits.min_sidebet = Decimal::TWO;
    let mut harness = open(view);
    assert!(!says(&harness, "Out of play money."));
    assert_eq!(times(&harness, "Minimum 2 SOL: lower it in settings"), 2);
    assert!(says(&harness, "Minimum 2 SOL is above the balance."));
    harness.get_by_label("Lower it").click();
    harness.step();
    let command = harness.state().page.requests.command;
    assert_eq!(command, Some(pianola::ui::KeyCommand::Settings));
}

#[test]
fn the_status_line_of_a_low_window_has_the_last_order() {
    for (size, is_low) in [([700.0, 600.0], true), ([1_280.0, 800.0], false)] {
        let mut view = running(100);
        let bought = done(&view, 1, ActionKind::Buy, 20);
        view.actions = std::sync::Arc::new(vec![bought]);
        let mut harness = open_shown(window(view), size);
        let line = "Last order BUY";
        assert_eq!(says(&harness, line), is_low, "{size:?}");
        // What is newer takes its place.
        let notices = harness.state().notices.clone();
        let words = "something else".to_owned();
        notices.try_send(Notice::Message(words.clone())).unwrap();
        harness.run();
        assert!(says(&harness, &words));
        assert!(!says(&harness, line), "{size:?}");
    }
}
