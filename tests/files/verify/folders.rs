//! Folders: which files are read, which are passed over, and that an empty folder is a finding.

use std::path::Path;

use serde_json::Value;

use super::{fixture, run, stdout};

use crate::support::process::stderr;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, content: &[u8]) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Returns the lines, the exit code and what was said on stderr.
    fn verify(&self, more: &[&str]) -> (Vec<String>, Option<i32>, String) {
        let output = run(&[&["verify", self.path().to_str().unwrap()], more].concat());
        let place = self.path().to_str().unwrap().to_owned();
        let text = stdout(&output).replace(&place, "HERE");
        let lines = text.lines().map(str::to_owned).collect();
        (lines, output.status.code(), stderr(&output))
    }
}

const NO_GAMES: &str = "0 games: 0 proven, 0 repaired, 0 mismatch, 0 unverifiable";
const ONE: &str = "1 game: 1 proven, 0 repaired, 0 mismatch, 0 unverifiable";

#[test]
fn a_folder_without_a_game_is_a_finding() {
    let folder = Folder::new();
    let expected = ["empty HERE [no game in this folder or below it]", NO_GAMES];
    let (lines, code, said) = folder.verify(&[]);
    assert_eq!(
        (&lines[..], code),
        (&expected.map(str::to_owned)[..], Some(1))
    );
    assert!(said.contains("*.game.json"), "{said}");
    // What is there is no game.
    folder.put("2025-12-15/index.json", b"{}");
    folder.put("2025-12-15/sessions/a_session.json", b"{}");
    folder.put(".journal/a.game.json", &fixture("example.game.json"));
    folder.put(
        "2025-12-15/games/.a.game.json",
        &fixture("example.game.json"),
    );
    folder.put("notes.txt", b"1");
    let (lines, code, _) = folder.verify(&[]);
    assert_eq!(
        (&lines[..], code),
        (&expected.map(str::to_owned)[..], Some(1))
    );
    let (lines, code, _) = folder.verify(&["--json"]);
    assert_eq!(code, Some(1));
    let rows: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[0]["status"], "empty");
    assert_eq!(rows[1]["empty_folders"], 1);
    assert_eq!(rows[1]["games"], 0);
    // One game anywhere below is enough; another path with one is not.
    let other = Folder::new();
    other.put(
        "2025-12-15/games/a.game.json",
        &fixture("example.game.json"),
    );
    other.put("2025-12-16/notes.txt", b"");
    let (lines, code, _) = other.verify(&[]);
    assert_eq!((lines[1].as_str(), code), (ONE, Some(0)));
    let (lines, code, _) = folder.verify(&[other.path().to_str().unwrap()]);
    assert_eq!((lines.last().unwrap().as_str(), code), (ONE, Some(1)));
}

#[test]
fn what_was_exported_from_a_folder_of_recordings_is_a_copy_and_does_not_count() {
    let folder = Folder::new();
    let game = fixture("example.game.json");
    folder.put("exports/a.game.json", &game);
    // Without a day it is no folder of recordings.
    let (lines, _, _) = folder.verify(&[]);
    assert_eq!(lines.last().unwrap(), ONE);
    folder.put("2025-12-15/games/a.game.json", &game);
    let (lines, code, _) = folder.verify(&[]);
    assert_eq!((lines.len(), code), (3, Some(0)), "{lines:?}");
    let copies =
        "passed-over HERE/exports [copies that were exported; name this folder to verify them]";
    assert_eq!(lines[1..], [copies, ONE]);
    // Beside their recordings and by name they are verified.
    let exports = folder.path().join("exports");
    let (lines, _, _) = folder.verify(&[exports.to_str().unwrap()]);
    assert!(
        lines.last().unwrap().starts_with("2 games: 2 proven"),
        "{lines:?}"
    );
}

#[test]
fn lists_in_a_folder_are_read_and_other_lines_are_passed_over() {
    let folder = Folder::new();
    folder.put(
        "a/rows.jsonl",
        &fixture("failing/verify-gamehistory-row.jsonl"),
    );
    folder.put("b.jsonl", b"{\"event\": \"connect\", \"data\": null}\n");
    folder.put("c.jsonl", b"no list\n");
    let row = fixture("failing/verify-gamehistory-row.jsonl");
    let row: Value = serde_json::from_slice(&row).unwrap();
    let line = serde_json::json!({
        "event": "gameStateUpdate",
        "data": { "gameHistory": [row] },
    });
    folder.put("d.jsonl", format!("{line}\n").as_bytes());
    // It is named as passed over, and what is in it counts.
    let game = fixture("example.game.json");
    let marked = [&b"\xef\xbb\xbf"[..], &game].concat();
    folder.put("e.game.json/marked.game.json", &marked);
    folder.put("package.json", b"{}");
    let (lines, code, _) = folder.verify(&[]);
    assert_eq!(code, Some(0));
    assert!(
        lines[0].starts_with("proven 20251217-30d3435291e042b4 "),
        "{lines:?}"
    );
    assert_eq!(
        lines[1],
        "passed-over HERE/b.jsonl [it is no list of games]"
    );
    assert_eq!(
        lines[2],
        "passed-over HERE/c.jsonl [it is no list of games]"
    );
    assert!(
        lines[3].starts_with("proven 20251217-30d3435291e042b4 "),
        "{lines:?}"
    );
    assert_eq!(lines[4], "passed-over HERE/e.game.json [it is a folder]");
    assert!(lines[5].starts_with("proven "), "{lines:?}");
    assert!(lines[6].starts_with("3 games: 3 proven"), "{lines:?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_or_too_long_is_named_and_passed_over() {
    let folder = Folder::new();
    folder.put("games/a.game.json", &fixture("example.game.json"));
    let path = |name: &str| folder.path().join("games").join(name);
    let made = std::process::Command::new("mkfifo")
        .arg(path("b.game.json"))
        .status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", path("c.game.json")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", path("d.jsonl")).unwrap();
    std::os::unix::fs::symlink("..", path("e.game.json")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path("f.game.json")).unwrap();
    let long = std::fs::File::create(path("g.game.json")).unwrap();
    long.set_len((64 << 20) + 1).unwrap();
    std::os::unix::fs::symlink("a.game.json", path("h.game.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", path("i.game.json")).unwrap();

    let (lines, code, _) = folder.verify(&[]);
    // The link that leads nowhere cannot be read: that is a failure.
    assert_eq!(code, Some(1));
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let [
        file,
        pipe,
        device,
        linked,
        folder,
        socket,
        huge,
        link,
        dangling,
        last,
    ] = lines[..]
    else {
        panic!("{lines:?}")
    };
    assert!(
        file.starts_with("proven ") && link.starts_with("proven "),
        "{lines:?}"
    );
    let passed = |name: &str, why: &str| format!("passed-over HERE/games/{name} [{why}]");
    assert_eq!(pipe, passed("b.game.json", "it is a pipe, no regular file"));
    assert_eq!(
        device,
        passed("c.game.json", "it is a device, no regular file")
    );
    assert_eq!(linked, passed("d.jsonl", "it is a device, no regular file"));
    assert_eq!(folder, passed("e.game.json", "it is a directory"));
    assert_eq!(
        socket,
        passed("f.game.json", "it is a socket, no regular file")
    );
    assert_eq!(huge, passed("g.game.json", "it has more than 64 MiB"));
    assert!(
        dangling.starts_with("unreadable HERE/games/i.game.json ["),
        "{dangling}"
    );
    assert_eq!(
        last,
        "2 games: 2 proven, 0 repaired, 0 mismatch, 0 unverifiable, 1 unreadable"
    );

    // Named directly each is an error that says what to do.
    for (name, words) in [
        ("b.game.json", "it is a pipe, no regular file; name a file"),
        (
            "c.game.json",
            "it is a device, no regular file; name a file",
        ),
        (
            "g.game.json",
            "it has more than 64 MiB; no file that this program reads is that long",
        ),
        ("nowhere", "look whether it was moved or deleted"),
    ] {
        let output = run(&["verify", path(name).to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stdout(&output).contains(words), "{}", stdout(&output));
    }
}

#[cfg(unix)]
#[test]
fn every_command_that_opens_a_file_refuses_a_pipe_and_a_device_at_once() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for path in [pipe.to_str().unwrap(), "/dev/zero"] {
        for (command, code) in [
            (&["table", "--capture", path][..], 1),
            (&["replay", path], 1),
            // A strategy that cannot be read is a wrong use.
            (&["play", path], 2),
            (&["verify", path], 1),
        ] {
            let output = run(command);
            let said = stdout(&output) + &stderr(&output);
            assert_eq!(output.status.code(), Some(code), "{command:?}: {said}");
            assert!(said.contains("no regular file"), "{command:?}: {said}");
            assert!(said.contains(path), "{command:?}: {said}");
        }
    }
}
