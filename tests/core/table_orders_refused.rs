//! What the practice table refuses: the ack says why, no other message is sent, and nothing changes.

use pianola::protocol::SOL_ADDRESS;
use pianola::table::{LedgerRow, StepKind};
use serde_json::{Value, json};

use crate::support::table_accounts::{self, CONNECTION, OfflineTable, messages_of};

fn assert_refused(table: &mut OfflineTable, event: &str, payload: &Value, words: &str) {
    let before: Vec<LedgerRow> = table.accounts.ledger("did:privy:practice-0001");
    let answer = table.order(event, payload.clone());
    let [ack] = answer.acks.as_slice() else {
        panic!("{event} {payload}: {} acks", answer.acks.len());
    };
    assert_eq!(
        table_accounts::keys(ack),
        ["success", "message"],
        "{event} {payload}"
    );
    assert_eq!(ack["success"], false, "{event} {payload}");
    let message = ack["message"].as_str().unwrap();
    assert!(message.contains(words), "{event} {payload}: {message}");
    assert!(messages_of(&answer).is_empty(), "{event} {payload}");
    assert_eq!(table.accounts.ledger("did:privy:practice-0001"), before);
}

fn bet(amount: &Value) -> Value {
    json!({ "amount": amount, "coinAddress": SOL_ADDRESS, "xPayout": 5 })
}

#[test]
fn impossible_amounts_are_refused() {
    let mut table = OfflineTable::with_game(|tick| tick > 10, &[]);
    table.until_tick(2);
    for (amount, words) in [
        (json!(0.000_999_999), "smallest amount is 0.001"),
        (json!(0), "smallest"),
        (json!(-0.01), "smallest"),
        (json!(5.000_000_001), "largest amount is 5"),
        (json!(1e15), "largest"),
        (json!(5), "not enough SOL: you have 1"),
        (json!(0.001_000_000_1), "at most 9 decimals"),
        (json!(1.000_000_001), "not enough SOL: you have 1"),
        (json!("0.01"), "`amount` is missing or not a number"),
        (json!(null), "`amount`"),
        (json!([0.01]), "`amount`"),
    ] {
        let buy = json!({ "amount": amount });
        assert_refused(&mut table, "buyOrder", &buy, words);
        assert_refused(&mut table, "requestSidebet", &bet(&amount), words);
    }
    for nothing in [json!({}), json!(null), json!(0.01)] {
        assert_refused(&mut table, "buyOrder", &nothing, "`amount`");
        assert_refused(&mut table, "sellOrder", &nothing, "`percentage`");
        assert_refused(&mut table, "requestSidebet", &nothing, "`amount`");
    }
    assert_eq!(
        table.handle(CONNECTION, "buyOrder", &[]).acks[0]["success"],
        false
    );
    // The limits themselves are good; of the wallet as of one order.
    assert_eq!(table.buy(0.001).acks[0]["success"], true);
    assert_eq!(table.buy(0.999).acks[0]["success"], true);
    let all = json!({ "amount": 0.001 });
    assert_refused(&mut table, "buyOrder", &all, "not enough SOL: you have 0");
}

#[test]
fn sells_without_a_share_of_a_position_are_refused() {
    let mut table = OfflineTable::with_game(|tick| tick > 10, &[]);
    table.until_tick(2);
    let whole = json!({ "percentage": 100 });
    assert_refused(&mut table, "sellOrder", &whole, "no position");
    table.buy(0.1);
    for percentage in [
        json!(0),
        json!(-1),
        json!(0.5),
        json!(100.000_001),
        json!(1e9),
    ] {
        let sell = json!({ "percentage": percentage });
        assert_refused(&mut table, "sellOrder", &sell, "not from 1 to 100");
    }
    let text = json!({ "percentage": "100" });
    assert_refused(&mut table, "sellOrder", &text, "`percentage`");
    assert_eq!(table.sell(1.0).acks[0]["success"], true);
    assert_eq!(table.sell(100.0).acks[0]["success"], true);
    assert_refused(&mut table, "sellOrder", &whole, "no position");
}

#[test]
fn impossible_sidebets_are_refused() {
    let mut table = OfflineTable::with_game(|tick| tick > 10, &[]);
    table.until_tick(2);
    for (payload, words) in [
        (
            json!({ "amount": 0.01, "coinAddress": "0xPractice", "xPayout": 5 }),
            "only SOL",
        ),
        (
            json!({ "amount": 0.01, "coinAddress": 5, "xPayout": 5 }),
            "`coinAddress`",
        ),
        (json!({ "amount": 0.01, "xPayout": 5 }), "`coinAddress`"),
        (
            json!({ "amount": 0.01, "coinAddress": SOL_ADDRESS, "xPayout": 4 }),
            "pays 5 times",
        ),
        (
            json!({ "amount": 0.01, "coinAddress": SOL_ADDRESS, "xPayout": 5.1 }),
            "pays 5 times",
        ),
        (
            json!({ "amount": 0.01, "coinAddress": SOL_ADDRESS }),
            "`xPayout`",
        ),
    ] {
        assert_refused(&mut table, "requestSidebet", &payload, words);
    }
    assert_eq!(table.bet(0.01).acks[0]["success"], true);
    let second = bet(&json!(0.01));
    assert_refused(&mut table, "requestSidebet", &second, "a sidebet already");
}

#[test]
fn between_two_games_every_order_is_refused() {
    let mut table = OfflineTable::with_game(|tick| tick > 10, &[]);
    let buy = json!({ "amount": 0.01 });
    let sell = json!({ "percentage": 100 });
    let bet = bet(&json!(0.01));
    let closed = |table: &mut OfflineTable| {
        assert_refused(table, "buyOrder", &buy, "closed");
        assert_refused(table, "requestSidebet", &bet, "closed");
        assert_refused(table, "sellOrder", &sell, "nothing can be sold");
    };
    closed(&mut table);
    table.until(|mark| mark == StepKind::Countdown(10_100));
    closed(&mut table);
    table.step();
    assert_eq!(
        table.buy(0.01).acks[0]["success"],
        true,
        "the presale is open"
    );
    assert_refused(&mut table, "sellOrder", &sell, "nothing can be sold");
    table.until(|mark| mark == StepKind::Countdown(100));
    assert_eq!(table.buy(0.01).acks[0]["success"], true);
    table.until(|mark| mark == StepKind::Start);
    let ack = &table.sell(50.0).acks[0];
    assert_eq!(ack["success"], true, "sold at tick 0");
    table.until(|mark| mark == StepKind::Rug);
    closed(&mut table);
    table.until(|mark| mark == StepKind::Settled);
    closed(&mut table);
    table.until(|mark| mark == StepKind::Genesis);
    closed(&mut table);
}

#[test]
fn orders_without_a_login_are_refused() {
    let mut table = OfflineTable::with_game(|tick| tick > 10, &[]);
    table.until_tick(2);
    for event in ["buyOrder", "sellOrder", "requestSidebet"] {
        let answer = table.handle(2, event, &[json!({ "amount": 0.01, "percentage": 100 })]);
        let refused = json!({ "success": false, "message": "you are not logged in" });
        assert_eq!(answer.acks, [refused], "{event}");
        assert!(answer.messages.is_empty());
    }
    // An event that is no order gets no answer.
    for event in ["ping", "chatHistory", "buyorder", ""] {
        let answer = table.handle(CONNECTION, event, &[json!({ "amount": 0.01 })]);
        assert_eq!(answer, pianola::table::Reply::default(), "{event}");
    }
}
