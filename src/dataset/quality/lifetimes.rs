//! How long games last: a life table that counts each game from the tick at which its observation began (delayed entry)
//! to its rug or to the end of its observation (censored), and the estimates of it.
#![expect(clippy::cast_precision_loss, reason = "counts below 2^53")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::statistics::{at_least, chi_squared, chi_squared_tail};
use crate::account::SIDEBET_WINDOW;
use crate::fairness::RUG_CHANCE;
use crate::protocol::Tick;
use crate::statistics::{Z_95, wilson};

/// Tick ranges with the same share of the expected rugs.
const RANGES: usize = 20;
/// A chi² test needs this many expected rugs a range.
const EXPECTED_FROM: f64 = 10.0;

/// The number of games by tick: when their observation began, when they rugged, when their observation ended without a rug.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lifetimes {
    entered: BTreeMap<Tick, u64>,
    rugged: BTreeMap<Tick, u64>,
    censored: BTreeMap<Tick, u64>,
}

/// One tick of a survival curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalPoint {
    /// The tick.
    pub tick: Tick,
    /// Games under observation that could rug at this tick.
    pub at_risk: u64,
    /// Estimated share of games that outlast this tick (Kaplan-Meier).
    pub survival: f64,
    /// Lower limit, 95 % at each tick (Greenwood's variance of log(-log)).
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// The published share: 0.995 to the power of the tick.
    pub expected: f64,
}

/// Sidebets that could have been placed at one tick.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SidebetPoint {
    /// The tick of the bet.
    pub tick: Tick,
    /// Games that were running and under observation at this tick.
    pub games: u64,
    /// Share of the bets that win.
    pub rate: f64,
    /// Lower limit (Wilson, 95 %).
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

/// The tick with the most surprising number of rugs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FullestTick {
    pub tick: Tick,
    pub rugs: u64,
    pub at_risk: u64,
    /// How often any tick has so surprising a number.
    pub probability: f64,
}

/// A tick of the life table.
struct LifetimeRow {
    tick: Tick,
    at_risk: u64,
    rugs: u64,
}

impl Lifetimes {
    /// Adds a game that was running at tick `entry` and was observed up to tick `exit`, where it rugged or was lost from
    /// sight. Returns false for a game without an observed step: it says nothing about the chance of a rug.
    pub fn add(&mut self, entry: Tick, exit: Tick, rugged: bool) -> bool {
        if exit <= entry {
            return false;
        }
        *self.entered.entry(entry).or_default() += 1;
        let exits = if rugged {
            &mut self.rugged
        } else {
            &mut self.censored
        };
        *exits.entry(exit).or_default() += 1;
        true
    }

    /// Adds the games of `other`.
    pub fn merge(&mut self, other: &Self) {
        let merge = |into: &mut BTreeMap<Tick, u64>, from: &BTreeMap<Tick, u64>| {
            for (tick, count) in from {
                *into.entry(*tick).or_default() += count;
            }
        };
        merge(&mut self.entered, &other.entered);
        merge(&mut self.rugged, &other.rugged);
        merge(&mut self.censored, &other.censored);
    }

    /// Returns the number of games.
    pub fn games(&self) -> u64 {
        self.entered.values().sum()
    }

    /// Returns the number of games seen to rug.
    pub fn rugs(&self) -> u64 {
        self.rugged.values().sum()
    }

    /// Returns each tick from 1 to the last one observed. A game that entered at tick e can rug at e + 1 for the first time.
    fn table(&self) -> impl Iterator<Item = LifetimeRow> {
        let last = [&self.rugged, &self.censored];
        let last = last.iter().filter_map(|exits| exits.keys().next_back());
        let last = last.copied().max().unwrap_or(0);
        let mut at_risk = 0;
        (1..=last).map(move |tick| {
            let count = |ticks: &BTreeMap<Tick, u64>, tick| ticks.get(&tick).copied().unwrap_or(0);
            let before = tick - 1;
            at_risk += count(&self.entered, before);
            at_risk -= count(&self.rugged, before) + count(&self.censored, before);
            LifetimeRow {
                tick,
                at_risk,
                rugs: count(&self.rugged, tick),
            }
        })
    }

    /// Returns the mean rug tick of the games that were seen to rug, as a plain mean: short games are overrepresented in it
    /// when long ones were cut.
    pub fn plain_mean(&self) -> Option<f64> {
        let sum: u64 = self.rugged.iter().map(|(t, n)| u64::from(*t) * n).sum();
        (self.rugs() > 0).then(|| sum as f64 / self.rugs() as f64)
    }

    /// Returns the number of ticks at which an observed game could rug.
    pub fn exposure(&self) -> u64 {
        self.table().map(|row| row.at_risk).sum()
    }

    /// Returns the mean rug tick by the chance of a rug per observed tick: neither late entries nor cut games bias it.
    pub fn censored_mean(&self) -> Option<f64> {
        (self.rugs() > 0).then(|| self.exposure() as f64 / self.rugs() as f64)
    }

    /// Returns chi² of the rugs in 20 ranges of ticks, each with a twentieth of the expected rugs of uncut games, and its
    /// probability; `None` with too few games. In each range the expected rugs are those of the games at risk there.
    pub fn equal_ranges(&self) -> Option<(f64, f64)> {
        let mut rugs = [0u64; RANGES];
        let mut exposure = [0u64; RANGES];
        for row in self.table() {
            let before = 1.0 - (1.0 - RUG_CHANCE).powf(f64::from(row.tick) - 0.5);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of 20"
            )]
            let range = ((before * RANGES as f64) as usize).min(RANGES - 1);
            rugs[range] += row.rugs;
            exposure[range] += row.at_risk;
        }
        let expected = exposure.map(|ticks| ticks as f64 * RUG_CHANCE);
        if expected.iter().any(|rugs| *rugs < EXPECTED_FROM) {
            return None;
        }
        let cells = rugs.into_iter().zip(expected);
        let value = chi_squared(cells.map(|(n, mean)| (n, mean, mean * (1.0 - RUG_CHANCE))));
        Some((value, chi_squared_tail(value, RANGES)))
    }

    /// Returns the tick with the most surprising number of rugs.
    pub(super) fn fullest_tick(&self) -> Option<FullestTick> {
        let mut ticks = 0u64;
        let mut best: Option<FullestTick> = None;
        for row in self.table().filter(|row| row.at_risk > 0) {
            ticks += 1;
            let probability = at_least(row.rugs, row.at_risk, RUG_CHANCE);
            if best.is_none_or(|best| probability < best.probability) {
                best = Some(FullestTick {
                    tick: row.tick,
                    rugs: row.rugs,
                    at_risk: row.at_risk,
                    probability,
                });
            }
        }
        best.map(|best| FullestTick {
            probability: (best.probability * ticks as f64).min(1.0),
            ..best
        })
    }

    /// Returns the survival curve from tick 0 on, as long as a game was under observation.
    ///
    /// It ends before the tick at which all games at risk rugged: there its variance has no estimate.
    pub fn survival(&self) -> Vec<SurvivalPoint> {
        let mut curve = vec![SurvivalPoint {
            tick: 0,
            at_risk: self.entered.get(&0).copied().unwrap_or(0),
            survival: 1.0,
            low: 1.0,
            high: 1.0,
            expected: 1.0,
        }];
        let (mut survival, mut variance) = (1.0f64, 0.0f64);
        for row in self.table() {
            if row.at_risk == 0 || row.rugs == row.at_risk {
                break;
            }
            let (n, d) = (row.at_risk as f64, row.rugs as f64);
            survival *= 1.0 - d / n;
            variance += d / (n * (n - d));
            let (low, high) = if variance > 0.0 {
                let reach = (Z_95 * variance.sqrt() / survival.ln().abs()).exp();
                (survival.powf(reach), survival.powf(1.0 / reach))
            } else {
                (survival, survival)
            };
            curve.push(SurvivalPoint {
                tick: row.tick,
                at_risk: row.at_risk,
                survival,
                low,
                high,
                expected: (1.0 - RUG_CHANCE).powf(f64::from(row.tick)),
            });
        }
        curve
    }

    /// Returns the share of winning sidebets for bets at `tick`; `None` if the observation ends before the bet does.
    ///
    /// The limits are Wilson's with the effective number of games: with neither late entries nor cut games it is their number.
    pub fn sidebet(&self, tick: Tick) -> Option<SidebetPoint> {
        let window = self.table().skip(tick as usize);
        let window: Vec<LifetimeRow> = window.take(SIDEBET_WINDOW as usize).collect();
        let games = window.first().map_or(0, |row| row.at_risk);
        let (mut survival, mut variance) = (1.0f64, 0.0f64);
        if window.len() < SIDEBET_WINDOW as usize {
            return None;
        }
        for row in window {
            if row.at_risk == 0 || row.rugs == row.at_risk {
                return None;
            }
            let (n, d) = (row.at_risk as f64, row.rugs as f64);
            survival *= 1.0 - d / n;
            variance += d / (n * (n - d));
        }
        let rate = 1.0 - survival;
        // Greenwood's variance of the rate is survival² x variance; a share of n games has rate x survival / n.
        let effective = if variance > 0.0 {
            rate / (survival * variance)
        } else {
            games as f64
        };
        let (low, high) = wilson(rate, effective);
        Some(SidebetPoint {
            tick,
            games,
            rate,
            low,
            high,
        })
    }

    /// Returns chi² of the sidebets at ticks 0, 40, 80 and so on, whose windows do not overlap, with its number of windows
    /// and its probability; `None` with too few games.
    pub fn sidebets(&self) -> Option<(f64, usize, f64)> {
        let mut cells = Vec::new();
        let mut table = self.table().peekable();
        while table.peek().is_some() {
            let window = table.by_ref().take(SIDEBET_WINDOW as usize);
            let (rugs, exposure) = window.fold((0, 0), |(rugs, exposure), row| {
                (rugs + row.rugs, exposure + row.at_risk)
            });
            let expected = exposure as f64 * RUG_CHANCE;
            if expected < EXPECTED_FROM {
                break;
            }
            cells.push((rugs, expected, expected * (1.0 - RUG_CHANCE)));
        }
        let windows = cells.len();
        let value = chi_squared(cells);
        (windows > 0).then(|| (value, windows, chi_squared_tail(value, windows)))
    }
}
