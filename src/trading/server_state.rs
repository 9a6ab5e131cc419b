//! The player's identity and account as the server sends them.

use rust_decimal::Decimal;

use crate::account::{Account, Lot, OpenSidebet};
use crate::protocol::{GameId, RunningSidebet};

/// The player of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Player id, `did:privy:…`.
    pub player_id: String,
    /// The name, if one was chosen.
    pub username: Option<String>,
}

/// The player's account as the server sends it. `None`: not sent on this connection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServerState {
    /// Wallet in SOL.
    pub cash: Option<Decimal>,
    /// Tokens held.
    pub position_qty: Option<Decimal>,
    /// Average cost of the lots held, in multiplier.
    pub avg_cost: Option<Decimal>,
    /// P&L of the running game as of the last tick.
    pub cumulative_pnl: Option<Decimal>,
    /// Highest net outlay of the game plus all stakes.
    pub total_invested: Option<Decimal>,
    /// The running sidebet; `Some(None)`: there is none.
    pub side_bet: Option<Option<RunningSidebet>>,
}

impl ServerState {
    /// Whether it has wallet and position: without both it does not show what became of an order.
    pub fn has_wallet(&self) -> bool {
        self.cash.is_some() && self.position_qty.is_some()
    }

    /// Returns the account, and the game of its sidebet; `None` before the wallet was sent.
    ///
    /// The server never sends which lots are held: one with the average cost is the nearest.
    pub fn account(&self) -> Option<(Account, Option<GameId>)> {
        let lot = self.position_qty.zip(self.avg_cost);
        let lot = lot.map(|(qty, price)| Lot {
            qty: qty.normalize(),
            price: price.normalize(),
        });
        let bet = self.side_bet.as_ref().and_then(Option::as_ref);
        let running = bet.and_then(|bet| {
            Some(OpenSidebet {
                stake: bet.bet_amount?.normalize(),
                start_tick: bet.started_at_tick?,
            })
        });
        let account = Account::with_sidebet(self.cash?.normalize(), lot, running);
        Some((account, bet.and_then(|bet| bet.game_id.clone())))
    }
}
