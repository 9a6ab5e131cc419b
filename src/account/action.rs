//! What the player did and what happened to him, one row for each; and where his account and the server's differed.
//!
//! The keys of these rows, their order and their meaning are the contract of `formats.md`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ReasonCode;
use crate::game::{Phase, Time, millis};
use crate::protocol::{GameId, Tick, number};

/// What a row tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActionKind {
    /// Tokens for SOL.
    Buy,
    /// SOL for tokens.
    Sell,
    /// A sidebet was placed.
    SidebetPlace,
    /// A sidebet was won.
    SidebetWin,
    /// A sidebet was lost.
    SidebetLose,
    /// The rug sold the position.
    Liquidated,
}

impl ActionKind {
    /// Returns the word that stands in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
            Self::SidebetPlace => "SIDEBET_PLACE",
            Self::SidebetWin => "SIDEBET_WIN",
            Self::SidebetLose => "SIDEBET_LOSE",
            Self::Liquidated => "LIQUIDATED",
        }
    }
}

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionStatus {
    /// Sent, nothing came back yet. Never in a published file.
    Pending,
    /// The server did it.
    Confirmed,
    /// It was not done.
    Refused,
    /// No answer came, and no later news of the account told what became of it.
    Unknown,
}

/// Who pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionSource {
    /// The player, with the mouse.
    Mouse,
    /// The player, with a key: one of the key table, or what presses the focused button (Enter, Space, an
    /// accessibility action).
    Key,
    /// A script of `pianola play`.
    Script,
    /// The player, in his browser.
    Browser,
    /// Nobody: a result.
    Server,
}

/// One row of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The game.
    pub game_id: GameId,
    /// Tick that the player had before him; of a result: when it came.
    pub tick: Tick,
    /// When it was pressed, or when the result came.
    #[serde(with = "millis::always")]
    pub timestamp: Time,
    /// What it is.
    pub action: ActionKind,
    /// SOL, positive: paid, received, staked, paid out or lost. `None` for a sell that was not done.
    #[serde(with = "number::text")]
    pub amount: Option<Decimal>,
    /// Price that the player had before him.
    #[serde(with = "number::text")]
    pub price: Option<Decimal>,
    /// Wallet after it.
    #[serde(with = "number::text")]
    pub balance_after: Option<Decimal>,
    /// Tokens held after it.
    #[serde(with = "number::text")]
    pub position_qty_after: Option<Decimal>,
    /// Average cost of what is still held; `None` without a position.
    #[serde(with = "number::text")]
    pub entry_price: Option<Decimal>,
    /// Realised by this row; `None` for what realises nothing.
    #[serde(with = "number::text")]
    pub pnl: Option<Decimal>,
    /// Place in the order in which things took effect, from 1; 0 while pending.
    pub seq: u32,
    /// Phase that the player had before him.
    pub phase: Phase,
    /// How far it has come.
    pub status: ActionStatus,
    /// Tokens bought or sold.
    #[serde(with = "number::text")]
    pub qty: Option<Decimal>,
    /// Share of the position that a sell asked for.
    #[serde(with = "number::text")]
    pub sell_percent: Option<Decimal>,
    /// Who pressed.
    pub source: ActionSource,
    /// When its effect was known.
    #[serde(with = "millis")]
    pub confirmed_at: Option<Time>,
    /// Tick at which the server did it.
    pub executed_tick: Option<Tick>,
    /// The price of that tick.
    #[serde(with = "number::text")]
    pub executed_price: Option<Decimal>,
    /// When the server's answer to the request came.
    #[serde(with = "millis", default)]
    pub acked_at: Option<Time>,
    /// Why it was refused, in one word; `None` for what was not refused.
    #[serde(default, deserialize_with = "super::reason::known")]
    pub reason_code: Option<ReasonCode>,
    /// Why it was refused, or what is not known of it; begins with the order's own words.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Where our account and the server's differed: one field, from when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// When it was seen.
    #[serde(with = "millis::always")]
    pub at: Time,
    /// The game that was running.
    pub game_id: Option<GameId>,
    /// Its tick.
    pub tick: Option<Tick>,
    /// Which field.
    pub field: DriftField,
    /// Our value; `None`: we had none.
    #[serde(with = "number::text")]
    pub local: Option<Decimal>,
    /// The server's; ours follows it from here on.
    #[serde(with = "number::text")]
    pub server: Option<Decimal>,
    /// How far apart.
    #[serde(with = "number::text::always")]
    pub diff: Decimal,
    /// When the two agreed again.
    #[serde(with = "millis")]
    pub cleared_at: Option<Time>,
    /// `seq` of the last action before it; 0 when there was none.
    #[serde(default)]
    pub after_seq: u32,
}

/// A compared field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftField {
    /// Wallet.
    Balance,
    /// Tokens held.
    Position,
    /// Average cost.
    EntryPrice,
}

impl DriftField {
    /// Returns the word that stands in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Position => "position",
            Self::EntryPrice => "entry_price",
        }
    }
}
