//! Proofs per second on one core, against the npm package `seedrandom` drawing the same paths on the same core:
//! `taskset -c 1 cargo bench --bench proofs` (after `npm ci` in `tests/js`).
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(clippy::cast_precision_loss, reason = "rates are for reading")]

#[path = "support/plain_path.rs"]
mod plain_path;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use pianola::fairness::{Claim, CommitmentSource, Path, ProofStatus, examine_all, seed_hash};
use pianola::protocol::{GameId, number};
use plain_path::plain_path;
use rust_decimal::Decimal;

/// A finished game as it was recorded.
struct Recorded {
    id: GameId,
    seed: String,
    hash: String,
    prices: Vec<Option<Decimal>>,
    peak: Option<Decimal>,
}

/// Games that are proven together, as `pianola verify` and the data set do.
const TOGETHER: usize = 64;

fn main() {
    let games: Vec<Recorded> = (0..2_000).map(recorded).collect();
    let proven = |proof: ProofStatus| proof == ProofStatus::Proven;
    assert!(
        games
            .chunks(TOGETHER)
            .all(|games| statuses(games).all(proven))
    );
    for game in &games[..200] {
        let path = Path::draw(&game.seed, &game.id);
        assert_eq!(plain_path(&game.seed, game.id.as_str()), path.prices());
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("proofs");
    group.sample_size(20);
    group.throughput(Throughput::Elements(games.len() as u64));
    group.bench_function("paths, byte by byte", |b| b.iter(|| plain_paths(&games)));
    group.bench_function("paths, one by one", |b| b.iter(|| single_paths(&games)));
    group.bench_function("paths together", |b| b.iter(|| paths(&games)));
    group.bench_function("whole proofs together", |b| b.iter(|| proofs(&games)));
    group.finish();
    criterion.final_summary();
    if side_by_side::measuring() {
        beside_npm(&games);
    }
}

/// The games of `tests/js/bench_proofs.mjs`.
fn recorded(number: u32) -> Recorded {
    let seed = seed_hash(&format!("bench {number}"));
    let id = GameId::new(&format!("20251215-{}", &seed[..16])).expect("an id");
    let path = Path::draw(&seed, &id);
    let rug = number::parse("0.020000000000000018");
    let prices = path.prices().iter().map(|price| number::shortest(*price));
    Recorded {
        prices: prices.chain([rug]).collect(),
        peak: number::shortest(path.peak().1),
        hash: seed_hash(&seed),
        id,
        seed,
    }
}

fn plain_paths(games: &[Recorded]) {
    for game in games {
        black_box(plain_path(&game.seed, game.id.as_str()));
    }
}

fn single_paths(games: &[Recorded]) {
    for game in games {
        black_box(Path::draw(&game.seed, &game.id));
    }
}

fn paths(games: &[Recorded]) {
    for games in games.chunks(TOGETHER) {
        let games = games.iter().map(|game| (game.seed.as_str(), &game.id));
        black_box(Path::draw_all(games));
    }
}

fn proofs(games: &[Recorded]) {
    for games in games.chunks(TOGETHER) {
        for status in statuses(games) {
            black_box(status);
        }
    }
}

/// Everything that a proof is: hash, path, each price, peak, tick of the rug.
fn statuses(games: &[Recorded]) -> impl Iterator<Item = ProofStatus> {
    let claims: Vec<_> = games.iter().map(claim).collect();
    let examined = examine_all(&claims).into_iter();
    examined.map(|examined| examined.proof.status)
}

fn claim(game: &Recorded) -> Claim<'_> {
    Claim {
        game_id: &game.id,
        prices: &game.prices,
        rug_tick: u32::try_from(game.prices.len() - 1).ok(),
        peak: game.peak,
        version: Some("v3"),
        commitment: Some(&game.hash),
        commitment_seen: CommitmentSource::Seen,
        revealed_hash: Some(&game.hash),
        seed: Some(&game.seed),
        repaired: false,
    }
}

/// Prints the ratios to the npm package: five times node, then ours.
fn beside_npm(games: &[Recorded]) {
    println!(
        "\n| games/s | npm, path | byte by byte | one by one | together | whole proof | ratios to npm |"
    );
    println!("|---|---|---|---|---|---|---|");
    for round in 1..=5 {
        let Some(npm) = npm() else {
            println!("no figures of the npm package: it takes node, and `npm ci` in tests/js");
            return;
        };
        let ours = [plain_paths, single_paths, paths, proofs].map(|run| per_second(games, run));
        let [plain, single, together, whole] = ours;
        let [a, b, c, d] = ours.map(|ours| ours / npm);
        println!(
            "| {round} | {npm:.0} | {plain:.0} | {single:.0} | {together:.0} | {whole:.0} | {a:.2}, {b:.2}, {c:.2}, {d:.2} |",
        );
    }
}

/// Runs the npm package for three seconds; returns its games per second.
fn npm() -> Option<f64> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js/bench_proofs.mjs");
    let output = Command::new("node").arg(script).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    line.split_whitespace().find_map(|word| word.parse().ok())
}

/// Runs ours for as long.
fn per_second(games: &[Recorded], run: fn(&[Recorded])) -> f64 {
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(3) {
        run(games);
        done += games.len();
    }
    done as f64 / start.elapsed().as_secs_f64()
}
