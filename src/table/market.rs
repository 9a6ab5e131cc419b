//! The running game as an order meets it: its price, and what may be traded. Plain data.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::protocol::number::shortest;
use crate::protocol::{GameId, Tick};

/// What may be traded now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketPhase {
    /// Buys and sidebets before the start, at price 1 and tick 0.
    Presale,
    /// Everything, at the price of the tick.
    Active,
    /// Nothing: the game rugged, or the presale of the next one is not open yet.
    Closed,
}

/// The running game at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// Its id.
    pub game: GameId,
    /// What may be traded.
    pub phase: MarketPhase,
    /// The newest tick that was sent.
    pub tick: Tick,
    /// Its price, at which orders are executed.
    pub price: f64,
    /// The price of the tick before, at which leaderboard rows show the P&L.
    pub price_before: f64,
    /// Unix milliseconds by the table's own clock.
    pub now: i64,
    /// The rug pool as `gameStatePlayerUpdate` shows it.
    pub rugpool: Value,
    /// The sort keys of the simulated players' leaderboard rows, in no order.
    pub ranks: Vec<Decimal>,
}

impl Market {
    /// Returns the price as the books count.
    pub(super) fn exact_price(&self) -> Decimal {
        exact(self.price)
    }

    /// Returns the price of the tick before as the books count.
    pub(super) fn exact_price_before(&self) -> Decimal {
        exact(self.price_before)
    }

    /// Returns the tick at which a trade is executed now.
    pub(super) fn tick_price(&self) -> TickPrice<'_> {
        TickPrice {
            game: &self.game,
            tick: self.tick,
            price: self.price,
        }
    }
}

/// One tick of a game with its price.
#[derive(Debug, Clone, Copy)]
pub(super) struct TickPrice<'a> {
    pub game: &'a GameId,
    pub tick: Tick,
    pub price: f64,
}

/// Returns a price as the books count: the shortest decimal that denotes its double. Below 28 decimals a price is
/// worth nothing.
pub(super) fn exact(price: f64) -> Decimal {
    shortest(price).unwrap_or_default()
}
