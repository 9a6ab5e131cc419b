//! A leaderboard row: position, average cost and P&L of one player (`protocol.md` 4.2).

use rust_decimal::Decimal;
use serde_json::Value;

use super::reader::{Notes, Object};
use super::{GameId, Tick};

/// One player on the leaderboard. In the presale the parts of the P&L are absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LeaderboardRow {
    /// Player id, `did:privy:…`.
    pub id: Option<String>,
    /// Shown name; null for some players.
    pub username: Option<String>,
    /// `regular_pnl + sidebet_pnl + short_pnl`, in SOL, at the price one tick back.
    pub pnl: Option<Decimal>,
    /// Proceeds of all sells + quantity x price - all buys.
    pub regular_pnl: Option<Decimal>,
    /// Profit of the finished sidebets.
    pub sidebet_pnl: Option<Decimal>,
    /// Profit of shorts.
    pub short_pnl: Option<Decimal>,
    /// 100 x `pnl` / `total_invested`.
    pub pnl_percent: Option<Decimal>,
    /// Tokens held.
    pub position_qty: Option<Decimal>,
    /// Average cost of the lots still held, in multiplier.
    pub avg_cost: Option<Decimal>,
    /// Highest net outlay of the game plus all stakes; not the sum of buys.
    pub total_invested: Option<Decimal>,
    /// The running sidebet.
    pub side_bet: Option<SideBet>,
    /// Address of a coin other than SOL, `0xPractice`.
    pub selected_coin: Option<String>,
    /// Rank, from 1.
    pub position: Option<u32>,
}

/// A running sidebet inside a row or a `playerUpdate` (other key names than in the events).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SideBet {
    /// Tick at which the window begins.
    pub started_at_tick: Option<Tick>,
    /// The game.
    pub game_id: Option<GameId>,
    /// Last tick that wins.
    pub end: Option<Tick>,
    /// Stake in SOL.
    pub bet_amount: Option<Decimal>,
    /// Total return per staked SOL, 5.
    pub x_payout: Option<Decimal>,
    /// Currency.
    pub coin_address: Option<String>,
}

impl LeaderboardRow {
    pub(super) fn read_list(value: &Value, notes: &mut Notes<'_>) -> Option<Vec<Self>> {
        let list = notes.list("leaderboard", value)?;
        let read_row = |row| {
            notes
                .object("leaderboard", row)
                .map(|o| Self::read(o, notes))
        };
        Some(list.iter().filter_map(read_row).collect())
    }

    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Self {
        const KEY: &str = "leaderboard";
        let mut row = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "id" => row.id = notes.id(KEY, value),
                "username" => row.username = notes.user_name(KEY, value),
                "pnl" => row.pnl = notes.decimal(KEY, value),
                "regularPnl" => row.regular_pnl = notes.decimal(KEY, value),
                "sidebetPnl" => row.sidebet_pnl = notes.decimal(KEY, value),
                "shortPnl" => row.short_pnl = notes.decimal(KEY, value),
                "pnlPercent" => row.pnl_percent = notes.decimal(KEY, value),
                "positionQty" => row.position_qty = notes.decimal(KEY, value),
                "avgCost" => row.avg_cost = notes.decimal(KEY, value),
                "totalInvested" => row.total_invested = notes.decimal(KEY, value),
                "sideBet" => {
                    row.side_bet = notes.object(KEY, value).map(|o| SideBet::read(o, notes));
                }
                "selectedCoin" => row.selected_coin = coin_address(value),
                "position" => row.position = notes.integer(KEY, value),
                "level" | "sidebetActive" | "shortPosition" | "hasActiveTrades" => {}
                other => notes.unknown(other),
            }
        }
        row
    }
}

impl SideBet {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Self {
        const KEY: &str = "sideBet";
        let mut bet = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "startedAtTick" => bet.started_at_tick = notes.tick(KEY, value),
                "gameId" => bet.game_id = notes.game_id(KEY, value),
                "end" => bet.end = notes.tick(KEY, value),
                "betAmount" => bet.bet_amount = notes.decimal(KEY, value),
                "xPayout" => bet.x_payout = notes.decimal(KEY, value),
                "coinAddress" => bet.coin_address = notes.text(KEY, value),
                "bonusPortion" | "realPortion" => {}
                other => notes.unknown(other),
            }
        }
        bet
    }
}

/// Returns the address of the selected coin: an object, null (SOL) or, in August 2025, a text.
pub(super) fn coin_address(value: &Value) -> Option<String> {
    value
        .get("address")
        .unwrap_or(value)
        .as_str()
        .map(str::to_owned)
}
