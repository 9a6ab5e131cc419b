//! What a timeline shows at one place.

use rust_decimal::Decimal;

use super::Playhead;
use crate::account::{Account, Action, WalletKind};
use crate::game::Phase;
use crate::protocol::{GameId, Tick};
use crate::recording::GameFile;
use crate::replay::Disagreement;

/// What there was at one place of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineFrame<'a> {
    /// The place.
    pub head: Playhead,
    /// The game.
    pub game_id: &'a GameId,
    /// Its file, or why there is none.
    pub file: Result<&'a GameFile, &'a str>,
    /// Its phase.
    pub phase: Phase,
    /// Its prices up to here; none in the presale.
    pub prices: &'a [Option<Decimal>],
    /// The newest known price; 1 in the presale.
    pub price: Option<Decimal>,
    /// How the price of this tick is known.
    pub known: PriceKnowledge,
    /// The tick of the rug, once it has come.
    pub rug_tick: Option<Tick>,
    /// The player's side; `None` where nobody plays.
    pub player: Option<PlayerFrame<'a>>,
}

/// How the price of a tick is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceKnowledge {
    /// It was recorded.
    Recorded,
    /// It was computed from the seed later.
    Repaired,
    /// Nobody knows it.
    Not,
}

/// The player's side at one place of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerFrame<'a> {
    /// Whose wallet.
    pub wallet: WalletKind,
    /// Wallet, position, average cost and running sidebet, as the account computes them.
    pub account: Account,
    /// P&L of the game when all is sold at the newest price; `None` while no price is known.
    pub pnl: Option<Decimal>,
    /// The rows that had come to their end by then, in order; the last one tells what was recorded of the account.
    pub rows: &'a [Action],
    /// The rows after them that had been pressed by then: they were on their way.
    pub waiting: &'a [Action],
    /// What the account contradicts of the rows and drifts of the place where the last one took effect.
    pub disagreements: &'a [Disagreement],
}
