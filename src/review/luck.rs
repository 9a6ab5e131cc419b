//! Luck: the result less what the odds expected of the same risks, with the band in which chance alone would put it.

use std::array::from_fn;

use rayon::prelude::*;

use super::expected::OddsExpectation;
use super::session_review::SessionReview;
use super::split_mix::SplitMix;
use crate::plural::count;

/// Samples of a simulation for the page and for a sum over many sessions.
pub const LUCK_SAMPLES: usize = 1_999;

/// Simulations that a core computes side by side: in each of them a price waits for the one before.
const LANES: usize = 8;

/// How much of the simulated luck a band contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandLevel {
    /// 70 %.
    Inner,
    /// 95 %.
    Outer,
}

impl BandLevel {
    /// The share outside on each side, in thousandths.
    fn tail(self) -> usize {
        match self {
            Self::Inner => 150,
            Self::Outer => 25,
        }
    }
}

/// The luck of a session, or of several. Money in SOL.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Luck {
    /// The result. What drifts changed, and games without known odds, are left out.
    pub actual: f64,
    /// What the odds expected.
    pub expected: f64,
    /// Ticks over which a position was held.
    pub ticks: u64,
    /// Further ones without a known price: they are left out.
    pub missing_ticks: u64,
    /// Sidebets with a result.
    pub bets: u64,
    /// The number of rug prices from which the mean of a rugged position's sale comes.
    pub rug_prices: u64,
    /// The generator versions without known odds, each once.
    pub unknown_versions: Vec<String>,
    /// The games whose files are missing: they are left out.
    pub missing_games: u64,
    /// The simulated luck of the same risks; not sorted, so that those of several sessions can be added.
    samples: Vec<f32>,
}

impl Luck {
    /// Returns the luck of a result in SOL, from so many simulations.
    fn of(expected: &OddsExpectation, actual: f64, samples: usize, seed: u64) -> Self {
        let sums = simulate(expected, samples, seed, |sum: &mut f64, luck| *sum += luck);
        Self {
            actual,
            expected: expected.total(),
            ticks: expected.ticks.into(),
            missing_ticks: expected.missing_ticks.into(),
            bets: expected.bets.into(),
            rug_prices: expected.rug_prices.into(),
            unknown_versions: expected.unknown_versions.clone(),
            missing_games: expected.missing_games.into(),
            samples: sums.into_iter().map(short).collect(),
        }
    }

    /// Returns the result less the expectation.
    pub fn luck(&self) -> f64 {
        self.actual - self.expected
    }

    /// Returns the standard deviation of the simulated luck; `None` if nothing was risked.
    pub fn spread(&self) -> Option<f64> {
        let spread = square_mean(&self.samples)?.sqrt();
        (spread > 0.0).then_some(spread)
    }

    /// Returns the luck in standard deviations; `None` if nothing was risked.
    pub fn standard_deviations(&self) -> Option<f64> {
        Some(self.luck() / self.spread()?)
    }

    /// Returns the limits between which chance puts the result, in SOL; `None` if nothing was risked.
    pub fn band(&self, level: BandLevel) -> Option<(f64, f64)> {
        self.spread()?;
        let mut sorted = self.samples.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let (low, high) = limits(&sorted, level)?;
        Some((self.expected + low, self.expected + high))
    }

    /// Returns what is not in it, in words.
    pub fn left_out(&self) -> impl Iterator<Item = String> {
        let ticks = (self.missing_ticks, "tick", "without a price");
        let games = (self.missing_games, "game", "whose file is missing");
        let missing = [ticks, games].into_iter().filter(|(n, ..)| *n > 0);
        missing.map(|(n, thing, lack)| format!("{} {lack}", count(n, thing)))
    }

    /// Returns its point in a curve.
    pub(super) fn point(&self, place: usize) -> LuckPoint {
        LuckPoint::new(place, self.expected, self.samples.clone())
    }

    /// Returns the luck of several sessions together.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        for part in parts {
            sum.actual += part.actual;
            sum.expected += part.expected;
            sum.ticks += part.ticks;
            sum.missing_ticks += part.missing_ticks;
            sum.bets += part.bets;
            sum.rug_prices += part.rug_prices;
            sum.missing_games += part.missing_games;
            for version in &part.unknown_versions {
                if !sum.unknown_versions.contains(version) {
                    sum.unknown_versions.push(version.clone());
                }
            }
            if sum.samples.is_empty() {
                sum.samples.clone_from(&part.samples);
            } else {
                let pairs = sum.samples.iter_mut().zip(&part.samples);
                pairs.for_each(|(sum, sample)| *sum += sample);
            }
        }
        sum
    }
}

/// Expectation and bands after a game of a session, or after a session of many. Money in SOL.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LuckPoint {
    /// The place of the game in the timeline, or of the session in the index.
    pub place: usize,
    /// What the odds expected so far.
    pub expected: f64,
    /// The limits that contain 70 % of the simulated results.
    pub inner: (f64, f64),
    /// Those that contain 95 %.
    pub outer: (f64, f64),
}

impl LuckPoint {
    /// Returns the point with these simulated lucks.
    pub(super) fn new(place: usize, expected: f64, mut samples: Vec<f32>) -> Self {
        samples.sort_unstable_by(f32::total_cmp);
        let band = |level| {
            let (low, high) = limits(&samples, level).unwrap_or_default();
            (expected + low, expected + high)
        };
        Self {
            place,
            expected,
            inner: band(BandLevel::Inner),
            outer: band(BandLevel::Outer),
        }
    }
}

impl SessionReview {
    /// Returns the luck with its bands, from so many simulations of the same risks. It depends on the seed, and not on the
    /// number of threads.
    pub fn simulate_luck(&self, samples: usize, seed: u64) -> Luck {
        Luck::of(&self.expected, self.earned_by_odds(), samples, seed)
    }

    /// Returns expectation and bands after each game in which something was risked, counted from the start of the session.
    pub fn luck_curve(&self, samples: usize, seed: u64) -> Vec<LuckPoint> {
        let expected = &self.expected;
        let rows = simulate(
            expected,
            samples,
            seed,
            |(sum, after): &mut (f64, Vec<f32>), luck| {
                *sum += luck;
                after.push(short(*sum));
            },
        );
        let mut sum = 0.0;
        let games = expected.exposure.games().enumerate();
        games
            .map(|(place, (game, mean))| {
                let column = rows.iter().map(|(_, after)| after[place]).collect();
                let edges = expected.edges.iter().filter(|(of, _)| *of == game);
                sum += mean + edges.map(|(_, edge)| edge).sum::<f64>();
                LuckPoint::new(game, sum, column)
            })
            .collect()
    }
}

/// A sample as it is kept.
#[expect(clippy::cast_possible_truncation, reason = "seven digits suffice")]
fn short(luck: f64) -> f32 {
    luck as f32
}

/// Returns for each sample what `take` makes of the simulated luck of its games, on the worker threads of the current
/// pool.
fn simulate<T: Default + Send>(
    expected: &OddsExpectation,
    samples: usize,
    seed: u64,
    take: impl Fn(&mut T, f64) + Sync,
) -> Vec<T> {
    let group = |first: usize| {
        let random: [_; LANES] = from_fn(|lane| SplitMix::stream(seed, (first + lane) as u64));
        let mut taken: [T; LANES] = from_fn(|_| T::default());
        for luck in expected.exposure.draw(expected.rug_price, random) {
            for (taken, luck) in taken.iter_mut().zip(luck) {
                take(taken, luck);
            }
        }
        taken
    };
    let groups = (0..samples.div_ceil(LANES)).into_par_iter();
    let mut taken: Vec<_> = groups
        .flat_map_iter(|number| group(number * LANES))
        .collect();
    taken.truncate(samples);
    taken
}

/// Returns the limits of a band of sorted samples; `None` with too few of them.
///
/// Of `n` simulations and the result itself, each is equally likely to be at any place: so the limits are the samples that
/// leave exactly the tail's share of `n + 1` places outside.
fn limits(sorted: &[f32], level: BandLevel) -> Option<(f64, f64)> {
    let outside = (sorted.len() + 1) * level.tail() / 1_000;
    let low = sorted.get(outside.checked_sub(1)?)?;
    let high = sorted.get(sorted.len() - outside)?;
    Some((f64::from(*low), f64::from(*high)))
}

/// Returns the mean of the squares.
#[expect(clippy::cast_precision_loss, reason = "a small number")]
fn square_mean(samples: &[f32]) -> Option<f64> {
    let squares: f64 = samples
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    (!samples.is_empty()).then(|| squares / samples.len() as f64)
}

#[cfg(test)]
mod tests;
