//! The finished games: the ten entries of `gameHistory` with their seeds, and the statistics of the last 100. Pure.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use crate::fairness::GeneratedGame;
use crate::protocol::number::double_to_json;

/// Entries of `gameHistory`.
const ENTRIES: usize = 10;
/// Games in the statistics.
const COUNTED: usize = 100;

#[derive(Debug, Clone)]
pub(super) struct History {
    /// Newest first.
    entries: VecDeque<Value>,
    peaks: VecDeque<f64>,
    highest: Option<Highest>,
}

#[derive(Debug, Clone)]
struct Highest {
    peak: f64,
    timestamp: i64,
    prices: Value,
}

impl History {
    pub fn new() -> Self {
        Self {
            entries: VecDeque::new(),
            peaks: VecDeque::new(),
            highest: None,
        }
    }

    /// Adds a finished game.
    pub fn push(&mut self, game: &GeneratedGame, timestamp: i64, sidebets: &[Value]) {
        let peak = game.peak();
        let prices = prices(&game.prices);
        if self.highest.as_ref().is_none_or(|best| peak > best.peak) {
            self.highest = Some(Highest {
                peak,
                timestamp,
                prices: prices.clone(),
            });
        }
        self.peaks.push_front(peak);
        self.peaks.truncate(COUNTED);
        self.entries.push_front(json!({
            "id": game.id.as_str(),
            "timestamp": timestamp,
            "prices": prices,
            "peakMultiplier": double_to_json(peak),
            "rugged": true,
            "globalTrades": [],
            "globalSidebets": sidebets,
            "provablyFair": { "serverSeed": game.seed, "serverSeedHash": game.hash },
            "gameVersion": "v3",
        }));
        self.entries.truncate(ENTRIES);
    }

    pub fn entries(&self) -> Value {
        self.entries.iter().cloned().collect()
    }

    /// Writes `averageMultiplier` and the counts.
    pub fn write_statistics(&self, into: &mut Map<String, Value>) {
        let games = u32::try_from(self.peaks.len()).unwrap_or(1).max(1);
        // The sum of no numbers would be -0.
        let sum = self.peaks.iter().fold(0.0, |sum, peak| sum + peak);
        let average = sum / f64::from(games);
        into.insert("averageMultiplier".into(), double_to_json(average));
        for (key, limit) in [
            ("count2x", 2.0),
            ("count10x", 10.0),
            ("count50x", 50.0),
            ("count100x", 100.0),
        ] {
            let count = self.peaks.iter().filter(|peak| **peak >= limit).count();
            into.insert(key.into(), count.into());
        }
    }

    /// Writes `highestToday…` and the god candles (the table has none).
    pub fn write_records(&self, into: &mut Map<String, Value>) {
        let best = self.highest.as_ref();
        let mut put = |key: &str, value: Value| into.insert(key.to_owned(), value);
        put(
            "highestToday",
            best.map_or(Value::Null, |b| double_to_json(b.peak)),
        );
        put("highestTodayTimestamp", best.map(|b| b.timestamp).into());
        put(
            "highestTodayPrices",
            best.map_or_else(|| json!([]), |b| b.prices.clone()),
        );
        for size in ["2x", "10x", "50x"] {
            put(&format!("godCandle{size}"), Value::Null);
            put(&format!("godCandle{size}Timestamp"), Value::Null);
            put(&format!("godCandle{size}Prices"), json!([]));
            put(&format!("godCandle{size}MassiveJump"), Value::Null);
        }
    }
}

/// Returns prices as JavaScript writes them.
pub(super) fn prices(prices: &[f64]) -> Value {
    prices.iter().copied().map(double_to_json).collect()
}
