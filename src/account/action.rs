//! The rows of a session: the player's orders and their results, and where our account and the server's differed.
//!
//! The keys of these rows, their order and their meaning are the contract of `docs/formats.md`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::reason::ReasonCode;
use crate::game::{Phase, Time, millis};
use crate::named_enum::named_enum;
use crate::protocol::{GameId, Tick, number};

named_enum! {
    /// The kind of a row.
    #[derive(Hash)]
    pub enum ActionKind {
        /// Bought tokens for SOL.
        Buy = "BUY",
        /// Sold tokens for SOL.
        Sell = "SELL",
        /// A sidebet was placed.
        SidebetPlace = "SIDEBET_PLACE",
        /// A sidebet was won.
        SidebetWin = "SIDEBET_WIN",
        /// A sidebet was lost.
        SidebetLose = "SIDEBET_LOSE",
        /// The rug sold the position.
        Liquidated = "LIQUIDATED",
    }
}

impl ActionKind {
    /// Whether it is an order; otherwise it is a result.
    pub fn is_order(self) -> bool {
        matches!(self, Self::Buy | Self::Sell | Self::SidebetPlace)
    }

    /// Whether it belongs to a sidebet.
    pub fn is_sidebet(self) -> bool {
        matches!(
            self,
            Self::SidebetPlace | Self::SidebetWin | Self::SidebetLose
        )
    }
}

named_enum! {
    /// The progress of an action.
    pub enum ActionStatus {
        /// Sent, and no news came yet. Never in a published file.
        Pending = "pending",
        /// The server executed it.
        Confirmed = "confirmed",
        /// It was not executed.
        Refused = "refused",
        /// No answer came, and no later update of the account showed its outcome.
        Unknown = "unknown",
    }
}

named_enum! {
    /// What caused an action.
    pub enum ActionSource {
        /// The player, with the mouse.
        Mouse = "mouse",
        /// The player, with a key: one of the key table, or one that presses the focused button (Enter, Space, an
        /// accessibility action).
        Key = "key",
        /// A script of `pianola play`.
        Script = "script",
        /// A strategy that the piano plays.
        Piano = "piano",
        /// Auto-sell: a take-profit, stop-loss or time that the player set.
        Auto = "auto",
        /// The player, in a browser.
        Browser = "browser",
        /// The server: a result.
        Server = "server",
    }
}

/// One row of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The game.
    pub game_id: GameId,
    /// Tick that the player saw; for a result, the tick at which it came.
    pub tick: Tick,
    /// When it was pressed, or when the result came.
    #[serde(with = "millis::always")]
    pub timestamp: Time,
    /// Its kind.
    pub action: ActionKind,
    /// SOL paid, received, staked, paid out or lost; positive. `None` for a sell that was not executed.
    #[serde(with = "number::text")]
    pub amount: Option<Decimal>,
    /// Price that the player saw.
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
    /// Profit realised by this row; `None` where nothing is realised.
    #[serde(with = "number::text")]
    pub pnl: Option<Decimal>,
    /// Place in the order in which things took effect, from 1; 0 while pending.
    pub seq: u32,
    /// Phase that the player saw.
    pub phase: Phase,
    /// Its progress.
    pub status: ActionStatus,
    /// Tokens bought or sold.
    #[serde(with = "number::text")]
    pub qty: Option<Decimal>,
    /// Share of the position that a sell asks for, in percent.
    #[serde(with = "number::text")]
    pub sell_percent: Option<Decimal>,
    /// What caused it.
    pub source: ActionSource,
    /// When its effect was known.
    #[serde(with = "millis")]
    pub confirmed_at: Option<Time>,
    /// Tick at which the server executed it.
    pub executed_tick: Option<Tick>,
    /// The price of that tick.
    #[serde(with = "number::text")]
    pub executed_price: Option<Decimal>,
    /// When the server's answer to the request came.
    #[serde(with = "millis", default)]
    pub acked_at: Option<Time>,
    /// Why it was refused, in one word; `None` if it was not.
    #[serde(default, deserialize_with = "super::reason::known")]
    pub reason_code: Option<ReasonCode>,
    /// Why it was refused, or what is unknown about it. Begins with the order's own text.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Drift {
    /// Returns the difference of a field; one that was never sent does not differ.
    pub(crate) fn difference(local: Option<Decimal>, server: Option<Decimal>) -> Decimal {
        match (local, server) {
            (Some(local), Some(server)) => local
                .checked_sub(server)
                .map_or(Decimal::MAX, |diff| diff.abs()),
            (None, Some(server)) => server.abs(),
            (_, None) => Decimal::ZERO,
        }
    }
}

impl Action {
    /// Returns a pending row without numbers, in an unknown phase of the game.
    pub fn new(action: ActionKind, source: ActionSource, game_id: GameId, at: Time) -> Self {
        Self {
            game_id,
            tick: 0,
            timestamp: at,
            action,
            amount: None,
            price: None,
            balance_after: None,
            position_qty_after: None,
            entry_price: None,
            pnl: None,
            seq: 0,
            phase: Phase::Unknown,
            status: ActionStatus::Pending,
            qty: None,
            sell_percent: None,
            source,
            confirmed_at: None,
            executed_tick: None,
            executed_price: None,
            acked_at: None,
            reason_code: None,
            reason: None,
        }
    }

    /// Returns when a row was confirmed, and what it earned, in SOL; `None` for a row without effect.
    pub fn earned(&self) -> Option<(Time, Decimal)> {
        let at = self.confirmed_at?;
        let is_confirmed = self.status == ActionStatus::Confirmed;
        is_confirmed.then_some((at, self.pnl.unwrap_or_default()))
    }
}

/// A difference between our account and the server's in one field, from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// When it was seen.
    #[serde(with = "millis::always")]
    pub at: Time,
    /// The game that was running.
    pub game_id: Option<GameId>,
    /// Its tick.
    pub tick: Option<Tick>,
    /// The field that differed.
    pub field: DriftField,
    /// Our value; `None`: no position.
    #[serde(with = "number::text")]
    pub local: Option<Decimal>,
    /// The server's value, which ours follows from here on.
    #[serde(with = "number::text")]
    pub server: Option<Decimal>,
    /// The difference.
    #[serde(with = "number::text::always")]
    pub diff: Decimal,
    /// When the two agreed again.
    #[serde(with = "millis")]
    pub cleared_at: Option<Time>,
    /// `seq` of the last action before it; 0 when there was none.
    #[serde(default)]
    pub after_seq: u32,
}

named_enum! {
    /// A compared field.
    pub enum DriftField {
        /// Wallet.
        Balance = "balance",
        /// Tokens held.
        Position = "position",
        /// Average cost.
        EntryPrice = "entry_price",
    }
}
