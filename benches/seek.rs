//! A game of 5,000 ticks with 1,000 actions, looked at at random places: what was there, and the view of it that the
//! window draws. After criterion's means the percentiles. `cargo bench --bench seek`
#![allow(clippy::print_stdout, reason = "it says what it measured")]

#[path = "support/confirmed_action.rs"]
mod confirmed_action;
#[path = "support/long_game.rs"]
mod long_game;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use pianola::replay::{Playhead, Timeline};
use pianola::trading::OrderLimits;
use pianola::ui::Projector;

use long_game::{Hands, TICKS, game, session};

/// Seeks whose times are sorted.
const SEEKS: usize = 20_000;

/// Places that look random, the same in each run.
fn places() -> impl Iterator<Item = Playhead> {
    let mut noise = 0x2545_f491_u32;
    std::iter::repeat_with(move || {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        Playhead {
            game: 0,
            tick: Some(noise % TICKS),
        }
    })
}

/// Sorts the times and says the middle one, the one that 99 of 100 stay below, and the longest.
fn say(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let n = times.len();
    let at = |percent: usize| times[(n - 1) * percent / 100];
    let (p50, p99, most) = (at(50), at(99), at(100));
    println!("{name:<32} p50 {p50:>9.1?}  p99 {p99:>9.1?}  longest {most:>9.1?}  ({n} seeks)");
}

fn timed(seeks: usize, mut seek: impl FnMut(Playhead)) -> Vec<Duration> {
    let one = |head| {
        let start = Instant::now();
        seek(head);
        start.elapsed()
    };
    places().take(seeks).map(one).collect()
}

fn main() {
    // `cargo test --benches` only wants to see that it runs.
    let seeks = if side_by_side::measuring() { SEEKS } else { 20 };
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("seek");
    let hands = [
        ("buy and sell by turns", Hands::ByTurns),
        ("500 buys, then 500 sells", Hands::Hoarding),
    ];
    let timelines: Vec<(&str, Timeline)> = hands
        .into_iter()
        .map(|(name, hands)| {
            let game = game();
            let played = session(&game, hands);
            let start = Instant::now();
            let timeline =
                Timeline::of_session(played, &mut |_| Ok(game.clone()), []).expect("a game");
            println!("{name}: the timeline is made in {:.1?}", start.elapsed());
            let replayed = timeline.replayed().expect("a session");
            assert!(
                replayed.is_right() && replayed.actions == 1_000,
                "{replayed:?}"
            );
            (name, timeline)
        })
        .collect();
    for (name, timeline) in &timelines {
        let mut heads = places();
        group.bench_function(*name, |bench| {
            bench.iter(|| black_box(timeline.at(heads.next().unwrap_or_default())));
        });
    }
    group.finish();
    criterion.final_summary();
    for (name, timeline) in &timelines {
        say(
            name,
            timed(seeks, |head| drop(black_box(timeline.at(head)))),
        );
        let mut projector = Projector::new(OrderLimits::default(), timeline.equity().into());
        let view = |head| drop(black_box(projector.view(timeline, &timeline.at(head))));
        say(&format!("{name}: view"), timed(seeks, view));
    }
}
