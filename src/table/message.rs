//! The steps of a table's source: Socket.IO events, and when they are due. Plain data.

use serde_json::Value;

/// A Socket.IO event of the table: its name and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Event name.
    pub event: String,
    /// Arguments in wire order; a trace object, if any, is the first.
    pub args: Vec<Value>,
}

impl Message {
    /// Returns an event with one argument.
    pub fn plain(event: &str, payload: Value) -> Self {
        Self {
            event: event.to_owned(),
            args: vec![payload],
        }
    }

    /// Returns an event with a trace object in front of its payload.
    pub fn traced(event: &str, trace: Value, payload: Value) -> Self {
        Self {
            event: event.to_owned(),
            args: vec![trace, payload],
        }
    }
}

/// The place of a step in the cycle of a game. Faults and accounts use it instead of reading the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// The full message that opens a game and reveals the seed of the one before.
    Genesis,
    /// A message of the countdown, with its timer in milliseconds.
    Countdown(u32),
    /// The first tick.
    Start,
    /// A tick before the rug.
    Tick {
        /// Its number, from 1.
        tick: u32,
        /// The tick at which this game will rug.
        rug_tick: u32,
    },
    /// The tick of the rug.
    Rug,
    /// The full message after the rug.
    Settled,
    /// A line of a capture.
    Line,
}

impl StepKind {
    /// Whether this is the tick of the faults that happen about the middle of a game.
    pub(super) fn is_middle(self) -> bool {
        matches!(self, Self::Tick { tick, rug_tick } if tick == (rug_tick / 2).max(1))
    }
}

/// Messages that are due together.
#[derive(Debug, Clone, PartialEq)]
pub struct GameStep {
    /// Game time since the step before, in microseconds.
    pub delay_micros: u64,
    /// The place in the game.
    pub kind: StepKind,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// All connections are dropped after the messages.
    pub cut: bool,
}
