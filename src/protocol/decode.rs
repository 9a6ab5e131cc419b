//! Turns an event of the wire into its type.

use serde_json::Value;

use super::counts::Counts;
use super::fields::{FromObject, Notes};
use super::game_state::GameStateUpdate;
use super::json::Json;
use super::json_text::JsonText;
use super::player::{
    GameStatePlayerUpdate, LeaderboardPosition, Maintenance, PlayerUpdate, UsernameStatus,
};
use super::trace::split_trace;
use super::trade::{NewTrade, SidebetReport};

/// One event of the server that the program uses.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// `gameStateUpdate`, in each of its five shapes.
    GameState(Box<GameStateUpdate>),
    /// `usernameStatus`: who is logged in.
    UsernameStatus(UsernameStatus),
    /// `playerUpdate`: the server's state of the own account.
    PlayerUpdate(Box<PlayerUpdate>),
    /// `gameStatePlayerUpdate`: the own leaderboard row, one message stale.
    GameStatePlayerUpdate(Box<GameStatePlayerUpdate>),
    /// `standard/newTrade`: a sample of the trades of all players.
    NewTrade(Box<NewTrade>),
    /// `newSideBet`: a sample of the sidebets of all players.
    NewSideBet(Box<SidebetReport>),
    /// `currentSidebet`: the own sidebet was placed.
    CurrentSidebet(Box<SidebetReport>),
    /// `currentSidebetResult`: the own sidebet was decided.
    SidebetResult(Box<SidebetReport>),
    /// `playerLeaderboardPosition`: the answer to a request for a rank.
    LeaderboardPosition(Box<LeaderboardPosition>),
    /// `maintenanceUpdate`: the server announces a restart, or none.
    Maintenance(Maintenance),
}

/// Known events that the program does not use: skipped without being counted as unknown.
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

/// Returns the typed event, or `None` when it is unknown, unused or malformed; `counts` records which.
pub fn decode(name: &str, args: &[Value], counts: &mut Counts) -> Option<Event> {
    decode_payload(name, split_trace(args).1, counts)
}

/// Returns the typed event of a payload that is still text, as [`decode`] does; `None` as payload means that the event
/// has none.
pub fn decode_text(
    name: &str,
    payload: Option<JsonText<'_>>,
    counts: &mut Counts,
) -> Option<Event> {
    decode_payload(name, payload, counts)
}

fn decode_payload<'a, J: Json<'a>>(
    name: &str,
    payload: Option<J>,
    counts: &mut Counts,
) -> Option<Event> {
    let read: fn(J, &mut Notes<'_>) -> Option<Event> = match name {
        "gameStateUpdate" => |object, notes| {
            let update = GameStateUpdate::read_message(object, notes)?;
            Some(Event::GameState(Box::new(update)))
        },
        "usernameStatus" => |o, n| FromObject::read(o, n).map(Event::UsernameStatus),
        "playerUpdate" => |o, n| boxed(o, n).map(Event::PlayerUpdate),
        "gameStatePlayerUpdate" => |o, n| boxed(o, n).map(Event::GameStatePlayerUpdate),
        "standard/newTrade" => |o, n| boxed(o, n).map(Event::NewTrade),
        "newSideBet" => |o, n| boxed(o, n).map(Event::NewSideBet),
        "currentSidebet" => |o, n| boxed(o, n).map(Event::CurrentSidebet),
        "currentSidebetResult" => |o, n| boxed(o, n).map(Event::SidebetResult),
        "playerLeaderboardPosition" => |o, n| boxed(o, n).map(Event::LeaderboardPosition),
        "maintenanceUpdate" => |o, n| FromObject::read(o, n).map(Event::Maintenance),
        _ => {
            if !UNUSED_EVENTS.contains(&name) {
                counts.unknown_event(name);
            }
            return None;
        }
    };
    let Some(object) = payload.filter(|payload| payload.is_object()) else {
        counts.malformed(name);
        return None;
    };
    let event = read(object, &mut Notes::new(counts, name));
    if event.is_none() {
        counts.malformed(name);
    }
    event
}

fn boxed<'a, T: FromObject>(object: impl Json<'a>, notes: &mut Notes<'_>) -> Option<Box<T>> {
    T::read(object, notes).map(Box::new)
}
