//! Orders of the player, and what becomes of the request that asks for one.

use std::fmt;

use rust_decimal::Decimal;

use crate::account::{AccountEvent, ActionKind, SIDEBET_PAYOUT};
use crate::protocol::{Ack, Request, SOL_ADDRESS, Tick};

/// An order of the player. Every refusal begins with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Buy tokens for `amount` SOL.
    Buy {
        /// SOL.
        amount: Decimal,
    },
    /// Sell a share of the position.
    Sell {
        /// 0 to 100.
        percent: Decimal,
    },
    /// Bet that the game rugs within 40 ticks.
    Sidebet {
        /// SOL.
        stake: Decimal,
    },
}

/// What became of the request that asks the server for an order.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderAnswer {
    /// The server answered.
    Ack(Box<Ack>),
    /// Nothing was sent, for this reason.
    NotSent(&'static str),
    /// It was sent, and no answer will come any more.
    Lost,
}

impl Order {
    /// Returns the kind of its row.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Buy { .. } => ActionKind::Buy,
            Self::Sell { .. } => ActionKind::Sell,
            Self::Sidebet { .. } => ActionKind::SidebetPlace,
        }
    }

    /// Returns the SOL that it takes from the wallet; `None` for a sell.
    pub fn amount(&self) -> Option<Decimal> {
        match *self {
            Self::Buy { amount } => Some(amount),
            Self::Sell { .. } => None,
            Self::Sidebet { stake } => Some(stake),
        }
    }

    /// Returns what it does to the account when it is executed at this tick and price.
    pub fn account_event(&self, tick: Tick, price: Decimal) -> AccountEvent {
        match *self {
            Self::Buy { amount } => AccountEvent::Buy { amount, price },
            Self::Sell { percent } => AccountEvent::Sell { percent, price },
            Self::Sidebet { stake } => AccountEvent::PlaceSidebet { stake, tick },
        }
    }

    /// Returns the request that asks the server for it.
    pub fn request(&self) -> Request {
        match *self {
            Self::Buy { amount } => Request::Buy { amount },
            Self::Sell { percent } => Request::Sell {
                percentage: percent,
            },
            Self::Sidebet { stake } => Request::Sidebet {
                amount: stake,
                coin_address: SOL_ADDRESS.to_owned(),
                x_payout: SIDEBET_PAYOUT,
            },
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buy { amount } => write!(f, "buy {} SOL", amount.normalize()),
            Self::Sell { percent } => write!(f, "sell {} %", percent.normalize()),
            Self::Sidebet { stake } => write!(f, "sidebet {} SOL", stake.normalize()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_an_order_has_its_numbers_without_trailing_zeros() {
        let amount = Decimal::new(10, 3);
        assert_eq!(Order::Buy { amount }.to_string(), "buy 0.01 SOL");
        let percent = Decimal::from(25);
        assert_eq!(Order::Sell { percent }.to_string(), "sell 25 %");
        let stake = Decimal::from(5);
        assert_eq!(Order::Sidebet { stake }.to_string(), "sidebet 5 SOL");
    }
}
