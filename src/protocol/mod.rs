//! The wire: typed events and requests of the rugs.fun server, as `protocol.md` describes them. No I/O, no clock.
//!
//! Reading is tolerant: a key that is absent stays `None` ("unchanged", never zero), a key that cannot be read
//! costs itself, an event that cannot be read costs itself, and everything passed over is counted by name in
//! [`Counts`]. Numbers keep the digits of the wire. That needs `arbitrary_precision` of `serde_json` *and*
//! `serde-with-arbitrary-precision` of `rust_decimal`: without them 0.020000000000000018 arrives as
//! 0.020000000000000014.

mod counts;
mod game_state;
mod id;
mod leaderboard;
pub mod number;
pub mod pace;
mod player;
mod reader;
mod request;
mod trade;

use serde_json::Value;

pub use counts::Counts;
pub use game_state::{
    Commitment, GameStateUpdate, HighestToday, HistoryEntry, Last100, PartialPrices, is_rug,
};
pub use id::GameId;
pub use leaderboard::{LeaderboardRow, SideBet};
pub use pace::Pace;
pub use player::{
    GameStatePlayerUpdate, LeaderboardPosition, Maintenance, PlayerUpdate, UsernameStatus,
};
pub use request::{Ack, BadRequest, Request, SOL_ADDRESS, Trace};
pub use trade::{NewTrade, Sidebet, SidebetKind, TradeKind};

use reader::{Notes, Object};

/// The highest tick a game can have: the generator stops there, and the last tick is the rug.
pub const MAX_TICK: u32 = 5_000;

/// The number of the price in its game, from 0.
pub type Tick = u32;

/// One event of the server that this product uses.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// `gameStateUpdate`, in each of its five shapes.
    GameState(Box<GameStateUpdate>),
    /// `usernameStatus`: who is logged in.
    UsernameStatus(UsernameStatus),
    /// `playerUpdate`: the server's view of the own account.
    PlayerUpdate(Box<PlayerUpdate>),
    /// `gameStatePlayerUpdate`: the own leaderboard row, one message stale.
    GameStatePlayerUpdate(Box<GameStatePlayerUpdate>),
    /// `standard/newTrade`: a sample of the trades of all players.
    NewTrade(Box<NewTrade>),
    /// `newSideBet`: a sample of the sidebets of all players.
    NewSideBet(Box<Sidebet>),
    /// `currentSidebet`: the own sidebet was placed.
    CurrentSidebet(Box<Sidebet>),
    /// `currentSidebetResult`: the own sidebet is decided.
    SidebetResult(Box<Sidebet>),
    /// `playerLeaderboardPosition`: the answer to a question about a rank.
    LeaderboardPosition(Box<LeaderboardPosition>),
    /// `maintenanceUpdate`: a restart of the server is (or is not) announced.
    Maintenance(Maintenance),
}

/// Events that are known and deliberately not used: passed over without being counted as unknown.
const UNUSED_EVENTS: &[&str] = &[
    "battleEventUpdate",
    "chatHistory",
    "crateInfo",
    "diddyPartyUpdate",
    "gameNotification",
    "godCandle50xUpdate",
    "goldenHourDrawing",
    "goldenHourUpdate",
    "inboxMessages",
    "leaderboardData",
    "mutedPlayers",
    "newChatMessage",
    "pinpointPartyEventUpdate",
    "playerCosmetics",
    "rugPassQuestCompleted",
    "rugPool",
    "rugRoyaleUpdate",
    "rugpassQuestCompleted",
    "rugpassStatus",
    "rugpoolDrawing",
    "rugpoolStatus",
    "sidebetEventUpdate",
];

/// Returns the trace object and the payload of an event's arguments.
///
/// Since autumn 2025 many events carry a tracing object first; "argument 1" is never the payload by itself.
pub fn split_trace(args: &[Value]) -> (Option<&Value>, Option<&Value>) {
    match args {
        [first, rest @ ..] if first.get("__trace").is_some() => (Some(first), rest.first()),
        _ => (None, args.first()),
    }
}

/// Returns the typed event, or `None` when it is unknown, unused or malformed; `counts` says which.
pub fn decode(name: &str, args: &[Value], counts: &mut Counts) -> Option<Event> {
    let read = match name {
        "gameStateUpdate" => |o: Object<'_>, n: &mut Notes| {
            GameStateUpdate::read(o, n)
                .map(Box::new)
                .map(Event::GameState)
        },
        "usernameStatus" => {
            |o: Object<'_>, n: &mut Notes| UsernameStatus::read(o, n).map(Event::UsernameStatus)
        }
        "playerUpdate" => |o: Object<'_>, n: &mut Notes| {
            Some(Event::PlayerUpdate(Box::new(PlayerUpdate::read(o, n))))
        },
        "gameStatePlayerUpdate" => |o: Object<'_>, n: &mut Notes| {
            GameStatePlayerUpdate::read(o, n)
                .map(Box::new)
                .map(Event::GameStatePlayerUpdate)
        },
        "standard/newTrade" => {
            |o: Object<'_>, n: &mut Notes| NewTrade::read(o, n).map(Box::new).map(Event::NewTrade)
        }
        "newSideBet" => {
            |o: Object<'_>, n: &mut Notes| Sidebet::read(o, n).map(Box::new).map(Event::NewSideBet)
        }
        "currentSidebet" => |o: Object<'_>, n: &mut Notes| {
            Sidebet::read(o, n).map(Box::new).map(Event::CurrentSidebet)
        },
        "currentSidebetResult" => |o: Object<'_>, n: &mut Notes| {
            Sidebet::read(o, n).map(Box::new).map(Event::SidebetResult)
        },
        "playerLeaderboardPosition" => |o: Object<'_>, n: &mut Notes| {
            LeaderboardPosition::read(o, n)
                .map(Box::new)
                .map(Event::LeaderboardPosition)
        },
        "maintenanceUpdate" => {
            |o: Object<'_>, n: &mut Notes| Some(Event::Maintenance(Maintenance::read(o, n)))
        }
        _ => {
            if !UNUSED_EVENTS.contains(&name) {
                counts.unknown_event(name);
            }
            return None;
        }
    };
    let Some(object) = split_trace(args).1.and_then(Value::as_object) else {
        counts.malformed(name);
        return None;
    };
    let mut notes = Notes::new(counts, name);
    let event = read(object, &mut notes);
    if event.is_none() {
        counts.malformed(name);
    }
    event
}
