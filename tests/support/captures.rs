//! Real traffic: the small files of `tests/fixtures/captures`, and the folder `shared/captures` where it is present.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use pianola::protocol::{Counts, Event, GameStateUpdate, decode};
use serde_json::Value;

use crate::support::skipped::skip;

pub const STREAMS: [&str; 3] = [
    "unauth-2-games-2025-12-14.jsonl",
    "unauth-midgame-join-2025-12-12.jsonl",
    "loggedin-1-game-2025-12-15.jsonl",
];

/// The captures that are small enough to be part of the repository.
const SHIPPED: [&str; 5] = [
    "revealed-games.jsonl",
    "own-orders-transcribed.jsonl",
    "own-rug-transcribed.jsonl",
    "may-2025-excerpt.jsonl",
    "rug-carried-over-to-new-id.jsonl",
];

/// Returns the folder of the captures; `None`, with a report, when they are not here and not required.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PIANOLA_CAPTURES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/captures"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    skip(
        "captures",
        "no captures beside the checkout (PIANOLA_CAPTURES names their folder)",
    );
    None
}

/// Returns the path of a capture; `None` when it is not part of the repository and the captures are not here.
pub fn path(name: &str) -> Option<PathBuf> {
    if SHIPPED.contains(&name) {
        let shipped = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
        return Some(shipped.join(name));
    }
    Some(folder()?.join(name))
}

/// One received line of a capture.
pub struct CaptureLine {
    pub at: DateTime<Utc>,
    pub event: String,
    pub args: Vec<Value>,
}

/// Returns the received events of a capture, in the order of the file.
pub fn lines(name: &str) -> Option<Vec<CaptureLine>> {
    let text = std::fs::read_to_string(path(name)?).expect("the capture is readable");
    let mut at = DateTime::UNIX_EPOCH;
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut line: Value = serde_json::from_str(line).expect("a line of a capture is JSON");
        let event = line["event"].as_str().unwrap_or_default().to_owned();
        if line["dir"] == "sent" || event == "connect" || event == "(ack)" {
            continue;
        }
        if let Some(ts) = line["ts"].as_str() {
            at = DateTime::parse_from_rfc3339(ts)
                .expect("ts is ISO 8601")
                .to_utc();
        }
        let mut args = Vec::new();
        if !line["trace"].is_null() {
            args.push(line["trace"].take());
        }
        if line["payload_lost"] != Value::Bool(true) {
            args.push(line["data"].take());
        }
        lines.push(CaptureLine { at, event, args });
    }
    Some(lines)
}

pub type Timed = (DateTime<Utc>, GameStateUpdate);

/// Returns the game updates of a capture with their arrival times, and what the decoder counted.
pub fn updates(name: &str) -> Option<(Vec<Timed>, Counts)> {
    let mut counts = Counts::default();
    let mut updates = Vec::new();
    for line in lines(name)? {
        if let Some(Event::GameState(update)) = decode(&line.event, &line.args, &mut counts) {
            updates.push((line.at, *update));
        }
    }
    Some((updates, counts))
}
