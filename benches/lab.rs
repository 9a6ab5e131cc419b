//! A million games of a strategy with two rules on one core, beside a plain loop over the same paths:
//! `taskset -c 1 cargo bench --bench lab`, with `PIANOLA_GAMES=60000` for fewer. The truths of the strategies over as many
//! games: `-- truths`.
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(clippy::cast_precision_loss, reason = "figures are for reading")]

#[path = "support/plain_path.rs"]
mod plain_path;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use pianola::fairness::{EARLIER_GAMES, GameGenerator};
use pianola::lab::{Estimate, LabProgress, LabReport, LabSettings, LabStrategy, in_pool, run};
use pianola::strategy::Strategy;
use plain_path::plain_path;

const TWO_RULES: &str = "in presale buy 0.01\nwhen price >= 2 sell all";

fn main() {
    let wanted = std::env::var("PIANOLA_GAMES").ok();
    let wanted = wanted.and_then(|games| games.parse().ok());
    let measuring = side_by_side::measuring();
    let games = wanted.unwrap_or(if measuring { 1_000_000 } else { 2_000 });
    if std::env::args().any(|argument| argument == "truths") {
        return truths(games);
    }
    let start = Instant::now();
    let report = played(&[TWO_RULES], games / 100, 100);
    let lab = start.elapsed().as_secs_f64();
    let result = &report.strategies[0];
    assert_eq!(result.exact_sample.different, 0);
    println!(
        "{games} games: {lab:.2} s on one core, {:.0} games/s",
        games as f64 / lab
    );
    let some = (games / 10).max(100);
    let start = Instant::now();
    plain_loop(some);
    let plain = start.elapsed().as_secs_f64() * games as f64 / some as f64;
    println!(
        "a plain loop over the path: {plain:.2} s for as many, {:.2} times the lab",
        plain / lab
    );
}

/// The strategy written by hand: the path byte by byte, the price compared at each tick, the result added up.
fn plain_loop(games: u64) {
    let mut generator = GameGenerator::seeded(5);
    for _ in 0..EARLIER_GAMES {
        generator.next_seed(0);
    }
    let mut profit = 0.0;
    for _ in 0..games {
        let game = generator.next_seed(0);
        let prices = plain_path(&game.seed, game.id.as_str());
        let sold = prices.iter().find(|price| **price >= 2.0);
        profit += 0.01 * (sold.unwrap_or(&game.rug_price) - 1.0);
    }
    black_box(profit);
}

/// Plays strategies on one core.
fn played(texts: &[&str], sessions: u64, games: u64) -> LabReport {
    let strategies = texts.iter().map(|text| LabStrategy {
        name: (*text).to_owned(),
        strategy: Arc::new(Strategy::parse(text).expect("a strategy")),
    });
    let settings = LabSettings {
        sessions,
        games,
        ..LabSettings::new(strategies.collect(), 5)
    };
    let report = in_pool(1, || run(&settings, &LabProgress::default()));
    report.expect("a pool").expect("a report")
}

/// Prints what the strategies of `tests/core/lab/truths.rs` do over many games.
fn truths(games: u64) {
    let wins = 1.0 - 0.995f64.powi(40);
    for (text, truth) in [
        ("at tick 0 buy 0.01\nafter 1 ticks sell all", -0.0005),
        ("at tick 0 buy 0.01\nafter 40 ticks sell all", 0.9801 - 1.0),
        ("at tick 0 buy 0.01\nafter 160 ticks sell all", 0.9213 - 1.0),
        ("at tick 0 buy 0.01\nwhen price >= 2 sell all", 0.953 - 1.0),
        ("at tick 0 buy 0.01\nwhen price >= 10 sell all", 0.840 - 1.0),
        ("at tick 0 sidebet 0.01", 5.0 * wins - 1.0),
        ("at tick 120 sidebet 0.01", 5.0 * wins - 1.0),
        (
            "when price >= 25 buy 0.01\nafter 54 ticks sell all",
            0.977 - 1.0,
        ),
    ] {
        let report = played(&[text], games, 1);
        let result = &report.strategies[0];
        let estimate = result.per_staked;
        let error = estimate.as_ref().and_then(Estimate::standard_error);
        let (value, error) = (estimate.map_or(0.0, |e| e.value), error.unwrap_or_default());
        println!(
            "{value:+.5} per SOL (error {error:.5}, wanted {truth:+.5}, {:+.1} errors off), {:.2} % in profit, {:.2} % traded: {}",
            (value - truth) / error,
            result.in_profit.value * 100.0,
            result.traded * 100.0,
            text.replace('\n', "; "),
        );
    }
}
