//! The events of the board. The facts among them are what the journal keeps.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::anomaly::Anomaly;
use super::one_game::{EndReason, Game};
use super::phase::Phase;
use super::prices::PriceSource;
use super::server::ServerInfo;
use super::time::Time;
use crate::protocol::{GameId, HistoryEntry, Tick};

/// An event of the board.
///
/// The variants up to [`GameEvent::ConnectionLost`] are facts of one game: applied in order they rebuild the game.
/// Recovery does this with the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum GameEvent {
    /// The first active message of a game; once per id.
    GameStarted {
        /// The game.
        game_id: GameId,
        /// Arrival of tick 0, or of the first message when joined late.
        at: Time,
    },
    /// A message stated the commitment of a game, perhaps with its version.
    Committed {
        /// The game.
        game_id: GameId,
        /// SHA-256 of the seed that will be revealed.
        hash: Option<String>,
        /// Version of the price generator.
        version: Option<String>,
    },
    /// The server sent the seed of a game before the game was known to be over. A hash that arrives later commits to
    /// nothing.
    SeedSeen {
        /// The game.
        game_id: GameId,
        /// The seed.
        seed: String,
        /// The hash beside it.
        hash: Option<String>,
        /// The version beside it.
        version: Option<String>,
    },
    /// The price of a tick became known.
    PriceTick {
        /// The game.
        game_id: GameId,
        /// Its number, from 0.
        tick: Tick,
        /// Multiplier, with the digits of the wire.
        price: Decimal,
        /// Where it came from.
        source: PriceSource,
        /// Arrival of its own message, in milliseconds after the game's start; `None` for any other source, and in
        /// journals of old versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrival: Option<u32>,
    },
    /// The first rugged message of a game; once per id.
    Rugged {
        /// The game.
        game_id: GameId,
        /// The last tick.
        tick: Tick,
        /// Arrival of the message.
        at: Time,
    },
    /// The game is over; once per id.
    GameEnded {
        /// The game.
        game_id: GameId,
        /// How the end is known.
        reason: EndReason,
    },
    /// The messages of a game had an anomaly.
    AnomalySeen {
        /// The game.
        game_id: GameId,
        /// The anomaly.
        anomaly: Anomaly,
        /// Occurrences so far.
        count: u32,
    },
    /// The server of the game; a later one replaces it.
    ServerKnown {
        /// The game.
        game_id: GameId,
        /// Its speed, and whether its games repeat.
        server: ServerInfo,
    },
    /// The game goes on although it was reported as ended, or the program stopped during it.
    #[serde(rename = "WentOn")]
    Resumed {
        /// The game.
        game_id: GameId,
    },
    /// The connection was lost during the game, or the program did not run.
    ConnectionLost {
        /// The game.
        game_id: GameId,
        /// Occurrences so far.
        count: u32,
    },

    /// The phase of the current game changed, or another game is the current one.
    #[serde(skip)]
    PhaseChanged {
        /// The game of the new phase; `None` while no game is known.
        game_id: Option<GameId>,
        /// Before.
        from: Phase,
        /// Now.
        to: Phase,
    },
    /// Missing ticks became known from another source than their own message.
    #[serde(skip)]
    GapFilled {
        /// The game.
        game_id: GameId,
        /// First tick.
        first: Tick,
        /// Last tick.
        last: Tick,
        /// The source of all of them.
        source: PriceSource,
    },
    /// Live messages will add no more prices to an ended game.
    #[serde(skip)]
    PricesComplete {
        /// The game.
        game_id: GameId,
        /// Ticks below the end whose price is still unknown.
        missing: u32,
        /// Messages that repeated a tick with the same price.
        duplicates: u32,
    },
    /// The game in the state in which it is published; exactly once per game.
    #[serde(skip)]
    GameComplete(Box<Game>),
    /// The list revealed the seed of a finished game that is not on the board; once per id and run.
    #[serde(skip)]
    Revealed {
        /// Its entry in the list.
        entry: Box<HistoryEntry>,
        /// The ids of the whole list, newest first: the order in which the server played them.
        listed: Vec<GameId>,
        /// Arrival of the list.
        at: Time,
    },
}

impl GameEvent {
    /// Returns the game this fact belongs to; `None` for an event that the journal does not keep.
    pub fn fact_of(&self) -> Option<&GameId> {
        match self {
            Self::GameStarted { game_id, .. }
            | Self::Committed { game_id, .. }
            | Self::SeedSeen { game_id, .. }
            | Self::PriceTick { game_id, .. }
            | Self::Rugged { game_id, .. }
            | Self::GameEnded { game_id, .. }
            | Self::AnomalySeen { game_id, .. }
            | Self::ServerKnown { game_id, .. }
            | Self::Resumed { game_id }
            | Self::ConnectionLost { game_id, .. } => Some(game_id),
            Self::PhaseChanged { .. }
            | Self::GapFilled { .. }
            | Self::PricesComplete { .. }
            | Self::GameComplete(_)
            | Self::Revealed { .. } => None,
        }
    }
}
