//! The tables `sessions` and `drifts`.

use std::sync::Arc;

use super::money::Money;
use super::row;
use crate::account::{DriftField, WalletKind};
use crate::game::Time;

row! {
    /// A session of a player.
    pub struct SessionRow in Sessions {
        /// The session's id, a UUID of version 7.
        session_id: Arc<str>, "", Meta;
        /// The player's id, else their name, else `anonymous`; with `--anonymize` a salted hash.
        player: String, "", Meta;
        /// `server` (the account of the connection) or `local` (a practice wallet on a watched feed).
        wallet: WalletKind, "", Meta;
        /// The login, or the start of an anonymous session.
        session_start: Time, "UTC", Meta;
        /// The end; after a crash the newest known time.
        session_end: Time, "UTC", Meta;
        /// Wallet at the start.
        start_balance: Money, "SOL", Before;
        /// Wallet at the end.
        end_balance: Money, "SOL", After;
        /// Sum of `pnl` over the actions.
        realised_pnl: Money, "SOL", After;
        /// Number of actions.
        actions_n: i32, "actions", After;
        /// Number of confirmed actions.
        confirmed_n: i32, "actions", After;
        /// Number of refused actions.
        refused_n: i32, "actions", After;
        /// Number of actions without an answer.
        unknown_n: i32, "actions", After;
        /// Number of different games of the actions.
        games_n: i32, "games", After;
        /// Number of comparisons with the server's account.
        verifications: i32, "", After;
        /// Number of comparisons that found a difference.
        drift_n: i32, "", After;
        /// Number of actions whose every number a replay computes again: `pianola replay` says the same.
        replay_agree: i32, "actions", After;
        /// Tokens of each lot held at the start.
        start_lot_qty: Vec<f64>, "tokens", Before;
        /// Price of each lot held at the start.
        start_lot_price: Vec<f64>, "x", Before;
        /// As in `games`.
        source_origin: &'static str, "", Meta;
        /// As in `games`.
        time_scale: Option<f64>, "x real time", Meta;
        /// The games come from a seeded table and will come again: never training data.
        seeded: bool, "", Meta;
        /// The file, by its path in the folder of recordings; with `--anonymize` a salted hash.
        file: String, "", Meta;
        /// The program that wrote the file.
        app: String, "", Meta;
    }
}

row! {
    /// A difference between our account and the server's in one field.
    pub struct DriftRow in Drifts {
        /// The session.
        session_id: Arc<str>, "", Meta;
        /// When it was seen.
        at: Time, "UTC", During;
        /// When the two agreed again; null if they did not.
        cleared_at: Option<Time>, "UTC", During;
        /// The game that ran.
        game_id: Option<String>, "", Before;
        /// Its tick.
        tick: Option<i32>, "tick", During;
        /// `balance`, `position` or `entry_price`.
        field: DriftField, "", During;
        /// Our value; null: no position.
        local: Money, "SOL, tokens or x", During;
        /// The server's value, which ours follows from here on.
        server: Money, "SOL, tokens or x", During;
        /// The difference.
        diff: Money, "SOL, tokens or x", During;
    }
}
