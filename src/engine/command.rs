//! Commands of the player to the engine.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::account::ActionSource;
use crate::strategy::{AutoSell, Strategy};
use crate::trading::{Order, OrderLimits};

/// A command to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Place an order.
    Press {
        /// The order.
        order: Order,
        /// What pressed it.
        source: ActionSource,
        /// The price on the screen; `None` when the order does not come from a screen.
        seen: Option<Decimal>,
    },
    /// Press or release the emergency stop: while it is pressed, buys and sidebets are refused. Repeated, it changes
    /// nothing.
    EmergencyStop(bool),
    /// Turn the record switch.
    Record(bool),
    /// Turn auto-record.
    AutoRecord(bool),
    /// Begin a new session with this much play money: in the local wallet, or in a new account at a practice table.
    ResetWallet(Decimal),
    /// Set the limits of orders.
    Limits(OrderLimits),
    /// Turn auto-sell on with these rules, or off. Refused where auto-sell does not exist.
    AutoSell(Option<AutoSell>),
    /// Let the piano play a strategy. Refused where no practice table of ours is, while a position or sidebet is open, and
    /// while no order may be placed.
    StartPiano {
        /// The strategy.
        strategy: Arc<Strategy>,
        /// Games that it leaves out: with 0 it begins with the next presale, or with the one that is open.
        skip_games: u64,
    },
    /// Take the hand back from the piano. Every other press of the player does that, too.
    StopPiano,
    /// Turn the raw capture of the connection.
    RawCapture(bool),
    /// Try to connect now instead of after the pause. While connected it does nothing.
    TryNow,
}
