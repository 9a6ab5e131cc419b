//! Pipes, devices, sockets, links to nothing and huge files where a recording should be.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use pianola::game::EndReason;

use super::{DAY, MORNING, ODD, PLAY_ONE, assert_refused, index, open, recorded};
use crate::support::made_games::{complete, facts, id};
use crate::support::process::{self, stdout};

/// Puts such a thing at a path.
#[cfg(unix)]
fn put_odd(kind: &str, path: &Path) {
    use std::os::unix::fs::symlink;
    match kind {
        "pipe" => {
            let made = Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }
        "device" => symlink("/dev/zero", path).unwrap(),
        "nowhere" => symlink("there is no such file", path).unwrap(),
        "socket" => drop(std::os::unix::net::UnixListener::bind(path).unwrap()),
        "folder" => fs::create_dir(path).unwrap(),
        "huge" => {
            let file = fs::File::create(path).unwrap();
            file.set_len((64 << 20) + 1).unwrap();
        }
        other => panic!("{other}"),
    }
}

/// Runs a command that must not wait for what it finds.
#[cfg(unix)]
fn pianola_in_time(args: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pianola"));
    command.args(args).arg(folder).env("PIANOLA_LOG", "info");
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_mins(1) {
            child.kill().unwrap();
            panic!("{args:?} hangs");
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
fn record_one(folder: &Path) -> Output {
    let args: Vec<_> = PLAY_ONE.into_iter().chain(["--out"]).collect();
    pianola_in_time(&args, folder)
}

/// A line of the log of level WARN that names this file.
#[cfg(unix)]
fn assert_warned(said: &str, path: &Path) {
    let name = path.display().to_string();
    let named = |line: &&str| line.contains("WARN") && line.contains(&name);
    assert!(said.lines().any(|line| named(&line)), "{name} in {said}");
}

#[cfg(unix)]
#[test]
fn odd_entries_among_the_recordings_are_passed_over_and_named() {
    for kind in ODD {
        let folder = recorded();
        let day = folder.path().join(DAY);
        fs::create_dir(day.join("sessions")).unwrap();
        let journals = folder.path().join(".journal");
        let odd = [
            day.join("games").join("20251215T090000_odd.game.json"),
            day.join("sessions")
                .join("20251215T090000_odd_session.json"),
            journals.join("odd.journal"),
            journals.join("odd.session"),
        ];
        for path in &odd {
            put_odd(kind, path);
        }
        // A journal of 64 MiB may be one; this one says nothing.
        let named = if kind == "huge" { &odd[..2] } else { &odd[..] };
        let before = index(folder.path());
        let output = record_one(folder.path());
        let said = process::stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{kind}: {said}");
        assert!(stdout(&output).lines().count() >= 1, "{kind}");
        for path in named {
            assert_warned(&said, path);
            assert!(
                path.symlink_metadata().is_ok(),
                "{kind}: it is left as it is"
            );
        }
        assert_eq!(index(folder.path()), before, "{kind}");
        // The library says what it cannot read, and lists the rest.
        let listed = pianola_in_time(&["library", "--out"], folder.path());
        let text = stdout(&listed) + &process::stderr(&listed);
        assert!(
            text.contains("20251215T090000_odd.game.json"),
            "{kind}: {text}"
        );
        assert_eq!(text.matches("a211bfc7caf41d6").count(), 3, "{kind}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn an_odd_index_is_passed_over_named_and_written_again() {
    for kind in ODD {
        let folder = recorded();
        let path = folder.path().join(DAY).join("index.json");
        let expected = index(folder.path());
        fs::remove_file(&path).unwrap();
        put_odd(kind, &path);
        let listed = pianola_in_time(&["library", "--out"], folder.path());
        let text = stdout(&listed) + &process::stderr(&listed);
        assert_eq!(text.matches("a211bfc7caf41d6").count(), 3, "{kind}: {text}");
        assert_eq!(path.is_dir(), kind == "folder", "looking changes nothing");
        let output = record_one(folder.path());
        let said = process::stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{kind}: {said}");
        if kind != "nowhere" {
            assert_warned(&said, &path);
        }
        assert!(path.symlink_metadata().unwrap().is_file(), "{kind}");
        assert_eq!(index(folder.path()), expected, "{kind}");
        let aside = path.with_file_name("index.json.aside-1");
        assert_eq!(aside.is_dir(), kind == "folder", "{kind}");
    }
}

#[cfg(unix)]
#[test]
fn odd_entries_in_the_place_of_folders_are_named() {
    for kind in ["pipe", "nowhere", "huge"] {
        // A day's folder of games that is none: the recorder starts.
        let folder = recorded();
        let sessions = folder.path().join(DAY).join("sessions");
        put_odd(kind, &sessions);
        let before = index(folder.path());
        let output = record_one(folder.path());
        let said = process::stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{kind}: {said}");
        if kind != "nowhere" {
            assert_warned(&said, &sessions);
        }
        assert_eq!(index(folder.path()), before, "{kind}");
        // The journals' folder or its lock: refused, with the right name.
        for name in [".journal", ".journal/lock", ".journal/holder"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            put_odd(kind, &path);
            if kind == "huge" && name != ".journal" {
                continue; // A regular file.
            }
            let output = record_one(folder.path());
            let words = path.display().to_string();
            assert_refused(&output, folder.path(), &words);
        }
    }
}

#[cfg(unix)]
#[test]
fn an_odd_entry_that_has_the_name_of_a_new_game_costs_it_that_name_only() {
    let folder = tempfile::tempdir().unwrap();
    let games = folder.path().join(DAY).join("games");
    fs::create_dir_all(&games).unwrap();
    put_odd("pipe", &games.join("20251215T011800_1a211bfc.game.json"));
    put_odd(
        "pipe",
        &games.join(".tmp-20251215T011800_1a211bfc-2.game.json"),
    );
    put_odd("pipe", &folder.path().join(DAY).join(".tmp-index.json"));
    let (mut recorder, _) = open(folder.path());
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 5);
    recorder.take(complete(&game, EndReason::Rug));
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    let file = games.join("20251215T011800_1a211bfc-2.game.json");
    assert!(file.is_file());
    assert_eq!(index(folder.path()).games.len(), 1);
}

/// A name that is no text is that of no recording of ours; that it is left out is reported, once a run. (Not every system
/// has such names.)
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_reported_once_and_left_out() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = recorded();
    let games = folder.path().join(DAY).join("games");
    let path = games.join(OsStr::from_bytes(b"20251215T090000_\xff.game.json"));
    fs::write(&path, b"{}").unwrap();
    for args in [
        &["library", "--rebuild", "--out"][..],
        &["lab", "early-bird", "--sessions", "1", "--on"],
    ] {
        let output = pianola_in_time(args, folder.path());
        let said = process::stderr(&output);
        let named = said
            .lines()
            .filter(|line| line.contains(r"20251215T090000_\xff.game.json"));
        let named: Vec<_> = named.collect();
        assert_eq!(named.len(), 1, "{said}");
        assert!(
            named[0].contains("WARN") && named[0].contains("no valid text"),
            "{said}"
        );
    }
}
