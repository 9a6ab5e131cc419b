//! The program killed at any moment, repeatedly: while it plays, records, ends, recovers. Every action and every game
//! that it printed is in a file afterwards, as it was printed, once, and as the table booked it.
//!
//! `PIANOLA_KILLS=1000` (or `PIANOLA_FULL=1`, which is the same) makes it a thousand kills; `--nocapture` shows the
//! figures.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pianola::table::{Speed, Table, TableConfig};

use crate::support::after_kill::{assert_game, assert_json, holds, is_game_line};
use crate::support::files::{game_file, game_files};
use crate::support::process::{Program, pianola, signal, until};
use crate::support::random::Random;
use crate::support::script_run::{
    assert_booked, assert_index, is_action_line, sessions, wrong_where_complete,
};

/// Kills of a normal run, and of the long one.
const FEW: usize = 24;
const MANY: usize = 1_000;
/// Lanes beside each other, each with a table and a folder of its own: most of the time is waiting for a game.
const LANES: usize = 4;
/// Kills in one folder, before it is recovered for good and checked.
const IN_ONE_FOLDER: usize = 14;

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

/// What the program is at when it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// Whatever it happens to be.
    Any,
    /// An action was printed; the next one is on its way.
    Action,
    /// A game was printed: seed, index and the end of its journal are to come.
    Game,
    /// A recorder that only watches printed a game.
    Watching,
    /// The session is being ended.
    End,
    /// It has just been started, and reads what the kill before left.
    Recovery,
}

const MOMENTS: [Moment; 8] = [
    Moment::Any,
    Moment::Action,
    Moment::Recovery,
    Moment::Recovery,
    Moment::Game,
    Moment::End,
    Moment::Recovery,
    Moment::Watching,
];

/// What was found in the end.
#[derive(Debug, Default)]
struct Figures {
    kills: BTreeMap<Moment, usize>,
    /// Lines that were printed, each of which is in a file.
    actions: usize,
    games: usize,
    /// Files that are there; each of them parses.
    sessions: usize,
    game_files: usize,
    json_files: usize,
}

/// A table and a place for files.
struct Lane {
    table: Table,
    folder: tempfile::TempDir,
}

impl Lane {
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
        }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn start(&self, command: &str, results: &Path) -> Program {
        let mut program = pianola();
        program.arg(command);
        if command == "play" {
            program.arg(self.folder.path().join("script"));
        }
        program.args(["--url", &self.table.url()]);
        program.arg("--out").arg(self.out());
        program.stdout(File::create(results).unwrap());
        program.stderr(File::create(results.with_extension("log")).unwrap());
        Program(program.spawn().unwrap())
    }

    /// Starts it and kills it at such a moment. Returns the lines that were printed.
    fn killed(&self, moment: Moment, run: usize, random: &mut Random) -> Vec<String> {
        let results = self.folder.path().join(format!("run{run}.out"));
        let watching =
            moment == Moment::Watching || moment == Moment::Recovery && run.is_multiple_of(2);
        let command = if watching { "record" } else { "play" };
        let mut program = self.start(command, &results);
        let printed = |wanted: fn(&str) -> bool| {
            let lines = lines(&results);
            lines.iter().filter(|line| wanted(line)).count() as u64
        };
        let more = random.below(12);
        let longest = Duration::from_millis(match moment {
            // A start takes some hundredths of a second: most of these are in the middle of it.
            Moment::Recovery => random.below(60),
            _ => 100 + random.below(2_500),
        });
        let began = Instant::now();
        until("a moment to be killed", || {
            assert_eq!(program.0.try_wait().unwrap(), None, "it ended by itself");
            let due = match moment {
                Moment::Any | Moment::Recovery | Moment::End => began.elapsed() >= longest,
                Moment::Action => printed(is_action_line) > more,
                Moment::Game | Moment::Watching => printed(is_game_line) > 0,
            };
            // A game may be long.
            (due || began.elapsed() > Duration::from_secs(8)).then_some(())
        });
        if moment == Moment::End {
            signal(&program.0, "-INT");
        }
        // The line is out, its file perhaps not; the index comes up to a second later.
        let limit = if moment == Moment::Game { 1_100 } else { 40 };
        wait(Duration::from_micros(random.below(limit * 1_000)));
        program.0.kill().unwrap();
        program.0.wait().unwrap();
        lines(&results)
    }

    /// Starts once more, as a recorder, and ends it as Ctrl-C does once it watches; `whole`: after a whole game.
    fn recover(&self, whole: bool) {
        let results = self.folder.path().join("recovery.out");
        let left = session_journals(&self.out());
        // Those that were killed are gone from the table: the one that is there then is this one.
        until("an empty table", || {
            (self.table.clients() == 0).then_some(())
        });
        let mut program = self.start("record", &results);
        until("the recovery", || {
            assert_eq!(program.0.try_wait().unwrap(), None, "it ended by itself");
            let recovered = left.iter().all(|journal| !journal.exists());
            let saved = !whole || !lines(&results).is_empty();
            (recovered && saved && self.table.clients() > 0).then_some(())
        });
        signal(&program.0, "-INT");
        let ended = until("the end after Ctrl-C", || program.0.try_wait().unwrap());
        let log = fs::read_to_string(results.with_extension("log")).unwrap();
        assert!(ended.success(), "{ended} {log}");
        assert_eq!(session_journals(&self.out()), Vec::<PathBuf>::new());
    }

    /// Fails unless all that was printed in the runs is there, nothing is there twice, and every file is whole.
    fn check(&self, printed: &[Vec<String>], figures: &mut Figures) {
        let out = self.out();
        let files = sessions(&out);
        let mut keys = BTreeSet::new();
        for (path, file) in &files {
            let player = file.meta.player_id.clone().unwrap();
            assert!(keys.insert(player.clone()), "twice: {}", path.display());
            assert_booked(file, &self.table.ledger(&player));
            let wrong = wrong_where_complete(path, file);
            assert!(wrong.is_empty(), "{wrong:#?}\n{file:#?}");
        }
        // Two runs in one game may have the same rows, so each session counts for one run only; both are in order.
        let mut left = files.iter();
        for lines in printed {
            let actions: Vec<_> = lines.iter().filter(|line| is_action_line(line)).collect();
            let found = actions.is_empty() || left.any(|(_, file)| holds(file, &actions));
            assert!(found, "{actions:#?}\n{files:#?}");
            figures.actions += actions.len();
            let games = lines.iter().filter(|line| is_game_line(line));
            for line in games {
                assert_game(line);
                figures.games += 1;
            }
        }
        assert_index(&out);
        figures.sessions += files.len();
        let ids: BTreeSet<_> = game_files(&out)
            .iter()
            .map(|path| game_file(path).meta.game_id.to_string())
            .collect();
        assert_eq!(ids.len(), game_files(&out).len(), "a game is there twice");
        figures.game_files += ids.len();
        figures.json_files += assert_json(&out);
    }
}

/// Returns the whole lines of a file.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let whole = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    whole.map(|line| line.trim_end().to_owned()).collect()
}

/// Lets time pass, to the next kill.
fn wait(time: Duration) {
    let due = Instant::now() + time;
    while let Some(left) = due.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
}

/// Returns the journals of sessions that have no file yet.
fn session_journals(out: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(out.join(".journal")).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "session"))
        .collect()
}

/// How many kills are wanted.
fn wanted() -> usize {
    let kills = std::env::var("PIANOLA_KILLS").ok();
    let full = std::env::var_os("PIANOLA_FULL").is_some();
    let number = kills.map(|kills| kills.parse().expect("PIANOLA_KILLS is a number"));
    number.unwrap_or(if full { MANY } else { FEW })
}

impl Figures {
    fn add(&mut self, other: Self) {
        for (moment, kills) in other.kills {
            *self.kills.entry(moment).or_default() += kills;
        }
        self.actions += other.actions;
        self.games += other.games;
        self.sessions += other.sessions;
        self.game_files += other.game_files;
        self.json_files += other.json_files;
    }
}

/// Kills so many times, in one folder after the other.
fn killed(lane: usize, wanted: usize) -> Figures {
    let mut random = Random::by_time(&format!("lane {lane}"));
    let mut figures = Figures::default();
    let (mut kills, began) = (0, Instant::now());
    while kills < wanted {
        let room = Lane::new();
        let mut printed = Vec::new();
        for run in 0..IN_ONE_FOLDER.min(wanted - kills) {
            let moment = MOMENTS[(lane * wanted + kills) % MOMENTS.len()];
            printed.push(room.killed(moment, run, &mut random));
            *figures.kills.entry(moment).or_default() += 1;
            kills += 1;
        }
        // A whole game afterwards now and then: what was open goes on, or is closed.
        let first = kills <= IN_ONE_FOLDER;
        room.recover(first || random.below(4) == 0);
        room.check(&printed, &mut figures);
        if first {
            // Once more, and nothing is there twice.
            let before = sessions(&room.out());
            room.recover(false);
            assert_eq!(sessions(&room.out()), before);
            room.check(&printed, &mut Figures::default());
        }
        let took = began.elapsed();
        eprintln!("lane {lane}: {kills} kills in {took:.0?}");
    }
    figures
}

#[test]
fn killed_at_any_moment_it_loses_nothing_that_it_printed() {
    let (wanted, began) = (wanted().div_ceil(LANES), Instant::now());
    let figures = std::thread::scope(|scope| {
        let lanes = (0..LANES).map(|lane| scope.spawn(move || killed(lane, wanted)));
        let lanes: Vec<_> = lanes.collect();
        let mut figures = Figures::default();
        for lane in lanes {
            figures.add(lane.join().unwrap());
        }
        figures
    });
    let (all, took) = (figures.kills.values().sum::<usize>(), began.elapsed());
    eprintln!("{all} kills in {took:.0?}: {figures:?}");
    assert_eq!(all, wanted * LANES);
    assert!(figures.actions > all / 4, "{figures:?}");
    assert!(figures.games > all / 10, "{figures:?}");
}
