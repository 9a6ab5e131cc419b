//! Folders and files of the real disk, with what people do to them; the commands that look at them.
//!
//! A folder that may not be written to is tried below a regular file and below /proc: the tests may run as root,
//! whom permissions do not bind.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/made.rs"]
mod made;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use pianola::disk::RealDisk;
use pianola::game::{EndReason, GameEvent};
use pianola::recording::{
    DayIndex, FolderLock, GameFile, IndexGame, Origin, Recorder, RecorderEvent, UnsavedGames,
    Writer,
};

use made::{complete, facts, id};

const MORNING: &str = "2025-12-15T01:18:00.218Z";
const DAY: &str = "2025-12-15";

fn pianola(args: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pianola"));
    command.args(args).arg(folder).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The command refuses with exit code 1, naming the folder and these words.
fn assert_refused(output: &Output, folder: &Path, words: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(words), "{said}");
    assert!(said.contains(folder.to_str().unwrap()), "{said}");
    assert!(said.contains("--out"), "no advice in {said}");
    assert!(output.stdout.is_empty());
}

const RECORD: [&str; 5] = ["record", "--practice", "--games", "1", "--out"];

/// Puts content there as somebody else would.
#[expect(clippy::disallowed_methods, reason = "the test plays somebody else")]
fn put(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
}

/// A folder with three games of the morning.
fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, _) = open(folder.path());
    for number in 1..=3 {
        let game = id(&format!("{DAY}-{number}a211bfc7caf41d6"));
        let start = format!("{DAY}T0{number}:18:00.218Z");
        recorder.take(complete(&facts(&game, &start, 5), EndReason::Rug));
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    folder
}

fn open(folder: &Path) -> (Recorder<RealDisk>, Vec<pianola::game::Game>) {
    let opened = Recorder::open(RealDisk, folder.to_owned(), Origin::Live).unwrap();
    assert_eq!(opened.0.trouble(), None);
    opened
}

fn games(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder.join(DAY).join("games")).unwrap();
    let mut paths: Vec<_> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn index(folder: &Path) -> DayIndex {
    DayIndex::parse(&fs::read(folder.join(DAY).join("index.json")).unwrap()).unwrap()
}

/// The index of the readable files.
fn expected_index(folder: &Path) -> Vec<IndexGame> {
    let entries = games(folder).into_iter().filter_map(|path| {
        let file = GameFile::parse(&fs::read(&path).unwrap()).ok()?;
        let name = path.file_name().unwrap().to_str().unwrap();
        Some(IndexGame::new(name, &file))
    });
    entries.collect()
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_at_the_start_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    put(&file, b"something else");
    assert_refused(&pianola(&RECORD, &file), &file, "cannot record to");
    let below = file.join("recordings");
    let words = format!("{} is no folder", file.display());
    assert_refused(&pianola(&RECORD, &below), &below, &words);
    assert_eq!(fs::read(&file).unwrap(), b"something else");
    if cfg!(target_os = "linux") {
        let nowhere = Path::new("/proc/pianola");
        assert_refused(&pianola(&RECORD, nowhere), nowhere, "cannot record to");
    }
}

#[test]
fn a_second_instance_is_refused_and_told_who_records() {
    let folder = tempfile::tempdir().unwrap();
    let lock = FolderLock::acquire(folder.path()).unwrap();
    let holder = format!("process {}", std::process::id());
    let refused = pianola(&RECORD, folder.path());
    assert_refused(&refused, folder.path(), &holder);
    let rebuild = pianola(&["library", "--rebuild", "--out"], folder.path());
    assert_refused(&rebuild, folder.path(), &holder);
    let said = String::from_utf8_lossy(&refused.stderr);
    let (_, since) = said.split_once(", since ").unwrap();
    let since: pianola::game::Time = since.split(';').next().unwrap().parse().unwrap();
    let ago = chrono::Utc::now() - since;
    assert!((0..600).contains(&ago.num_seconds()), "{said}");
    drop(lock);
    // A process that another test is starting just now has a copy of the lock for a moment.
    wait("the lock", || FolderLock::acquire(folder.path()).is_ok());
}

#[test]
fn a_file_in_the_place_of_the_folder_is_trouble_until_it_is_gone_and_then_everything_is_there() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (recorder, _) = open(&folder);
    fs::remove_dir_all(&folder).unwrap();
    put(&folder, b"in the way");
    let (saved_in, mut saved) = tokio::sync::mpsc::channel(8);
    let mut writer = Writer::start(recorder, saved_in).unwrap();
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    let events = game.iter().cloned();
    for event in events.chain([complete(&game, EndReason::Rug)]) {
        assert!(writer.send(event));
    }
    let state = writer.state();
    // First that the folder is gone, then why it cannot be made again.
    let says = |words: &str| {
        let trouble = state.borrow().trouble.clone();
        trouble.is_some_and(|trouble| trouble.contains(words))
    };
    wait("trouble", || says("remove or rename what is there"));
    fs::remove_file(&folder).unwrap();
    wait("the game", || state.borrow().saved_games == 1);
    wait("the end of the trouble", || {
        state.borrow().trouble.is_none()
    });
    let ended = writer.stop();
    assert_eq!((ended.trouble, ended.lost_games), (None, 0));
    let RecorderEvent::Game(saved) = saved.blocking_recv().unwrap() else {
        panic!("it is a game");
    };
    assert_eq!(saved.path, games(&folder)[0]);
    assert_eq!(index(&folder).games, expected_index(&folder));
}

/// Polls until it is so.
fn wait(what: &str, so: impl Fn() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(10), "no {what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_damaged_index_is_rebuilt() {
    let folder = recorded();
    let path = folder.path().join(DAY).join("index.json");
    let good = fs::read(&path).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let first = games(folder.path())[0]
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let damages = [
        b"garbage".to_vec(),
        good[..good.len() / 2].to_vec(),
        Vec::new(),
        text.replace("\"date\": \"2025-12-15\"", "\"date\": \"2025-12-16\"")
            .into_bytes(),
        text.replace(&first, "20251215T000000_nowhere.game.json")
            .into_bytes(),
        text.replace("\"duration_ticks\": 5", "\"duration_ticks\": 6")
            .into_bytes(),
    ];
    for damage in damages {
        assert_ne!(damage, good);
        put(&path, &damage);
        open(folder.path());
        assert_eq!(
            fs::read(&path).unwrap(),
            good,
            "after {}",
            String::from_utf8_lossy(&damage)
        );
    }
    fs::remove_file(&path).unwrap();
    let listed = pianola(&["library", "--out"], folder.path());
    assert_eq!(stdout(&listed).lines().count(), 4);
    assert!(!path.exists(), "looking changes nothing");
    let rebuilt = pianola(&["library", "--rebuild", "--out"], folder.path());
    assert!(rebuilt.status.success());
    assert_eq!(fs::read(&path).unwrap(), good);
}

#[test]
fn damaged_game_files_are_left_alone_listed_with_the_reason_and_counted() {
    let folder = recorded();
    let good = games(folder.path());
    let text = fs::read(&good[0]).unwrap();
    let newer = String::from_utf8(text.clone())
        .unwrap()
        .replace("\"format\": 1", "\"format\": 99");
    let damages: [(&str, &[u8]); 5] = [
        ("20251215T020000_empty", b""),
        ("20251215T020000_foreign", b"{\"hello\": \"world\"}"),
        ("20251215T020000_garbage", &[0xff; 100]),
        ("20251215T020000_newer", newer.as_bytes()),
        ("20251215T020000_torn", &text[..text.len() / 2]),
    ];
    let path = |name: &str| good[0].with_file_name(format!("{name}.game.json"));
    // Damaged after it was recorded, and its index entry is there.
    put(&good[1], &text[..20]);
    open(folder.path());
    assert_eq!(index(folder.path()).games, expected_index(folder.path()));

    for (name, content) in damages {
        put(&path(name), content);
    }
    let (mut recorder, _) = open(folder.path());
    let later = facts(&id("later"), "2025-12-15T09:00:00Z", 4);
    recorder.take(complete(&later, EndReason::Rug));
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    drop(recorder);
    for rebuild in [
        &["library", "--out"][..],
        &["library", "--rebuild", "--out"],
    ] {
        let listed = pianola(rebuild, folder.path());
        assert_eq!(listed.status.code(), Some(1));
        let text = stdout(&listed);
        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("unreadable "))
                .count(),
            6,
            "{text}"
        );
        for (name, _) in damages {
            let told = format!("unreadable {} [", path(name).display());
            assert!(text.contains(&told), "{text}");
        }
        assert!(text.contains("format 99 is newer"), "{text}");
        assert!(text.contains("3 games in "), "{text}");
    }
    let verified = pianola(&["verify"], folder.path());
    assert_eq!(verified.status.code(), Some(1));
    assert!(
        stdout(&verified).ends_with("3 unverifiable, 6 unreadable\n"),
        "{}",
        stdout(&verified)
    );
    for (name, content) in damages {
        assert_eq!(fs::read(path(name)).unwrap(), content);
    }
    assert_eq!(index(folder.path()).games, expected_index(folder.path()));
}

#[test]
fn a_stop_while_the_disk_takes_nothing_returns_with_the_reason() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (recorder, _) = open(&folder);
    fs::remove_dir_all(&folder).unwrap();
    put(&folder, b"in the way");
    let (saved, _) = tokio::sync::mpsc::channel(8);
    let mut writer = Writer::start(recorder, saved).unwrap();
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    writer.send(complete(&game, EndReason::Rug));
    assert!(writer.stop().trouble.is_some());
    let late = GameEvent::ConnectionLost {
        game_id: id("x"),
        count: 1,
    };
    assert!(!writer.send(late), "nothing is taken after the end");
    assert_eq!(writer.state().borrow().refused_events, 1);
}

/// What the user is told while the program ends.
#[test]
fn the_games_without_a_file_are_counted_until_each_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, _) = open(folder.path());
    let unsaved = UnsavedGames::default();
    recorder.count_unsaved_in(unsaved.clone());
    let games: Vec<_> = (10..40)
        .map(|number| {
            let game = id(&format!("{DAY}-{number}211bfc7caf41d6"));
            facts(&game, &format!("{DAY}T01:18:{number}.218Z"), 3)
        })
        .collect();
    for fact in games.iter().flatten() {
        recorder.take(fact.clone());
    }
    recorder.write();
    assert_eq!(unsaved.games(), 30);
    for game in &games[..10] {
        recorder.take(complete(game, EndReason::Rug));
    }
    recorder.write();
    assert_eq!(unsaved.games(), 20);
    assert!(!unsaved.is_over());
    for game in &games[10..] {
        recorder.take(complete(game, EndReason::Stopped));
    }
    recorder.finish();
    assert_eq!(unsaved.games(), 0);
}

/// Everything that may have the name of a file of ours and is none.
#[cfg(unix)]
const ODD: [&str; 6] = ["pipe", "device", "nowhere", "socket", "folder", "huge"];

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
fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(unix)]
const PLAY_ONE: [&str; 8] = [
    "record",
    "--practice",
    "--seed",
    "7",
    "--speed",
    "1000",
    "--games",
    "1",
];

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
        let said = stderr(&output);
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
        let text = stdout(&listed) + &stderr(&listed);
        assert!(
            text.contains("20251215T090000_odd.game.json"),
            "{kind}: {text}"
        );
        assert_eq!(text.matches("a211bfc7caf41d6").count(), 3, "{kind}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn an_odd_index_is_passed_over_named_and_written_anew() {
    for kind in ODD {
        let folder = recorded();
        let path = folder.path().join(DAY).join("index.json");
        let expected = index(folder.path());
        fs::remove_file(&path).unwrap();
        put_odd(kind, &path);
        let listed = pianola_in_time(&["library", "--out"], folder.path());
        let text = stdout(&listed) + &stderr(&listed);
        assert_eq!(text.matches("a211bfc7caf41d6").count(), 3, "{kind}: {text}");
        assert_eq!(path.is_dir(), kind == "folder", "looking changes nothing");
        let output = record_one(folder.path());
        let said = stderr(&output);
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
        let said = stderr(&output);
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
