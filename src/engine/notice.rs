//! What the engine announces, in order and once: for the window's notices, and for a command's output.

use super::PianoEnd;
use crate::account::Action;
use crate::feed::health::Alarm;
use crate::game::EndReason;
use crate::protocol::GameId;
use crate::recording::{RecorderEvent, SavedGame, SavedSession};
use crate::trading::PlayerEvent;

/// An announcement of the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A game ended while the program watched.
    GameEnded {
        /// The game.
        game_id: GameId,
        /// How it ended.
        reason: EndReason,
    },
    /// A game file was published.
    GameSaved(Box<SavedGame>),
    /// A session file was published.
    SessionSaved(Box<SavedSession>),
    /// A session row is recorded: the row so far cannot be lost any more.
    Action {
        /// Its number in press order.
        slot: u32,
        /// The row.
        action: Box<Action>,
    },
    /// News of the player, such as a login or a drift.
    Player(PlayerEvent),
    /// A message for the player, such as a refused press.
    Message(String),
    /// The connection changed, or is not as it should be.
    Alarm(Alarm),
    /// Nothing reaches the disk from now on, with the reason.
    NotRecording(String),
    /// Everything reaches the disk again.
    RecordingResumed,
    /// The disk has little room left, in megabytes.
    LowSpace(u64),
    /// The disk has enough room again.
    SpaceRecovered,
    /// A line of the script came too late: the line and the reason.
    LineSkipped(String),
    /// The strategy of the piano ended.
    StrategyEnded(PianoEnd),
}

impl From<RecorderEvent> for Notice {
    fn from(event: RecorderEvent) -> Self {
        match event {
            RecorderEvent::Game(saved) => Self::GameSaved(saved),
            RecorderEvent::Session(saved) => Self::SessionSaved(saved),
            RecorderEvent::Action { slot, action } => Self::Action { slot, action },
        }
    }
}
