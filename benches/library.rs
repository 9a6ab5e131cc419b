//! A library of 100,000 games over 80 days with 160 sessions: how soon its first page is there, how long a keystroke in
//! the filter and another order take, what it costs in memory; and 10,000 loose files of the Python original, for which
//! the original took 0.48 s to list them and 8.6 s to load them. `cargo bench --bench library`
#![allow(clippy::print_stdout, reason = "it says what it measured")]

#[path = "support/many_games.rs"]
mod many_games;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use pianola::library::LibraryEvent;
use pianola::library::worker::LibraryWorker;
use pianola::library::{Bounds, Catalog, Column, Query, RowKind, Sort};

/// Rows of a window's page.
const PAGE: usize = 50;

fn main() {
    // `cargo test --benches` only wants to see that it runs.
    let (games, days, originals) = if side_by_side::measuring() {
        (100_000, 80, 10_000)
    } else {
        (300, 3, 150)
    };
    let folder = tempfile::tempdir().expect("a folder");
    let start = Instant::now();
    many_games::write(folder.path(), games, days);
    let took = start.elapsed();
    println!("{games} games over {days} days written in {took:.1?}");
    let before = memory();
    let mut catalog = listed(folder.path());
    let after = memory();
    assert_eq!(catalog.count(RowKind::Games), games);
    println!(
        "memory: {before} MiB before, {after} MiB with the catalog of {games} games ({} bytes a game)",
        (after.saturating_sub(before) << 20) / games
    );
    questions(&mut catalog);
    drop(catalog);

    let folder = tempfile::tempdir().expect("a folder");
    many_games::write_originals(folder.path(), originals, 60);
    println!("{originals} loose files of the Python original:");
    let catalog = listed(folder.path());
    assert_eq!(catalog.count(RowKind::Games), originals);
}

/// Lists a folder as the window does, and says when what was there.
fn listed(folder: &Path) -> Catalog {
    let thread = std::thread::current();
    let library_worker = LibraryWorker::start(Arc::new(move || thread.unpark())).expect("a thread");
    let mut catalog = Catalog::default();
    catalog.set_query(Query {
        kind: RowKind::Games,
        ..Query::default()
    });
    let start = Instant::now();
    let (mut first, mut days, mut last_day) = (None, 0, start);
    assert!(library_worker.list(folder.to_owned()));
    loop {
        let Some(event) = library_worker.next_event().expect("it goes on") else {
            std::thread::park_timeout(Duration::from_millis(50));
            continue;
        };
        match event {
            LibraryEvent::Day(day) => {
                catalog.take(day);
                days += 1;
                last_day = Instant::now();
                if first.is_none() {
                    black_box(catalog.visible().iter().take(PAGE).count());
                    first = Some(start.elapsed());
                }
            }
            LibraryEvent::Facts { session, facts } => catalog.take_facts(&session, *facts),
            LibraryEvent::Listed(_) => break,
            LibraryEvent::Began(_) | LibraryEvent::Running(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let shown = Instant::now();
    black_box(catalog.visible().len());
    println!(
        "first page {:.1?}, all {days} parts {:.1?}, with the P&L of the sessions {:.1?}, then in order in {:.1?}",
        first.expect("a day"),
        last_day - start,
        shown - start,
        shown.elapsed()
    );
    catalog
}

/// What a person does with it.
fn questions(catalog: &mut Catalog) {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("library");
    let query = |text: &str| Query {
        kind: RowKind::Games,
        text: text.to_owned(),
        ..Query::default()
    };
    // Each of them is one key after the other, there and back: most rows, some, none.
    for (name, texts) in [
        ("filter keystroke, many rows", ["2", "20"]),
        ("filter keystroke, few rows", ["4e1f", "4e1"]),
        ("filter keystroke, two words", ["2025-11 0", "2025-11 00"]),
        ("filter keystroke, nothing found", ["zzz", "zz"]),
    ] {
        let mut turn = 0;
        group.bench_function(name, |bench| {
            bench.iter(|| {
                turn += 1;
                catalog.set_query(query(texts[turn % 2]));
                black_box(catalog.visible().iter().take(PAGE).count())
            });
        });
    }
    let ranges = [1, 2].map(|least| Query {
        peak: Bounds {
            least: Some(least.into()),
            most: None,
        },
        played: Some(true),
        ..query("")
    });
    let mut turn = 0;
    group.bench_function("filter by peak and played", |bench| {
        bench.iter(|| {
            turn += 1;
            catalog.set_query(ranges[turn % 2].clone());
            black_box(catalog.visible().iter().take(PAGE).count())
        });
    });
    catalog.set_query(query(""));
    for by in [Column::Peak, Column::Id, Column::Pnl, Column::Proof] {
        let orders = [by, Column::Start];
        let mut turn = 0;
        group.bench_function(format!("order by {by:?} and back"), |bench| {
            bench.iter(|| {
                turn += 1;
                catalog.set_sort(Sort {
                    by: orders[turn % 2],
                    descending: true,
                });
                black_box(catalog.visible().iter().take(PAGE).count())
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

/// Returns what this process has in memory, in MiB; 0 where the system does not tell.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    number.unwrap_or_default() >> 10
}
