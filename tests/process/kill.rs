//! The program killed at any moment, repeatedly, and stopped in the middle of a game: nothing that it printed is lost,
//! and every game is whole in the end.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use pianola::game::EndReason;
use pianola::recording::{DayIndex, GameFile, IndexGame};

use crate::support::clean_end::journals;
use crate::support::process::{Program, ended, signal, table, until};
use crate::support::random::Random;
use crate::support::seeds::seed_of;

/// Ticks of the first game: enough for everything that is done in it.
const LONG: std::ops::Range<u32> = 250..600;

/// At least so many kills, and more until the witness has seen enough games: how long a game runs is luck.
const KILLS: usize = 32;
const GAMES: usize = 6;

/// Starts the program with its results going to a file.
fn start(args: &[&str], folder: &Path, results: &Path) -> Program {
    let log = results.with_extension("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pianola"));
    command.args(args).arg("--out").arg(folder);
    command.stdout(File::create(results).unwrap());
    Program(command.stderr(File::create(log).unwrap()).spawn().unwrap())
}

/// Stops it as Ctrl-C does; returns whether it ended well.
fn interrupt(mut program: Program) -> bool {
    signal(&program.0, "-INT");
    ended(&mut program.0).success()
}

/// Polls until it is so.
fn wait(what: &str, mut so: impl FnMut() -> bool) {
    until(what, || so().then_some(()));
}

/// Every game file below a folder by id; fails if one does not parse or an id is there twice.
fn games(folder: &Path) -> BTreeMap<String, (PathBuf, GameFile)> {
    let mut games = BTreeMap::new();
    for day in days(folder) {
        for entry in fs::read_dir(day.join("games")).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with('.') {
                continue;
            }
            let file = GameFile::parse(&fs::read(&path).unwrap()).unwrap();
            let id = file.meta.game_id.to_string();
            // Through every kill: each tick that came live has its arrival.
            let arrivals: Vec<_> = file.arrivals.iter().flatten().collect();
            assert_eq!(arrivals.len(), file.meta.sources.live as usize, "{id}");
            assert!(arrivals.is_sorted(), "{id}: {arrivals:?}");
            assert!(games.insert(id, (path, file)).is_none(), "stored twice");
        }
    }
    games
}

fn days(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.join("games").is_dir()).collect()
}

fn assert_index(folder: &Path) {
    let games = games(folder);
    for day in days(folder) {
        let index = DayIndex::parse(&fs::read(day.join("index.json")).unwrap()).unwrap();
        let of_day = games.values().filter(|(path, _)| path.starts_with(&day));
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut files: Vec<_> = of_day
            .map(|(path, file)| IndexGame::new(&name(path), file))
            .collect();
        files.sort_by(|a, b| (a.start_time, &a.file).cmp(&(b.start_time, &b.file)));
        assert_eq!(index.games, files);
    }
}

/// What a run printed is in the files; only the seed may have come later.
fn assert_printed(results: &Path, games: &BTreeMap<String, (PathBuf, GameFile)>) -> usize {
    let text = fs::read_to_string(results).unwrap();
    let lines = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    for line in lines.clone() {
        let words: Vec<_> = line.trim_end().splitn(5, ' ').collect();
        let [id, ticks, peak, proof, path] = words[..] else {
            panic!("{line}");
        };
        let (file_path, GameFile { meta, .. }) = &games[id];
        assert_eq!(Path::new(path), file_path);
        let same = meta.proof.status.as_str() == proof;
        assert!(same || proof == "unverifiable", "{line} {meta:?}");
        if same {
            assert_eq!(meta.duration_ticks.to_string(), ticks);
            assert_eq!(meta.peak().to_string(), peak);
        }
    }
    lines.count()
}

#[test]
fn killed_at_any_moment_it_loses_nothing_that_it_printed_and_no_game() {
    let folder = tempfile::tempdir().unwrap();
    let (killed, control) = (folder.path().join("killed"), folder.path().join("control"));
    let (_table, url) = table(&["--speed", "20"]);
    let watch = ["record", "--url", &url];
    // A recorder that is not killed records which games there were.
    let witness = start(&watch, &control, &folder.path().join("control.out"));
    wait("game of the witness", || !journals(&control).is_empty());

    let mut random = Random::by_time("kills");
    let results = |run: usize| folder.path().join(format!("run{run}.out"));
    let lines = |results: &Path| fs::read_to_string(results).unwrap().lines().count();
    let mut runs = 0;
    while runs < KILLS || lines(&folder.path().join("control.out")) < GAMES {
        let mut program = start(&watch, &killed, &results(runs));
        // Half of them early, while it opens the folder and connects.
        let limit = if random.below(2) == 0 { 150 } else { 2_500 };
        let end = Instant::now() + Duration::from_millis(random.below(limit));
        wait("kill", || {
            assert_eq!(program.0.try_wait().unwrap(), None, "it ended by itself");
            Instant::now() >= end
        });
        program.0.kill().unwrap();
        program.0.wait().unwrap();
        runs += 1;
        assert!(runs < 10 * KILLS, "too few games");
    }
    let last = results(runs);
    let program = start(&watch, &killed, &last);
    wait("three more games", || lines(&last) >= 3);
    assert!(interrupt(program));
    assert!(interrupt(witness));

    let (games, witnessed) = (games(&killed), games(&control));
    assert_eq!(journals(&killed), Vec::<PathBuf>::new());
    assert_index(&killed);
    let printed: usize = (0..=runs)
        .map(|run| assert_printed(&results(run), &games))
        .sum();
    assert!(printed >= 3, "only {printed} lines were printed");

    // From the first game on none is missing up to the last one, and all but that are whole.
    let mut order: Vec<_> = witnessed.values().collect();
    order.sort_by_key(|(_, file)| file.meta.start_time);
    let there: Vec<_> = order
        .iter()
        .map(|(_, file)| games.get(file.meta.game_id.as_str()))
        .collect();
    let first = there.iter().position(Option::is_some).unwrap();
    let last = there.iter().rposition(Option::is_some).unwrap();
    assert!(last - first >= 4, "only {} games", last - first);
    for (there, (_, witnessed)) in there[first..last].iter().zip(&order[first..last]) {
        let (_, file) = there.unwrap_or_else(|| panic!("{} is missing", witnessed.meta.game_id));
        let status = file.meta.proof.status.as_str();
        if file.meta.joined_at_tick.is_none() {
            // It began and ended while the program was away: the list has it, and no commitment was seen.
            let reason = file.meta.proof.reason.as_deref();
            assert_eq!(reason, Some("no commitment seen"), "{:?}", file.meta);
        } else {
            assert!(["proven", "repaired"].contains(&status), "{:?}", file.meta);
        }
        assert!(file.meta.complete, "{:?}", file.meta);
        assert_eq!(file.prices, witnessed.prices);
    }
}

#[test]
fn a_game_that_was_stopped_and_gone_on_with_is_one_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, results) = (folder.path().join("r"), folder.path().join("out"));
    let seed = seed_of(1, &[LONG]).to_string();
    let (_table, url) = table(&["--speed", "20", "--seed", &seed]);
    let watch = ["record", "--url", &url];
    let program = start(&watch, &recordings, &results);
    let some_ticks = |path: &PathBuf| fs::metadata(path).is_ok_and(|m| m.len() > 4_000);
    wait("running game", || {
        journals(&recordings).iter().any(some_ticks)
    });
    assert!(interrupt(program));
    let stopped = games(&recordings);
    assert_printed(&results, &stopped);
    let (id, (path, file)) = stopped.first_key_value().unwrap();
    assert_eq!(
        (stopped.len(), file.meta.end_reason),
        (1, Some(EndReason::Stopped))
    );
    assert!(!file.meta.complete && !file.prices.is_empty());
    assert_eq!(journals(&recordings), Vec::<PathBuf>::new());

    // The table goes on meanwhile, for some twenty ticks.
    let away = Instant::now() + Duration::from_millis(250);
    wait("time away", || Instant::now() >= away);
    let program = start(&watch, &recordings, &results);
    wait("the whole game", || {
        games(&recordings)[id].1.meta.server_seed.is_some()
    });
    assert!(interrupt(program));
    let games = games(&recordings);
    let (again, file) = &games[id];
    assert_eq!(again, path);
    assert_eq!(file.meta.end_reason, Some(EndReason::Rug));
    assert_eq!(file.meta.proof.status.as_str(), "proven");
    assert!(
        file.meta.complete && file.meta.sources.snapshot > 0,
        "{:?}",
        file.meta
    );
    assert_eq!(file.meta.reconnects, 1);
    assert_index(&recordings);
}
