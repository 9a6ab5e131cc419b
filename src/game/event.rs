//! What can happen on the board: one enum, which is also what the journal keeps.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Game, Phase, ServerInfo, Time};
use crate::protocol::{GameId, HistoryEntry, Tick};

/// One thing that happened.
///
/// The variants up to [`GameEvent::ConnectionLost`] are facts of one game: applied in order they rebuild it, which
/// is what recovery does with the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum GameEvent {
    /// The first active message of a game; once per id.
    GameStarted {
        /// The game.
        game_id: GameId,
        /// Arrival of tick 0, or of the first message when joined late.
        at: Time,
    },
    /// The commitment of a game was seen (with its version where the message says it).
    Committed {
        /// The game.
        game_id: GameId,
        /// SHA-256 of the seed that will be revealed.
        hash: Option<String>,
        /// Version of the price generator.
        version: Option<String>,
    },
    /// The seed of a game was told before the game was known to be over: a hash that comes from now on commits to
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
        /// From 0.
        tick: Tick,
        /// Multiplier, with the digits of the wire.
        price: Decimal,
        /// Where it came from.
        source: Source,
        /// When its own message arrived, in milliseconds after the game's start; `None` for any other source, and in
        /// the journals of old versions.
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
        /// How it is known.
        reason: EndReason,
    },
    /// Something odd in the messages of a game.
    AnomalySeen {
        /// The game.
        game_id: GameId,
        /// Its name.
        anomaly: Anomaly,
        /// How often now.
        count: u32,
    },
    /// At which server the game is played; a later one replaces it.
    ServerKnown {
        /// The game.
        game_id: GameId,
        /// What is known of it.
        server: ServerInfo,
    },
    /// The game was told to be over (or we stopped in it) and goes on after all.
    WentOn {
        /// The game.
        game_id: GameId,
    },
    /// The connection was lost during the game, or we were not there.
    ConnectionLost {
        /// The game.
        game_id: GameId,
        /// How often now.
        count: u32,
    },

    /// The phase of the current game changed, or another game is the current one.
    #[serde(skip)]
    PhaseChanged {
        /// The game the new phase belongs to; `None` while nothing is known.
        game_id: Option<GameId>,
        /// Before.
        from: Phase,
        /// Now.
        to: Phase,
    },
    /// Ticks that were missing became known from something else than their own message.
    #[serde(skip)]
    GapFilled {
        /// The game.
        game_id: GameId,
        /// First tick.
        first: Tick,
        /// Last tick.
        last: Tick,
        /// From where.
        source: Source,
    },
    /// The prices of an ended game are all that the live messages will bring.
    #[serde(skip)]
    PricesComplete {
        /// The game.
        game_id: GameId,
        /// Ticks below the end that nobody knows yet.
        missing: u32,
        /// Messages that told a tick again with the same price.
        duplicates: u32,
    },
    /// The game as it is to be published; exactly once per game.
    #[serde(skip)]
    GameComplete(Box<Game>),
    /// A finished game that is not (any more) on the board, with its revealed seed; once per id and run.
    #[serde(skip)]
    Revealed {
        /// What the list says of it.
        entry: Box<HistoryEntry>,
        /// The ids of the whole list, newest first: the order in which the server played them.
        listed: Vec<GameId>,
        /// Arrival of the list.
        at: Time,
    },
}

impl GameEvent {
    /// Returns the game of which this is a fact; `None` for what the journal does not keep.
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
            | Self::WentOn { game_id }
            | Self::ConnectionLost { game_id, .. } => Some(game_id),
            Self::PhaseChanged { .. }
            | Self::GapFilled { .. }
            | Self::PricesComplete { .. }
            | Self::GameComplete(_)
            | Self::Revealed { .. } => None,
        }
    }
}

/// Where a price came from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The message of its own tick.
    Live,
    /// The window of the last five ticks in a later message.
    Partial,
    /// The price list of a connect snapshot.
    Snapshot,
    /// The game's own entry in `gameHistory`.
    History,
    /// The path of the revealed seed: never received.
    Seed,
}

impl Source {
    /// Returns the word that stands in files and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Partial => "partial",
            Self::Snapshot => "snapshot",
            Self::History => "history",
            Self::Seed => "seed",
        }
    }
}

/// How the end of a game is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndReason {
    /// A rugged message came.
    Rug,
    /// The next game came without a rug, and nothing told where the rug was.
    Missed,
    /// We stopped.
    Stopped,
    /// We crashed, and recovery closed it.
    Crash,
    /// Known from `gameHistory` alone: no message of the game, or none of its rug, was seen.
    History,
}

impl EndReason {
    /// Returns the word that stands in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rug => "rug",
            Self::Missed => "missed",
            Self::Stopped => "stopped",
            Self::Crash => "crash",
            Self::History => "history",
        }
    }
}

/// Something odd, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anomaly {
    /// A phase that cannot follow the one before.
    IllegalTransition,
    /// A tick older than one already seen, in its own message.
    TickBackwards,
    /// Another price for a tick already known; the first one is kept.
    PriceChanged,
    /// The next game came without a rug.
    RugMissed,
    /// More than 20 ticks were skipped.
    TickJump,
    /// An active message without tick or price.
    FieldMissing,
    /// A price that is no number, zero or below.
    BadPrice,
    /// A tick outside 0..=5000.
    BadTick,
    /// Another hash or version during the game; the first one counts.
    CommitmentChanged,
    /// The seed came before the rug.
    EarlyReveal,
    /// The price list of the game's history entry has another length than the game.
    HistoryLength,
    /// The id of a known game came back with another hash: this is the later one, in a file of its own.
    IdReused,
    /// A text of the server was longer than what is kept of it.
    FieldTooLong,
    /// Ticks came more than two seconds after the server made them; once per game.
    LateArrival,
}

impl Anomaly {
    /// Returns the word that stands in files and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IllegalTransition => "illegal_transition",
            Self::TickBackwards => "tick_backwards",
            Self::PriceChanged => "price_changed",
            Self::RugMissed => "rug_missed",
            Self::TickJump => "tick_jump",
            Self::FieldMissing => "field_missing",
            Self::BadPrice => "bad_price",
            Self::BadTick => "bad_tick",
            Self::CommitmentChanged => "commitment_changed",
            Self::EarlyReveal => "early_reveal",
            Self::HistoryLength => "history_length",
            Self::IdReused => "id_reused",
            Self::FieldTooLong => "field_too_long",
            Self::LateArrival => "late_arrival",
        }
    }
}
