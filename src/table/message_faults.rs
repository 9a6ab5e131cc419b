//! Faults inside a message: changes its contents and leaves the order of messages alone. Pure.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::message::Message;
use crate::fairness::seed_hash;
use crate::protocol::number::double_to_json;

/// The tick whose price `bad-price` changes, in every game that has not rugged by then.
const BAD_TICK: usize = 3;
/// The last digits of a price change, no more.
const BAD_FACTOR: f64 = 1.000_001;
/// One tick in this many has garbage.
const GARBAGE_EVERY: u32 = 9;

/// Applies the faults to a message; the same message always changes in the same way.
pub(super) fn change(message: &mut Message, faults: &[Fault]) {
    if message.event != "gameStateUpdate" {
        return;
    }
    let Some(Value::Object(update)) = message.args.first_mut() else {
        return;
    };
    for fault in faults {
        match fault {
            Fault::NoHistoryPrices => no_history_prices(update),
            Fault::NoReveal => each_entry(update, |entry| {
                if let Some(fair) = entry.get_mut("provablyFair").and_then(Value::as_object_mut) {
                    fair.shift_remove("serverSeed");
                }
            }),
            Fault::BadHash => bad_hash(update),
            Fault::BadPrice => bad_price(update),
            _ => {}
        }
    }
}

fn each_entry(update: &mut Map<String, Value>, change: impl Fn(&mut Map<String, Value>)) {
    let entries = update.get_mut("gameHistory").and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        if let Some(entry) = entry.as_object_mut() {
            change(entry);
        }
    }
}

/// Makes the shape of February 2026: game id and seed in place of every price list.
fn no_history_prices(update: &mut Map<String, Value>) {
    each_entry(update, |entry| {
        entry.shift_remove("prices");
    });
    let best = record_game(update);
    // Rebuilt to keep the order of the real keys.
    for (key, value) in std::mem::take(update) {
        match key.strip_suffix("Prices") {
            Some(record) if key != "partialPrices" => {
                let game = best.clone().filter(|_| record == "highestToday");
                let (id, seed) = game.unwrap_or_default();
                update.insert(format!("{record}GameId"), id);
                update.insert(format!("{record}ServerSeed"), seed);
            }
            _ => {
                update.insert(key, value);
            }
        }
    }
}

/// Returns id and seed of today's best game while it is listed; the price list that goes does not name it.
fn record_game(update: &Map<String, Value>) -> Option<(Value, Value)> {
    let peak = update.get("highestToday")?;
    let games = update.get("gameHistory")?.as_array()?;
    let game = games.iter().find(|game| &game["peakMultiplier"] == peak)?;
    let seed = &game["provablyFair"]["serverSeed"];
    Some((game["id"].clone(), seed.clone()))
}

fn bad_hash(update: &mut Map<String, Value>) {
    let other = update
        .get("gameId")
        .map(|id| seed_hash(&format!("another seed than that of {id}")));
    if let (Some(hash), Some(fair)) = (other, update.get_mut("provablyFair")) {
        fair["serverSeedHash"] = json!(hash);
    }
}

/// Changes one price in every place, so that only the seed can show it.
fn bad_price(update: &mut Map<String, Value>) {
    let rugged = update.get("rugged") == Some(&json!(true));
    let window_end = update
        .get("partialPrices")
        .and_then(|p| p["endTick"].as_u64());
    let is_rug = |tick: usize| rugged && window_end == Some(tick as u64);
    if update.get("tickCount").and_then(Value::as_u64) == Some(BAD_TICK as u64)
        && !is_rug(BAD_TICK)
        && let Some(price) = update.get_mut("price")
    {
        spoil(price);
    }
    if let Some(price) = update
        .get_mut("partialPrices")
        .and_then(|p| p["values"].get_mut(BAD_TICK.to_string()))
        && !is_rug(BAD_TICK)
    {
        spoil(price);
    }
    let snapshot = update.get_mut("prices").and_then(Value::as_array_mut);
    if let Some(prices) = snapshot {
        let is_rug = rugged && prices.len() == BAD_TICK + 1;
        if let Some(price) = prices.get_mut(BAD_TICK).filter(|_| !is_rug) {
            spoil(price);
        }
    }
    each_entry(update, |entry| {
        let prices = entry.get_mut("prices").and_then(Value::as_array_mut);
        if let Some(prices) = prices.filter(|prices| prices.len() > BAD_TICK + 1) {
            spoil(&mut prices[BAD_TICK]);
        }
    });
}

fn spoil(price: &mut Value) {
    if let Some(double) = price.as_f64() {
        *price = double_to_json(double * BAD_FACTOR);
    }
}

/// Returns the price of a tick as the messages have it: orders are executed at the price that was sent.
pub(super) fn sent_price(tick: u32, rug_tick: u32, price: f64, faults: &[Fault]) -> f64 {
    let bad = tick as usize == BAD_TICK && tick != rug_tick && faults.contains(&Fault::BadPrice);
    if bad { price * BAD_FACTOR } else { price }
}

/// Adds garbage to the messages of some ticks: a field of the wrong type, an unknown event.
pub(super) fn add_garbage(messages: &mut Vec<Message>, tick: u32) {
    if !tick.is_multiple_of(GARBAGE_EVERY) {
        return;
    }
    let fields = [
        ("price", json!("1.5")),
        ("partialPrices", json!([1, 2, 3])),
        ("tickCount", json!(-1)),
        ("leaderboard", json!({ "rows": "none" })),
        ("provablyFair", json!({ "serverSeedHash": 7 })),
        ("newKey", json!({ "of": ["the", "future"] })),
    ];
    let turn = (tick / GARBAGE_EVERY) as usize % fields.len();
    let (key, value) = fields[turn].clone();
    let update = messages
        .iter_mut()
        .find(|m| m.event == "gameStateUpdate")
        .and_then(|m| m.args.first_mut())
        .and_then(Value::as_object_mut);
    if let Some(update) = update {
        update.insert(key.to_owned(), value);
    }
    messages.push(match turn % 3 {
        0 => Message::plain("quantumRugUpdate", json!({ "status": "NEW" })),
        1 => Message::plain("gameStateUpdate", json!("not an object")),
        _ => Message::plain("standard/newTrade", json!({ "id": 5, "type": "gift" })),
    });
}
