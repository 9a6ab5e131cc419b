//! Capture playback: the content of the file is sent, and a client that comes back gets what it missed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pianola::table::{Fault, Playback, Speed, Table, TableConfig, TableError, TableSource};
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::socket_watcher::{LIMIT, Seen, Watcher};
use crate::support::table_steps::{keys, shape};

const FILES: [&str; 6] = [
    "loggedin-1-game-2025-12-15.jsonl",
    "own-orders-transcribed.jsonl",
    "own-rug-transcribed.jsonl",
    "unauth-2-games-2025-12-14.jsonl",
    "unauth-midgame-join-2025-12-12.jsonl",
    "unauth-schema-2026-02-06.jsonl",
];

fn config(path: &Path) -> TableConfig {
    TableConfig {
        speed: Speed::Max,
        source: TableSource::Capture {
            path: path.to_owned(),
            looped: false,
        },
        ..TableConfig::default()
    }
}

/// The events of the server in the file, read without the table's own reader.
fn file_events(path: &Path) -> Vec<Seen> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines = lines.filter(|line| {
        line["dir"] != "sent" && line["event"] != "connect" && line["event"] != "(ack)"
    });
    lines
        .map(|line| {
            let mut args: Vec<Value> = line.get("trace").into_iter().cloned().collect();
            if line["payload_lost"] != true {
                args.push(line["data"].clone());
            }
            (line["event"].as_str().unwrap().to_owned(), args)
        })
        .collect()
}

/// Equal to the last digit and in the order of the keys.
fn assert_same_text(seen: &[Seen], expected: &[Seen], file: &str) {
    assert_eq!(seen.len(), expected.len(), "{file}");
    for (number, (seen, expected)) in seen.iter().zip(expected).enumerate() {
        assert_eq!(seen.0, expected.0, "{file}, event {number}");
        let text = |args: &[Value]| serde_json::to_string(args).unwrap();
        assert_eq!(text(&seen.1), text(&expected.1), "{file}, event {number}");
    }
}

fn temporary(lines: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.jsonl");
    #[allow(clippy::disallowed_methods, reason = "a file of a test")]
    fs::write(&path, lines).unwrap();
    (folder, path)
}

#[test]
fn every_capture_is_sent_to_the_last_digit_and_then_the_table_ends() {
    let Some(folder) = captures::folder() else {
        return;
    };
    for file in FILES {
        let path = folder.join(file);
        let table = Table::start(config(&path)).unwrap();
        let watcher = Watcher::connect(&table.url());
        let seen = watcher.wait_for_the_end();
        assert_same_text(&seen, &file_events(&path), file);
        assert!(table.wait_for(LIMIT), "{file} is over");
        assert_eq!(table.overrun(), 0);
    }
}

#[test]
fn a_client_that_reconnects_goes_on_after_a_snapshot() {
    let Some(folder) = captures::folder() else {
        return;
    };
    let path = folder.join("unauth-2-games-2025-12-14.jsonl");
    let expected = file_events(&path);
    let mut config = config(&path);
    // 65 s in four: time enough to reconnect, also on a busy machine.
    config.speed = Speed::Times(15.0);
    let table = Table::start(config).unwrap();
    let first = Watcher::connect(&table.url());
    let seen = first.wait("a part of the first game", |events| events.len() >= 120);
    assert_same_text(&seen, &expected[..seen.len()], "before");
    drop(first);
    let second = Watcher::connect(&table.url());
    let seen = second.wait_for_the_end();
    let sent_before = expected.len() - (seen.len() - 1);
    assert!(sent_before >= 120);
    assert_same_text(&seen[1..], &expected[sent_before..], "after");
    let mut playback = Playback::open(&path, false).unwrap();
    for _ in 0..sent_before {
        playback.next_step().unwrap();
    }
    let greeting = playback.greeting();
    assert_eq!(
        seen[0],
        (greeting[0].event.clone(), greeting[0].args.clone())
    );
}

/// All along the long captures, against the prices of the whole game and the last update.
#[test]
fn the_snapshot_of_a_reconnect_has_everything_that_was_sent() {
    let Some(folder) = captures::folder() else {
        return;
    };
    for file in [
        "unauth-2-games-2025-12-14.jsonl",
        "unauth-midgame-join-2025-12-12.jsonl",
        "loggedin-1-game-2025-12-15.jsonl",
    ] {
        let path = folder.join(file);
        let mut truth: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut real_keys = None;
        for (_, args) in file_events(&path)
            .iter()
            .filter(|(name, _)| name == "gameStateUpdate")
        {
            for game in args[0]["gameHistory"].as_array().into_iter().flatten() {
                truth.insert(
                    game["id"].as_str().unwrap().to_owned(),
                    game["prices"].as_array().unwrap().clone(),
                );
            }
            let live = truth
                .entry(args[0]["gameId"].as_str().unwrap().to_owned())
                .or_default();
            match shape(&args[0]) {
                "SNAPSHOT" => {
                    *live = args[0]["prices"].as_array().unwrap().clone();
                    real_keys = Some(keys(&args[0]));
                }
                "TICK" | "START" if args[0]["tickCount"] == live.len() => {
                    live.push(args[0]["price"].clone());
                }
                _ => {}
            }
        }
        let mut playback = Playback::open(&path, false).unwrap();
        assert!(playback.greeting().is_empty(), "nothing was sent");
        let (mut history, mut current, mut window) = (Value::Null, Value::Null, Value::Null);
        let (mut compared, mut updates) = (0, 0);
        while let Some(step) = playback.next_step() {
            let Some(update) = step
                .messages
                .iter()
                .find(|m| m.event == "gameStateUpdate")
                .map(|m| &m.args[0])
            else {
                continue;
            };
            if update.get("gameHistory").is_some() {
                history = update["gameHistory"].clone();
            }
            // A late message of the game before (2025-12-12) does not turn the time back.
            let late = current["gameId"] != update["gameId"]
                && update["rugged"] == true
                && !current.is_null();
            if !late {
                if current["gameId"] != update["gameId"] {
                    window = json!(0);
                }
                current = update.clone();
                let end = update["partialPrices"]["endTick"].clone();
                let length = update["prices"].as_array().map(|p| json!(p.len() - 1));
                window = length.or((!end.is_null()).then_some(end)).unwrap_or(window);
            }
            updates += 1;
            // Every third message, and each of the large ones: a snapshot is a third of a megabyte.
            if updates % 3 != 0 && update.get("gameHistory").is_none() {
                continue;
            }
            let greeting = playback.greeting();
            let snapshot = &greeting[0].args[0];
            assert_eq!(shape(snapshot), "SNAPSHOT");
            assert_eq!(Some(keys(snapshot)), real_keys, "{file}");
            assert_eq!(snapshot["gameHistory"], history);
            for key in [
                "gameId",
                "provablyFair",
                "cooldownTimer",
                "allowPreRoundBuys",
                "leaderboard",
                "connectedPlayers",
            ] {
                assert_eq!(snapshot[key], current[key], "{file}: {key}");
            }
            for key in ["active", "rugged", "price"] {
                if let Some(value) = current.get(key) {
                    assert_eq!(&snapshot[key], value, "{file}: {key}");
                }
            }
            let prices = snapshot["prices"].as_array().unwrap();
            assert_eq!(json!(prices.len() - 1), window, "{file}");
            assert_eq!(snapshot["tickCount"], window);
            assert_eq!(prices.last(), Some(&snapshot["price"]));
            let all = truth.get(current["gameId"].as_str().unwrap());
            // Of the last game of a capture there is only the countdown.
            if let Some(all) = all.filter(|all| !all.is_empty()) {
                assert_eq!(all[..prices.len()], prices[..], "{file}");
                compared += 1;
            }
        }
        assert!(compared > 30, "{file}: {compared}");
    }
}

#[test]
fn a_game_whose_first_message_was_lost_is_shown_as_a_countdown() {
    let full = json!({"gameHistory": [1], "active": true, "rugged": true, "price": 0.01, "tickCount": 4,
        "cooldownTimer": 0, "gameId": "old", "partialPrices": {"values": {"2": 0.9, "3": 0.01}}});
    let countdown = json!({"gameId": "new", "cooldownTimer": 14900, "leaderboard": []});
    let lines: String = [full, countdown]
        .map(|data| json!({"event": "gameStateUpdate", "data": data}).to_string() + "\n")
        .concat();
    let (_folder, path) = temporary(&lines);
    let mut playback = Playback::open(&path, false).unwrap();
    playback.next_step();
    let greeting = playback.greeting();
    assert_eq!(
        greeting[0].args[0]["prices"],
        json!([1, null, 0.9, 0.01]),
        "an unknown price is null"
    );
    assert_eq!(greeting[0].args[0]["tickCount"], 3);
    playback.next_step();
    let greeting = playback.greeting();
    let snapshot = &greeting[0].args[0];
    assert_eq!(
        (
            &snapshot["gameId"],
            &snapshot["active"],
            &snapshot["rugged"]
        ),
        (&json!("new"), &json!(false), &json!(false))
    );
    assert_eq!(
        (&snapshot["prices"], &snapshot["cooldownTimer"]),
        (&json!([1]), &json!(14900))
    );
}

#[test]
fn time_runs_as_in_the_file_and_never_backwards() {
    let lines = r#"{"ts":"2025-12-14T20:00:00.000-05:00","event":"a","data":1}
{"ts":null,"event":"b","data":1}
{"ts":"2025-12-15T01:00:00.250Z","event":"c","data":1}
{"ts":1765760400100,"event":"d","data":1}
{"event":"e","data":1}

{"ts":1765760401250,"event":"f","data":1}
"#;
    let (_folder, path) = temporary(lines);
    for looped in [false, true] {
        let mut playback = Playback::open(&path, looped).unwrap();
        for (event, delay) in [
            ("a", 0),
            ("b", 0),
            ("c", 250_000),
            ("d", 0),
            ("e", 0),
            ("f", 1_000_000),
        ] {
            assert_eq!(playback.next_delay(), Some(delay));
            let step = playback.next_step().unwrap();
            assert_eq!(
                (step.messages[0].event.as_str(), step.delay_micros),
                (event, delay)
            );
        }
        let again = playback
            .next_step()
            .map(|step| (step.messages[0].event.clone(), step.delay_micros));
        assert_eq!(again, looped.then(|| ("a".to_owned(), 0)));
    }
}

#[test]
fn a_looped_capture_goes_on_until_it_is_stopped() {
    let (_folder, path) = temporary(
        "{\"event\":\"newChatMessage\",\"data\":{\"n\":1}}\n{\"event\":\"newChatMessage\",\"data\":{\"n\":2}}\n",
    );
    let mut config = config(&path);
    config.source = TableSource::Capture { path, looped: true };
    let table = Table::start(config).unwrap();
    let watcher = Watcher::connect(&table.url());
    let seen = watcher.wait("three rounds", |events| events.len() >= 6);
    let numbers: Vec<_> = seen
        .iter()
        .take(6)
        .map(|(_, args)| args[0]["n"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 1, 2, 1, 2]);
    assert!(!table.wait_for(Duration::ZERO));
    table.stop();
}

#[test]
fn an_incomplete_last_line_is_skipped() {
    for cut in [
        "{\"event\":\"b\",\"da",
        "{",
        "{\"event\":\"b\",\"data\":\"\u{e4}",
    ] {
        let (_folder, path) = temporary(&format!("{{\"event\":\"a\",\"data\":1}}\n{cut}"));
        let mut playback = Playback::open(&path, false).unwrap();
        let is_one = playback.next_step().is_some() && playback.next_step().is_none();
        assert!(is_one, "{cut}");
    }
    let (_folder, path) = temporary("{\"event\":\"a\",\"data\":1}\n{\"event\":\"b\",\"data\":1}");
    let mut playback = Playback::open(&path, false).unwrap();
    let steps = std::iter::from_fn(|| playback.next_step()).count();
    assert_eq!(steps, 2, "the last line is whole, but for its end");
}

#[test]
fn a_damaged_file_is_refused_at_the_start_with_its_line() {
    for (text, words) in [
        (
            "{\"event\":\"a\",\"data\":1}\n\n{\"event\":\"b\",\"da\n",
            "line 3: not JSON",
        ),
        (
            "{\"event\":\"a\",\"data\":1}\n{\"data\":1}\n",
            "line 2: `event`",
        ),
        ("", "holds no event"),
        ("{\"event\":\"connect\",\"data\":null}\n", "holds no event"),
        ("\u{0}\u{1}", "line 1: not JSON"),
    ] {
        let (_folder, path) = temporary(text);
        let error = Table::start(config(&path)).unwrap_err().to_string();
        assert!(
            error.contains(words) && error.contains("capture.jsonl"),
            "{text:?}: {error}"
        );
    }
    let error = Table::start(config(Path::new("/nowhere/x.jsonl"))).unwrap_err();
    assert!(error.to_string().contains("/nowhere/x.jsonl"), "{error}");
    let (_folder, path) = temporary("{\"event\":\"a\",\"data\":1}");
    let mut config = config(&path);
    config.faults = vec![Fault::Drop];
    assert!(matches!(
        Table::start(config),
        Err(TableError::FaultsWithCapture)
    ));
}
