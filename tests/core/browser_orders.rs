//! Orders that a player places in the browser, with a scripted page and server: the outcome of each.

use pianola::account::{Action, ActionKind, ActionSource, ActionStatus};
use pianola::engine::Command;
use pianola::trading::{Agreement, Order};
use serde_json::{Value, json};

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, PLAYER, ScriptedPlayer, ok, playing_in_browser};

fn buy(amount: &str) -> Order {
    Order::Buy { amount: d(amount) }
}

fn sell(percent: &str) -> Order {
    Order::Sell {
        percent: d(percent),
    }
}

fn bet(stake: &str) -> Order {
    Order::Sidebet { stake: d(stake) }
}

/// Kind, status, tick, price, tokens, SOL and wallet of a row.
fn done(row: &Action) -> (ActionKind, ActionStatus, Option<u32>, [Option<String>; 4]) {
    let text = |value: Option<rust_decimal::Decimal>| value.map(|value| value.to_string());
    let numbers = [row.executed_price, row.qty, row.amount, row.balance_after];
    (row.action, row.status, row.executed_tick, numbers.map(text))
}

/// The same for an executed order.
fn was_done(
    kind: ActionKind,
    tick: u32,
    [price, qty, amount, balance]: [&str; 4],
) -> (ActionKind, ActionStatus, Option<u32>, [Option<String>; 4]) {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let numbers = [text(price), text(qty), text(amount), text(balance)];
    (kind, ActionStatus::Confirmed, Some(tick), numbers)
}

fn placed(tick: u32, stake: f64) -> Value {
    json!({
        "playerId": PLAYER, "gameId": GAME, "username": "player", "betAmount": stake, "xPayout": 5,
        "coinAddress": pianola::protocol::SOL_ADDRESS, "startTick": tick, "endTick": tick + 40, "tickIndex": tick,
        "type": "placed",
    })
}

fn running_bet(tick: u32, stake: f64) -> Value {
    json!({ "sideBet": { "startedAtTick": tick, "gameId": GAME, "end": tick + 40, "betAmount": stake, "xPayout": 5 } })
}

/// Checks that nothing was sent from here; at the end of each test.
fn nothing_left(player: &ScriptedPlayer) {
    assert!(player.requests.is_empty(), "{:?}", player.requests);
}

#[test]
fn a_buy_is_followed_from_the_press_to_the_wallet_and_its_answer() {
    let mut player = playing_in_browser();
    player.page_orders(buy("0.1"), 29);
    let pressed = player.now;
    let view = player.view();
    assert!(view.pending.is_some_and(|pending| !pending.unknown));
    player.tick(GAME, 11, "1.6");
    player.trade("buy", "0.0625", "0.1", 11, "1.6");
    player.update("0.9", "0.0625", "1.6");
    let shown = player.now;
    player.page_acked(29, &[ok()]);
    let rows = player.rows();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    let numbers = ["1.6", "0.0625", "0.1", "0.9"];
    assert_eq!(done(row), was_done(ActionKind::Buy, 11, numbers));
    assert_eq!(row.source, ActionSource::Browser);
    assert_eq!((row.timestamp, row.confirmed_at), (pressed, Some(shown)));
    assert_eq!(row.acked_at, Some(player.now));
    // The game as the player saw it at the press.
    assert_eq!((row.tick, row.price), (10, Some(d("1.25"))));
    let view = player.view();
    assert!(view.pending.is_none());
    assert_eq!(view.to_update.map(|took| (took.p50, took.n)), Some((30, 1)));
    assert_eq!(view.to_ack.map(|took| (took.p50, took.n)), Some((40, 1)));
    assert_eq!(view.verification.unwrap().agreement, Agreement::Ok);
    assert_eq!(player.drifts(), 0);
    nothing_left(&player);
}

#[test]
fn a_press_here_is_refused_with_a_text_and_sends_nothing() {
    let mut player = playing_in_browser();
    for order in [buy("0.1"), sell("100"), bet("0.1")] {
        assert_eq!(player.press(order), None);
    }
    let words = [
        "buy 0.1 SOL: Play in your browser",
        "sell 100 %: Play in your browser",
        "sidebet 0.1 SOL: Play in your browser",
    ];
    assert_eq!(player.said, words);
    player
        .core
        .command(Command::ResetWallet(rust_decimal::Decimal::ONE), player.now);
    assert!(player.rows().is_empty());
    assert!(!player.core.order_context(None, player.now).is_ready());
    assert!(player.core.take_request().is_none());
    nothing_left(&player);
}

#[test]
fn each_of_several_orders_in_flight_gets_its_own_news() {
    let mut player = playing_in_browser();
    player.page_orders(bet("0.01"), 1);
    player.page_orders(buy("0.1"), 2);
    player.page_orders(buy("0.2"), 3);
    player.page_orders(buy("0.3"), 4);
    assert_eq!(player.rows().len(), 4);
    // The server answers in an order of its own, and refuses the last one.
    player.trade("buy", "0.16", "0.2", 10, "1.25");
    player.update("0.8", "0.16", "1.25");
    player.page_acked(4, &[json!({ "success": false, "message": "slow down" })]);
    player.page_acked(3, &[ok()]);
    player.update_with("0.79", "0.16", "1.25", &running_bet(10, 0.01));
    player.page_acked(77, &[]);
    player.event("currentSidebet", &[placed(10, 0.01)]);
    player.tick(GAME, 11, "2");
    // This one has no trade: the wallet shows it.
    player.update_with("0.69", "0.21", "1.428571428", &running_bet(10, 0.01));
    player.page_acked(
        1,
        &[json!({ "success": true, "sidebet": placed(10, 0.01) })],
    );
    player.page_acked(2, &[ok()]);
    let rows = player.rows();
    let actual: Vec<_> = rows.iter().map(done).collect();
    let refused = (
        ActionKind::Buy,
        ActionStatus::Refused,
        None,
        [None, None, Some("0.3".to_owned()), Some("0.8".to_owned())],
    );
    let expected = [
        was_done(ActionKind::Buy, 10, ["1.25", "0.16", "0.2", "0.8"]),
        refused,
        was_done(ActionKind::SidebetPlace, 10, ["1.25", "", "0.01", "0.79"]),
        was_done(ActionKind::Buy, 11, ["2", "0.05", "0.1", "0.69"]),
    ];
    assert_eq!(actual, expected);
    assert_eq!(rows[1].reason.as_deref(), Some("buy 0.3 SOL: slow down"));
    assert!(rows.iter().all(|row| row.acked_at.is_some()));
    assert!(player.view().pending.is_none());
    assert_eq!(player.drifts(), 0);
    nothing_left(&player);
}

/// One wallet shows two orders at once, without a trade.
#[test]
fn one_wallet_may_show_two_orders() {
    let mut player = playing_in_browser();
    player.page_orders(buy("0.1"), 1);
    player.page_orders(bet("0.05"), 2);
    player.tick(GAME, 11, "1.6");
    player.update_with("0.85", "0.0625", "1.6", &running_bet(11, 0.05));
    player.page_acked(1, &[ok()]);
    player.page_acked(2, &[ok()]);
    let actual: Vec<_> = player.rows().iter().map(done).collect();
    let expected = [
        was_done(ActionKind::Buy, 11, ["1.6", "0.0625", "0.1", "0.9"]),
        was_done(ActionKind::SidebetPlace, 11, ["1.6", "", "0.05", "0.85"]),
    ];
    assert_eq!(actual, expected);
    assert_eq!(player.drifts(), 0);
}

#[test]
fn an_order_without_an_answer_is_unknown_until_the_wallet_shows_it() {
    let mut player = playing_in_browser();
    player.page_orders(buy("0.1"), 1);
    player.page_orders(buy("0.2"), 2);
    player.clock(4_000);
    assert!(player.view().pending.unwrap().unknown);
    player.update("0.9", "0.08", "1.25");
    let actual = player.short_rows();
    assert_eq!(
        actual[0],
        (ActionKind::Buy, ActionStatus::Confirmed, "0.9".into())
    );
    assert_eq!(
        actual[1],
        (ActionKind::Buy, ActionStatus::Unknown, "0.9".into())
    );
    let reason = player.rows()[1].reason.clone().unwrap();
    assert!(
        reason.ends_with("the wallet shows that it was not done"),
        "{reason}"
    );
    assert!(player.view().pending.is_none());
    // A late answer changes nothing.
    player.page_acked(2, &[ok()]);
    assert_eq!(player.rows().len(), 2);
    assert_eq!(player.drifts(), 0);
}

/// A page that asks for no answer gets none; trade and wallet show its order.
#[test]
fn an_order_without_a_number_needs_no_answer() {
    let mut player = playing_in_browser();
    player.sent("buyOrder", json!({ "amount": 0.1 }), None);
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    player.clock(4_100);
    assert!(player.view().pending.is_none());
    let numbers = ["1.25", "0.08", "0.1", "0.9"];
    assert_eq!(
        done(&player.rows()[0]),
        was_done(ActionKind::Buy, 10, numbers)
    );
}

#[test]
fn the_answers_of_pings_and_of_unseen_requests_change_nothing() {
    let mut player = playing_in_browser();
    player.sent("ping", json!({ "lastPing": 169.2 }), Some(58));
    player.page_acked(58, &[]);
    player.page_acked(57, &[ok()]);
    player.sent("authenticate", Value::Null, None);
    player.sent("getLeaderboard", json!({ "period": "7d" }), None);
    player.page_orders(buy("0.1"), 59);
    player.page_acked(58, &[]);
    assert!(
        player
            .view()
            .pending
            .is_some_and(|pending| !pending.unknown)
    );
    assert_eq!(player.rows().len(), 1);
    assert!(player.said.is_empty(), "{:?}", player.said);
}

#[test]
fn an_unreadable_request_is_counted_and_reported() {
    let mut player = playing_in_browser();
    for (name, payload) in [
        ("buyOrder", json!({ "amount": "lots" })),
        ("sellOrder", json!({})),
        ("requestSidebet", Value::Null),
    ] {
        player.sent(name, payload, Some(5));
    }
    assert_eq!(player.said.len(), 3);
    assert!(player.said[0].starts_with("a buyOrder of the browser is not recorded: `amount`"));
    assert!(player.rows().is_empty());
    let malformed = &player.core.counts().malformed_events;
    assert_eq!(malformed.values().sum::<u64>(), 3, "{malformed:?}");
    // The server refuses impossible numbers, not this program.
    for amount in ["1e28", "-3", "0"] {
        let amount: Value = serde_json::from_str(amount).unwrap();
        player.sent("buyOrder", json!({ "amount": amount }), Some(6));
        player.page_acked(6, &[json!({ "success": false })]);
    }
    let refused = |row: &Action| row.status == ActionStatus::Refused;
    assert_eq!(player.rows().iter().filter(|row| refused(row)).count(), 3);
}

#[test]
fn orders_in_another_coin_are_not_recorded() {
    let mut player = playing_in_browser();
    let mut free = bet("50").request().to_args(None).remove(0);
    free["coinAddress"] = json!("0xPractice");
    player.sent("requestSidebet", free, Some(1));
    let coin = json!({ "selectedCoin": { "address": "0xPractice", "ticker": "FREE" } });
    player.update_with("1", "40", "1.25", &coin);
    player.page_orders(buy("50"), 2);
    assert_eq!(player.said.len(), 2);
    assert!(player.said[1].contains("another coin"), "{:?}", player.said);
    assert!(player.rows().is_empty());
    assert_eq!(
        player.view().page,
        Some(pianola::trading::BrowserAccount::OtherCoin)
    );
    assert_eq!(player.view().held().unwrap().position_qty, d("0"));
    // And in SOL again.
    player.update("1", "0", "0");
    player.page_orders(buy("0.1"), 3);
    assert_eq!(player.rows().len(), 1);
    assert_eq!(player.drifts(), 0);
}

#[test]
fn too_many_orders_in_flight_are_given_up_one_by_one() {
    let mut player = playing_in_browser();
    for id in 0..40 {
        player.page_orders(buy("0.01"), id);
    }
    let rows = player.rows();
    assert_eq!(rows.len(), 40);
    let given_up = rows.iter().filter(|row| row.reason.is_some()).count();
    assert_eq!(given_up, 24);
}

/// The answers of a lost connection never come; the next one counts its numbers from the start.
#[test]
fn after_a_reload_no_older_answer_comes() {
    let mut player = playing_in_browser();
    player.page_orders(buy("0.1"), 1);
    player.down();
    assert!(player.view().pending.unwrap().unknown);
    player.page_acked(1, &[ok()]);
    player.tick(GAME, 12, "1.3");
    player.log_in("0.9", "0.08", "1.25");
    assert_eq!(player.sessions.len(), 1);
    let numbers = ["1.25", "0.08", "0.1", "0.9"];
    assert_eq!(
        done(&player.rows()[0]),
        was_done(ActionKind::Buy, 10, numbers)
    );
    assert_eq!(player.rows()[0].acked_at, None);
    assert_eq!(player.drifts(), 0);
}

/// Both the bet and the tokens are open at the rug.
#[test]
fn the_rug_pays_the_bet_and_sells_the_tokens() {
    let mut player = playing_in_browser();
    player.page_orders(buy("0.1"), 1);
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    player.page_acked(1, &[ok()]);
    player.page_orders(bet("0.01"), 2);
    player.update_with("0.89", "0.08", "1.25", &running_bet(10, 0.01));
    player.event("currentSidebet", &[placed(10, 0.01)]);
    player.page_acked(
        2,
        &[json!({ "success": true, "sidebet": placed(10, 0.01) })],
    );
    // The player's own messages come before the tick of the rug.
    let mut result = placed(10, 0.01);
    for (key, value) in [
        ("payout", json!(0.05)),
        ("profit", json!(0.04)),
        ("type", json!("payout")),
    ] {
        result[key] = value;
    }
    (result["tickIndex"], result["price"]) = (json!(11), json!(0.01));
    player.event("currentSidebetResult", &[result]);
    player.update_with("0.94", "0.08", "1.25", &json!({ "sideBet": null }));
    player.trade("sell", "0.08", "0.0008", 11, "0.01");
    player.update_with("0.9408", "0", "0", &json!({ "sideBet": null }));
    player.rug(GAME, 11, "0.01");
    let actual: Vec<_> = player.rows()[2..].iter().map(done).collect();
    let expected = [
        was_done(ActionKind::SidebetWin, 11, ["0.01", "", "0.05", "0.94"]),
        was_done(
            ActionKind::Liquidated,
            11,
            ["0.01", "0.08", "0.0008", "0.9408"],
        ),
    ];
    assert_eq!(actual, expected);
    assert_eq!(player.drifts(), 0);
    nothing_left(&player);
}
