//! A wallet on this computer, as it is kept for the next run.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Account;
use crate::protocol::GameId;

/// Where a local wallet stood when it was last put down.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LocalWallet {
    /// The money, and what was still open.
    pub account: Account,
    /// The game in which it was open.
    pub game: Option<GameId>,
}

impl LocalWallet {
    /// Returns the wallet of somebody who has never played: 1 SOL.
    pub fn full() -> Self {
        Self {
            account: Account::new(Decimal::ONE, []),
            game: None,
        }
    }
}
