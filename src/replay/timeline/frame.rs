//! The state at one position of a timeline.

use rust_decimal::Decimal;

use super::playhead::Playhead;
use crate::account::{Account, Action, Drift, WalletKind};
use crate::game::Phase;
use crate::protocol::{GameId, Tick};
use crate::recording::GameFile;
use crate::replay::report::Disagreement;

/// The state at one position of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineFrame<'a> {
    /// The position.
    pub head: Playhead,
    /// The game.
    pub game_id: &'a GameId,
    /// The game's file, or why there is none.
    pub file: Result<&'a GameFile, &'a str>,
    /// The phase of the game.
    pub phase: Phase,
    /// The prices up to here; none in the presale.
    pub prices: &'a [Option<Decimal>],
    /// The newest known price; 1 in the presale.
    pub price: Option<Decimal>,
    /// How the price of this tick is known.
    pub known: PriceKnowledge,
    /// The tick of the rug, from the rug on.
    pub rug_tick: Option<Tick>,
    /// The player's side; `None` for a single game.
    pub player: Option<PlayerFrame<'a>>,
}

/// How the price of a tick is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceKnowledge {
    /// It was received.
    Recorded,
    /// It was computed later from the seed.
    Repaired,
    /// It is not known.
    Unknown,
}

/// The player's side at one position of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerFrame<'a> {
    /// Which wallet.
    pub wallet: WalletKind,
    /// Balance, position, average cost and running sidebet, as computed.
    pub account: Account,
    /// P&L of the game if all were sold at the newest price; `None` while no price is known.
    pub pnl: Option<Decimal>,
    /// The rows that had taken effect, in order; the last one has the recorded account.
    pub rows: &'a [Action],
    /// The drifts that had taken effect, in order.
    pub drifts: &'a [Drift],
    /// The rows after them that had been pressed: the orders in flight.
    pub waiting: &'a [Action],
    /// Wrong values of the rows and drifts at the position where the last row took effect.
    pub disagreements: &'a [Disagreement],
}
