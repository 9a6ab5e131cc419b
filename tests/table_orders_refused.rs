//! What the practice table refuses: the ack says why, nothing else is told, and nothing changes.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/hall.rs"]
mod hall;

use hall::{Hall, SEAT, told};
use pianola::protocol::SOL_ADDRESS;
use pianola::table::{LedgerRow, Mark};
use serde_json::{Value, json};

fn assert_refused(hall: &mut Hall, event: &str, payload: &Value, words: &str) {
    let before: Vec<LedgerRow> = hall.house.ledger("did:privy:practice-0001");
    let answer = hall.order(event, payload.clone());
    let [ack] = answer.acks.as_slice() else {
        panic!("{event} {payload}: {} acks", answer.acks.len());
    };
    assert_eq!(hall::keys(ack), ["success", "message"], "{event} {payload}");
    assert_eq!(ack["success"], false, "{event} {payload}");
    let message = ack["message"].as_str().unwrap();
    assert!(message.contains(words), "{event} {payload}: {message}");
    assert!(told(&answer).is_empty(), "{event} {payload}");
    assert_eq!(hall.house.ledger("did:privy:practice-0001"), before);
}

fn bet(amount: &Value) -> Value {
    json!({ "amount": amount, "coinAddress": SOL_ADDRESS, "xPayout": 5 })
}

#[test]
fn amounts_that_cannot_be_are_refused() {
    let mut hall = Hall::with_game(|tick| tick > 10, &[]);
    hall.until_tick(2);
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
        assert_refused(&mut hall, "buyOrder", &buy, words);
        assert_refused(&mut hall, "requestSidebet", &bet(&amount), words);
    }
    for nothing in [json!({}), json!(null), json!(0.01)] {
        assert_refused(&mut hall, "buyOrder", &nothing, "`amount`");
        assert_refused(&mut hall, "sellOrder", &nothing, "`percentage`");
        assert_refused(&mut hall, "requestSidebet", &nothing, "`amount`");
    }
    assert_eq!(hall.hear(SEAT, "buyOrder", &[]).acks[0]["success"], false);
    // The limits themselves are good; of the wallet as of one order.
    assert_eq!(hall.buy(0.001).acks[0]["success"], true);
    assert_eq!(hall.buy(0.999).acks[0]["success"], true);
    let all = json!({ "amount": 0.001 });
    assert_refused(&mut hall, "buyOrder", &all, "not enough SOL: you have 0");
}

#[test]
fn sells_without_a_share_of_a_position_are_refused() {
    let mut hall = Hall::with_game(|tick| tick > 10, &[]);
    hall.until_tick(2);
    let whole = json!({ "percentage": 100 });
    assert_refused(&mut hall, "sellOrder", &whole, "no position");
    hall.buy(0.1);
    for percentage in [
        json!(0),
        json!(-1),
        json!(0.5),
        json!(100.000_001),
        json!(1e9),
    ] {
        let sell = json!({ "percentage": percentage });
        assert_refused(&mut hall, "sellOrder", &sell, "not from 1 to 100");
    }
    let text = json!({ "percentage": "100" });
    assert_refused(&mut hall, "sellOrder", &text, "`percentage`");
    assert_eq!(hall.sell(1.0).acks[0]["success"], true);
    assert_eq!(hall.sell(100.0).acks[0]["success"], true);
    assert_refused(&mut hall, "sellOrder", &whole, "no position");
}

#[test]
fn sidebets_that_cannot_be_are_refused() {
    let mut hall = Hall::with_game(|tick| tick > 10, &[]);
    hall.until_tick(2);
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
        assert_refused(&mut hall, "requestSidebet", &payload, words);
    }
    assert_eq!(hall.bet(0.01).acks[0]["success"], true);
    let second = bet(&json!(0.01));
    assert_refused(&mut hall, "requestSidebet", &second, "a sidebet already");
}

#[test]
fn outside_the_hours_everything_is_refused() {
    let mut hall = Hall::with_game(|tick| tick > 10, &[]);
    let buy = json!({ "amount": 0.01 });
    let sell = json!({ "percentage": 100 });
    let bet = bet(&json!(0.01));
    let closed = |hall: &mut Hall| {
        assert_refused(hall, "buyOrder", &buy, "closed");
        assert_refused(hall, "requestSidebet", &bet, "closed");
        assert_refused(hall, "sellOrder", &sell, "nothing can be sold");
    };
    closed(&mut hall);
    hall.until(|mark| mark == Mark::Countdown(10_100));
    closed(&mut hall);
    hall.step();
    assert_eq!(
        hall.buy(0.01).acks[0]["success"],
        true,
        "the presale is open"
    );
    assert_refused(&mut hall, "sellOrder", &sell, "nothing can be sold");
    hall.until(|mark| mark == Mark::Countdown(100));
    assert_eq!(hall.buy(0.01).acks[0]["success"], true);
    hall.until(|mark| mark == Mark::Start);
    let ack = &hall.sell(50.0).acks[0];
    assert_eq!(ack["success"], true, "sold at tick 0");
    hall.until(|mark| mark == Mark::Rug);
    closed(&mut hall);
    hall.until(|mark| mark == Mark::Settled);
    closed(&mut hall);
    hall.until(|mark| mark == Mark::Genesis);
    closed(&mut hall);
}

#[test]
fn nobody_is_nobody() {
    let mut hall = Hall::with_game(|tick| tick > 10, &[]);
    hall.until_tick(2);
    for event in ["buyOrder", "sellOrder", "requestSidebet"] {
        let answer = hall.hear(2, event, &[json!({ "amount": 0.01, "percentage": 100 })]);
        let refused = json!({ "success": false, "message": "you are not logged in" });
        assert_eq!(answer.acks, [refused], "{event}");
        assert!(answer.told.is_empty());
    }
    // What is no order is not answered at all.
    for event in ["ping", "chatHistory", "buyorder", ""] {
        let answer = hall.hear(SEAT, event, &[json!({ "amount": 0.01 })]);
        assert_eq!(answer, pianola::table::Answer::default(), "{event}");
    }
}
