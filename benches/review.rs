//! The page Review over 100,000 games with 1,000,000 actions: how soon its first answer is there and how long another
//! filter takes, beside a plain loop over the same trades; and how soon a folder of recordings has a first answer.
//! `cargo bench --bench review`
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

#[allow(dead_code, reason = "each bench uses its part")]
#[path = "support/many_games.rs"]
mod many_games;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use pianola::disk::RealDisk;
use pianola::library::{
    ReviewEvent, ReviewWorker, ReviewedSession, RowKind, read_library, review_session, rows_of,
};
use pianola::recording::SessionNotes;
use pianola::review::{
    Figures, LUCK_SAMPLES, Luck, ReviewFilter, ReviewIndex, SessionReview, SliceKind, Trip, slices,
};
use rust_decimal::Decimal;

/// Games of a session.
const GAMES: usize = 60;
/// Actions of a game.
const ACTIONS: usize = 10;

fn main() {
    let measuring = side_by_side::measuring();
    let (sessions, games, days) = if measuring {
        (1_667, 20_000, 16)
    } else {
        (10, 300, 3)
    };
    let folder = tempfile::tempdir().expect("a folder");
    many_games::write(folder.path(), games, days);
    first_answer_of(folder.path(), games);
    let library = read_library(&RealDisk, folder.path());
    let path = &rows_of(&library.rows, RowKind::Sessions)
        .next()
        .expect("a session")
        .path;
    let session = review_session(&RealDisk, path, None).expect("a session");
    let reviews = many(&session, sessions);
    let lucks: Vec<Luck> = reviews
        .iter()
        .take(8)
        .zip(0..)
        .map(|(review, seed)| review.simulate_luck(LUCK_SAMPLES, seed))
        .collect();
    let actions: usize = reviews
        .iter()
        .flat_map(|review| &review.trips)
        .map(|trip| trip.entries.len() + trip.exits.len())
        .sum();
    let start = Instant::now();
    let index = index_of(&session, &reviews, &lucks);
    let answer = index.answer(&ReviewFilter::default());
    let took = start.elapsed();
    println!(
        "{} games with {actions} actions, {} trades: first answer after {took:.1?}",
        sessions * GAMES,
        answer.trips.len()
    );
    let filter = ReviewFilter {
        slices: vec![(SliceKind::Held, answer.slices[1].1[0].name.clone())],
        ..ReviewFilter::default()
    };
    let [all, some] = [ReviewFilter::default(), filter];
    for (name, filter) in [("all", &all), ("one slice", &some)] {
        let times = side_by_side::compare(
            7,
            || drop(black_box(index.answer(filter))),
            || {
                black_box(plain_loop(&reviews, filter));
            },
        );
        println!(
            "{name}: {:.1?}, a plain loop {:.1?}, {:.1} times as long",
            times.best[0], times.best[1], times.ratio
        );
    }
    if measuring {
        let mut criterion = Criterion::default().configure_from_args();
        let mut flip = false;
        criterion.bench_function("another filter", |bencher| {
            bencher.iter(|| {
                flip = !flip;
                index.answer(if flip { &all } else { &some })
            });
        });
        criterion.final_summary();
    }
}

/// Reads a folder as the window does, and says when the first answer and the last one was there.
fn first_answer_of(folder: &Path, games: usize) {
    let thread = std::thread::current();
    let worker = ReviewWorker::start(Arc::new(move || thread.unpark())).expect("a thread");
    let start = Instant::now();
    assert!(worker.load(folder.to_owned()));
    let mut first: Option<Duration> = None;
    loop {
        match worker.next_event().expect("a thread") {
            Some(ReviewEvent::Answer(answer)) => {
                first.get_or_insert(start.elapsed());
                black_box(answer);
            }
            Some(ReviewEvent::Loaded(_)) => break,
            Some(_) => {}
            None => std::thread::park_timeout(Duration::from_millis(50)),
        }
    }
    println!(
        "a folder of {games} games: first answer after {:.1?}, all after {:.1?}",
        first.unwrap_or_default(),
        start.elapsed()
    );
}

/// Returns so many sessions: trades like those of one session, with other results.
fn many(session: &ReviewedSession, count: usize) -> Vec<SessionReview> {
    let review = &session.review;
    let like: Vec<&Trip> = review
        .trips
        .iter()
        .filter(|trip| trip.is_closed())
        .collect();
    let actions: usize = like[0].entries.len() + like[0].exits.len();
    let trades = GAMES * ACTIONS / actions;
    let mut reviews = Vec::with_capacity(count);
    for session in 0..count {
        let mut other = review.clone();
        other.trips = (0..trades)
            .map(|trade| {
                let number = i64::try_from(session * trades + trade).unwrap_or(0);
                let mut trip = like[trade % like.len()].clone();
                trip.pnl = Decimal::new(number * 7_919 % 2_003 - 1_100, 5);
                let shift = u32::try_from(trade % 150).unwrap_or(0);
                if let Some(last) = trip.exits.last_mut() {
                    last.tick = last.tick.map(|tick| tick + shift);
                }
                trip
            })
            .collect();
        reviews.push(other);
    }
    reviews
}

fn index_of(session: &ReviewedSession, reviews: &[SessionReview], lucks: &[Luck]) -> ReviewIndex {
    let mut index = ReviewIndex::new(|at| at.naive_utc());
    let file = session.timeline.session().expect("a session");
    let notes = SessionNotes::default();
    let games: Vec<_> = session.timeline.games().map(|(id, _)| id).collect();
    for (number, review) in reviews.iter().enumerate() {
        let luck = lucks[number % lucks.len()].clone();
        index.push(Path::new("session"), file, &notes, (review, luck), |game| {
            games.get(game).copied()
        });
    }
    index
}

/// The same by the functions for one session, over all trades.
fn plain_loop(reviews: &[SessionReview], filter: &ReviewFilter) -> (Figures, usize) {
    let all = reviews.iter().flat_map(|review| &review.trips);
    let mut trips: Vec<Trip> = all.filter(|trip| trip.is_closed()).cloned().collect();
    for (kind, name) in &filter.slices {
        trips.retain(|trip| {
            let own = slices(*kind, std::slice::from_ref(trip), |at| at.naive_utc());
            own.first().is_some_and(|slice| slice.name == *name)
        });
    }
    let parts = SliceKind::ALL
        .iter()
        .map(|kind| slices(*kind, &trips, |at| at.naive_utc()).len());
    (Figures::of(&trips, []), parts.sum())
}
