//! Sixty lines over ten games, traded over the socket; then every number of the session is checked. The same lines at
//! any speed, on a busy machine, give the same session.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use pianola::account::{AccountEvent, Action, ActionKind, ActionStatus};
use pianola::fairness::ProofStatus;
use pianola::protocol::GameId;
use pianola::recording::{GameFile, SessionFile};
use pianola::replay::{ReplayReport, SessionPart, check};
use pianola::table::{Speed, Table, TableConfig};
use serde_json::{Value, json};

use crate::support::digits::digits_changed;
use crate::support::files::game_files;
use crate::support::process::{self, pianola, run, stdout};

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/sixty_lines.txt"
);
const SPEED: &str = "20";

/// What a run left, and what the table says of it.
struct Played {
    folder: tempfile::TempDir,
    lines: Vec<String>,
    code: Option<i32>,
    table: Table,
}

fn play() -> Played {
    let table = Table::start(TableConfig {
        seed: Some(3),
        speed: SPEED.parse().unwrap(),
        ..TableConfig::default()
    });
    let table = table.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = pianola()
        .args(["play", SCRIPT, "--url", &table.url(), "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    let lines = stdout(&output).lines().map(str::to_owned).collect();
    Played {
        folder,
        lines,
        code: output.status.code(),
        table,
    }
}

fn only(folder: &Path, kind: &str) -> PathBuf {
    let day = |entry: &std::fs::DirEntry| entry.file_name().len() == "2025-12-15".len();
    let days = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = days.filter(day).flat_map(|day| {
        std::fs::read_dir(day.path().join(kind))
            .into_iter()
            .flatten()
    });
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().unwrap()
}

fn games(folder: &Path) -> BTreeMap<GameId, GameFile> {
    let files = game_files(folder);
    let read = |path: &PathBuf| GameFile::parse(&std::fs::read(path).unwrap()).unwrap();
    files
        .iter()
        .map(read)
        .map(|file| (file.meta.game_id.clone(), file))
        .collect()
}

/// Every change that our rows tell, beside every change that the table made to the account, in order.
#[test]
fn sixty_lines_agree_with_the_table_and_any_changed_digit_is_found() {
    let played = play();
    let text = played.lines.join("\n");
    assert_eq!(played.code, Some(0), "{text}");
    let path = only(played.folder.path(), "sessions");
    let session = SessionFile::parse(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(session.meta.drift_count, 0);
    assert!(session.drifts.is_empty());
    assert!(
        session.meta.verifications > 60,
        "{}",
        session.meta.verifications
    );

    has_everything(&session.actions);
    agrees_with_the_table(&session.actions, &played.table);
    let printed = played
        .lines
        .iter()
        .filter(|line| line.split(' ').count() >= 9);
    assert!(printed.count() >= session.actions.len(), "{text}");

    let path = path.to_str().unwrap();
    let output = run(&["replay", path]);
    let count = session.actions.len();
    assert_eq!(stdout(&output), format!("{count} actions: {count} agree\n"));
    assert_eq!(output.status.code(), Some(0));
    finds_changed_digits(path, &games(played.folder.path()));
}

/// Threads that take every processor for themselves, until dropped.
struct BusyThreads {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl BusyThreads {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let count = 2 * std::thread::available_parallelism().map_or(2, usize::from);
        let spin = |stop: Arc<AtomicBool>| {
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            })
        };
        let threads = (0..count).map(|_| spin(Arc::clone(&stop))).collect();
        Self { stop, threads }
    }
}

impl Drop for BusyThreads {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().ok(); // It cannot fail.
        }
    }
}

/// Plays the sixty lines at this source; returns the session without what differs between any two runs.
fn session(source: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let output = pianola()
        .args(["play", SCRIPT, "--out"])
        .arg(folder.path())
        .args(source)
        .output()
        .unwrap();
    let text = stdout(&output) + &process::stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{source:?}: {text}");
    let path = only(folder.path(), "sessions");
    let mut session: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let meta = session["meta"].as_object_mut().unwrap();
    for key in [
        "session_start",
        "session_end",
        "session_id",
        "speed",
        "seeded",
        "origin",
    ] {
        meta.remove(key);
    }
    for row in session["actions"].as_array_mut().unwrap() {
        let row = row.as_object_mut().unwrap();
        for key in ["timestamp", "acked_at", "confirmed_at"] {
            row.remove(key);
        }
    }
    session
}

#[test]
fn the_same_seed_and_script_give_the_same_session_at_any_speed_on_a_busy_machine() {
    let practice = |speed: &str| session(&["--seed", "3", "--speed", speed]);
    let at_speed_50 = practice("50");
    assert!(at_speed_50["actions"].as_array().unwrap().len() > 60);
    let _hogs = BusyThreads::start();
    for speed in ["1000", "max"] {
        same(speed, &practice(speed), &at_speed_50);
    }
    // A table in another process waits for its player as well.
    let table = Table::start(TableConfig {
        seed: Some(3),
        speed: Speed::Max,
        // On a machine as busy as this one the program may stop for longer than a table waits.
        patience: Some(Duration::from_mins(1)),
        ..TableConfig::default()
    });
    let found = session(&["--url", &table.unwrap().url()]);
    same("--url, max", &found, &at_speed_50);
}

#[test]
fn at_max_speed_every_game_is_recorded_complete_and_proven() {
    const GAMES: usize = 20;
    let folder = tempfile::tempdir().unwrap();
    let output = pianola()
        .args([
            "record",
            "--practice",
            "--seed",
            "5",
            "--speed",
            "max",
            "--games",
        ])
        .args([&GAMES.to_string(), "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    let text = stdout(&output) + &process::stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let games = games(folder.path());
    assert!(games.len() >= GAMES, "{text}");
    let mut revealed = 0;
    for game in games
        .values()
        .filter(|game| game.meta.server_seed.is_some())
    {
        let meta = &game.meta;
        assert!(meta.complete && meta.reconnects == 0, "{meta:?}");
        assert_eq!(meta.proof.status, ProofStatus::Proven, "{meta:?}");
        revealed += 1;
    }
    assert!(revealed >= GAMES, "{text}");
}

/// The rows one by one first: the first that differs says more than the whole session.
fn same(what: &str, found: &Value, expected: &Value) {
    let rows = |session: &Value| session["actions"].as_array().unwrap().clone();
    for (found, expected) in rows(found).iter().zip(&rows(expected)) {
        assert_eq!(found, expected, "speed {what}");
    }
    assert_eq!(found, expected, "speed {what}");
}

fn has_everything(rows: &[Action]) {
    let count = |kind: ActionKind, status: ActionStatus| {
        rows.iter()
            .filter(|row| row.action == kind && row.status == status)
            .count()
    };
    assert!(count(ActionKind::Buy, ActionStatus::Confirmed) >= 22);
    assert!(count(ActionKind::Sell, ActionStatus::Confirmed) >= 15);
    assert!(count(ActionKind::SidebetWin, ActionStatus::Confirmed) >= 3);
    assert!(count(ActionKind::SidebetLose, ActionStatus::Confirmed) >= 3);
    assert!(count(ActionKind::Liquidated, ActionStatus::Confirmed) >= 2);
    // Too much, too little, nothing to sell, and two at the rug.
    let refused = rows
        .iter()
        .filter(|row| row.status == ActionStatus::Refused);
    assert!(refused.count() >= 5);
    assert!(rows.iter().all(|row| row.status != ActionStatus::Unknown));
    let answered = |row: &&Action| row.status == ActionStatus::Confirmed && row.acked_at.is_some();
    assert!(rows.iter().filter(answered).count() >= 40);
}

fn agrees_with_the_table(rows: &[Action], table: &Table) {
    let ledger = table.ledger("did:privy:practice-0001");
    let confirmed: Vec<_> = rows
        .iter()
        .filter(|row| row.status == ActionStatus::Confirmed)
        .collect();
    assert_eq!(confirmed.len(), ledger.len());
    for (ours, theirs) in confirmed.into_iter().zip(&ledger) {
        let kind = match theirs.event {
            AccountEvent::Buy { .. } => ActionKind::Buy,
            AccountEvent::Sell { .. } => ActionKind::Sell,
            AccountEvent::PlaceSidebet { .. } => ActionKind::SidebetPlace,
            AccountEvent::WinSidebet => ActionKind::SidebetWin,
            AccountEvent::LoseSidebet => ActionKind::SidebetLose,
            AccountEvent::Liquidate { .. } => ActionKind::Liquidated,
            AccountEvent::Correct { .. } => panic!("no fault was asked for"),
        };
        assert_eq!(ours.action, kind);
        let after = theirs.after;
        assert_eq!(ours.balance_after, Some(after.balance), "{ours:?}");
        assert_eq!(
            ours.position_qty_after,
            Some(after.position_qty),
            "{ours:?}"
        );
        assert_eq!(ours.entry_price, after.entry_price, "{ours:?}");
    }
}

fn finds_changed_digits(path: &str, games: &BTreeMap<GameId, GameFile>) {
    let whole: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let keys = [
        "balance_after",
        "position_qty_after",
        "entry_price",
        "qty",
        "price",
        "executed_price",
        "pnl",
        "amount",
    ];
    let mut tried = 0;
    let mut last = None;
    for (number, row) in whole["actions"].as_array().unwrap().iter().enumerate() {
        for key in keys {
            let Some(text) = row[key].as_str() else {
                continue;
            };
            for other in digits_changed(text) {
                let mut changed = whole.clone();
                changed["actions"][number][key] = json!(other);
                let found = replayed(&changed, games);
                let seq = u32::try_from(number + 1).unwrap();
                let named = |place: &SessionPart| matches!(place, SessionPart::Action { seq: s, .. } if *s == seq);
                let named = found.disagreements.iter().any(|d| named(&d.place));
                assert!(named, "action {seq} {key}: {text} -> {other}");
                tried += 1;
                last = Some((changed, row["action"].clone()));
            }
        }
    }
    assert!(tried > 3_000, "only {tried} digits");
    // And the command says so, with the name of the action.
    let (changed, kind) = last.unwrap();
    let file = Path::new(path).with_file_name("changed_session.json");
    std::io::Write::write_all(
        &mut std::fs::File::create(&file).unwrap(),
        changed.to_string().as_bytes(),
    )
    .unwrap();
    let output = run(&["replay", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains(kind.as_str().unwrap()),
        "{}",
        stdout(&output)
    );
}

fn replayed(session: &Value, games: &BTreeMap<GameId, GameFile>) -> ReplayReport {
    let file = SessionFile::parse(session.to_string().as_bytes()).unwrap();
    check(&file, &mut |id| {
        games.get(id).cloned().ok_or_else(|| "none".to_owned())
    })
}
