//! The table `actions`.

use std::sync::Arc;

use super::money::Money;
use super::row;
use crate::account::{ActionKind, ActionSource, ActionStatus, ReasonCode};
use crate::game::{Phase, Time};

row! {
    /// An action of a session.
    pub struct ActionRow in Actions {
        /// The session.
        session_id: Arc<str>, "", Meta;
        /// Start of the session.
        session_start: Time, "UTC", Meta;
        /// The game.
        game_id: String, "", Before;
        /// Place of the action in its session, from 1, in the order in which the actions took effect.
        seq: i32, "", During;
        /// `BUY`, `SELL`, `SIDEBET_PLACE`, `SIDEBET_WIN`, `SIDEBET_LOSE`, or `LIQUIDATED` (the rug sold the position).
        action: ActionKind, "", During;
        /// `confirmed`, `refused` or `unknown` (no answer came).
        status: ActionStatus, "", During;
        /// What caused it: `mouse`, `key`, `script`, `auto` (take-profit, stop-loss or time), `piano` (a strategy), `browser`, `server`.
        source: ActionSource, "", During;
        /// Phase of the game that the player saw: `Presale`, `Active`, `Rugged`, `Cooldown`.
        phase: Phase, "", During;
        /// Why it was refused, in one word.
        reason_code: Option<ReasonCode>, "", During;
        /// Why it was refused, or what is unknown about it, in words.
        reason: Option<String>, "", During;
        /// Tick that the player saw; for a result, the tick at which it came.
        tick: i32, "tick", During;
        /// Price that the player saw.
        price: Option<f64>, "x", During;
        /// Tick at which the server executed it.
        executed_tick: Option<i32>, "tick", During;
        /// Price of that tick.
        executed_price: Option<f64>, "x", During;
        /// When it was pressed; for a result, when it came.
        pressed_at: Time, "UTC", During;
        /// When the server's answer came.
        acked_at: Option<Time>, "UTC", During;
        /// When its effect was known.
        confirmed_at: Option<Time>, "UTC", During;
        /// Time from the press to the effect; null without one, or if the clock was set back between them.
        latency_ms: Option<i32>, "ms", During;
        /// Paid, received, staked, paid out or lost; positive.
        amount: Money, "SOL", During;
        /// Tokens bought or sold.
        qty: Money, "tokens", During;
        /// Wallet after it.
        balance_after: Money, "SOL", During;
        /// Tokens held after it.
        position_after: Money, "tokens", During;
        /// Profit realised by it; null where nothing is realised.
        pnl: Money, "SOL", During;
        /// Average cost of what is held after it; null without a position.
        entry_price: Option<f64>, "x", During;
        /// Share of the position that a sell asks for.
        sell_percent: Option<f64>, "%", During;
        /// The session's last action in this game.
        terminal: bool, "", After;
        /// The game is in `games` and may be used to train. Filter by it; as a feature it is a leak.
        game_trainable: bool, "", After;
        /// The game is in `games`.
        join_ok: bool, "", Meta;
        /// Each amount has at most 9 decimals and 9 digits before the point. If not, its decimal is null and its double
        /// is kept.
        exact: bool, "", Meta;
    }
}
