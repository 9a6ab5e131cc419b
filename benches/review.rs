//! The page Review over a folder of 100,000 games with 1,000,000 actions, through the thread that the window uses: how soon
//! its first answer is there, how soon all sessions are in it, and how long another filter takes from the request to the
//! answer. `cargo bench --bench review`
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "support/many_sessions.rs"]
mod many_sessions;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use criterion::Criterion;
use pianola::library::{ReviewEvent, ReviewWorker};
use pianola::review::{ReviewAnswer, ReviewFilter, SliceKind};

/// Games of a session.
const GAMES: usize = 60;
/// Buys of a game; each is sold once.
const TRADES: u32 = 5;
/// Answers that are measured for each filter.
const ROUNDS: usize = 31;

fn main() {
    let measuring = side_by_side::measuring();
    let (sessions, rounds) = if measuring { (1_667, ROUNDS) } else { (6, 3) };
    let folder = tempfile::tempdir().expect("a folder");
    many_sessions::write(folder.path(), sessions, GAMES, TRADES);
    let thread = std::thread::current();
    let worker = ReviewWorker::start(Arc::new(move || thread.unpark())).expect("a thread");
    let all = load(&worker, folder.path());
    println!(
        "{} games with {} actions in {} sessions, {} trades",
        sessions * GAMES,
        2 * all.trips.len(),
        all.sessions.len(),
        all.figures.trades.n()
    );
    let filters: Vec<(String, ReviewFilter)> = filters(&all);
    for (name, filter) in &filters {
        let mut times: Vec<_> = (0..rounds).map(|_| answered(&worker, filter)).collect();
        times.sort_unstable();
        println!(
            "{name}: answer after {:.1?} (middle), {:.1?} (last of {rounds})",
            times[rounds / 2],
            times[rounds - 1]
        );
    }
    if measuring {
        let mut criterion = Criterion::default().configure_from_args();
        let index = worker.index();
        let index = index.read().unwrap_or_else(PoisonError::into_inner);
        for (name, filter) in &filters {
            criterion.bench_function(name, |bencher| bencher.iter(|| index.answer(filter)));
        }
        criterion.final_summary();
    }
}

/// Returns filters of each sort: everything, a day, and parts of the trades.
fn filters(all: &ReviewAnswer) -> Vec<(String, ReviewFilter)> {
    let day = all.days.first().map(|day| day.day);
    let part = |kind: SliceKind| {
        let parts = all.slices.iter().find(|(of, _)| *of == kind);
        let parts = parts.expect("a kind").1.iter();
        let most = parts.max_by_key(|part| part.n).expect("a part");
        (kind, most.name.clone())
    };
    let of_parts = |slices: Vec<(SliceKind, String)>| ReviewFilter {
        slices,
        ..ReviewFilter::default()
    };
    let of_day = ReviewFilter {
        from: day,
        until: day,
        ..ReviewFilter::default()
    };
    let held = part(SliceKind::Held);
    vec![
        ("all sessions".to_owned(), ReviewFilter::default()),
        ("one day".to_owned(), of_day),
        (
            "all trades by their source".to_owned(),
            of_parts(vec![part(SliceKind::Source)]),
        ),
        ("a part".to_owned(), of_parts(vec![held.clone()])),
        (
            "two parts".to_owned(),
            of_parts(vec![held, part(SliceKind::Entry)]),
        ),
    ]
}

/// Reads a folder as the window does, and says when the first answer and the last one was there.
fn load(worker: &ReviewWorker, folder: &Path) -> Box<ReviewAnswer> {
    let start = Instant::now();
    assert!(worker.load(folder.to_owned()));
    let mut first: Option<Duration> = None;
    let mut last = Box::default();
    loop {
        match worker.next_event().expect("a thread") {
            Some(ReviewEvent::Answer(answer)) => {
                first.get_or_insert(start.elapsed());
                last = answer;
            }
            Some(ReviewEvent::Loaded) => break,
            Some(ReviewEvent::NotReviewed) => panic!("a session cannot be reviewed"),
            Some(ReviewEvent::Progress { .. }) => {}
            None => std::thread::park_timeout(Duration::from_millis(50)),
        }
    }
    println!(
        "first answer after {:.1?}, all sessions after {:.1?}",
        first.unwrap_or_default(),
        start.elapsed()
    );
    last
}

/// Changes the filter, and returns after what time the answer was there.
fn answered(worker: &ReviewWorker, filter: &ReviewFilter) -> Duration {
    let start = Instant::now();
    assert!(worker.filter(filter.clone()));
    loop {
        match worker.next_event().expect("a thread") {
            Some(ReviewEvent::Answer(answer)) => {
                let took = start.elapsed();
                black_box(answer);
                return took;
            }
            Some(_) => {}
            None => std::thread::park_timeout(Duration::from_millis(50)),
        }
    }
}
