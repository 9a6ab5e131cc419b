//! The snapshot for a client that connects in the middle of a capture, made from the messages that were sent. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::message::Message;
use crate::protocol::{MAX_TICK, is_rug};

/// Keys of ticks that are absent from snapshots.
const NOT_IN_A_SNAPSHOT: &[&str] = &[
    "partialPrices",
    "tradeCount",
    "rugpool",
    "rugRoyale",
    "prices",
];
/// Beginnings of keys about finished games, which hold in a message of any game.
const OF_EARLIER_GAMES: &[&str] = &[
    "gameHistory",
    "averageMultiplier",
    "highestToday",
    "godCandle",
    "count",
];

/// The state that the sent `gameStateUpdate`s add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct RejoinState {
    /// The last value of each key, in the order in which the keys appeared in the last full message.
    state: Map<String, Value>,
    /// Prices of the running game, with the digits of the wire.
    prices: BTreeMap<u32, Value>,
    /// Games that are over. A late message of one does not make it the running game again.
    past_games: BTreeSet<String>,
    game: Option<String>,
}

impl RejoinState {
    /// Takes a message that is sent.
    pub fn record(&mut self, message: &Message) {
        if message.event != "gameStateUpdate" {
            return;
        }
        let Some(Value::Object(update)) = message.args.first() else {
            return;
        };
        let Some(game) = update.get("gameId").and_then(Value::as_str) else {
            return;
        };
        if self.game.as_deref() != Some(game) {
            if self.past_games.contains(game) {
                self.merge(update, |key| {
                    OF_EARLIER_GAMES.iter().any(|front| key.starts_with(front))
                });
                return;
            }
            self.change_game(game);
        }
        self.merge(update, |key| !NOT_IN_A_SNAPSHOT.contains(&key));
        self.record_prices(update);
    }

    /// Returns the SNAPSHOT-shaped message; `None` before the first update.
    pub fn snapshot(&self) -> Option<Message> {
        self.game.as_ref()?;
        let mut all = self.state.clone();
        // The list ends at the last price. After a rug the server's tick count runs ahead of it.
        let last = self.prices.last_key_value().map_or(0, |(tick, _)| *tick);
        let prices = (0..=last).map(|tick| self.prices.get(&tick).cloned().unwrap_or(Value::Null));
        let fair = all.shift_remove("provablyFair");
        all.insert("tickCount".into(), last.into());
        all.insert("prices".into(), prices.collect());
        // The commitment is the last key of every real shape.
        if let Some(fair) = fair {
            all.insert("provablyFair".into(), fair);
        }
        Some(Message::plain("gameStateUpdate", Value::Object(all)))
    }

    /// Begins a new game, which opens in the countdown even if its first message was lost.
    fn change_game(&mut self, game: &str) {
        self.past_games.extend(self.game.replace(game.to_owned()));
        self.prices = BTreeMap::from([(0, json!(1))]);
        if !self.state.is_empty() {
            for (key, value) in [
                ("active", json!(false)),
                ("price", json!(1)),
                ("rugged", json!(false)),
                ("tickCount", json!(0)),
            ] {
                self.state.insert(key.into(), value);
            }
        }
    }

    fn merge(&mut self, update: &Map<String, Value>, is_wanted: impl Fn(&str) -> bool) {
        let wanted = update.iter().filter(|(key, _)| is_wanted(key));
        self.state
            .extend(wanted.map(|(key, value)| (key.clone(), value.clone())));
    }

    fn record_prices(&mut self, update: &Map<String, Value>) {
        let flag = |key| update.get(key).and_then(Value::as_bool);
        let (active, rugged) = (flag("active"), flag("rugged"));
        // A message of the settlement may still have tick and price of the game before.
        if active == Some(false) {
            return;
        }
        let mut note = |tick: u64, price: &Value| {
            if let Some(tick) = u32::try_from(tick).ok().filter(|tick| *tick <= MAX_TICK) {
                self.prices.insert(tick, price.clone());
            }
        };
        if let Some(Value::Array(prices)) = update.get("prices") {
            for (tick, price) in (0u64..).zip(prices) {
                note(tick, price);
            }
        }
        let window = update.get("partialPrices");
        let values = window.and_then(|window| window.get("values"));
        if let Some(Value::Object(values)) = values {
            for (tick, price) in values {
                if let Ok(tick) = tick.parse() {
                    note(tick, price);
                }
            }
        } else if let (Some(tick), Some(price)) = (
            update.get("tickCount").and_then(Value::as_u64),
            update.get("price"),
        ) {
            // Without a window only the newest price is known. The count of a full message after a rug is no tick.
            if !is_rug(rugged, active, true) || !update.contains_key("gameHistory") {
                note(tick, price);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_with_prices_of_the_game_before_puts_none_into_the_snapshot() {
        let mut rejoin = RejoinState::default();
        let mut note = |update: Value| rejoin.record(&Message::plain("gameStateUpdate", update));
        note(
            json!({ "gameId": "a", "active": true, "rugged": false, "tickCount": 1, "price": 1.1 }),
        );
        note(
            json!({ "gameId": "a", "active": true, "rugged": true, "tickCount": 2, "price": 0.01 }),
        );
        note(
            json!({ "gameId": "b", "active": false, "rugged": true, "tickCount": 2, "price": 0.01 }),
        );
        note(
            json!({ "gameId": "b", "active": true, "rugged": false, "tickCount": 1, "price": 1.2 }),
        );
        let snapshot = rejoin.snapshot().expect("a snapshot");
        assert_eq!(snapshot.args[0]["prices"], json!([1, 1.2]));
        assert_eq!(snapshot.args[0]["tickCount"], 1);
    }
}
