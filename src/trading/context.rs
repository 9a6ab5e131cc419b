//! What the player has before him.

use rust_decimal::Decimal;

use crate::game::{Board, Phase, Time};
use crate::protocol::{GameId, Tick};

/// The board and the clock at the moment of an input.
#[derive(Debug, Clone, Copy)]
pub struct Now<'a> {
    /// What is on the table.
    pub board: &'a Board,
    /// Arrival of the message, or the time of the press.
    pub at: Time,
}

/// What the player has before him.
#[derive(Debug, Clone, PartialEq)]
pub struct GameContext {
    /// The game on the table.
    pub game_id: GameId,
    /// Its phase.
    pub phase: Phase,
    /// Its newest tick; 0 before the start.
    pub tick: Tick,
    /// The price of that tick; 1 before the start.
    pub price: Option<Decimal>,
}

impl Now<'_> {
    /// Returns what the player sees; `None` before the first update.
    pub fn sight(&self) -> Option<GameContext> {
        let game_id = self.board.current_id()?.clone();
        let phase = self.board.phase();
        let running = self.board.current().filter(|game| !game.prices.is_empty());
        let (tick, price) = match running {
            Some(game) => {
                let newest = u32::try_from(game.prices.len()).unwrap_or(u32::MAX);
                let tick = game.last_live.unwrap_or(newest.saturating_sub(1));
                (tick, game.prices.get(tick))
            }
            None => (0, Some(Decimal::ONE)),
        };
        Some(GameContext {
            game_id,
            phase,
            tick,
            price,
        })
    }
}
