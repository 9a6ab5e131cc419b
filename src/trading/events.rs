//! What the trader emits.

use rust_decimal::Decimal;

use super::server_state::{Identity, ServerState};
use super::verifier::Verification;
use crate::account::SessionEvent;

/// An output of the trader.
#[derive(Debug, Clone, PartialEq)]
pub enum TraderEvent {
    /// A fact of the session; the recorder keeps all of them in order.
    Session(SessionEvent),
    /// An event of the player, for the screen and the log.
    Player(PlayerEvent),
}

/// What an event of the player's own connection meant.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerEvent {
    /// A player is logged in. Repeated only when the player changes.
    PlayerIdentified {
        /// The player.
        identity: Identity,
        /// The player before on this connection, whose session ends here.
        before: Option<Identity>,
    },
    /// The server sent the state of the account.
    ServerStateUpdate(ServerState),
    /// Our account and the server's differ; ours follows the server's from here on.
    StateDriftDetected(Box<Verification>),
    /// A number of the server that no account can have; it was ignored.
    AbsurdNumber {
        /// Its wire name.
        field: &'static str,
        /// The number.
        value: Decimal,
    },
}
