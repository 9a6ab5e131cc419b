//! `pianola dataset build` as a process: killed a hundred times, on a full disk, and what it prints.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use pianola::recording::Origin;

use crate::support::data_set::{DataSet, data_files, files_of, games_on, put_game};
use crate::support::files::overwrite;
#[cfg(target_os = "linux")]
use crate::support::original_text;
use crate::support::parquet_rows;
use crate::support::process::{Program, ended, pianola, run, signal, stderr, stdout, until};
use crate::support::random::Random;

/// Kills of the test.
const KILLS: u64 = 100;

/// Recordings that take a build some time.
fn recordings(days: u32, games: usize) -> DataSet {
    let set = DataSet::empty();
    for day in 1..=days {
        let date = format!("2025-12-{day:02}");
        set.add_day(&date, u64::from(day), games);
    }
    set
}

fn build_args(set: &DataSet) -> [String; 5] {
    [
        "dataset".to_owned(),
        "build".to_owned(),
        set.recordings().display().to_string(),
        "--out".to_owned(),
        set.out().display().to_string(),
    ]
}

/// Returns the files that do not depend on when the build ran: all but what it remembers of the sources' times.
fn lasting(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files_of(out);
    files.retain(|path, _| !path.starts_with(".state/files/"));
    files
}

/// Every table can be read, and every file is whole.
fn assert_readable(out: &Path) {
    if !out.exists() {
        return;
    }
    for path in data_files(&files_of(out)).keys() {
        assert!(parquet_rows::rows(&out.join(path)) > 0, "{path}");
    }
    if let Ok(text) = fs::read(out.join("dataset.json")) {
        let read: Result<serde_json::Value, _> = serde_json::from_slice(&text);
        read.unwrap();
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_the_first_build_of_a_folder_leaves_no_folder() {
    let set = recordings(30, 4);
    let args = build_args(&set);
    let mut cancelled = None;
    // A build on a fast machine may end before the signal arrives.
    until("a build that was cancelled", || {
        let mut build = pianola();
        build
            .args(&args)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut build = Program(build.spawn().unwrap());
        let is_over = until("a staged file or the end", || {
            let is_over = build.0.try_wait().unwrap().is_some();
            (is_over || set.out().join(".staging").exists()).then_some(is_over)
        });
        if !is_over {
            signal(&build.0, "-INT");
        }
        let code = ended(&mut build.0).code();
        let mut said = String::new();
        let errors = build.0.stderr.as_mut().unwrap();
        errors.read_to_string(&mut said).unwrap();
        if code == Some(0) {
            fs::remove_dir_all(set.out()).unwrap();
        } else {
            cancelled = Some((code, said));
        }
        cancelled.is_some().then_some(())
    });
    let (code, said) = cancelled.unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cancelled"), "{said}");
    assert!(!set.out().exists());
}

#[test]
fn killed_a_hundred_times_its_tables_are_always_readable_and_the_next_build_equals_a_fresh_one() {
    let set = recordings(20, 3);
    let args = build_args(&set);
    // How long a whole build takes here, so that the kills come all over it.
    let began = Instant::now();
    assert!(pianola().args(&args).output().unwrap().status.success());
    let whole = began.elapsed();
    fs::remove_dir_all(set.out()).unwrap();
    let mut random = Random::by_time("kills of a build");
    let (mut ended, mut killed) = (0, 0);
    let mut longest = whole;
    while killed < KILLS {
        let mut build = pianola();
        build.args(&args).stdout(Stdio::null());
        let began = Instant::now();
        let mut build = Program(build.spawn().unwrap());
        let limit = u64::try_from(longest.as_micros()).unwrap().max(1_000);
        let end = began + Duration::from_micros(random.below(limit));
        until("the kill", || {
            let is_over = build.0.try_wait().unwrap().is_some();
            (is_over || Instant::now() >= end).then_some(())
        });
        if build.0.try_wait().unwrap().is_some() {
            ended += 1;
            // With nothing new to build, or on a machine that is no longer busy, the next one takes no longer than this.
            longest = began.elapsed();
            assert!(ended < 10 * KILLS, "the builds end before they are killed");
        } else {
            build.0.kill().unwrap();
            build.0.wait().unwrap();
            killed += 1;
            longest = whole;
        }
        assert_readable(set.out());
        // Now and then there is something new to build.
        if killed % 10 == 5 {
            let game = &games_on("2025-12-03", 100 + killed, 1)[0];
            put_game(set.recordings(), game, Origin::Live);
        }
        if ended > 0 && killed % 7 == 0 && set.out().exists() {
            fs::remove_dir_all(set.out()).unwrap();
        }
    }
    let built = pianola().args(&args).output().unwrap();
    assert!(built.status.success(), "{}", stderr(&built));
    let fresh = set.folder.path().join("fresh");
    let mut again = args.clone();
    again[4] = fresh.display().to_string();
    assert!(pianola().args(&again).output().unwrap().status.success());
    assert_eq!(lasting(set.out()), lasting(&fresh));
    assert!(!set.out().join(".staging").exists());
}

#[test]
fn it_prints_its_findings_and_ends_with_the_totals() {
    let set = recordings(2, 2);
    let args = build_args(&set);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let built = run(&args);
    assert!(built.status.success(), "{}", stderr(&built));
    let text = stdout(&built);
    let line = text.lines().last().unwrap();
    assert!(
        line.starts_with("4 games (4 new, 0 changed, 0 unchanged), "),
        "{line}"
    );
    assert!(
        line.contains(" ticks, 0 sessions, ") && line.ends_with(" s"),
        "{line}"
    );
    assert_eq!(text.lines().count(), 1);
    // A finding is a line and exit code 1.
    let broken = set
        .recordings()
        .join("2025-12-01/games/20251201T120000_a.game.json");
    overwrite(&broken, b"{");
    let built = run(&args);
    assert_eq!(built.status.code(), Some(1));
    let text = stdout(&built);
    let first = text.lines().next().unwrap();
    assert!(
        first.starts_with("unreadable 2025-12-01/games/20251201T120000_a.game.json ["),
        "{first}"
    );
    let last = text.lines().last().unwrap();
    assert!(
        last.starts_with("4 games (0 new, 0 changed, 4 unchanged), "),
        "{last}"
    );
    // The same as JSON.
    let built = run(&[&args[..], &["--json"]].concat());
    let text = stdout(&built);
    let rows: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["kind"], "unreadable");
    assert_eq!(
        (&rows[1]["games"], &rows[1]["findings"]),
        (&4.into(), &1.into())
    );
    // Nothing of a terminal's progress is in a pipe.
    assert_eq!(stderr(&built), "");
}

#[test]
fn wrong_use_is_refused_with_what_to_do() {
    let set = recordings(1, 1);
    let args = build_args(&set);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    for (wrong, words) in [
        (
            &["--origin", "moon"] as &[&str],
            "live, browser, practice, url",
        ),
        (&["--from", "15.12.2025"], "2025-12-15"),
        (
            &["--from", "2025-12-16", "--to", "2025-12-15"],
            "--from is after --to",
        ),
    ] {
        let built = run(&[&args[..], wrong].concat());
        assert_eq!(built.status.code(), Some(2), "{wrong:?}");
        assert!(stderr(&built).contains(words), "{}", stderr(&built));
    }
    assert_eq!(run(&["dataset", "build"]).status.code(), Some(2));
    let missing = run(&["dataset", "build", "/no/such/folder", "--out", args[4]]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("there is no folder /no/such/folder"));
    // A player who only practised is shown how to take these games.
    let home = set.folder.path().join("home");
    let mut nothing = pianola();
    nothing
        .env("HOME", &home)
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME");
    let nothing = nothing
        .args(["dataset", "build", "--out", args[4]])
        .output()
        .unwrap();
    assert_eq!(nothing.status.code(), Some(1));
    let words = "--origin practice takes the games of the practice table";
    assert!(stderr(&nothing).contains(words), "{}", stderr(&nothing));
    assert!(!set.out().exists());
}

/// Without a folder, recordings of the original come beside the recordings in the user's data folder, if there are any.
#[cfg(target_os = "linux")]
#[test]
fn imports_come_beside_the_default_folders_and_need_none() {
    let home = tempfile::tempdir().unwrap();
    let original = home.path().join("original.jsonl");
    let text = original_text::original("20251029-0123456789abcdef", 4);
    overwrite(&original, text.as_bytes());
    let games_of = |import: &[&str]| {
        let mut build = pianola();
        build
            .env("HOME", home.path().join("nothing"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .env("XDG_DATA_HOME", home.path().join("data"))
            .args(["dataset", "build", "--json", "--out"])
            .arg(home.path().join("set"))
            .args(import);
        let output = build.output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        report["games"].as_u64().unwrap()
    };
    let import = ["--import", original.to_str().unwrap()];
    assert_eq!(games_of(&import), 1);
    let live = home.path().join("data/pianola/live");
    for game in games_on("2025-12-15", 1, 2) {
        put_game(&live, &game, Origin::Live);
    }
    assert_eq!(games_of(&import), 3);
    // Without the import its rows stay.
    assert_eq!(games_of(&[]), 3);
}

/// Fills the disk but for some kilobytes, builds, makes room, and builds to the end.
#[cfg(target_os = "linux")]
const FULL_DISK: &str = r#"
for free in 0 8 24 48 96; do
  cat /dev/zero > "$0/other" 2>/dev/null
  truncate -s -"${free}k" "$0/other"
  "$@"; echo "full $?"
  rm "$0/other"
done
"$@"; echo "room $?"
cp -r "$0/set" "$0.copy"
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_once_there_is_room_the_build_equals_a_fresh_one() {
    let set = recordings(6, 3);
    let disk = set.folder.path().join("disk");
    let Some(mut command) = crate::support::mounted::mounted("size=2m", FULL_DISK, &disk) else {
        return;
    };
    let program = pianola();
    command
        .arg(program.get_program())
        .args(["dataset", "build"]);
    command
        .arg(set.recordings())
        .arg("--out")
        .arg(disk.join("set"));
    let output = command.output().unwrap();
    let (text, log) = (stdout(&output), stderr(&output));
    let ends: Vec<_> = text.lines().filter(|line| line.len() < 8).collect();
    assert_eq!(ends[0], "full 1", "{log}");
    assert_eq!(ends.last(), Some(&"room 0"), "{text} {log}");
    assert!(
        log.contains("make room on the disk and build again"),
        "{log}"
    );
    set.build();
    assert_eq!(
        lasting(&set.folder.path().join("disk.copy")),
        lasting(set.out())
    );
}
