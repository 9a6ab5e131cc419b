//! The current game before and after its first tick.

use super::event::GameEvent;
use super::one_game::Game;
use super::phase::Phase;
use crate::protocol::GameId;

/// The game that the phase of the board belongs to.
#[derive(Debug, Clone)]
pub(super) struct CurrentGame {
    pub(super) id: GameId,
    /// The highest phase that a message of this game stated.
    pub(super) phase: Phase,
    /// The game before its first tick; `None` once it is among the open games.
    pub(super) unstarted: Option<UnstartedGame>,
}

/// A game before its start, and the facts that are emitted at its start.
#[derive(Debug, Clone)]
pub(super) struct UnstartedGame {
    pub(super) game: Game,
    pub(super) facts: Vec<GameEvent>,
}
