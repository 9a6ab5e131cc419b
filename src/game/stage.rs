//! The current game before and after its first tick.

use super::{Game, GameEvent, Phase};
use crate::protocol::GameId;

/// The game that the phase belongs to.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) id: GameId,
    /// The highest phase that any message of this game spoke of.
    pub(super) phase: Phase,
    /// The game before its first tick; `None` once it is among the open ones.
    pub(super) draft: Option<Draft>,
}

/// A game that has not started, and the facts that are told when it does.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) game: Game,
    pub(super) facts: Vec<GameEvent>,
}
