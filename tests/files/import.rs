//! `pianola import`: every kind of line, damaged lines, times, and captures in parts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::support::captures;
use crate::support::files::{all_below, game_files, overwrite};
use crate::support::process::{run, stderr, stdout};

/// A capture that is part of the repository: two whole games.
const CAPTURE: &str = "rug-carried-over-to-new-id.jsonl";

fn lines() -> Vec<Value> {
    let text = std::fs::read_to_string(captures::path(CAPTURE).unwrap()).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn import(paths: &[&Path], out: &Path, more: &[&str]) -> Output {
    let mut args = vec!["import", "--out", out.to_str().unwrap()];
    args.extend(paths.iter().map(|path| path.to_str().unwrap()));
    args.extend(more);
    run(&args)
}

/// Writes a capture and imports it; returns the content of each file of the recordings by its name.
fn imported(text: &str, more: &[&str]) -> (BTreeMap<PathBuf, String>, Output) {
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("capture.jsonl");
    overwrite(&capture, text.as_bytes());
    let out = folder.path().join("out");
    let output = import(&[&capture], &out, more);
    (contents(&out), output)
}

fn contents(out: &Path) -> BTreeMap<PathBuf, String> {
    if !out.exists() {
        return BTreeMap::new();
    }
    let files = all_below(out).into_iter().filter(|path| path.is_file());
    let of = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(out).unwrap().to_owned(), text)
    };
    let mut files: BTreeMap<_, _> = files.map(of).collect();
    files.retain(|path, _| !path.starts_with(".journal"));
    files
}

fn text(lines: &[Value]) -> String {
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    lines.join("\n") + "\n"
}

/// The capture with each time as `form` writes it, from 2025-12-17T06:00:00.250Z on.
fn timed(form: impl Fn(i64) -> Value) -> Vec<Value> {
    let mut lines = lines();
    for (line, number) in lines.iter_mut().zip(1..) {
        line["ts"] = form(1_765_951_200_000 + 250 * number);
    }
    lines
}

fn iso(millis: i64, form: &str) -> Value {
    let at = chrono::DateTime::from_timestamp_millis(millis).unwrap();
    at.format(form).to_string().into()
}

#[test]
fn every_kind_of_line_gives_the_same_files() {
    let utc = timed(|millis| iso(millis, "%Y-%m-%dT%H:%M:%S%.3fZ"));
    let (expected, output) = imported(&text(&utc), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let names: Vec<_> = expected.keys().map(|path| path.to_str().unwrap()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(
        names[0].starts_with("2025-12-17/games/20251217T"),
        "{names:?}"
    );
    assert_eq!(names[2], "2025-12-17/index.json");

    let naive = timed(|millis| iso(millis, "%Y-%m-%dT%H:%M:%S%.3f"));
    let (files, output) = imported(&text(&naive), &["--tz", "UTC"]);
    assert_eq!((files, output.status.code()), (expected.clone(), Some(0)));
    // Five hours before UTC in winter.
    let of_new_york = timed(|millis| iso(millis - 5 * 3_600_000, "%Y-%m-%d %H:%M:%S%.3f"));
    for zone in ["America/New_York", "-05:00"] {
        let (files, _) = imported(&text(&of_new_york), &["--tz", zone]);
        assert_eq!(files, expected, "{zone}");
    }
    let (files, _) = imported(&text(&timed(Value::from)), &[]);
    assert_eq!(files, expected, "milliseconds");
    let seconds = |millis: i64| {
        let digits = format!("{}.{:03}", millis / 1_000, millis % 1_000);
        serde_json::from_str(&digits).unwrap()
    };
    let (files, _) = imported(&text(&timed(seconds)), &[]);
    assert_eq!(files, expected, "seconds");

    let other_keys: Vec<Value> = utc
        .iter()
        .map(|line| json!({ "event_type": line["event"], "timestamp": line["ts"], "data": line["data"] }))
        .collect();
    let (files, _) = imported(&text(&other_keys), &[]);
    assert_eq!(files, expected, "event_type");
}

#[test]
fn frames_give_the_same_games_with_estimated_times_and_without_arrivals() {
    let (expected, _) = imported(&text(&lines()), &[]);
    let frames: Vec<_> = lines()
        .iter()
        .map(|line| format!("42{}", json!([line["event"], line["data"]])))
        .collect();
    let frames = frames.join("\n") + "\n";
    let frames = format!("0{{\"sid\":\"x\"}}\n40\n{frames}2\n3\n");
    let (files, output) = imported(&frames, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("events without a time"));
    let games = |files: &BTreeMap<PathBuf, String>| -> Vec<Value> {
        let games = files
            .iter()
            .filter(|(path, _)| !path.ends_with("index.json"));
        let mut games: Vec<Value> = games
            .map(|(_, text)| serde_json::from_str(text).unwrap())
            .collect();
        games.sort_by_key(|game| game["meta"]["game_id"].to_string());
        games
    };
    let (frames, expected) = (games(&files), games(&expected));
    assert_eq!(frames.len(), expected.len());
    for (game, expected) in frames.iter().zip(&expected) {
        assert_eq!(game["prices"], expected["prices"]);
        assert_eq!(game["meta"]["proof"], expected["meta"]["proof"]);
        let start = game["meta"]["start_time"].as_str().unwrap();
        assert!(start.starts_with("2025-12-17T00:0"), "{start}");
        let arrivals = game["arrivals"].as_array().unwrap();
        assert!(
            arrivals.iter().all(Value::is_null),
            "no arrival is invented"
        );
    }
}

#[test]
fn damaged_lines_are_named_and_cost_only_themselves() {
    let clean = text(&lines());
    let (expected, _) = imported(&clean, &[]);
    let mut damaged: Vec<&str> = clean.lines().collect();
    let cut = &damaged[10][..40];
    damaged.insert(11, cut);
    damaged.insert(5, "\u{fffd}garbage");
    damaged.insert(3, r#"{"event":"x","data":1,"ts":"yesterday"}"#);
    let (files, output) = imported(&(damaged.join("\n") + "\n"), &[]);
    assert_eq!(files, expected);
    assert_eq!(output.status.code(), Some(1));
    let report = stderr(&output);
    for words in [
        "line 4: damaged, passed over: `ts`",
        "line 7: damaged",
        "line 14: damaged",
    ] {
        assert!(report.contains(words), "{words}: {report}");
    }
    assert!(
        stdout(&output).contains(", 3 damaged lines,"),
        "{}",
        stdout(&output)
    );

    let (_, output) = imported(&(damaged.join("\n") + "\n"), &["--json"]);
    let rows: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let damaged: Vec<_> = rows
        .iter()
        .filter_map(|row| row["damaged"].as_str())
        .collect();
    assert_eq!(damaged.len(), 3, "{rows:?}");
    assert_eq!(rows.last().unwrap()["damaged_lines"], 3);
    assert_eq!(rows.last().unwrap()["games"], 2);

    // The program that wrote the capture was killed.
    let (files, output) = imported(&format!("{clean}{cut}"), &[]);
    assert_eq!((files, output.status.code()), (expected, Some(0)));
    assert!(stdout(&output).contains("1 last line not whole"));
}

#[test]
fn a_capture_whose_first_lines_are_cut_is_imported() {
    let clean = text(&lines());
    let (expected, _) = imported(&clean, &[]);
    let (files, output) = imported(&format!("data\":1}}\n{clean}"), &[]);
    assert_eq!((files, output.status.code()), (expected, Some(1)));
    assert!(stderr(&output).contains("line 1: damaged"));
}

#[test]
fn a_time_that_is_not_clear_is_an_error_with_file_and_line() {
    let naive = timed(|millis| iso(millis, "%Y-%m-%dT%H:%M:%S%.3f"));
    let (_, output) = imported(&text(&naive), &[]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("capture.jsonl, line 1: its time has no zone"));
    assert!(stderr(&output).contains("--tz"));

    let mut relative = timed(Value::from);
    relative[3]["ts"] = 5_000.into();
    let (files, output) = imported(&text(&relative), &[]);
    assert_eq!((files.len(), output.status.code()), (0, Some(1)));
    let report = stderr(&output);
    assert!(
        report.contains("capture.jsonl: not imported: line 4: its time 5000"),
        "{report}"
    );

    let (_, output) = imported("", &["--tz", "Nowhere/City"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is no time zone"));
}

#[test]
fn importing_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let captures = [CAPTURE, "may-2025-excerpt.jsonl"].map(|name| captures::path(name).unwrap());
    let paths: Vec<&Path> = captures.iter().map(PathBuf::as_path).collect();
    import(&paths, &out, &[]);
    let first = contents(&out);
    assert_eq!(game_files(&out).len(), 4);
    let output = import(&paths, &out, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(contents(&out), first);
    assert_eq!(
        stdout(&output).lines().count(),
        5,
        "each game is named again"
    );
}

#[test]
fn a_capture_in_parts_is_one_connection() {
    let all = timed(Value::from);
    let header = |file: u32, connected: bool| json!({ "ts": null, "event": "(capture)", "data": { "file": file, "connected": connected, "origin": "browser" } });
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    std::fs::create_dir_all(&whole).unwrap();
    std::fs::create_dir_all(&parts).unwrap();
    let mut lines = all.clone();
    lines.insert(0, header(1, false));
    overwrite(
        &whole.join("capture-20251217T060000Z-1.jsonl"),
        text(&lines).as_bytes(),
    );
    // Eleven parts: the tenth follows the ninth.
    for (chunk, number) in all.chunks(all.len() / 10).zip(1..) {
        let mut lines = chunk.to_vec();
        lines.insert(0, header(number, number > 1));
        let name = format!("capture-20251217T060000Z-{number}.jsonl");
        overwrite(&parts.join(name), text(&lines).as_bytes());
    }
    let outs = [whole, parts].map(|captures| {
        let out = captures.join("out");
        let output = import(&[&captures], &out, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        contents(&out)
    });
    assert_eq!(outs[0], outs[1]);
    let game = outs[0].values().next().unwrap();
    assert!(game.contains("\"origin\": \"browser\""), "{game}");
    assert!(game.contains("\"reconnects\": 0"), "{game}");
}

#[test]
fn files_of_other_kinds_are_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let original =
        r#"{"type": "game_start", "timestamp": "2025-10-31T10:04:00", "game_id": "20251031-a"}"#;
    for (name, text, words) in [
        (
            "original.jsonl",
            original.to_owned(),
            "dataset build --import",
        ),
        (
            "text.jsonl",
            "hello\n".repeat(1_000),
            "no line of it is one of a capture",
        ),
        (
            "empty.jsonl",
            String::new(),
            "no line of it is one of a capture",
        ),
        (
            "game.jsonl",
            include_str!("../fixtures/example.game.json").to_owned(),
            "it is a recording already",
        ),
    ] {
        let path = folder.path().join(name);
        overwrite(&path, text.as_bytes());
        let output = import(&[&path], &out, &[]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(
            stderr(&output).contains(words),
            "{name}: {}",
            stderr(&output)
        );
    }
    let missing = folder.path().join("missing.jsonl");
    let output = import(&[&missing], &out, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("missing.jsonl: not imported: "));
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let output = import(&[&empty], &out, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no *.jsonl file is in this folder"));
}

#[test]
fn a_line_of_a_hundred_megabytes_is_damaged_and_the_next_one_is_read() {
    let clean = text(&lines());
    let (expected, _) = imported(&clean, &[]);
    let (first, rest) = clean.split_once('\n').unwrap();
    let long = format!("{{\"event\":\"x\",\"data\":\"{}\"}}", "x".repeat(100 << 20));
    let (files, output) = imported(&format!("{first}\n{long}\n{rest}"), &[]);
    assert_eq!((files, output.status.code()), (expected, Some(1)));
    assert!(stderr(&output).contains("line 2: damaged, passed over: longer than 64 MiB"));
}
