//! A hundred lost connections under the whole engine, in every way a line fails: each game is proven or says what is
//! missing, and nothing is left behind. In a process of its own: it counts its descriptors and threads.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use pianola::disk::RealDisk;
use pianola::engine::{Engine, Setup, View};
use pianola::fairness::ProofStatus;
use pianola::feed::{Address, FeedConfig, FeedState};
use pianola::recording::{GameFile, Origin, Recorder};
use pianola::table::{Speed, Table, TableConfig};

use crate::support::faulty_line::{FaultyLine, LineFault};
use crate::support::files::game_files;
use crate::support::own_process::in_own_process;
use crate::support::table_updates::{self, assert_true, truth};

const SEED: u64 = 31;
const LOSSES: u32 = 100;
const SOON: Duration = Duration::from_mins(1);

/// Open descriptors and threads of this program, and the table's tasks.
fn held(table: &Table) -> (usize, usize, usize) {
    let count = |folder| std::fs::read_dir(folder).unwrap().count();
    (
        count("/proc/self/fd"),
        count("/proc/self/task"),
        table.tasks(),
    )
}

#[test]
fn a_hundred_losses_leave_true_games_and_nothing_behind() {
    in_own_process(|| {
        pianola::feed::install_panic_hook();
        let table = Table::start(TableConfig {
            seed: Some(SEED),
            speed: Speed::Times(100.0),
            ..TableConfig::default()
        });
        let table = table.unwrap();
        // The first engine opens what a program keeps (tokio's signal pipe), and ends.
        let first = record(&table, 1);
        drop(first);
        let before = settled("at first", &table);
        let folder = record(&table, LOSSES);
        let mut after = before;
        let start = Instant::now();
        while start.elapsed() < SOON {
            after = held(&table);
            if after == before {
                break;
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
        assert_eq!(after, before, "descriptors, threads, tasks of the table");

        let files: Vec<GameFile> = game_files(folder.path())
            .iter()
            .map(|path| GameFile::parse(&std::fs::read(path).unwrap()).unwrap())
            .collect();
        let updates = table_updates::updates(SEED, files.len() + 30, &[]);
        let truth = truth(&updates);
        let (mut proven, mut reconnects) = (0, 0);
        for file in &files {
            let id = file.meta.game_id.as_str();
            let truth = truth.get(id).expect("a game of the table");
            reconnects += file.meta.reconnects;
            let reason = file.meta.proof.reason.as_deref();
            match file.meta.proof.status {
                ProofStatus::Proven | ProofStatus::Repaired => proven += 1,
                // The connection was away until its hash or its seed had passed.
                ProofStatus::Unverifiable => assert!(
                    matches!(reason, Some("no commitment seen" | "no seed yet")),
                    "{id}: {reason:?}"
                ),
                ProofStatus::Mismatch => panic!("{id}: {reason:?}"),
            }
            // What is not known is said: this fails for a game that claims more than it has.
            assert_true(&file.clone().into_game(), truth, id);
        }
        println!(
            "{} games, {proven} proven, {reconnects} losses in games of {LOSSES}",
            files.len()
        );
        // One that passed while the connection was away is known from the list alone. The last one may be cut off by our
        // stop.
        let watched = files
            .iter()
            .filter(|file| file.meta.joined_at_tick.is_some());
        let watched = watched.count();
        assert!(proven + 2 >= watched, "{proven} of {watched}");
        assert!(watched >= 10, "{watched} of {}", files.len());
        assert!(reconnects > LOSSES / 4, "{reconnects}");
    });
}

/// Records through a line that fails `losses` times.
fn record(table: &Table, losses: u32) -> tempfile::TempDir {
    let line = FaultyLine::to(table.address());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let (recorder, open) = Recorder::open(RealDisk, root, Origin::Practice).unwrap();
    let mut config = FeedConfig::new(Address::parse(&line.url()).unwrap());
    config.limits.reader_check = Duration::from_millis(10);
    config.limits.stale = Duration::from_millis(100);
    config.limits.silence = Duration::from_millis(200);
    config.limits.silence_max = Duration::from_millis(200);
    config.limits.backoff_first = Duration::from_millis(10);
    config.limits.backoff_max = Duration::from_millis(20);
    let engine = Engine::start(Setup::watching(config), recorder, open).unwrap();
    let view = engine.view();
    for loss in 0..losses {
        let fault = [LineFault::Cut, LineFault::Silence, LineFault::HalfOpen][loss as usize % 3];
        let heard = view.borrow().last_event;
        wait(&view, &format!("event after loss {loss}"), |view| {
            matches!(view.feed, FeedState::Up { .. })
                && view.last_event > heard
                && view.tick.is_some()
        });
        line.fail(fault);
        wait(&view, &format!("loss {loss}, {fault:?}"), |view| {
            !matches!(view.feed, FeedState::Up { .. })
        });
    }
    let saved = view.borrow().recorder.saved_games;
    wait(&view, "two whole games", |view| {
        view.recorder.saved_games > saved + 2
    });
    drop(engine);
    folder
}

/// Waits until the same is held for a while.
fn settled(what: &str, table: &Table) -> (usize, usize, usize) {
    let mut last = held(table);
    let (mut same, start) = (0, Instant::now());
    while same < 60 {
        assert!(start.elapsed() < SOON, "{what}: {last:?} never settles");
        std::thread::park_timeout(Duration::from_millis(5));
        let now = held(table);
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

fn wait(view: &tokio::sync::watch::Receiver<View>, what: &str, ready: impl Fn(&View) -> bool) {
    let start = Instant::now();
    while !ready(&view.borrow()) {
        assert!(start.elapsed() < SOON, "{what} never came");
        std::thread::park_timeout(Duration::from_micros(500));
    }
}
