//! What a source of the table yields: messages, and when they are due. Plain data.

use serde_json::Value;

/// One Socket.IO event as it goes out: its name and its arguments.
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

    /// Returns an event whose payload stands behind a trace object.
    pub fn traced(event: &str, trace: Value, payload: Value) -> Self {
        Self {
            event: event.to_owned(),
            args: vec![trace, payload],
        }
    }
}

/// The place of a step in the cycle of a game, so that a fault need not read the JSON to find it.
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

/// Messages that are due together.
#[derive(Debug, Clone, PartialEq)]
pub struct GameStep {
    /// GeneratedGame time since the step before, in microseconds.
    pub delay_micros: u64,
    /// Where in the game this is.
    pub kind: StepKind,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// All connections are dropped after the messages.
    pub cut: bool,
}

impl GameStep {
    /// Returns a step of some messages.
    pub fn new(delay_millis: u32, kind: StepKind, messages: Vec<Message>) -> Self {
        Self {
            delay_micros: u64::from(delay_millis) * 1_000,
            kind,
            messages,
            cut: false,
        }
    }
}
