//! Files opened by mistake or made to do harm: each error says what is wrong, where, and what to do.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pianola::disk::RealDisk;
use pianola::library::{RecordingFile, RowKind, open, read_library, rows_of};
use pianola::recording::{GameFile, Origin};
use pianola::replay::{Playhead, Timeline};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::files::overwrite;
use crate::support::recorded_session::{RecordedSession, rows};

/// No file takes longer than this to be refused.
const LIMIT: Duration = Duration::from_secs(20);

/// The message that a file is refused with: it names the file, and says what to do after a semicolon.
fn refused(path: &Path) -> String {
    let start = Instant::now();
    let why = open(&RealDisk, path).map(|_| ()).unwrap_err();
    assert!(start.elapsed() < LIMIT, "{why}");
    assert!(
        why.starts_with(&format!("cannot open {}: ", path.display())),
        "{why}"
    );
    assert!(why.contains("; "), "no advice: {why}");
    why
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn put(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        overwrite(&path, content);
        path
    }

    fn assert_refused(&self, name: &str, content: &[u8], words: &str) {
        let why = refused(&self.put(name, content));
        assert!(why.contains(words), "{name}: {words} is not in {why}");
    }
}

#[test]
fn a_file_that_is_no_recording_is_named() {
    let place = Place::new();
    let all = [".game.json", "_session.json", ".jsonl", ".png", ""];
    for ending in all {
        let name = format!("a{ending}");
        place.assert_refused(&name, b"", "it is empty");
        place.assert_refused(&name, b" \n\r\n", "it is empty");
    }
    let png = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13];
    place.assert_refused("a.png", &png, "it is no recording");
    place.assert_refused("a.game.json", &png, "damaged or no recording");
    place.assert_refused("a.jsonl", &png, "no line in it is one of a game");
    for other in [
        "null",
        "7",
        "[]",
        "{}",
        "\"meta\"",
        r#"{"name": "something", "dependencies": {}}"#,
    ] {
        place.assert_refused("package.json", other.as_bytes(), "it is no recording");
        place.assert_refused(
            "a_session.json",
            other.as_bytes(),
            "damaged or no recording",
        );
        place.assert_refused(
            "a.jsonl",
            other.as_bytes(),
            "no line in it is one of a game",
        );
    }
    let index = r#"{ "date": "2025-12-15", "games": [], "sessions": [] }"#;
    place.assert_refused("index.json", index.as_bytes(), "the index of a day");
    let event =
        "{\"event\": \"connect\", \"ts\": \"x\"}\n{\"event\": \"gameStateUpdate\", \"data\": {}}\n";
    place.assert_refused("capture.jsonl", event.as_bytes(), "captured traffic");
    let revealed = "{\"id\": \"g\", \"serverSeedHash\": \"h\", \"prices\": [1]}\n";
    place.assert_refused(
        "revealed.jsonl",
        revealed.repeat(3).as_bytes(),
        "pianola verify",
    );
}

#[test]
fn captures_are_distinguished_from_recordings() {
    let Some(folder) = captures::folder() else {
        return;
    };
    for name in captures::STREAMS {
        let why = refused(&folder.join(name));
        assert!(why.contains("captured traffic"), "{why}");
    }
    let why = refused(&folder.join("revealed-games.jsonl"));
    assert!(why.contains("revealed games"), "{why}");
}

#[test]
fn a_path_that_is_no_file_is_not_read() {
    let place = Place::new();
    let why = refused(place.folder.path());
    assert!(
        why.contains("directory") && why.contains("library"),
        "{why}"
    );
    let why = refused(&place.folder.path().join("nowhere.game.json"));
    assert!(why.contains("No such file"), "{why}");
    let why = refused(Path::new("/dev/zero"));
    assert!(why.contains("no regular file"), "{why}");
    // It has no writer: opening it would wait forever.
    let pipe = place.folder.path().join("pipe_session.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert!(refused(&pipe).contains("no regular file"));
    // What the system makes up has no length, and no end.
    if Path::new("/proc/kmsg").exists() {
        refused(Path::new("/proc/self/cmdline"));
    }
}

#[test]
fn a_pipe_and_a_gigantic_file_among_the_recordings_are_listed_and_not_read() {
    let recorded = RecordedSession::new();
    let games = recorded.path.parent().unwrap().parent().unwrap();
    let games = games.join("games");
    let pipe = games.join("20250101T000000_pipe.game.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let huge = games.join("20250101T000000_huge.game.json");
    overwrite(&huge, b"{");
    let file = std::fs::OpenOptions::new().write(true).open(&huge).unwrap();
    file.set_len(1 << 40).unwrap();
    let library = read_library(&RealDisk, recorded.folder.path());
    let damaged: Vec<_> = rows_of(&library.rows, RowKind::Damaged).collect();
    let paths: Vec<_> = damaged.iter().map(|row| &row.path).collect();
    assert_eq!(paths, [&huge, &pipe]);
    let reason = damaged[0].reason().unwrap();
    assert!(reason.contains("64 MiB"), "{library:?}");
    let games = rows_of(&library.rows, RowKind::Games).count();
    assert_eq!(games, recorded.games.len());
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let path = place.put("a.game.json", b"{}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
    // The tests may run as root, whom permissions do not bind.
    if std::fs::read(&path).is_err() {
        let why = refused(&path);
        assert!(
            why.contains("denied") && why.contains("make it readable"),
            "{why}"
        );
    }
}

#[test]
fn gigantic_files_are_refused_before_they_are_read() {
    let place = Place::new();
    for name in ["a.game.json", "a_session.json", "a.jsonl"] {
        let path = place.put(name, b"{");
        // A sparse file that is larger than memory.
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(1 << 40).unwrap();
        let start = Instant::now();
        let why = refused(&path);
        assert!(why.contains("more than 64 MiB"), "{why}");
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}

#[test]
fn nothing_is_longer_than_a_game_or_a_session_can_be() {
    let (place, recorded) = (Place::new(), RecordedSession::new());
    let game = GameFile::new(&recorded.games[0], Origin::Practice);
    let mut game = serde_json::to_value(&game).unwrap();
    game["prices"] = vec!["1"; 5_001].into();
    let opened = open(
        &RealDisk,
        &place.put("a.game.json", game.to_string().as_bytes()),
    );
    assert!(matches!(opened, Ok(RecordingFile::Game(_))), "{opened:?}");
    game["prices"] = vec!["1"; 5_002].into();
    place.assert_refused("a.game.json", game.to_string().as_bytes(), "at most 5001");
    let mut session = recorded.json();
    let row = rows(&session)[0].clone();
    session["actions"] = vec![row.clone(); 5_001].into();
    place.assert_refused(
        "a_session.json",
        session.to_string().as_bytes(),
        "actions in one game",
    );
    let other = |n: usize| {
        let mut row = row.clone();
        row["game_id"] = json!(format!("g{}", n % 500));
        row
    };
    session["actions"] = (0..50_001).map(other).collect();
    place.assert_refused(
        "a_session.json",
        session.to_string().as_bytes(),
        "50001 actions",
    );
    let mut session = recorded.json();
    session["meta"]["start_lots"] = vec![json!({ "qty": "1", "price": "1" }); 5_001].into();
    place.assert_refused(
        "a_session.json",
        session.to_string().as_bytes(),
        "5001 lots",
    );
}

#[test]
fn a_file_cut_anywhere_is_reported_as_damaged() {
    let (place, recorded) = (Place::new(), RecordedSession::new());
    let session = std::fs::read(&recorded.path).unwrap();
    let game = GameFile::new(&recorded.games[1], Origin::Practice);
    let game = game.to_text().unwrap();
    for (name, text) in [("a_session.json", session), ("a.game.json", game)] {
        let text = text.trim_ascii();
        for length in (1..text.len()).step_by(text.len() / 100) {
            place.assert_refused(name, &text[..length], "damaged");
        }
    }
}

#[test]
fn deep_nesting_and_numbers_out_of_range_are_refused() {
    let place = Place::new();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = open.repeat(200_000) + "1" + &close.repeat(200_000);
        for (name, words) in [
            ("a.game.json", "damaged"),
            ("a_session.json", "damaged"),
            ("a.jsonl", "no line"),
            ("a.txt", "no recording"),
        ] {
            place.assert_refused(name, deep.as_bytes(), words);
            let inside = format!("{{\"meta\": {deep}, \"prices\": {deep}}}");
            refused(&place.put(name, inside.as_bytes()));
            let inside = format!("{{\"meta\": {deep}, \"actions\": [{deep}], \"drifts\": []}}");
            refused(&place.put(name, inside.as_bytes()));
        }
    }
    let recorded = RecordedSession::new();
    let game = GameFile::new(&recorded.games[1], Origin::Practice);
    let text = String::from_utf8(game.to_text().unwrap()).unwrap();
    let ticks = format!("\"duration_ticks\": {}", game.meta.duration_ticks);
    for (number, fits) in [
        ("NaN", false),
        ("-1", false),
        ("1e999", false),
        ("99999999999999999999", false),
        ("1.5", false),
        ("4294967295", true),
    ] {
        let changed = text.replace(&ticks, &format!("\"duration_ticks\": {number}"));
        assert_ne!(changed, text);
        let path = place.put("a.game.json", changed.as_bytes());
        match open(&RealDisk, &path) {
            Ok(RecordingFile::Game(file)) if fits => look_everywhere(&Timeline::of_game(file)),
            other => assert!(other.is_err() && !fits, "{number}: {other:?}"),
        }
    }
}

/// Looks at every place of a timeline, or at a few thousand of them.
fn look_everywhere(timeline: &Timeline) {
    for game in 0..timeline.games().len() {
        timeline.at(Playhead { game, tick: None });
        for tick in (0..6_000).step_by(37).chain([u32::MAX]) {
            let tick = Some(tick);
            timeline.at(Playhead { game, tick });
        }
    }
}

/// Every place of a value that can be replaced.
fn leaves(value: &Value, path: String, all: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                leaves(value, format!("{path}/{key}"), all);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                leaves(value, format!("{path}/{index}"), all);
            }
        }
        _ => all.push(path),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn hostile_values_in_a_session_or_a_game_never_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
        of_game in any::<bool>(),
    ) {
        thread_local! {
            static RECORDED: (Value, Vec<GameFile>) = {
                let recorded = RecordedSession::new();
                let games = recorded.games.iter().map(|game| GameFile::new(game, Origin::Practice));
                (recorded.json(), games.collect())
            };
        }
        let hostile = [
            json!("79228162514264337593543950335"),
            json!("-79228162514264337593543950335"),
            json!("0.0000000000000000000000000001"),
            json!("0"), json!("-1"), json!(null), json!(0), json!(1), json!(4_294_967_295_u32), json!(5_000),
            json!(""), json!("9999-12-31T23:59:59.999Z"), json!("0000-01-01T00:00:00Z"),
            json!("SELL"), json!("BUY"), json!("LIQUIDATED"), json!("SIDEBET_WIN"), json!("confirmed"),
            json!(true), json!("rug"),
        ];
        let (mut session, mut games) = RECORDED.with(Clone::clone);
        let mut value = if of_game { serde_json::to_value(&games[0]).unwrap() } else { session.clone() };
        let mut all = Vec::new();
        leaves(&value, String::new(), &mut all);
        for (place, other) in changes {
            *value.pointer_mut(place.get::<String>(&all)).unwrap() = other.get::<Value>(&hostile).clone();
        }
        if of_game {
            let Ok(file) = GameFile::parse(value.to_string().as_bytes()) else { return Ok(()) };
            look_everywhere(&Timeline::of_game(file.clone()));
            games[0] = file;
        } else {
            session = value;
        }
        let place = Place::new();
        let path = place.put("a_session.json", session.to_string().as_bytes());
        let Ok(RecordingFile::Session(file)) = open(&RealDisk, &path) else { return Ok(()) };
        let timeline = Timeline::of_session(file, &mut |id| {
            let game = games.iter().find(|game| game.meta.game_id == *id);
            game.cloned().ok_or_else(|| "away".to_owned())
        }, []);
        if let Some(timeline) = timeline {
            look_everywhere(&timeline);
        }
    }
}
