//! Two variants in turns, so that a noisy machine disturbs both: the ratio can be believed, absolute times less.
#![allow(dead_code, reason = "each bench uses its part")]

use std::time::{Duration, Instant};

/// Whether this is a measurement; `cargo test --benches` only wants to see that it runs.
pub fn measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// What two variants took.
pub struct Compared {
    /// The quickest round of each.
    pub best: [Duration; 2],
    /// The middle one of the rounds' ratios, second to first.
    pub ratio: f64,
}

/// Runs two variants in turns.
pub fn compare(rounds: usize, mut first: impl FnMut(), mut second: impl FnMut()) -> Compared {
    let mut best = [Duration::MAX; 2];
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let times = [time(&mut first), time(&mut second)];
        best = [best[0].min(times[0]), best[1].min(times[1])];
        ratios.push(times[1].as_secs_f64() / times[0].as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    Compared {
        best,
        ratio: ratios[rounds / 2],
    }
}

/// Returns how long one run takes.
pub fn time(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
