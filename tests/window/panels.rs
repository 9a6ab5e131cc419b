//! The panels around the chart, by label: notices, statistics, the menu, the position, the texts of the ticket.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::account::{Account, WalletKind};
use pianola::engine::{Command, Notice, View};
use pianola::feed::FeedState;
use pianola::game::Phase;
use pianola::strategy::{AutoSell, AutoSellView, StopLoss};
use pianola::trading::{Identity, Order};
use pianola::ui::KEYS;
use rust_decimal::Decimal;

use crate::support::window::labels::says;
use crate::support::window::made_view::{Shown, noon, running};
use crate::support::window::made_window::{commands, open};

#[test]
fn a_thousand_notices_are_one_line_and_the_rest_on_request() {
    let mut harness = open(running(100));
    assert!(says(&harness, "No messages yet"));
    let chart = harness.get_by_label_contains("Price chart").rect();
    for number in 0..50 {
        let words = format!("order {} was refused", number % 3);
        let said = harness.state().notices.try_send(Notice::Message(words));
        said.unwrap();
    }
    harness.run();
    assert!(says(&harness, "order 1 was refused (×17)"));
    assert!(!says(&harness, "order 0"), "only the newest stands there");
    assert_eq!(harness.get_by_label_contains("Price chart").rect(), chart);
    harness.get_by_label("Messages").click();
    harness.run();
    assert!(says(&harness, "order 0 was refused (×17)"));
    assert!(says(&harness, "order 2 was refused (×16)"));
}

#[test]
fn a_disk_with_little_room_or_none_is_shown_until_it_is_over() {
    let mut view = running(100);
    let mut harness = open(view.clone());
    let shown = |harness: &mut Harness<'_, Shown>, view: &View| {
        harness.state_mut().view.send(view.clone()).unwrap();
        harness.run();
    };
    view.recorder.low_space = Some(431);
    let notices = harness.state().notices.clone();
    notices.try_send(Notice::LowSpace(431)).unwrap();
    shown(&mut harness, &view);
    assert!(says(&harness, "REC 431 MB left"));
    let words = "Little room for recordings: 431 MB left on the disk";
    assert!(says(&harness, words));
    // It fills up altogether, and some games are lost.
    let trouble = "cannot write /r/x: no space; make room on the disk".to_owned();
    view.recorder.lost_games = 2;
    view.recorder.trouble = Some(trouble.clone());
    notices
        .try_send(Notice::NotRecording(trouble.clone()))
        .unwrap();
    shown(&mut harness, &view);
    assert!(says(&harness, "REC not recording"));
    assert!(says(&harness, "Not recording: cannot write /r/x: no space"));
    view.recorder.trouble = None;
    view.recorder.low_space = None;
    notices.try_send(Notice::RecordingResumed).unwrap();
    notices.try_send(Notice::SpaceRecovered).unwrap();
    shown(&mut harness, &view);
    assert!(!says(&harness, "REC not recording") && says(&harness, "REC incomplete"));
    assert!(says(&harness, "Enough room for recordings again"));
    view.recorder.lost_games = 0;
    shown(&mut harness, &view);
    assert!(!says(&harness, "REC incomplete") && says(&harness, "REC"));
}

#[test]
fn the_menu_has_every_command_that_neither_trades_nor_fills_the_ticket() {
    let mut harness = open(running(100));
    // By mouse, which may stay where it is.
    let menu = harness.get_by_label("Menu").rect().center();
    harness.hover_at(menu);
    harness.step();
    harness.drag_at(menu);
    harness.step();
    harness.drop_at(menu);
    for _ in 0..20 {
        harness.step();
    }
    // A player logs in meanwhile: the name appears in the bar, and the menu stays open.
    let mut view = running(100);
    let trader = view.trader.as_mut().unwrap();
    trader.identity = Some(Identity {
        player_id: "player-1".to_owned(),
        username: Some("newcomer".to_owned()),
    });
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    let rows: Vec<_> = KEYS.iter().filter(|row| row.command.is_in_menu()).collect();
    assert!(rows.len() >= 12 && rows.iter().all(|row| !row.command.trades()));
    for row in &rows {
        assert!(says(&harness, row.text), "{}", row.text);
    }
    harness
        .get_by_label_contains("Record now, until I stop")
        .click();
    harness.run();
    assert_eq!(commands(&mut harness), [Command::Record(false)]);
}

#[test]
fn keys_move_the_chart_and_end_returns() {
    let mut harness = open(running(400));
    let follows = |harness: &Harness<'_, Shown>| {
        let node = harness.get_by_label("Follow");
        node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    for key in [Key::PageUp, Key::PageDown, Key::ArrowUp, Key::ArrowDown] {
        assert!(follows(&harness));
        harness.key_press(key);
        harness.run();
        assert!(!follows(&harness), "{key:?}");
        harness.key_press(Key::End);
        harness.run();
    }
}

#[test]
fn what_cannot_be_done_says_why_where_it_would_be_done() {
    let mut view = running(300);
    let mut harness = open(view.clone());
    assert!(says(&harness, "no position") && says(&harness, "tokens at"));
    harness.key_press(Key::S);
    harness.run();
    assert!(says(&harness, "Not sent: "));
    assert_eq!(commands(&mut harness), []);

    view.feed = FeedState::Stale { since: noon() };
    harness.state_mut().view.send(view.clone()).unwrap();
    harness.run();
    assert!(says(&harness, "stale"));
    view.phase = Phase::Cooldown;
    view.feed = FeedState::Up { since: noon() };
    harness.state_mut().view.send(view).unwrap();
    harness.key_press(Key::B);
    harness.run();
    assert_eq!(
        commands(&mut harness),
        [],
        "nothing is bought in the cooldown"
    );
}

#[test]
fn keys_act_beside_a_focused_button_and_never_while_typing() {
    let mut harness = open(running(300));
    harness.get_by_label("Candles").focus();
    harness.run();
    harness.key_press(Key::B);
    harness.run();
    let bought = |command: &Command| {
        matches!(
            command,
            Command::Press {
                order: Order::Buy { .. },
                ..
            }
        )
    };
    assert_eq!(
        commands(&mut harness).iter().filter(|c| bought(c)).count(),
        1
    );
    harness.get_by_label("Amount").focus();
    harness.run();
    harness.key_press(Key::B);
    harness.key_press_modifiers(Modifiers::NONE, Key::D);
    harness.run();
    assert_eq!(commands(&mut harness), []);
}

#[test]
fn a_new_local_wallet_is_asked_for_twice() {
    let mut harness = open(running(300));
    harness.get_by_label("Refill").click();
    harness.run();
    assert!(says(&harness, "Refill your wallet?"));
    harness.key_press(Key::B);
    harness.run();
    assert_eq!(commands(&mut harness), [], "a question is answered first");
    harness.get_by_label("Cancel").click();
    harness.run();
    assert!(!says(&harness, "Refill your wallet?"));
    harness.get_by_label("Refill").click();
    harness.run();
    harness.get_by_label("Start new session").click();
    harness.run();
    assert_eq!(commands(&mut harness), [Command::ResetWallet(Decimal::ONE)]);
}

#[test]
fn a_player_without_play_money_is_offered_a_new_session_in_place_of_the_odds() {
    for wallet in [WalletKind::Local, WalletKind::Server] {
        let mut view = running(300);
        let trader = view.trader.as_mut().unwrap();
        trader.wallet = wallet;
        trader.account = Some(Account::new(Decimal::new(9, 4), []));
        let mut harness = open(view);
        harness.state_mut().page.page.ticket_settings.start_balance = Decimal::TWO;
        harness.run();
        assert!(says(&harness, "Out of play money."));
        assert!(!says(&harness, "Chance of a rug"));
        harness.get_by_label("Refill to 2 SOL").click();
        harness.run();
        assert!(says(&harness, "A new session begins with 2 SOL"));
        harness.get_by_label("Start new session").click();
        harness.run();
        assert_eq!(commands(&mut harness), [Command::ResetWallet(Decimal::TWO)]);
    }
    assert!(says(&open(running(300)), "Chance of a rug"));
}

#[test]
fn an_amount_above_what_there_is_has_its_cure_in_the_field() {
    let mut harness = open(running(300));
    harness.state_mut().page.page.ticket.text = "12.5".to_owned();
    harness.run();
    assert!(says(&harness, "only 1.0000: MAX"));
    harness.get_by_label("Use what there is").click();
    harness.run();
    assert!(says(&harness, "BUY ALL 1.0000") && !says(&harness, "only 1.0000"));
    // Enter in the field does the same.
    let mut harness = open(running(300));
    harness.get_by_label("Amount").focus();
    harness.step();
    let all = Modifiers::COMMAND;
    harness.key_press_modifiers(all, Key::A);
    harness.event(egui::Event::Text("3".to_owned()));
    harness.run();
    assert!(says(&harness, "only 1.0000: MAX"));
    harness.key_press(Key::Enter);
    harness.run();
    assert!(says(&harness, "BUY ALL 1.0000"));
    // What is no number stays where it is, with its reason.
    harness.state_mut().page.page.ticket.text = "1,000.5".to_owned();
    harness.run();
    harness.get_by_label("+.1").click();
    harness.run();
    assert_eq!(harness.state().page.page.ticket.text, "1,000.5");
}

#[test]
fn an_amount_that_is_typed_after_max_is_no_longer_that_of_max() {
    let mut harness = open(running(300));
    harness.get_by_label("MAX").click();
    harness.run();
    assert!(says(&harness, "BUY ALL 1.0000"));
    harness.get_by_label("Amount").focus();
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text("0.5".to_owned()));
    harness.run();
    assert!(says(&harness, "BUY 0.5000") && !says(&harness, "BUY ALL"));
}

#[test]
fn auto_sell_is_set_in_its_row_and_does_not_exist_elsewhere() {
    assert!(!says(&open(running(300)), "Auto-sell"));
    let mut view = running(300);
    view.auto_sell = Some(AutoSellView::default());
    let mut harness = open(view.clone());
    let sidebet = harness.get_by_label("SIDEBET 0.0100").rect();
    harness.get_by_label("Auto-sell").click();
    harness.run();
    assert_eq!(harness.get_by_label("SIDEBET 0.0100").rect(), sidebet);
    harness.get_by_label("Take-profit").focus();
    harness.step();
    harness.event(egui::Event::Text("2.5x".to_owned()));
    harness.step();
    harness.get_by_label("Stop-loss").focus();
    harness.run();
    let rules = AutoSell {
        take_profit: Some(Decimal::new(25, 1)),
        ..AutoSell::default()
    };
    assert_eq!(commands(&mut harness), [Command::AutoSell(Some(rules))]);
    view.auto_sell = Some(AutoSellView {
        set: Some(rules),
        opened_tick: None,
    });
    harness.state_mut().view.send(view).unwrap();
    harness.run();
    harness.get_by_label("Pin auto-sell").click();
    harness.run();
    let pinned = AutoSell {
        pinned: true,
        ..rules
    };
    assert_eq!(commands(&mut harness), [Command::AutoSell(Some(pinned))]);
    // What was typed last is set when the player leaves the page.
    harness.get_by_label("Stop-loss").focus();
    harness.step();
    harness.event(egui::Event::Text("20".to_owned()));
    harness.step();
    assert_eq!(commands(&mut harness), []);
    harness.state_mut().page.leave();
    let with_stop = AutoSell {
        stop_loss: Some(StopLoss::LossPercent(Decimal::from(20))),
        ..rules
    };
    let sent = commands(&mut harness);
    assert_eq!(sent, [Command::AutoSell(Some(with_stop))]);
    // A key does not trade while a field is typed into.
    harness.get_by_label("Take-profit").focus();
    harness.step();
    harness.key_press(Key::S);
    harness.run();
    assert_eq!(commands(&mut harness), []);
}

#[test]
fn no_name_and_no_word_of_a_server_is_shown_as_it_is() {
    let hidden = |c: char| {
        let wide = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}');
        c != '\n' && (c.is_control() || wide)
    };
    for name in [
        "../../evil",
        "\u{1b}[2J\u{7}",
        &"N".repeat(300),
        "",
        "a\u{202e}b\u{200b}c\u{2028}d\u{feff}",
        "one\r\u{8}\u{9b}31m\0",
        &format!("{}\u{202e}", "n".repeat(20)),
        "O'Brien",
    ] {
        let mut view = running(100);
        view.trader.as_mut().unwrap().identity = Some(Identity {
            player_id: name.to_owned(),
            username: Some(name.to_owned()),
        });
        view.feed = FeedState::Stale { since: noon() };
        let mut harness = open(view);
        let said = Notice::Message(format!("{name} was refused"));
        harness.state().notices.try_send(said).unwrap();
        harness.run();
        // The menu names the player.
        harness.get_by_label("Source: PRACTICE TABLE").click();
        harness.run();
        let labels: Vec<String> = harness
            .query_all_by(|_| true)
            .filter_map(|node| {
                let node = node.accesskit_node();
                node.label().or_else(|| node.value())
            })
            .collect();
        let bad = labels.iter().find(|label| label.chars().any(hidden));
        assert!(bad.is_none(), "{name:?}: {bad:?}");
        assert!(labels.iter().any(|label| label.ends_with("was refused")));
        assert!(labels.iter().all(|label| label.len() < 1_000), "{name:?}");
        let player = labels.iter().find(|label| label.starts_with("Player "));
        let player = player.expect("the menu is open");
        assert!(name != "O'Brien" || player == "Player O'Brien", "{player}");
        assert!(
            !name.starts_with("nn") || player.ends_with(r"\u{202e}"),
            "{player}"
        );
    }
}
