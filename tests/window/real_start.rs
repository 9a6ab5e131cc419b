//! The real window, on a display of its own: it opens, it ends when it is asked to, and without a display the program
//! goes on without it. Needs `Xvfb` and `xwininfo`; skipped where they are absent, unless `PIANOLA_REQUIRE` names
//! `graphics`. `PIANOLA_PICTURES` names a folder for a picture of it (with `ImageMagick`'s `import`).
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::support::clean_end::assert_saved;
use crate::support::files::game_files;
use crate::support::mounted::Mounted;
use crate::support::process::{LIMIT, signal, until};
use crate::support::terminal::{HangUp, Terminal};
use crate::support::window::display::{Display, window};

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
    while game_files(&out).is_empty() {
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
    signal(&child, "-TERM");
    let (code, said) = ended(child);
    assert_eq!(code, Some(0), "{said}");
    let first_frame = said.lines().find(|line| line.contains("first frame"));
    eprintln!("{}", first_frame.unwrap());
    // What was open is a file now, and nothing is left in progress.
    assert_saved(&out);
}

/// The window on a display, recording the games of a quick table to a folder.
fn recording(display: &Display, home: &Path, out: &Path) -> Command {
    let mut command = window(home);
    command.env("DISPLAY", &display.name);
    command.args(["--practice", "--seed", "3", "--speed", "20"]);
    command.args(["--auto-record", "--out"]).arg(out);
    command
}

#[test]
fn the_window_outlives_a_dead_stderr() {
    let Some(display) = Display::new() else {
        return;
    };
    let (unread, closed) = std::io::pipe().unwrap();
    drop(unread);
    let full = File::options().write(true).open("/dev/full").unwrap();
    for stderr in [Stdio::from(closed), Stdio::from(full)] {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("out");
        let mut command = recording(&display, home.path(), &out);
        let mut child = command
            .env("PIANOLA_LOG", "trace")
            .stderr(stderr)
            .spawn()
            .unwrap();
        until("two games", || {
            assert_eq!(child.try_wait().unwrap(), None, "it ended");
            (game_files(&out).len() >= 2).then_some(())
        });
        signal(&child, "-TERM");
        let status = until("the end", || child.try_wait().unwrap());
        assert_eq!(status.code(), Some(0));
        assert_saved(&out);
    }
}

/// The log fills a disk of its own; the recordings are on another one.
#[test]
fn the_window_outlives_a_disk_that_its_log_fills() {
    let Some(display) = Display::new() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let command = recording(&display, home.path(), &out);
    // Two pages, which the most detailed log fills at once.
    let line = "exec \"$@\" 2>\"$0/log\"";
    let Some(mut run) = Mounted::of(&command, "size=8k", line, "trace") else {
        return;
    };
    let log = run.disk().join("log");
    let is_full = || fs::metadata(&log).is_ok_and(|log| log.len() == 8 << 10);
    until("a full disk and two games", || {
        assert_eq!(run.child.try_wait().unwrap(), None, "it ended");
        (is_full() && game_files(&out).len() >= 2).then_some(())
    });
    signal(&run.child, "-TERM");
    let status = until("the end", || run.child.try_wait().unwrap());
    assert_eq!(status.code(), Some(0));
    assert_saved(&out);
}

#[test]
fn the_window_ends_cleanly_with_its_terminal_unless_it_ignores_that() {
    let Some(display) = Display::new() else {
        return;
    };
    for hang_up in [HangUp::Default, HangUp::Ignored] {
        let (home, notes) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let out = home.path().join("out");
        let mut command = recording(&display, home.path(), &out);
        command.env_remove("PIANOLA_LOG");
        let Some(mut terminal) = Terminal::start(&command, hang_up, notes.path()) else {
            return;
        };
        let games = || game_files(&out).len();
        until("a game", || (games() >= 1).then_some(()));
        until("the window", || display.shows("Pianola").then_some(()));
        let shown = terminal.shown();
        // What other people's libraries warn of is not in the log: it says nothing to a player.
        for words in ["certifiably insane", "XSETTINGS", "WARN winit", "WARN egui"] {
            assert!(!shown.contains(words), "{shown}");
        }
        terminal.close();
        if hang_up == HangUp::Ignored {
            let before = games();
            until("another game", || {
                assert!(!terminal.has_ended(), "it died with its terminal");
                (games() > before).then_some(())
            });
            terminal.send("-INT");
        }
        assert_eq!(terminal.ended(), 0);
        assert_saved(&out);
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
        while game_files(&out).is_empty() {
            assert!(start.elapsed() < LIMIT, "nothing is recorded");
            std::thread::yield_now();
        }
        signal(&child, "-TERM");
        let (code, said) = ended(child);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains("recording the practice table instead"),
            "{said}"
        );
    }
}

#[test]
fn wrong_use_is_reported_before_any_window_opens() {
    let home = tempfile::tempdir().unwrap();
    for args in [
        &["--live", "--speed", "2"] as &[&str],
        &["--live", "--seed", "2"],
        &["--url", "http://example.invalid"],
        &["--practice", "--live"],
        &["--live", "record", "--practice"],
        &["recrod"],
        &["a.pianola", "--replay", "b.pianola"],
    ] {
        let output = window(home.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_replay_without_a_display_records_nothing_and_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    for args in [
        &["--replay", "an_evening_session.json"] as &[&str],
        &["an_evening_session.json"],
    ] {
        let child = window(home.path())
            .args(args)
            .arg("--out")
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
}
