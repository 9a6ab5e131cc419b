//! The real window, on a display of its own: it opens, it ends when it is asked to, and without a display the program
//! goes on without it. Needs `Xvfb` and `xwininfo`; skipped where they are absent, unless `PIANOLA_REQUIRE` names
//! `graphics`. `PIANOLA_PICTURES` names a folder for a picture of it (with `ImageMagick`'s `import`).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs, clippy::print_stderr)]

#[path = "support/display.rs"]
mod display;
#[path = "support/process.rs"]
mod process;
#[path = "support/skipped.rs"]
mod skipped;

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use display::{Display, window};
use process::LIMIT;

fn terminate(child: &Child) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
}

/// Waits until it has ended, and returns its code and what it said.
fn ended(mut child: Child) -> (Option<i32>, String) {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < LIMIT, "it does not end");
        std::thread::yield_now();
    }
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    (child.wait().unwrap().code(), said)
}

#[test]
fn the_window_opens_and_ends_cleanly() {
    let Some(display) = Display::new() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let mut child = window(home.path())
        .env("DISPLAY", &display.name)
        .env("PIANOLA_LOG", "pianola=debug")
        .args([
            "--practice",
            "--seed",
            "3",
            "--speed",
            "20",
            "--auto-record",
            "--out",
        ])
        .arg(&out)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while !display.shows("Pianola") {
        assert!(start.elapsed() < LIMIT, "no window");
        assert_eq!(child.try_wait().unwrap(), None, "it ended");
        std::thread::yield_now();
    }
    // A whole game, recorded behind the window.
    while process::game_files(&out).is_empty() {
        assert!(start.elapsed() < LIMIT, "nothing is recorded");
        std::thread::yield_now();
    }
    if let Some(folder) = std::env::var_os("PIANOLA_PICTURES") {
        let picture = Path::new(&folder).join("window_start.png");
        let taken = Command::new("import")
            .args(["-display", &display.name, "-window", "root"])
            .arg(picture)
            .status();
        assert!(taken.unwrap().success());
    }
    terminate(&child);
    let (code, said) = ended(child);
    assert_eq!(code, Some(0), "{said}");
    let first_frame = said.lines().find(|line| line.contains("first frame"));
    eprintln!("{}", first_frame.unwrap());
    // What was open is a file now, and nothing is left in progress.
    let journals = std::fs::read_dir(out.join(".journal")).unwrap();
    let names: Vec<_> = journals.map(|entry| entry.unwrap().file_name()).collect();
    let open = names
        .iter()
        .filter(|name| name.to_string_lossy().contains("jsonl"));
    assert_eq!(open.count(), 0, "{names:?}");
    for file in process::game_files(&out) {
        let game = pianola::recording::GameFile::parse(&std::fs::read(&file).unwrap()).unwrap();
        assert_ne!(game.meta.end_reason, Some(pianola::game::EndReason::Crash));
    }
}

#[test]
fn a_display_that_cannot_be_opened_does_not_end_the_program() {
    for display in [None, Some(":4711")] {
        let home = tempfile::tempdir().unwrap();
        let mut command = window(home.path());
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        let child = command
            .args(["--seed", "3", "--speed", "50"])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let out = home.path().join("data").join("pianola").join("practice");
        let start = Instant::now();
        while process::game_files(&out).is_empty() {
            assert!(start.elapsed() < LIMIT, "nothing is recorded");
            std::thread::yield_now();
        }
        terminate(&child);
        let (code, said) = ended(child);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains("recording the practice table instead"),
            "{said}"
        );
    }
}

#[test]
fn wrong_use_is_told_before_any_window_opens() {
    let home = tempfile::tempdir().unwrap();
    for args in [
        &["--live", "--speed", "2"] as &[&str],
        &["--live", "--seed", "2"],
        &["--url", "http://example.invalid"],
        &["--practice", "--live"],
        &["--live", "record", "--practice"],
    ] {
        let output = window(home.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_replay_without_a_display_records_nothing_and_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let child = window(home.path())
        .args(["--replay", "an_evening_session.json", "--out"])
        .arg(&out)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (code, said) = ended(child);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("pianola replay an_evening_session.json"),
        "{said}"
    );
    assert!(!out.exists());
}
