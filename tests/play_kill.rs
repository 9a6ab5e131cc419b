//! The program killed in the middle of a script, again and again: every action that it printed is in a session file
//! afterwards, with the same numbers, once, and as the table booked it.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

#[path = "support/evening.rs"]
mod evening;
#[path = "support/process.rs"]
mod process;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant, SystemTime};

use evening::{
    assert_booked, assert_index, is_action_line, line_of, sessions, wrong_where_complete,
};
use pianola::recording::SessionFile;
use pianola::table::{Speed, Table, TableConfig};
use process::{pianola, until};

/// Kills in one folder, and in folders of their own.
const SAME: usize = 16;
const FRESH: usize = 14;

/// Something to be done at every moment of a game, and of the one after it.
const SCRIPT: &str = "
1 presale buy 0.01
1 presale sidebet 0.002
1 presale buy 0.005
1 1 buy 0.01
1 3 sell 30
1 6 buy 0.002
1 12 sell 50
1 20 buy 0.004
1 50 sidebet 0.003
1 60 sell 10
1 90 buy 0.005
2 presale buy 0.01
2 presale sidebet 0.004
2 2 buy 0.003
2 5 sell 20
2 30 buy 0.006
9 presale buy 0.001
";

/// A process; killed when the test is over.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok(); // It may have ended.
        self.0.wait().ok();
    }
}

/// Numbers that look random; the seed is told when a test fails.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let random = Self(u64::try_from(now.unwrap().as_nanos()).unwrap_or(1) | 1);
        eprintln!("seed {}", random.0);
        random
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// A table and a place for files.
struct Room {
    table: Table,
    folder: tempfile::TempDir,
    random: Random,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("script"), SCRIPT).unwrap();
        let table = Table::start(TableConfig {
            speed: Speed::Times(30.0),
            ..TableConfig::default()
        });
        Self {
            table: table.unwrap(),
            folder,
            random: Random::new(),
        }
    }

    fn start(&self, command: &str, out: &Path, results: &Path) -> Program {
        let mut program = pianola();
        program.arg(command);
        if command == "play" {
            program.arg(self.folder.path().join("script"));
        }
        program.args(["--url", &self.table.url()]);
        program.arg("--out").arg(out);
        program.stdout(File::create(results).unwrap());
        program.stderr(File::create(results.with_extension("log")).unwrap());
        Program(program.spawn().unwrap())
    }

    /// Plays and is killed: at any time, as soon as so many actions are told, or while a game is being published.
    /// Returns the lines of actions that were printed.
    fn killed(&mut self, out: &Path, run: usize) -> Vec<String> {
        let results = self.folder.path().join(format!("run{run}.out"));
        let mut program = self.start("play", out, &results);
        let told = |wanted: fn(&str) -> bool| {
            let lines = lines(&results);
            lines.iter().filter(|line| wanted(line)).count() as u64
        };
        let more = self.random.below(12);
        let delay = Duration::from_millis(self.random.below(40));
        let longest = Duration::from_millis(200 + self.random.below(2_500));
        let began = Instant::now();
        until("a moment to be killed", || {
            assert_eq!(program.0.try_wait().unwrap(), None, "it ended by itself");
            let due = match run % 3 {
                0 => began.elapsed() >= longest,
                1 => told(is_action_line) > more,
                _ => told(|line| !is_action_line(line)) > 0,
            };
            // A game may be long.
            (due || began.elapsed() > Duration::from_secs(8)).then_some(())
        });
        // The line is out, its file perhaps not.
        let due = Instant::now() + delay;
        until("the moment", || (Instant::now() >= due).then_some(()));
        program.0.kill().unwrap();
        program.0.wait().unwrap();
        let mut lines = lines(&results);
        lines.retain(|line| is_action_line(line));
        lines
    }

    /// Starts once more, as a recorder, and ends it as Ctrl-C does once it watches; `whole`: after a whole game.
    fn recover(&self, out: &Path, whole: bool) {
        let results = self.folder.path().join("recovery.out");
        let left = session_journals(out);
        let mut program = self.start("record", out, &results);
        until("the recovery", || {
            assert_eq!(program.0.try_wait().unwrap(), None, "it ended by itself");
            let recovered = left.iter().all(|journal| !journal.exists());
            let saved = !whole || !lines(&results).is_empty();
            (recovered && saved && self.table.clients() > 0).then_some(())
        });
        interrupt(&mut program);
        assert_eq!(session_journals(out), Vec::<PathBuf>::new());
    }

    /// Fails unless all that was printed in the runs is there, and nothing else.
    fn check(&self, out: &Path, printed: &[Vec<String>]) -> usize {
        let files = sessions(out);
        let mut keys = BTreeSet::new();
        for (path, file) in &files {
            let player = file.meta.player_id.clone().unwrap();
            assert!(keys.insert(player.clone()), "twice: {}", path.display());
            assert_booked(file, &self.table.ledger(&player));
            let wrong = wrong_where_complete(path, file);
            assert!(wrong.is_empty(), "{wrong:#?}\n{file:#?}");
        }
        // Two runs in one game may have the same rows, so each session stands for one run only; both are in order.
        let mut left = files.iter();
        for lines in printed.iter().filter(|lines| !lines.is_empty()) {
            let found = left.any(|(_, file)| holds(file, lines));
            assert!(found, "{lines:#?}\n{files:#?}");
        }
        assert_index(out);
        printed.iter().map(Vec::len).sum()
    }
}

/// Whether every line is a row of the file.
fn holds(file: &SessionFile, lines: &[String]) -> bool {
    let mut rows = counted(file.actions.iter().map(line_of));
    lines.iter().all(|line| {
        let left = rows.get_mut(line).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    })
}

fn counted(lines: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for line in lines {
        *counted.entry(line).or_insert(0) += 1;
    }
    counted
}

/// Returns the whole lines of a file.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let whole = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    whole.map(|line| line.trim_end().to_owned()).collect()
}

fn interrupt(program: &mut Program) {
    let id = program.0.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
    let ended = until("the end after Ctrl-C", || program.0.try_wait().unwrap());
    assert!(ended.success());
}

/// Returns the journals of sessions that have no file yet.
fn session_journals(out: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(out.join(".journal")).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "session"))
        .collect()
}

#[test]
fn killed_again_and_again_in_one_folder_it_loses_no_action_that_it_printed() {
    let mut room = Room::new();
    let out = room.folder.path().join("out");
    let printed: Vec<_> = (0..SAME).map(|run| room.killed(&out, run)).collect();
    room.recover(&out, true);
    let lines = room.check(&out, &printed);
    assert!(lines > 2 * SAME, "only {lines} actions were printed");
    // Once more, and nothing is there twice.
    let before = sessions(&out);
    room.recover(&out, false);
    assert_eq!(sessions(&out), before);
    room.check(&out, &printed);
}

#[test]
fn killed_in_a_fresh_folder_it_loses_no_action_that_it_printed() {
    let mut room = Room::new();
    let mut lines = 0;
    for run in 0..FRESH {
        let out = room.folder.path().join(format!("out{run}"));
        let printed = [room.killed(&out, run)];
        room.recover(&out, run % 5 == 0);
        lines += room.check(&out, &printed);
    }
    assert!(lines > FRESH, "only {lines} actions were printed");
}
