//! The tap with its thread and files: a capture reads back as written, and a failing disk costs only lines.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use proptest::prelude::*;
use serde_json::json;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::Value;

use super::read::read_file;
use super::redact::LOGIN;
use super::secrets::Secrets;
use super::{CaptureConfig, CaptureState, CaptureTap};

mod bad_disk;

fn plan(folder: &Path) -> CaptureConfig {
    CaptureConfig {
        retry: Duration::ZERO,
        ..CaptureConfig::beside(folder, true)
    }
}

fn tap(plan: &CaptureConfig) -> CaptureTap {
    let tap = CaptureTap::new(Some(plan.clone()), Secrets::default());
    tap.switch(true);
    tap
}

fn event(tap: &CaptureTap, name: &str, args: Vec<Value>) {
    tap.event(Utc::now(), name.to_owned(), args);
}

/// The captures of a folder, the oldest first.
fn captures(plan: &CaptureConfig) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&plan.folder).unwrap();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    let part = |path: &PathBuf| -> u32 {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        name.rsplit('-').next().unwrap().parse().unwrap()
    };
    found.sort_by_key(part);
    found
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn played(path: &Path) -> Vec<(String, Vec<Value>)> {
    let lines = read_file(path).unwrap().into_iter();
    lines.map(|line| (line.event, line.args)).collect()
}

#[test]
fn a_connection_is_written_with_both_directions_and_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path());
    let tap = tap(&plan);
    tap.up(Utc::now());
    event(&tap, "gameStateUpdate", vec![json!({"price": 1})]);
    tap.sent(
        LOGIN,
        &[json!({"__trace": true}), json!({"token": "t0k3n-value"})],
        None,
    );
    tap.sent("buyOrder", &[json!({"amount": 1})], Some(1));
    tap.answered(1, &[json!({"success": true})]);
    tap.binary(Utc::now(), "picture");
    tap.down(Utc::now(), "The server ended the connection.");
    tap.finish();
    let [file] = &captures(&plan)[..] else {
        panic!("one file")
    };
    let lines = lines(file);
    let names: Vec<_> = lines
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    let expected = [
        "(capture)",
        "connect",
        "gameStateUpdate",
        LOGIN,
        "buyOrder",
        "(ack)",
        "(binary)",
        "(down)",
    ];
    assert_eq!(names, expected);
    assert_eq!(lines[0]["data"]["connected"], false);
    assert_eq!(
        (&lines[3]["dir"], &lines[3]["data"]),
        (&json!("sent"), &json!("[removed]"))
    );
    assert_eq!(
        (&lines[4]["ack_id"], &lines[5]["ack_id"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        played(file),
        [("gameStateUpdate".to_owned(), vec![json!({"price": 1})])]
    );
    let state = tap.state();
    assert_eq!((state.on, state.lost, state.trouble), (false, 0, None));
    assert_eq!(state.bytes, std::fs::metadata(file).unwrap().len());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(file), mode(&plan.folder)), (0o600, 0o700));
    }
}

#[test]
fn files_are_rotated_and_the_newest_kept_and_each_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let plan = CaptureConfig {
        file_bytes: 2_000,
        files: 3,
        ..plan(folder.path())
    };
    std::fs::create_dir_all(&plan.folder).unwrap();
    let tap = tap(&plan);
    tap.up(Utc::now());
    for number in 0..200 {
        event(
            &tap,
            "n",
            vec![json!({"n": number, "more": "x".repeat(100)})],
        );
        if number == 100 {
            event(
                &tap,
                "too long for any file",
                vec![json!("x".repeat(3_000))],
            );
        }
    }
    tap.finish();
    let files = captures(&plan);
    assert_eq!(files.len(), 3);
    let mut numbers = Vec::new();
    for file in &files {
        assert!(std::fs::metadata(file).unwrap().len() <= plan.file_bytes);
        let first = &lines(file)[0];
        assert_eq!(first["event"], "(capture)");
        assert_eq!(first["data"]["connected"], true, "it begins in the middle");
        let events = played(file);
        numbers.extend(
            events
                .iter()
                .map(|(_, args)| args[0]["n"].as_u64().unwrap()),
        );
    }
    let first = numbers[0];
    assert!(first > 101, "the old ones are gone");
    assert_eq!(numbers, (first..200).collect::<Vec<_>>());
    assert_eq!(tap.state().lost, 1, "no file takes it");
}

#[test]
fn a_folder_with_the_name_of_an_old_capture_does_not_keep_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let plan = CaptureConfig {
        file_bytes: 2_000,
        files: 2,
        ..plan(folder.path())
    };
    let odd = plan.folder.join("capture-20200101T000000Z-0.jsonl");
    std::fs::create_dir_all(&odd).unwrap();
    let tap = tap(&plan);
    for number in 0..100 {
        let args = json!({"n": number, "more": "x".repeat(100)});
        event(&tap, "n", vec![args]);
    }
    tap.finish();
    let files = captures(&plan);
    assert!(odd.is_dir());
    assert_eq!(files.len(), 3, "{files:?}");
}

#[test]
fn switching_off_and_on_begins_another_file_and_keeps_other_files() {
    let folder = tempfile::tempdir().unwrap();
    let plan = CaptureConfig {
        files: 1,
        ..plan(folder.path())
    };
    std::fs::create_dir_all(&plan.folder).unwrap();
    let own = plan.folder.join("notes.txt");
    std::fs::File::create(&own).unwrap();
    let tap = tap(&plan);
    event(&tap, "a", vec![json!(1)]);
    tap.finish();
    event(&tap, "off", vec![json!(1)]);
    tap.switch(true);
    tap.switch(true);
    event(&tap, "b", vec![json!(1)]);
    tap.finish();
    assert!(own.exists());
    std::fs::remove_file(own).unwrap();
    let [file] = &captures(&plan)[..] else {
        panic!("one is kept")
    };
    assert_eq!(played(file), [("b".to_owned(), vec![json!(1)])]);
}

#[test]
fn without_a_folder_the_capture_stays_off_and_reports_it() {
    let tap = CaptureTap::default();
    tap.switch(true);
    let state = tap.state();
    assert!(!state.on && state.trouble.is_some());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][-+]?[0-9]{1,4})?"
            .prop_map(|digits| serde_json::from_str(&digits).unwrap()),
        "\\PC{0,8}|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{202e}\"\\\\]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-f_]{0,8}", inner.clone()), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            inner.prop_map(|value| json!({"__trace": true, "x": value})),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn arguments_are_the_same_after_file_and_playback(
        events in prop::collection::vec(
            ("|connect|open|\\([a-z]{0,4}\\)|[a-zA-Z/]{1,12}|\\PC{1,6}", prop::collection::vec(any_json(), 0..4)),
            1..12,
        ),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan(folder.path());
        let tap = tap(&plan);
        for (name, args) in &events {
            event(&tap, name, args.clone());
            // What we sent is passed over, whatever it is.
            tap.sent(name, args, Some(1));
            tap.answered(1, args);
        }
        tap.finish();
        let same = |events: &[(String, Vec<Value>)]| -> Vec<String> {
            events.iter().map(|(name, args)| format!("{name:?} {}", json!(args))).collect()
        };
        prop_assert_eq!(same(&played(&captures(&plan)[0])), same(&events));
    }
}
