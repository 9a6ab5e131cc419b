//! Trades and sidebets as events (`protocol.md` 4.6 and 6).

use rust_decimal::Decimal;
use serde_json::Value;

use super::reader::{Notes, Object};
use super::{GameId, Tick};

/// `standard/newTrade`: a trade of anybody; a sample, not a complete feed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTrade {
    /// The trade's own id; the same trade may be told twice.
    pub id: String,
    /// The game.
    pub game_id: GameId,
    /// Who traded.
    pub player_id: String,
    /// Shown name.
    pub username: Option<String>,
    /// What was done.
    pub kind: TradeKind,
    /// Tokens.
    pub qty: Option<Decimal>,
    /// SOL spent or received.
    pub amount: Option<Decimal>,
    /// Price of tick `tick_index`; absent on buys of August 2025.
    pub price: Option<Decimal>,
    /// The tick at which it was executed.
    pub tick_index: Option<Tick>,
    /// `solana`, or another coin.
    pub coin: Option<String>,
    /// Leverage, on buys only.
    pub leverage: Option<Decimal>,
}

/// What a trade did.
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

/// A sidebet, placed or decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Sidebet {
    /// Placed, or paid out (a lost bet is a payout of 0).
    pub kind: SidebetKind,
    /// Who bet.
    pub player_id: Option<String>,
    /// The game.
    pub game_id: GameId,
    /// Stake in SOL.
    pub bet_amount: Option<Decimal>,
    /// Total return per staked SOL.
    pub x_payout: Option<Decimal>,
    /// Currency.
    pub coin_address: Option<String>,
    /// Price when it was placed.
    pub price: Option<Decimal>,
    /// First tick of the window.
    pub start_tick: Option<Tick>,
    /// Last tick that wins.
    pub end_tick: Option<Tick>,
    /// In a result: the rug tick if won, the start tick if lost.
    pub tick_index: Option<Tick>,
    /// Server's clock, Unix milliseconds.
    pub timestamp: Option<i64>,
    /// SOL paid out; 0 when lost.
    pub payout: Option<Decimal>,
    /// +4 x stake or -stake.
    pub profit: Option<Decimal>,
}

/// Which report of a sidebet it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SidebetKind {
    /// The stake is taken.
    Placed,
    /// The bet is decided.
    Payout,
}

impl NewTrade {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Option<Self> {
        let (mut id, mut game_id, mut player_id, mut username) = (None, None, None, None);
        let (mut kind, mut qty, mut amount, mut price) = (None, None, None, None);
        let (mut tick_index, mut coin, mut leverage) = (None, None, None);
        for (key, value) in object {
            match key.as_str() {
                "id" => id = notes.id("id", value),
                "gameId" => game_id = notes.game_id("gameId", value),
                "playerId" => player_id = notes.id("playerId", value),
                "username" => username = notes.user_name("username", value),
                "type" => kind = read_kind(value, notes),
                "qty" => qty = notes.decimal("qty", value),
                "amount" => amount = notes.decimal("amount", value),
                "price" => price = notes.decimal("price", value),
                "tickIndex" => tick_index = notes.tick("tickIndex", value),
                "coin" => coin = notes.text("coin", value),
                "leverage" => leverage = notes.decimal("leverage", value),
                "level" | "bonusPortion" | "realPortion" => {}
                other => notes.unknown(other),
            }
        }
        Some(Self {
            id: id?,
            game_id: game_id?,
            player_id: player_id?,
            username,
            kind: kind?,
            qty,
            amount,
            price,
            tick_index,
            coin,
            leverage,
        })
    }
}

fn read_kind(value: &Value, notes: &mut Notes<'_>) -> Option<TradeKind> {
    // Lower case on the wire; older texts show capitals.
    let kind = match value.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("buy") => Some(TradeKind::Buy),
        Some("sell") => Some(TradeKind::Sell),
        Some("short_open") => Some(TradeKind::ShortOpen),
        Some("short_close") => Some(TradeKind::ShortClose),
        _ => None,
    };
    if kind.is_none() {
        notes.bad("type");
    }
    kind
}

impl Sidebet {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Option<Self> {
        let (mut kind, mut player_id, mut game_id) = (None, None, None);
        let (mut bet_amount, mut x_payout, mut coin_address, mut price) = (None, None, None, None);
        let (mut start_tick, mut end_tick, mut tick_index) = (None, None, None);
        let (mut timestamp, mut payout, mut profit) = (None, None, None);
        for (key, value) in object {
            match key.as_str() {
                "type" => {
                    kind = match value.as_str() {
                        Some("placed") => Some(SidebetKind::Placed),
                        Some("payout") => Some(SidebetKind::Payout),
                        _ => {
                            notes.bad("type");
                            None
                        }
                    };
                }
                "playerId" => player_id = notes.id("playerId", value),
                "gameId" => game_id = notes.game_id("gameId", value),
                "betAmount" => bet_amount = notes.decimal("betAmount", value),
                "xPayout" => x_payout = notes.decimal("xPayout", value),
                "coinAddress" => coin_address = notes.text("coinAddress", value),
                "price" => price = notes.decimal("price", value),
                "startTick" => start_tick = notes.tick("startTick", value),
                "endTick" => end_tick = notes.tick("endTick", value),
                "tickIndex" => tick_index = notes.tick("tickIndex", value),
                "timestamp" => timestamp = notes.integer("timestamp", value),
                "payout" => payout = notes.decimal("payout", value),
                "profit" => profit = notes.decimal("profit", value),
                "id" | "username" | "level" | "bonusPortion" | "realPortion" => {}
                other => notes.unknown(other),
            }
        }
        Some(Self {
            kind: kind?,
            player_id,
            game_id: game_id?,
            bet_amount,
            x_payout,
            coin_address,
            price,
            start_tick,
            end_tick,
            tick_index,
            timestamp,
            payout,
            profit,
        })
    }
}
