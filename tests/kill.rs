//! The program killed at any moment, again and again, and stopped in the middle of a game: nothing that it printed
//! is lost, and every game is whole in the end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

use pianola::game::EndReason;
use pianola::recording::{DayIndex, GameFile, IndexGame};
use pianola::table::{Mark, Script};

/// At least so many kills, and more until the witness has seen enough games: how long a game runs is luck.
const KILLS: usize = 32;
const GAMES: usize = 6;
const LIMIT: Duration = Duration::from_secs(30);

/// A process of the program; killed when the test is over.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok(); // It may have ended.
        self.0.wait().ok();
    }
}

impl Program {
    /// Starts it with its results going to a file.
    fn start(args: &[&str], folder: &Path, results: &Path) -> Self {
        let log = results.with_extension("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_pianola"));
        command.args(args).arg("--out").arg(folder);
        command.stdout(File::create(results).unwrap());
        Self(command.stderr(File::create(log).unwrap()).spawn().unwrap())
    }

    /// Starts a table; returns its address, too.
    fn table(args: &[&str]) -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pianola"));
        command.arg("table").args(args).env("PIANOLA_LOG", "error");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut url).unwrap();
        (Self(child), url.trim().to_owned())
    }

    /// Stops it as Ctrl-C does.
    fn interrupt(mut self) -> ExitStatus {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(sent.success());
        let mut ended = None;
        wait("end after Ctrl-C", LIMIT, || {
            ended = self.0.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }
}

/// Polls until it is so.
fn wait(what: &str, limit: Duration, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < limit, "no {what} within {limit:?}");
        std::thread::park_timeout(Duration::from_millis(3));
    }
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

fn journals(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(".journal")).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "journal"))
        .collect()
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

/// Numbers that look random; the seed is told when a test fails.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self(u64::try_from(now.unwrap().as_nanos()).unwrap_or(1) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn killed_at_any_moment_it_loses_nothing_that_it_printed_and_no_game() {
    let folder = tempfile::tempdir().unwrap();
    let (killed, control) = (folder.path().join("killed"), folder.path().join("control"));
    let (_table, url) = Program::table(&["--speed", "20"]);
    let watch = ["record", "--url", &url];
    // A recorder that nobody kills tells which games there were.
    let witness = Program::start(&watch, &control, &folder.path().join("control.out"));
    wait("game of the witness", LIMIT, || {
        !journals(&control).is_empty()
    });

    let mut random = Random::new();
    eprintln!("seed {}", random.0);
    let results = |run: usize| folder.path().join(format!("run{run}.out"));
    let lines = |results: &Path| fs::read_to_string(results).unwrap().lines().count();
    let mut runs = 0;
    while runs < KILLS || lines(&folder.path().join("control.out")) < GAMES {
        let mut program = Program::start(&watch, &killed, &results(runs));
        // Half of them early, while it opens the folder and connects.
        let limit = if random.below(2) == 0 { 150 } else { 2_500 };
        let end = Instant::now() + Duration::from_millis(random.below(limit));
        wait("kill", LIMIT, || {
            assert_eq!(program.0.try_wait().unwrap(), None, "it ended by itself");
            Instant::now() >= end
        });
        program.0.kill().unwrap();
        program.0.wait().unwrap();
        runs += 1;
        assert!(runs < 10 * KILLS, "too few games");
    }
    let last = results(runs);
    let program = Program::start(&watch, &killed, &last);
    wait("three more games", 2 * LIMIT, || lines(&last) >= 3);
    assert!(program.interrupt().success());
    assert!(witness.interrupt().success());

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

/// A seed whose first game runs for some seconds even at twenty times the speed.
fn seed_of_a_long_game() -> u64 {
    let long = |seed: &u64| {
        let mut script = Script::seeded(*seed);
        loop {
            match script.next_step().mark {
                Mark::Tick { rug_tick, .. } => return (250..600).contains(&rug_tick),
                Mark::Rug => return false,
                _ => {}
            }
        }
    };
    (1..1_000).find(long).unwrap()
}

#[test]
fn a_game_that_was_stopped_and_gone_on_with_is_one_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, results) = (folder.path().join("r"), folder.path().join("out"));
    let seed = seed_of_a_long_game().to_string();
    let (_table, url) = Program::table(&["--speed", "20", "--seed", &seed]);
    let watch = ["record", "--url", &url];
    let program = Program::start(&watch, &recordings, &results);
    let some_ticks = |path: &PathBuf| fs::metadata(path).is_ok_and(|m| m.len() > 4_000);
    wait("running game", LIMIT, || {
        journals(&recordings).iter().any(some_ticks)
    });
    assert!(program.interrupt().success());
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
    wait("time away", LIMIT, || Instant::now() >= away);
    let program = Program::start(&watch, &recordings, &results);
    wait("the whole game", LIMIT, || {
        games(&recordings)[id].1.meta.server_seed.is_some()
    });
    assert!(program.interrupt().success());
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
