//! The sidebets of a session.

use rust_decimal::Decimal;

use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::Tick;

/// A sidebet from its start to its result. Money in SOL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidebetTrip {
    /// The place of its game in the session's timeline, from 0.
    pub game: usize,
    /// When it was pressed; `None` if it ran before the session.
    pub at: Option<Time>,
    /// The first tick of its window.
    pub start_tick: Tick,
    /// The tick of its result; `None` while it is open.
    pub end_tick: Option<Tick>,
    /// What was staked.
    pub stake: Decimal,
    /// What came back: nothing for a lost bet; `None` while it is open, or if the recording does not say.
    pub payout: Option<Decimal>,
    /// What caused it; `None` if it ran before the session.
    pub source: Option<ActionSource>,
}

impl SidebetTrip {
    /// Returns the profit; `None` without a result.
    pub fn pnl(&self) -> Option<Decimal> {
        Some(self.payout?.saturating_sub(self.stake))
    }
}
