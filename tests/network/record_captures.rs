//! `table --capture` with `record --url` beside it: real traffic through two processes and a socket into files.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::support::captures;
use crate::support::files::game_files;
use crate::support::process::{Running, pianola, table, until};

/// Records a capture; returns its game files by game id, and checks the index against them.
pub(crate) fn record(name: &str, games: usize) -> Option<BTreeMap<String, Value>> {
    let path = captures::path(name)?;
    let folder = tempfile::tempdir().unwrap();
    let (playing, url) = table(&["--capture", path.to_str().unwrap(), "--speed", "max"]);
    let log = tempfile::NamedTempFile::new().unwrap();
    let recording = recording(&url, folder.path(), log.path());
    let (code, _) = playing.end();
    assert_eq!(code, Some(0), "the table ends when the capture does");
    wait_for_the_end(log.path(), folder.path(), games);
    recording.interrupt();
    let (code, lines) = recording.end();
    assert_eq!(code, Some(0));

    let files = game_files(folder.path());
    let mut games = BTreeMap::new();
    let mut indexed = Vec::new();
    for day in std::fs::read_dir(folder.path())
        .unwrap()
        .filter_map(Result::ok)
    {
        if let Ok(text) = std::fs::read(day.path().join("index.json")) {
            let index: Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(index["date"], day.file_name().to_str().unwrap());
            indexed.extend(index["games"].as_array().unwrap().clone());
        }
    }
    for path in &files {
        let game: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let meta = &game["meta"];
        let entry = indexed
            .iter()
            .find(|entry| entry["game_id"] == meta["game_id"])
            .unwrap();
        for key in [
            "start_time",
            "duration_ticks",
            "peak_multiplier",
            "origin",
            "end_reason",
            "complete",
        ] {
            assert_eq!(entry[key], meta[key], "{key}");
        }
        assert_eq!(entry["proof"], meta["proof"]["status"]);
        assert_eq!(entry["file"], path.file_name().unwrap().to_str().unwrap());
        let bound = if meta["peak_exact"] == true { "" } else { ">=" };
        let line = format!(
            "{} {} {bound}{} {} {}",
            meta["game_id"].as_str().unwrap(),
            meta["duration_ticks"],
            meta["peak_multiplier"].as_str().unwrap(),
            meta["proof"]["status"].as_str().unwrap(),
            path.display()
        );
        assert!(lines.contains(&line), "{line} is not among {lines:?}");
        games.insert(meta["game_id"].as_str().unwrap().to_owned(), game);
    }
    assert_eq!(
        indexed.len(),
        files.len(),
        "the index has the files and nothing else"
    );
    assert_eq!(lines.len(), files.len());
    let left = std::fs::read_dir(folder.path().join(".journal")).unwrap();
    let journals = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".journal")
    });
    assert_eq!(journals.count(), 0, "nothing is in progress any more");
    Some(games)
}

/// Starts to record a table, with its warnings in a file.
fn recording(url: &str, out: &Path, log: &Path) -> Running {
    let mut command = pianola();
    command.args(["record", "--url", url, "--out"]).arg(out);
    command.env("PIANOLA_LOG", "warn");
    command.stderr(std::fs::File::create(log).unwrap());
    Running::start(&mut command)
}

/// Waits until everything that a table sent before its end was processed, and so many games are published, without being
/// asked.
fn wait_for_the_end(log: &Path, out: &Path, games: usize) {
    until("the end of the connection and the last game file", || {
        let lost = std::fs::read_to_string(log)
            .unwrap()
            .contains("Connection DISCONNECTED");
        (lost && game_files(out).len() >= games).then_some(())
    });
}

/// The prices of a game as the capture's own lines have them, digit for digit (exponents written out).
fn wire_prices(name: &str, id: &str) -> Vec<Option<String>> {
    let mut prices: BTreeMap<usize, String> = BTreeMap::new();
    let plain = |v: &Value| pianola::protocol::number::from_json(v).unwrap().to_string();
    for line in captures::lines(name).unwrap() {
        let data = &line.args[line.args.len() - 1];
        if line.event != "gameStateUpdate" || data["gameId"] != id {
            continue;
        }
        if data["active"] == true && data["rugged"] == false {
            let tick = usize::try_from(data["tickCount"].as_u64().unwrap()).unwrap();
            prices.insert(tick, plain(&data["price"]));
        }
        for (tick, price) in data["prices"].as_array().into_iter().flatten().enumerate() {
            prices.insert(tick, plain(price));
        }
        for (tick, price) in data["partialPrices"]["values"]
            .as_object()
            .into_iter()
            .flatten()
        {
            prices.insert(tick.parse().unwrap(), plain(price));
        }
    }
    let length = prices.keys().next_back().unwrap() + 1;
    (0..length).map(|tick| prices.get(&tick).cloned()).collect()
}

fn check(name: &str, expected: &[(&str, usize, &str)]) {
    let Some(games) = record(name, expected.len()) else {
        return;
    };
    assert_eq!(games.len(), expected.len(), "{name}: {:?}", games.keys());
    for (id, ticks, status) in expected {
        let game = &games[*id];
        let prices = game["prices"].as_array().unwrap();
        let wire = wire_prices(name, id);
        assert_eq!(prices.len(), *ticks, "{id}");
        assert_eq!(wire.len(), *ticks, "{id}");
        for (tick, (file, wire)) in prices.iter().zip(&wire).enumerate() {
            assert_eq!(file.as_str(), wire.as_deref(), "{id}: tick {tick}");
        }
        let meta = &game["meta"];
        assert_eq!(meta["complete"], true, "{id}");
        assert_eq!(meta["proof"]["status"], *status, "{id}: {}", meta["proof"]);
        assert_eq!(meta["anomalies"], serde_json::json!({}), "{id}");
        assert_eq!(meta["reconnects"], 0, "{id}");
        assert_eq!(meta["end_reason"], "rug", "{id}");
        if *status == "proven" {
            let (seed, hash) = revealed(name, id);
            assert_eq!(meta["server_seed"], seed, "{id}");
            assert_eq!(meta["server_seed_hash"], hash, "{id}");
        }
    }
}

/// Seed and hash of a game as the capture's own `gameHistory` reveals them.
fn revealed(name: &str, id: &str) -> (Value, Value) {
    for line in captures::lines(name).unwrap() {
        let histories = line
            .args
            .iter()
            .filter_map(|arg| arg["gameHistory"].as_array());
        if let Some(entry) = histories.flatten().find(|entry| entry["id"] == id) {
            let fair = &entry["provablyFair"];
            return (fair["serverSeed"].clone(), fair["serverSeedHash"].clone());
        }
    }
    panic!("{name} reveals no seed of {id}");
}

#[test]
fn the_capture_of_two_games_gives_two_proven_files() {
    check(
        captures::STREAMS[0],
        &[
            ("20251215-a8311c871b0e4bea", 117, "proven"),
            ("20251215-1a211bfc7caf41d6", 8, "proven"),
        ],
    );
}

#[test]
fn the_late_join_gives_one_complete_game_that_waits_for_its_seed() {
    check(
        captures::STREAMS[1],
        &[("20251212-25dcb17086a24ad7", 230, "unverifiable")],
    );
}

#[test]
fn the_late_join_says_where_it_joined_and_why_it_is_not_proven() {
    let Some(games) = record(captures::STREAMS[1], 1) else {
        return;
    };
    let meta = &games["20251212-25dcb17086a24ad7"]["meta"];
    assert_eq!(meta["joined_at_tick"], 4);
    assert_eq!(meta["proof"]["reason"], "no seed yet");
    assert_eq!(meta["proof"]["commitment"], "seen");
    assert_eq!(meta["sources"]["snapshot"], 4);
}

#[test]
fn the_logged_in_capture_gives_one_proven_file() {
    check(
        captures::STREAMS[2],
        &[("20251215-0229cacf684f458c", 100, "proven")],
    );
}

/// The worked example of `formats.md`, byte for byte but for times, origin and app.
#[test]
fn the_example_of_the_contract_comes_out_exactly() {
    let Some(path) = captures::path(captures::STREAMS[0]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (playing, url) = table(&["--capture", path.to_str().unwrap(), "--speed", "max"]);
    let out = folder.path().to_str().unwrap();
    let recording =
        Running::start(pianola().args(["record", "--url", &url, "--out", out, "--games", "2"]));
    let (code, lines) = recording.end();
    assert_eq!((code, lines.len()), (Some(0), 2));
    drop(playing);
    let files = game_files(folder.path());
    let file = files
        .iter()
        .find(|file| file.to_string_lossy().contains("_1a211bfc."))
        .unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let ours: Vec<&str> = text.lines().collect();
    let example = include_str!("../fixtures/example.game.json");
    // Played at full speed, which has no number.
    let same_but = [
        "\"start_time\"",
        "\"end_time\"",
        "\"origin\"",
        "\"speed\"",
        "\"app\"",
        "\"arrivals\"",
    ];
    assert_eq!(ours.len(), example.lines().count());
    assert!(text.contains("\n    \"speed\": null,\n"), "{text}");
    for (ours, theirs) in ours.iter().zip(example.lines()) {
        let free = same_but
            .iter()
            .any(|key| theirs.trim_start().starts_with(key));
        assert!(
            free || *ours == theirs,
            "ours:    {ours}\nexample: {theirs}"
        );
    }
}

#[test]
fn a_flag_carried_over_to_the_next_id_ends_no_game_in_the_files() {
    let games = record("rug-carried-over-to-new-id.jsonl", 2).unwrap();
    assert_eq!(games.len(), 2);
    for (id, ticks, reason) in [
        ("20251217-3e57e8b2191147a8", 83, "rug"),
        ("20251217-890077f12f3d4980", 84, "history"),
    ] {
        let meta = &games[id]["meta"];
        assert_eq!(meta["duration_ticks"], ticks, "{id}");
        assert_eq!(meta["complete"], true, "{id}");
        assert_eq!(meta["proof"]["status"], "proven", "{id}: {}", meta["proof"]);
        assert_eq!(meta["end_reason"], reason, "{id}");
    }
}

#[test]
fn the_dialect_of_may_2025_is_recorded_without_a_mismatch() {
    let games = record("may-2025-excerpt.jsonl", 1).unwrap();
    let meta = |id: &str| &games[id]["meta"];
    let first = meta("20250518-1981f2b0fe9d4fcf");
    assert_eq!(first["proof"]["status"], "repaired", "{}", first["proof"]);
    assert_eq!(
        (&first["duration_ticks"], &first["sources"]["live"]),
        (&139.into(), &4.into())
    );
    let second = meta("20250518-70907e4c417c4506");
    assert_eq!(second["proof"]["status"], "unverifiable");
    assert_eq!(
        (&second["joined_at_tick"], &second["sources"]["live"]),
        (&0.into(), &5.into())
    );
    assert_eq!(games.len(), 2);
}

/// A capture in which the id of a game comes back with another hash, and each kind of odd commitment, recorded by a
/// process: files, and the lines of the log.
#[test]
fn odd_commitments_are_in_the_files_and_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("capture.jsonl");
    let update = |id: &str, hash: &str, rest: Value| {
        let mut data = serde_json::json!({
            "gameId": id, "provablyFair": { "serverSeedHash": hash, "version": "v3" }
        });
        data.as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        serde_json::json!({ "event": "gameStateUpdate", "data": data }).to_string()
    };
    let countdown = || serde_json::json!({ "cooldownTimer": 15_000, "active": false });
    let tick = |tick: u32, rugged: bool| serde_json::json!({ "active": true, "rugged": rugged, "tickCount": tick, "price": 1 });
    let mut early = tick(1, false);
    early["gameHistory"] = serde_json::json!([
        { "id": "20260101-aaaa", "provablyFair": { "serverSeed": "s", "serverSeedHash": "h1" } }
    ]);
    let long = "x".repeat(100);
    let lines = [
        update("20260101-aaaa", "h1", countdown()),
        update("20260101-aaaa", "h1", tick(0, false)),
        update("20260101-aaaa", "h1", early),
        update("20260101-aaaa", "h2", tick(2, true)),
        update("20260101-aaaa", "h3", countdown()),
        update("20260101-aaaa", "h3", tick(0, false)),
        update("20260101-aaaa", "h3", tick(1, true)),
        update(&long, "h4", countdown()),
        update(&long, "h4", tick(0, false)),
    ];
    std::fs::write(&capture, lines.join("\n") + "\n").unwrap();
    let (playing, url) = table(&["--capture", capture.to_str().unwrap(), "--speed", "max"]);
    let out = folder.path().join("out");
    let stderr = folder.path().join("stderr");
    let recording = recording(&url, &out, &stderr);
    assert_eq!(playing.end().0, Some(0));
    wait_for_the_end(&stderr, &out, 2);
    recording.interrupt();
    let (_code, _lines) = recording.end();
    let files: Vec<Value> = game_files(&out)
        .iter()
        .map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        .collect();
    let anomalies = |hash: &str| {
        let file = files
            .iter()
            .find(|file| file["meta"]["server_seed_hash"] == hash);
        file.unwrap()["meta"]["anomalies"].clone()
    };
    assert_eq!(files.len(), 3);
    assert_eq!(
        anomalies("h1"),
        serde_json::json!({ "commitment_changed": 1, "early_reveal": 1 })
    );
    assert_eq!(anomalies("h3"), serde_json::json!({ "id_reused": 1 }));
    assert_eq!(anomalies("h4"), serde_json::json!({ "field_too_long": 2 }));
    let names = game_files(&out);
    let second = names
        .iter()
        .filter(|path| path.to_string_lossy().ends_with("_aaaa-2.game.json"));
    assert_eq!(second.count(), 1, "{names:?}");
    let warnings = std::fs::read_to_string(&stderr).unwrap();
    for word in [
        "commitment_changed",
        "early_reveal",
        "id_reused",
        "field_too_long",
    ] {
        let lines = warnings
            .lines()
            .filter(|line| line.contains("WARN") && line.contains(word));
        assert_eq!(lines.count(), 1, "{word}: {warnings}");
    }
}
