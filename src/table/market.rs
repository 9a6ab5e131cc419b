//! Where the game on the table stands, as far as somebody who acts in it needs to know. Plain data.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::protocol::{GameId, Tick};

/// What may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketPhase {
    /// Buying and betting before the start, at price 1 and tick 0.
    Presale,
    /// Everything, at the price of the tick.
    Active,
    /// Nothing: the game rugged, or the next one is not open yet.
    Closed,
}

/// The running game at some moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// Its id.
    pub game: GameId,
    /// What may be done.
    pub trading: MarketPhase,
    /// The tick that was shown last.
    pub tick: Tick,
    /// Its price, at which everything is executed.
    pub price: f64,
    /// The price one tick back, at which rows tell the P&L.
    pub price_before: f64,
    /// Unix milliseconds of the table's own clock.
    pub now: i64,
    /// The rug pool as a logged-in player is told it.
    pub rugpool: Value,
    /// What the rows of the others are sorted by, in no order.
    pub ranks: Vec<Decimal>,
}
