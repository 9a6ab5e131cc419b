//! The text of recordings of the Python original.

use serde_json::json;

/// Returns a recording from its first tick to its rug: a tick of price 1 each second from 17:21:20 in New York on, and the
/// rug at 0.01.
pub fn original(id: &str, ticks: usize) -> String {
    let tick = |tick: usize| {
        let rugged = tick + 1 == ticks;
        let price = if rugged { 0.01 } else { 1.0 };
        json!({
            "type": "tick", "timestamp": format!("2025-10-29T17:21:{:02}.716080", 20 + tick), "game_id": id,
            "tick": tick, "price": price, "phase": "ACTIVE_GAMEPLAY", "active": true, "rugged": rugged,
            "cooldown_timer": 0, "trade_count": 0,
        })
    };
    let lines: Vec<_> = (0..ticks).map(|number| tick(number).to_string()).collect();
    lines.join("\n")
}
