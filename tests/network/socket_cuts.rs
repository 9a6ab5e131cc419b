//! The connection cut at every edge of the phases and at twenty points between, over the real socket.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use pianola::disk::RealDisk;
use pianola::engine::{Engine, Setup, View};
use pianola::fairness::ProofStatus;
use pianola::feed::{Address, FeedConfig};
use pianola::game::Phase;
use pianola::recording::{GameFile, Origin, Recorder};
use pianola::table::{Speed, Table, TableConfig};

use crate::support::files::game_files;
use crate::support::table_updates::{self, Truth, assert_true, truth};

/// Where in a game the connection is cut.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// As soon as the phase is seen.
    Edge(Phase),
    /// As soon as the tick is seen, in parts of the game's length.
    Part(f64),
    /// In the countdown, at this many milliseconds before the start.
    Countdown(i64),
}

fn points() -> Vec<Point> {
    let edges = [
        Phase::Cooldown,
        Phase::Presale,
        Phase::Active,
        Phase::Rugged,
    ]
    .map(Point::Edge);
    let parts = (1..=16).map(|n| Point::Part(f64::from(n) / 17.0));
    let countdown = [14_500, 9_900, 4_000, 300].map(Point::Countdown);
    edges.into_iter().chain(parts).chain(countdown).collect()
}

const SEED: u64 = 11;

#[test]
fn a_cut_anywhere_leaves_every_game_proven_or_says_what_is_missing() {
    let points = points();
    let updates = table_updates::updates(SEED, points.len() + 1, &[]);
    let truth = truth(&updates);
    let mut ids: Vec<String> = Vec::new();
    for (_, update) in &updates {
        if !ids.iter().any(|id| id == update.game_id.as_str()) {
            ids.push(update.game_id.as_str().to_owned());
        }
    }

    let table = Table::start(TableConfig {
        seed: Some(SEED),
        speed: Speed::Times(60.0),
        ..TableConfig::default()
    });
    let table = table.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (recorder, open) =
        Recorder::open(RealDisk, folder.path().to_owned(), Origin::Practice).unwrap();
    let mut config = FeedConfig::new(Address::parse(&table.url()).unwrap());
    config.limits.backoff_first = Duration::from_millis(20);
    config.limits.backoff_max = Duration::from_millis(40);
    let engine = Engine::start(Setup::watching(config), recorder, open).unwrap();
    let view = engine.view();

    // In the game after the first one, cut at the first point, in the next one at the second …
    for (number, point) in points.iter().enumerate() {
        let id = &ids[number + 1];
        let length = truth[id].prices.len();
        wait(&view, &format!("{point:?} in {id}"), |view| {
            let Some(now) = &view.game_id else {
                return false;
            };
            // A point that the view skipped (the last tick, say) is cut late, in the next game.
            let place = ids
                .iter()
                .position(|id| id == now.as_str())
                .unwrap_or(usize::MAX);
            let here = match *point {
                Point::Edge(phase) => view.phase == phase,
                #[allow(clippy::cast_precision_loss)]
                Point::Part(part) => view
                    .tick
                    .is_some_and(|tick| f64::from(tick) >= part * length as f64),
                Point::Countdown(millis) => {
                    view.countdown_millis.is_some_and(|left| left <= millis)
                }
            };
            place > number + 1 || place == number + 1 && here
        });
        table.cut();
    }
    wait(&view, "the end", |view| {
        let saved = view.recorder.saved_games > points.len() as u64;
        saved
            && view
                .game_id
                .as_ref()
                .is_none_or(|now| ids[..=points.len()].iter().all(|id| id != now.as_str()))
    });
    drop(engine);

    assert_recorded(folder.path(), &truth, &ids[..=points.len()]);
}

/// Asserts that every game has a file that agrees with the table's own prices, and nearly every one is proven.
fn assert_recorded(folder: &Path, truth: &BTreeMap<String, Truth>, ids: &[String]) {
    let files = game_files(folder);
    for (number, id) in ids.iter().enumerate() {
        let short = &id[id.len() - 16..][..8];
        assert!(
            files
                .iter()
                .any(|path| path.to_string_lossy().contains(short)),
            "game {number}, {id} of {} ticks has no file",
            truth[id].prices.len()
        );
    }
    let mut seen = 0;
    let mut reconnects = 0;
    let mut proven = 0;
    for path in files {
        let file = GameFile::parse(&std::fs::read(&path).unwrap()).unwrap();
        let id = file.meta.game_id.as_str();
        // We stopped in the one that came after them.
        let Some(truth) = truth
            .get(id)
            .filter(|_| ids.iter().any(|known| known == id))
        else {
            continue;
        };
        reconnects += file.meta.reconnects;
        let complete = file.meta.complete;
        let status = file.meta.proof.status;
        let game = file.into_game();
        assert_true(&game, truth, &path.display().to_string());
        assert!(
            complete,
            "{}: the table's history has every price",
            path.display()
        );
        assert!(
            game.seed.is_some(),
            "{}: {status:?} {:?}",
            path.display(),
            game.proof.reason
        );
        match status {
            ProofStatus::Proven | ProofStatus::Repaired => proven += 1,
            // The connection was away from before the start to the reveal: the presale takes a quarter of a second here, in
            // which a busy machine may not come back.
            _ => assert_eq!(game.proof.reason.as_deref(), Some("no commitment seen")),
        }
        seen += 1;
    }
    println!("{seen} games, {proven} proven, {reconnects} reconnects during games");
    assert_eq!(seen, ids.len());
    assert!(proven + 3 >= seen, "{proven} of {seen} proven");
    assert!(reconnects >= 14, "{reconnects}");
}

fn wait(view: &tokio::sync::watch::Receiver<View>, what: &str, ready: impl Fn(&View) -> bool) {
    let start = Instant::now();
    while !ready(&view.borrow()) {
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "{what} never came: {:?}",
            *view.borrow()
        );
        std::thread::park_timeout(Duration::from_millis(1));
    }
}
