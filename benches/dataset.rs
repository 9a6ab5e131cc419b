//! A data set built of recordings of the real server, brought up to date, and read by `DuckDB` and Polars, beside the
//! same tables written by pyarrow: `taskset -c 1 cargo bench --bench dataset`, with `PIANOLA_GAMES=100000` for the
//! figures of `docs/performance.md`.
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(clippy::cast_precision_loss, reason = "figures are for reading")]

#[path = "support/confirmed_action.rs"]
mod confirmed_action;
#[path = "support/day_session.rs"]
mod day_session;
#[path = "support/no_sync.rs"]
mod no_sync;
#[path = "support/proven_games.rs"]
mod proven_games;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use pianola::dataset::{BuildOptions, BuildReport, build};
use pianola::game::Time;
use proven_games::ProvenGames;

const GAMES: u64 = 5_000;
const FIRST_START: &str = "2025-10-01T00:00:05.123Z";
/// Long after the files were written, so that their times are believed.
const NOW: &str = "2100-01-01T00:00:00Z";

fn main() {
    let measuring = side_by_side::measuring();
    let wanted = std::env::var("PIANOLA_GAMES").ok();
    let wanted = wanted.and_then(|games| games.parse().ok());
    let count = wanted.unwrap_or(if measuring { GAMES } else { 30 });
    let folder = tempfile::tempdir().expect("a folder");
    let recordings = folder.path().join("recordings");
    let set = folder.path().join("set");
    let mut games = ProvenGames::from(FIRST_START.parse().expect("a time"));
    let start = Instant::now();
    let written = games.write(&recordings, |written, _| written.games < count);
    println!(
        "{} games, {} ticks, {} sessions with {} actions, {:.0} MB of recordings written in {:.1?}",
        written.games,
        written.ticks,
        written.sessions,
        written.actions,
        written.bytes as f64 / 1e6,
        start.elapsed()
    );
    let now = NOW.parse().expect("a time");
    let options = BuildOptions::new(vec![recordings.clone()], set.clone(), now);
    let report = measured("all of them", &options);
    assert_eq!(
        (report.new, report.findings.len()),
        (written.games, 0),
        "{:?}",
        report.findings.first()
    );
    assert_eq!(report.sessions, written.sessions);
    println!(
        "  {:.2} bytes a tick in `ticks`, {:.0} bytes a game in `games`",
        size(&set.join("ticks")) as f64 / report.ticks as f64,
        size(&set.join("games")) as f64 / report.games as f64,
    );
    let report = measured("nothing changed", &options);
    assert_eq!(report.unchanged, written.games);
    add_day(games.next_start(), &recordings);
    let report = measured("one new day", &options);
    assert!(report.new > 1_000 && report.changed == 0, "{report:?}");
    if measuring {
        beside_pyarrow(&recordings, &set);
    }
}

/// Writes the games of the day after a time.
fn add_day(last: Time, recordings: &Path) {
    let day = last.date_naive() + chrono::Days::new(1);
    let midnight = format!("{day}T00:00:00Z").parse().expect("a time");
    let mut games = ProvenGames::from(midnight);
    games.write(recordings, |_, start| start.date_naive() == day);
}

/// Builds the data set and prints what it took.
fn measured(what: &str, options: &BuildOptions) -> BuildReport {
    reset_peak_memory();
    let (start, cpu) = (Instant::now(), cpu_time());
    let report = build(options, &mut |_| ControlFlow::Continue(())).expect("a data set");
    println!(
        "{what}: {:.2?}, of a processor {:.2?}, at most {} MB of memory; {}",
        start.elapsed(),
        cpu_time().saturating_sub(cpu),
        peak_memory(),
        report.line(start.elapsed())
    );
    report
}

/// Returns the length of the files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let entries = entries.map(|entry| entry.expect("an entry"));
    let sizes = entries.map(|entry| {
        let facts = entry.metadata().expect("a file");
        if facts.is_dir() {
            size(&entry.path())
        } else {
            facts.len()
        }
    });
    sizes.sum()
}

/// Lets Python write the same tables, and read both.
fn beside_pyarrow(recordings: &Path, set: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("tests/python/.venv/bin/python");
    let python = if own.is_file() { own } else { "python3".into() };
    let script = root.join("benches/support/data_set.py");
    let mut command = Command::new(python);
    command.arg(script).args([recordings, set]);
    let done = command.status().is_ok_and(|status| status.success());
    if !done {
        println!("SKIPPED: no Python with the packages of tests/python/requirements.txt");
    }
}

/// Returns the time that this process has had a processor, with its threads that have ended.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name of the program, which may have spaces: the 12th and 13th value are ticks of 10 ms.
    let values = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u64 = values
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Duration::from_millis(10 * ticks)
}

/// Forgets how much memory this process has had.
#[expect(
    clippy::disallowed_methods,
    reason = "this file is a switch of the kernel"
)]
fn reset_peak_memory() {
    std::fs::write("/proc/self/clear_refs", "5").ok(); // Elsewhere the peak is that of the whole run.
}

/// Returns the most memory that this process had since then, in MB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024 / 1_000_000
}
