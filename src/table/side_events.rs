//! The events that follow a snapshot beside the game (golden hour, battles, royale, maintenance), all inactive. Pure.

use serde_json::{Value, json};

use super::message::Message;
use super::trade_payloads::trace;
use crate::fairness::SeedRandom;

/// Returns the events that the real server sends after a snapshot, in its order. `occasion` seeds the trace ids.
pub(super) fn side_events(occasion: &str) -> Vec<Message> {
    let mut random = SeedRandom::new(occasion);
    let mut traced =
        |event: &str, payload: Value| Message::traced(event, trace(&mut random), payload);
    vec![
        traced("goldenHourUpdate", golden_hour()),
        traced("battleEventUpdate", battle()),
        // The only one without a trace.
        Message::plain("rugRoyaleUpdate", rug_royale()),
        traced("sidebetEventUpdate", sidebet_event()),
        traced("battleEventUpdate", battle()),
        traced("maintenanceUpdate", maintenance()),
    ]
}

/// Returns the `rugRoyale` object of every tick.
pub(super) fn royale_status() -> Value {
    json!({ "status": "INACTIVE", "activeEventId": null, "currentEvent": null, "upcomingEvents": [], "events": [] })
}

fn golden_hour() -> Value {
    let mut status = royale_status();
    status["currentGameIsGolden"] = json!(false);
    status
}

fn battle() -> Value {
    json!({
        "status": "SCHEDULED", "startTime": null, "endTime": null, "nextEventStartTime": null, "currentEvent": null,
        "nextEvent": null, "leaderboard": [], "fullLeaderboardSize": 0, "playerPosition": null,
        "participantCount": 0, "activeBattleCount": 0, "lobbyCreationDisabled": false,
        "queue": { "active": false, "queueSize": 0, "availableLobbies": 0 }, "isShowingPreviousEvent": null,
        "eventSchedule": [],
        "config": { "token": "0xPractice", "startingBalance": 100, "prepTimeMinutes": 30, "levelRequired": 1 },
    })
}

fn rug_royale() -> Value {
    let mut status = royale_status();
    add_event_parts(&mut status);
    status["config"] = json!({
        "token": "0xPractice", "startingBalance": 100, "prepTimeMinutes": 30, "levelRequired": 1,
        "prizeTiers": { "1": 3, "2": 1, "3": 0.5, "4": 0.15, "5": 0.1, "6-10": 0.05 },
    });
    status
}

fn sidebet_event() -> Value {
    let mut status = royale_status();
    add_event_parts(&mut status);
    status["config"] = json!({
        "prepTimeMinutes": 30, "levelRequired": 1,
        "prizeTiers": { "1": 1, "2": 0.5, "3": 0.25, "4": 0.1, "5-10": 0.025 },
    });
    status
}

fn add_event_parts(status: &mut Value) {
    status["leaderboard"] = json!([]);
    status["history"] = json!([]);
    status["playerPosition"] = Value::Null;
    status["timeRemaining"] = Value::Null;
    status["finalRound"] = json!(false);
    status["isInFinalRound"] = json!(false);
}

fn maintenance() -> Value {
    json!({
        "active": false, "mega": false,
        "message": "Server will reboot after this round. Will take approximately 3 minutes.",
    })
}
