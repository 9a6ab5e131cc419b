//! Trades and sidebets as events (`docs/protocol.md` 4.6 and 6).

use rust_decimal::Decimal;

use super::fields::{
    Key, Notes, decimal, game_id, id, integer, text, tick, user_name, wire_object,
};
use super::id::GameId;
use super::json::Json;
use super::tick::Tick;

wire_object! {
    /// `standard/newTrade`: a trade of any player; a sample, not a complete feed.
    #[derive(Debug, Clone, PartialEq)]
    pub struct NewTrade {
        required {
            /// The trade's own id; the server may send the same trade twice.
            id: String = "id" as id,
            /// The game.
            game_id: GameId = "gameId" as game_id,
            /// The player who traded.
            player_id: String = "playerId" as id,
            /// Buy, sell, or a short.
            kind: TradeKind = "type" as trade_kind,
        }
        optional {
            /// Displayed name.
            username: String = "username" as user_name,
            /// Tokens.
            qty: Decimal = "qty" as decimal,
            /// SOL spent or received.
            amount: Decimal = "amount" as decimal,
            /// Price of tick `tick_index`; absent on buys of August 2025.
            price: Decimal = "price" as decimal,
            /// The tick at which it was executed.
            tick_index: Tick = "tickIndex" as tick,
            /// `solana`, or another coin.
            coin: String = "coin" as text,
            /// Leverage, on buys only.
            leverage: Decimal = "leverage" as decimal,
        }
        ignored ["level", "bonusPortion", "realPortion"]
    }
}

/// The direction of a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeKind {
    /// Tokens for SOL.
    Buy,
    /// SOL for tokens; forced sells at the rug look the same.
    Sell,
    /// A short was opened.
    ShortOpen,
    /// A short was closed.
    ShortClose,
}

fn trade_kind<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<TradeKind> {
    // Lower case on the wire; older texts show capitals.
    let kind = match value
        .text()
        .map(|text| text.to_ascii_lowercase())
        .as_deref()
    {
        Some("buy") => Some(TradeKind::Buy),
        Some("sell") => Some(TradeKind::Sell),
        Some("short_open") => Some(TradeKind::ShortOpen),
        Some("short_close") => Some(TradeKind::ShortClose),
        _ => None,
    };
    if kind.is_none() {
        notes.malformed(key);
    }
    kind
}

wire_object! {
    /// A report that a sidebet was placed or decided.
    #[derive(Debug, Clone, PartialEq)]
    pub struct SidebetReport {
        required {
            /// Placed, or paid out (a lost bet is a payout of 0).
            kind: SidebetKind = "type" as sidebet_kind,
            /// The game.
            game_id: GameId = "gameId" as game_id,
        }
        optional {
            /// The player who bet.
            player_id: String = "playerId" as id,
            /// Stake in SOL.
            bet_amount: Decimal = "betAmount" as decimal,
            /// Total return per staked SOL.
            x_payout: Decimal = "xPayout" as decimal,
            /// Currency.
            coin_address: String = "coinAddress" as text,
            /// Price when it was placed.
            price: Decimal = "price" as decimal,
            /// First tick of the window.
            start_tick: Tick = "startTick" as tick,
            /// Last tick that wins.
            end_tick: Tick = "endTick" as tick,
            /// In a result: the rug tick if won, the start tick if lost.
            tick_index: Tick = "tickIndex" as tick,
            /// Server's clock, Unix milliseconds.
            timestamp: i64 = "timestamp" as integer,
            /// SOL paid out; 0 when lost.
            payout: Decimal = "payout" as decimal,
            /// +4 x stake or -stake.
            profit: Decimal = "profit" as decimal,
        }
        ignored ["id", "username", "level", "bonusPortion", "realPortion"]
    }
}

/// The kind of a sidebet report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SidebetKind {
    /// The stake is taken.
    Placed,
    /// The bet is decided.
    Payout,
}

fn sidebet_kind<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<SidebetKind> {
    let kind = match value.text().as_deref() {
        Some("placed") => Some(SidebetKind::Placed),
        Some("payout") => Some(SidebetKind::Payout),
        _ => None,
    };
    if kind.is_none() {
        notes.malformed(key);
    }
    kind
}
