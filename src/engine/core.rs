//! The pure middle: messages of the feed in, events of the board out. Live, capture and tests run through it.

use super::View;
use crate::feed::{self, Body, Message};
use crate::game::{Board, Game, GameEvent, Time};
use crate::protocol::{Counts, Event, decode};
use crate::recording::RecorderState;

/// Decoder and board of one source.
#[derive(Debug, Clone, Default)]
pub struct Core {
    board: Board,
    counts: Counts,
    countdown_millis: Option<i64>,
}

impl Core {
    /// Returns a core whose board holds the games that recovery brought.
    pub fn resume(open: Vec<Game>) -> Self {
        Self {
            board: Board::resume(open),
            ..Self::default()
        }
    }

    /// Takes a message of the feed.
    pub fn message(&mut self, message: Message) -> Vec<GameEvent> {
        match message.body {
            Body::Up => Vec::new(),
            Body::Event { name, args } => self.event(&name, &args, message.at),
            // Why it ended is the feed's to log.
            Body::Down { .. } => {
                let mut events = Vec::new();
                self.board.disconnected(&mut events);
                events
            }
        }
    }

    /// Takes one event of the server that arrived at `at`.
    pub fn event(&mut self, name: &str, args: &[serde_json::Value], at: Time) -> Vec<GameEvent> {
        let mut events = Vec::new();
        // The player's events come with the account.
        if let Some(Event::GameState(update)) = decode(name, args, &mut self.counts) {
            if update.cooldown_timer.is_some() {
                self.countdown_millis = update.cooldown_timer;
            }
            self.board.update(&update, at, &mut events);
        }
        events
    }

    /// We stop: every open game is told complete.
    pub fn stopped(&mut self) -> Vec<GameEvent> {
        let mut events = Vec::new();
        self.board.stopped(&mut events);
        events
    }

    /// Returns the board.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Returns what was not understood so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Returns what is to be shown.
    pub fn view(&self, feed: feed::State, recorder: RecorderState) -> View {
        let game = self.board.current();
        let last = game.and_then(|game| game.last_live);
        View {
            feed,
            phase: self.board.phase(),
            game_id: self.board.current_id().cloned(),
            tick: last,
            price: last.and_then(|tick| game?.prices.get(tick)),
            holes: game.map_or(0, |game| game.prices.missing()),
            countdown_millis: self.countdown_millis,
            recorder,
            counts: self.counts.clone(),
        }
    }
}
