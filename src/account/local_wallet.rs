//! A wallet on this computer, as one run leaves it to the next.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::state::Account;
use crate::protocol::GameId;

/// A wallet on this computer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LocalWallet {
    /// The account, with what was still open.
    pub account: Account,
    /// The game in which it was open.
    pub game: Option<GameId>,
}

impl LocalWallet {
    /// Returns a new wallet with this balance.
    pub fn new(balance: Decimal) -> Self {
        Self {
            account: Account::new(balance, []),
            game: None,
        }
    }
}
