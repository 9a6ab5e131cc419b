//! The payloads of `standard/newTrade` and of the sidebet events, for simulated and for logged-in players. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::leaderboard_row::{PublicProfile, sol};
use super::market::TickPrice;
use crate::account::{OpenSidebet, SIDEBET_PAYOUT};
use crate::fairness::SeedRandom;
use crate::protocol::number::double_to_json;
use crate::protocol::{SOL_ADDRESS, Trace};

/// The side of a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TradeSide {
    Buy,
    Sell,
}

/// Returns the payload of `standard/newTrade`.
pub(super) fn trade(
    id: &str,
    profile: PublicProfile<'_>,
    at: TickPrice<'_>,
    side: TradeSide,
    (amount, qty): (Decimal, Decimal),
) -> Value {
    let (game, price) = (at.game.as_str(), double_to_json(at.price));
    // On the real wire buys and sells have their keys in different orders.
    match side {
        TradeSide::Buy => json!({
            "id": id, "gameId": game, "playerId": profile.id, "price": price, "type": "buy",
            "qty": sol(qty), "tickIndex": at.tick, "coin": "solana", "amount": sol(amount), "leverage": 1,
            "bonusPortion": 0, "realPortion": sol(amount), "username": profile.username, "level": profile.level,
        }),
        TradeSide::Sell => json!({
            "id": id, "gameId": game, "playerId": profile.id, "type": "sell", "price": price,
            "tickIndex": at.tick, "coin": "solana", "amount": sol(amount), "qty": sol(qty),
            "bonusPortion": 0, "realPortion": sol(amount), "username": profile.username, "level": profile.level,
        }),
    }
}

/// Returns the payload of `newSideBet` and `currentSidebet`.
pub(super) fn sidebet_placed(
    profile: PublicProfile<'_>,
    at: TickPrice<'_>,
    stake: Decimal,
    now: i64,
) -> Value {
    let end_tick = OpenSidebet {
        stake,
        start_tick: at.tick,
    }
    .end_tick();
    json!({
        "playerId": profile.id, "gameId": at.game.as_str(), "username": profile.username, "level": profile.level,
        "price": double_to_json(at.price), "betAmount": sol(stake), "xPayout": sol(SIDEBET_PAYOUT), "coinAddress": SOL_ADDRESS,
        "endTick": end_tick, "startTick": at.tick, "tickIndex": at.tick, "timestamp": now,
        "type": "placed",
    })
}

/// Returns the payload of `currentSidebetResult`; with an `id` it is also the entry in `gameHistory`.
pub(super) fn sidebet_result(
    profile: PublicProfile<'_>,
    at: TickPrice<'_>,
    bet: OpenSidebet,
    payout: Decimal,
    now: i64,
) -> Value {
    let won = !payout.is_zero();
    let mut entry =
        json!({ "playerId": profile.id, "gameId": at.game.as_str(), "username": profile.username });
    if won {
        entry["level"] = json!(profile.level);
    }
    entry["betAmount"] = sol(bet.stake);
    entry["payout"] = sol(payout);
    entry["profit"] = sol(payout - bet.stake);
    entry["xPayout"] = sol(SIDEBET_PAYOUT);
    entry["coinAddress"] = json!(SOL_ADDRESS);
    entry["endTick"] = json!(bet.end_tick());
    entry["startTick"] = json!(bet.start_tick);
    // The rug tick if won, the start tick if lost.
    entry["tickIndex"] = json!(if won { at.tick } else { bet.start_tick });
    if won {
        entry["price"] = double_to_json(at.price);
    }
    entry["timestamp"] = json!(now);
    entry["type"] = json!("payout");
    entry
}

/// Returns a new trace object.
pub(super) fn trace(random: &mut SeedRandom) -> Value {
    let trace = Trace {
        trace_id: random.hex(32),
        span_id: random.hex(16),
    };
    trace.to_json()
}

/// Returns a new id of a trade or a sidebet.
pub(super) fn uuid(random: &mut SeedRandom) -> String {
    let hex = random.hex(32);
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}
