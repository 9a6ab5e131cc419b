//! `pianola import` beside recording the same traffic over the socket: the same files, times aside.

use std::collections::BTreeMap;
use std::path::Path;

use pianola::import::capture_files;
use serde_json::{Value, json};

use super::record_captures::record;
use crate::support::captures;
use crate::support::files::{all_below, game_files};
use crate::support::process::{run, stderr, stdout};

/// Imports one path; returns the game files by game id.
fn import(path: &Path) -> BTreeMap<String, Value> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let output = run(&["import", path.to_str().unwrap(), "--out", out]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let files = game_files(folder.path());
    let lines = stdout(&output);
    assert_eq!(lines.lines().count(), files.len() + 1, "{lines}");
    let left = all_below(&folder.path().join(".journal"));
    assert!(
        left.iter().all(|path| path.extension().is_none()),
        "{left:?}"
    );
    let read = files.iter().map(|path| {
        let game: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let id = game["meta"]["game_id"].as_str().unwrap().to_owned();
        let line = lines.lines().find(|line| line.starts_with(&id)).unwrap();
        assert!(line.ends_with(path.to_str().unwrap()), "{line}");
        (id, game)
    });
    read.collect()
}

/// Removes what differs between a capture on its way through a table at full speed and the original connection: the times,
/// and the origin and speed of the server.
fn without_times(mut game: Value) -> Value {
    for key in ["start_time", "end_time", "origin", "speed", "app"] {
        game["meta"][key].take();
    }
    // Late ticks are found by their times.
    if let Some(anomalies) = game["meta"]["anomalies"].as_object_mut() {
        anomalies.remove("late_arrival");
    }
    // Whether the recorder saw the table end before it was stopped itself differs from run to run.
    if game["meta"]["end_reason"] == "stopped" {
        game["meta"]["reconnects"].take();
    }
    game["arrivals"].take();
    game
}

/// Every capture, with the number of its games.
const CAPTURES: [(&str, usize); 8] = [
    (captures::STREAMS[0], 2),
    (captures::STREAMS[1], 1),
    (captures::STREAMS[2], 1),
    ("unauth-schema-2026-02-06.jsonl", 1),
    ("own-orders-transcribed.jsonl", 1),
    ("own-rug-transcribed.jsonl", 1),
    ("may-2025-excerpt.jsonl", 2),
    ("rug-carried-over-to-new-id.jsonl", 2),
];

fn check((name, games): (&str, usize)) {
    let Some(path) = captures::path(name) else {
        return;
    };
    let imported = import(&path);
    assert_eq!(imported.len(), games, "{name}");
    let is_over = |game: &&Value| game["meta"]["end_reason"] != "stopped";
    let over = imported.values().filter(is_over).count();
    let recorded = record(name, over).unwrap();
    assert_eq!(
        imported.keys().collect::<Vec<_>>(),
        recorded.keys().collect::<Vec<_>>(),
        "{name}"
    );
    for (id, game) in imported {
        assert_eq!(game["meta"]["origin"], "live", "{id}");
        assert_eq!(game["meta"]["speed"], json!(1), "{id}");
        let recorded = without_times(recorded[&id].clone());
        assert_eq!(without_times(game), recorded, "{name}: {id}");
    }
}

#[test]
fn two_games_are_the_same_as_over_the_socket() {
    check(CAPTURES[0]);
}

#[test]
fn a_late_join_is_the_same_as_over_the_socket() {
    check(CAPTURES[1]);
}

#[test]
fn a_logged_in_capture_is_the_same_as_over_the_socket() {
    check(CAPTURES[2]);
}

#[test]
fn the_other_captures_are_the_same_as_over_the_socket() {
    CAPTURES[3..].iter().copied().for_each(check);
}

#[test]
fn no_shared_capture_is_left_out() {
    let Some(folder) = captures::folder() else {
        return;
    };
    let files = capture_files(&folder).unwrap();
    assert!(files.len() >= 7, "{files:?}");
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_compared = CAPTURES.iter().any(|(capture, _)| *capture == name);
        // A list of revealed games has no events.
        assert!(is_compared || name == "revealed-games.jsonl", "{name}");
    }
}

/// The times of a recording made live are those of the raw capture beside it.
#[test]
fn a_raw_capture_gives_the_recording_that_was_made_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("live");
    let options = [
        "--practice",
        "--seed",
        "5",
        "--speed",
        "100",
        "--games",
        "2",
    ];
    let mut args = vec!["record", "--raw-capture", "--out", live.to_str().unwrap()];
    args.extend(options);
    let recorded = run(&args);
    assert_eq!(recorded.status.code(), Some(0), "{}", stderr(&recorded));
    let imported = import(&live.join(".captures"));
    let mut compared = 0;
    for path in game_files(&live) {
        let live: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let id = live["meta"]["game_id"].as_str().unwrap();
        let game = &imported[id];
        for key in ["origin", "speed", "seeded", "start_time", "end_time"] {
            assert_eq!(game["meta"][key], live["meta"][key], "{id}: {key}");
        }
        assert_eq!(game["meta"]["origin"], "practice");
        assert_eq!(game["meta"]["seeded"], true);
        // The capture writes the wall clock, the recording measures by the other one.
        let millis = |game: &Value| -> Vec<i64> {
            let arrivals = game["arrivals"].as_array().unwrap().iter();
            arrivals.map(|at| at.as_i64().unwrap_or(-1)).collect()
        };
        for (imported, live) in millis(game).iter().zip(millis(&live)) {
            assert!((imported - live).abs() <= 2, "{id}: {imported} {live}");
        }
        assert_eq!(without_times(game.clone()), without_times(live.clone()));
        compared += 1;
    }
    assert!(compared >= 2, "{compared}");
}
