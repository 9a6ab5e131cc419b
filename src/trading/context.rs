//! What comes with each input of the trader: the board, the time, and the output.

use rust_decimal::Decimal;

use super::events::{PlayerEvent, TraderEvent};
use crate::account::{Action, SessionEvent};
use crate::game::{Board, Game, Phase, Time};
use crate::protocol::{GameId, Tick};

/// The context of one input.
#[derive(Debug)]
pub struct Ctx<'a> {
    /// The board after the input.
    pub board: &'a Board,
    /// Arrival of the message, or time of the press.
    pub at: Time,
    /// Receives what comes out, in order.
    pub out: &'a mut Vec<TraderEvent>,
}

/// The game as the player sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct GameContext {
    /// The current game.
    pub game_id: GameId,
    /// Its phase.
    pub phase: Phase,
    /// Its newest tick; 0 before the start.
    pub tick: Tick,
    /// The price of that tick; 1 before the start.
    pub price: Option<Decimal>,
}

impl GameContext {
    /// Returns the current game of the board; `None` before the first update.
    pub fn of(board: &Board) -> Option<Self> {
        let game_id = board.current_id()?.clone();
        let running = board.current().filter(|game| !game.prices.is_empty());
        let (tick, price) = match running {
            Some(game) => {
                let newest = u32::try_from(game.prices.len()).unwrap_or(u32::MAX);
                let tick = game.last_live.unwrap_or(newest.saturating_sub(1));
                (tick, game.prices.get(tick))
            }
            None => (0, Some(Decimal::ONE)),
        };
        Some(Self {
            game_id,
            phase: board.phase(),
            tick,
            price,
        })
    }
}

impl Ctx<'_> {
    /// Returns the game as the player sees it; `None` before the first update.
    pub fn game(&self) -> Option<GameContext> {
        GameContext::of(self.board)
    }

    /// Emits a fact of the session.
    pub(super) fn emit(&mut self, event: SessionEvent) {
        self.out.push(TraderEvent::Session(event));
    }

    /// Emits an event for the screen.
    pub(super) fn emit_player(&mut self, event: PlayerEvent) {
        self.out.push(TraderEvent::Player(event));
    }

    /// Emits a row of the session as it is now.
    pub(super) fn emit_row(&mut self, slot: u32, row: &Action) {
        let action = Box::new(row.clone());
        self.emit(SessionEvent::Action { slot, action });
    }
}

/// Returns an open game of the board.
pub(super) fn open_game<'a>(board: &'a Board, id: &GameId) -> Option<&'a Game> {
    board.open_games().iter().find(|game| game.id == *id)
}

/// Returns the price of a tick of an open game.
pub(super) fn price_at(board: &Board, id: &GameId, tick: Tick) -> Option<Decimal> {
    open_game(board, id)?.prices.get(tick)
}
