//! The result of one game for one strategy.

use super::money::Lamports;

/// What a game did to a bankroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct GameOutcome {
    /// The wallet after the game less the wallet before it.
    pub profit: Lamports,
    /// Everything that was paid for tokens and sidebets.
    pub staked: Lamports,
    /// With nothing open, the wallet could not pay an order.
    pub short: bool,
}
