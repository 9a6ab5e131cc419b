//! From the text of an event to the reducer, against the text to a `Value` alone (what the Socket.IO client does
//! anyway) and against `json.loads` of Python, where there is a `python3`. `cargo bench --bench events`
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(clippy::cast_precision_loss, reason = "rates are for reading")]

#[path = "support/messages.rs"]
mod messages;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, Stdio};

use criterion::{Criterion, Throughput};
use messages::{Sample, samples};
use pianola::engine::SessionCore;
use pianola::game::{GameEvent, Time};
use serde_json::Value;

/// Events/s of the Python original at 10.6 kB, from `json.loads` to its handlers, measured on such a machine.
const ORIGINAL: f64 = 13_054.0;

fn main() {
    let samples = samples();
    for sample in &samples {
        check(sample);
    }
    let mut criterion = Criterion::default().configure_from_args();
    for sample in &samples {
        let mut group = criterion.benchmark_group(format!("events {}", sample.name));
        group.throughput(Throughput::ElementsAndBytes {
            elements: sample.texts.len() as u64,
            bytes: sample.bytes() as u64,
        });
        group.bench_function("value alone", |b| b.iter(|| values(sample)));
        group.bench_function("to the reducer", |b| b.iter(|| reduce(sample)));
        group.finish();
    }
    criterion.final_summary();
    in_turns(&samples);
}

/// Text to `Value` alone.
fn values(sample: &Sample) {
    for text in &sample.texts {
        black_box(parse(text));
    }
}

/// Text to `Value`, to the typed event, to the reducer. Each time a game from its beginning.
fn reduce(sample: &Sample) -> SessionCore {
    let mut core = SessionCore::default();
    for text in &sample.texts {
        black_box(take(&mut core, text));
    }
    core
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("the text is JSON")
}

fn take(core: &mut SessionCore, text: &str) -> Vec<GameEvent> {
    match parse(text) {
        Value::Array(event) => {
            let name = event[0].as_str().unwrap_or_default();
            core.event(name, &event[1..], Time::UNIX_EPOCH)
        }
        _ => Vec::new(),
    }
}

/// The reducer really works: every tick is news, and everything is understood.
fn check(sample: &Sample) {
    let mut core = SessionCore::default();
    let ticks = |events: &[GameEvent]| {
        let is_tick = |e: &&GameEvent| matches!(e, GameEvent::PriceTick { .. });
        events.iter().filter(is_tick).count()
    };
    let tick_count: usize = sample
        .texts
        .iter()
        .map(|text| ticks(&take(&mut core, text)))
        .sum();
    assert!(
        tick_count >= sample.texts.len() / 2,
        "{}: {tick_count} ticks",
        sample.name
    );
    assert_eq!(core.counts(), &SessionCore::default().counts().clone());
}

/// Prints the ratios, taken in turns.
fn in_turns(samples: &[Sample]) {
    let rounds = if side_by_side::measuring() { 200 } else { 1 };
    println!(
        "\n| event | value alone | to the reducer | events/s | MB/s | time / value alone | speed / json.loads |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut beside_original = 0.0;
    for sample in samples {
        let compared = side_by_side::compare(
            rounds,
            || values(sample),
            || {
                reduce(sample);
            },
        );
        let number = sample.texts.len() as f64;
        let [alone, whole] = compared.best.map(|time| time.as_secs_f64() / number);
        let bytes = sample.bytes() as f64 / number;
        let python = json_loads(sample, rounds).map_or("no python3".to_owned(), |seconds| {
            format!("{:.2}", seconds / number / whole)
        });
        println!(
            "| {} | {:.1} µs | {:.1} µs | {:.0} | {:.0} | {:.2} | {python} |",
            sample.name,
            alone * 1e6,
            whole * 1e6,
            1.0 / whole,
            bytes / whole / 1e6,
            compared.ratio
        );
        if sample.name == "10.6 kB" {
            beside_original = 1.0 / whole / ORIGINAL;
        }
    }
    println!(
        "\n10.6 kB: {beside_original:.2} times the {ORIGINAL:.0} events/s of the Python original"
    );
}

/// Returns the seconds that Python needs to parse the sample; `None` without a `python3`.
fn json_loads(sample: &Sample, rounds: usize) -> Option<f64> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/support/json_loads.py");
    let mut python = Command::new("python3")
        .args([script, &rounds.min(20).to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = python.stdin.take()?;
    input.write_all(sample.texts.join("\n").as_bytes()).ok()?;
    drop(input);
    let output = python.wait_with_output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
