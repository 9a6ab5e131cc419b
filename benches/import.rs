//! Importing captures: text → typed event → reducer, beside the same through a `Value`; then whole files to the disk,
//! beside the same over a socket.
//!
//! `cargo bench --bench import`. The rate of the Python original, from its parser to its handlers, is 13,054 events of
//! 10.6 kB a second on a quiet machine of this kind.
#![allow(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench"
)]

#[path = "support/messages.rs"]
mod messages;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pianola::capture::{LineContent, LineReader};
use pianola::engine::SessionCore;
use pianola::game::{Arrival, Time};
use pianola::import::Importer;
use pianola::recording::RecordingPolicy;
use serde_json::Value;

use messages::{capture, samples};
use side_by_side::{compare, measuring, time};

/// Events of 10.6 kB a second of the Python original.
const ORIGINAL: f64 = 13_054.0;

fn core() -> SessionCore {
    SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new())
}

fn arrival() -> Arrival {
    Arrival::from(Time::UNIX_EPOCH)
}

/// Takes lines as the import does, without the recorder.
fn by_text(lines: &[String]) -> usize {
    let (mut core, mut reader) = (core(), LineReader::default());
    let mut events = 0;
    for line in lines {
        let line = reader.read(line.as_bytes()).unwrap();
        if let LineContent::Event { name, args } = line.content {
            events += core.event_text(&name, args.payload(), arrival()).len();
        }
    }
    events
}

/// Takes lines through a tree of values, as the feed has to.
fn by_value(lines: &[String]) -> usize {
    let mut core = core();
    let mut events = 0;
    for line in lines {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let args = [line["data"].take()];
        let name = line["event"].as_str().unwrap();
        events += core.event(name, &args, arrival()).len();
    }
    events
}

fn reducer(rounds: usize) {
    for sample in samples() {
        let lines: Vec<String> = sample
            .texts
            .iter()
            .map(|text| {
                let data = &text["[\"gameStateUpdate\",".len()..text.len() - 1];
                format!("{{\"ts\":1765761431000,\"event\":\"gameStateUpdate\",\"data\":{data}}}")
            })
            .collect();
        let events = by_text(&lines);
        assert_eq!(events, by_value(&lines));
        let compared = compare(
            rounds,
            || _ = black_box(by_text(&lines)),
            || _ = black_box(by_value(&lines)),
        );
        let each = lines.len() as f64 / compared.best[0].as_secs_f64();
        let bytes: usize = lines.iter().map(String::len).sum();
        let megabytes = bytes as f64 / 1e6 / compared.best[0].as_secs_f64();
        println!(
            "{:>8}: {each:>9.0} events/s, {megabytes:>5.0} MB/s; {:.1} x the way through a `Value`",
            sample.name, compared.ratio
        );
        if sample.name == "10.6 kB" {
            println!(
                "{:>8}  {:.1} x the Python original's 13,054 events/s",
                "",
                each / ORIGINAL
            );
        }
    }
}

/// Imports a capture file into an empty folder; returns the time.
fn import(path: &std::path::Path) -> (Duration, u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut events = 0;
    let took = time(&mut || {
        let mut ignore = |_: pianola::import::ImportEvent<'_>| {};
        let mut importer = Importer::new(folder.path().join("out"), None, &mut ignore);
        importer.file(path).unwrap();
        let totals = importer.finish().unwrap();
        assert_eq!(totals.damaged + totals.refused_games, 0);
        events = totals.events;
    });
    (took, events)
}

/// Records the same capture over a socket: a table plays it as fast as it goes, beside it the recorder. Returns the time
/// until everything was played.
fn by_socket(path: &std::path::Path) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let pianola = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pianola"));
        command.env("PIANOLA_LOG", "off");
        command
    };
    let mut table = pianola();
    table
        .args(["table", "--speed", "max", "--capture"])
        .arg(path);
    let mut table = table.stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    let out = table.stdout.as_mut().unwrap();
    BufReader::new(out).read_line(&mut url).unwrap();
    let mut record = pianola();
    record.args(["record", "--url", url.trim(), "--out"]);
    record.arg(folder.path().join("out")).stdout(Stdio::null());
    // The table begins with its first client.
    let start = Instant::now();
    let mut record = record.spawn().unwrap();
    assert!(table.wait().unwrap().success());
    let took = start.elapsed();
    record.kill().unwrap();
    record.wait().unwrap();
    took
}

fn files(games: usize, rounds: usize) {
    for length in [700, 10_600] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("capture.jsonl");
        std::fs::write(&path, capture(games, length)).unwrap();
        let bytes = path.metadata().unwrap().len();
        let (took, events) = (0..rounds).map(|_| import(&path)).min().unwrap();
        let seconds = took.as_secs_f64();
        let rate = events as f64 / seconds;
        println!(
            "{games} games, {} MB, ticks of {length} B, to the disk: {rate:.0} events/s, {:.0} MB/s",
            bytes / 1_000_000,
            bytes as f64 / 1e6 / seconds,
        );
        let socket = by_socket(&path);
        println!(
            "  over a socket (`table --capture --speed max`, `record --url`): {:.0} events/s; the import is {:.1} x as fast",
            events as f64 / socket.as_secs_f64(),
            socket.as_secs_f64() / seconds,
        );
    }
}

fn main() {
    if measuring() {
        reducer(21);
        files(100, 3);
    } else {
        reducer(1);
        files(1, 1);
    }
}
