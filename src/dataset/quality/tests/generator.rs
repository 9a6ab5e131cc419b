//! Games of the published generator, and of generators that differ from it in one number.

use super::super::{ObservedGame, SelfCheck};
use crate::fairness::{Path, SeedRandom, UNSEEDED_RUG_MAX};
use crate::protocol::{GameId, MAX_TICK, Tick};

/// The numbers of the generator; the default is the published one.
#[derive(Clone)]
pub(super) struct Rules {
    pub rug: f64,
    pub god_candle: f64,
    pub big: f64,
    pub up: f64,
    pub size: (f64, f64),
    pub drift: (f64, f64),
    pub volatility: f64,
    /// Share of the games that rug at this tick, whatever was drawn.
    pub repeated_rug: Option<(f64, Tick)>,
    /// Share of the sizes of big moves that are this one.
    pub repeated_size: Option<(f64, f64)>,
    /// Share of the small moves whose draws are these two.
    pub repeated_small: Option<(f64, [f64; 2])>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            rug: 0.005,
            god_candle: 0.000_01,
            big: 0.125,
            up: 0.5,
            size: (0.15, 0.25),
            drift: (-0.02, 0.03),
            volatility: 0.005,
            repeated_rug: None,
            repeated_size: None,
            repeated_small: None,
        }
    }
}

impl Rules {
    /// Draws the prices before the rug, as `Path::draw` does.
    pub fn draw(&self, seed: &str) -> Vec<f64> {
        let mut random = SeedRandom::new(seed);
        // Own draws decide about repetitions, so that the honest draws stay in their order.
        let mut chance = SeedRandom::new(&format!("{seed} repetitions"));
        let fixed = self
            .repeated_rug
            .filter(|(share, _)| chance.next_f64() < *share);
        let mut price = 1.0f64;
        let mut prices = vec![price];
        for tick in 1..=MAX_TICK {
            let rug = random.next_f64() < self.rug;
            if fixed.map_or(rug, |(_, fixed)| tick >= fixed) {
                break;
            }
            price = self.next(price, &mut random, &mut chance);
            prices.push(price);
        }
        prices
    }

    fn next(&self, price: f64, random: &mut SeedRandom, repetitions: &mut SeedRandom) -> f64 {
        if random.next_f64() < self.god_candle && price <= 100.0 {
            return price * 10.0;
        }
        let mut is_hit = |share: &f64| repetitions.next_f64() < *share;
        let change = if random.next_f64() < self.big {
            let mut size = self.size.0 + random.next_f64() * (self.size.1 - self.size.0);
            if let Some((_, fixed)) = self.repeated_size.filter(|(share, _)| is_hit(share)) {
                size = fixed;
            }
            if random.next_f64() > 1.0 - self.up {
                size
            } else {
                -size
            }
        } else {
            let mut draws = [random.next_f64(), random.next_f64()];
            if let Some((_, fixed)) = self.repeated_small.filter(|(share, _)| is_hit(share)) {
                draws = fixed;
            }
            let drift = self.drift.0 + draws[0] * (self.drift.1 - self.drift.0);
            let volatility = self.volatility * f64::min(10.0, price.sqrt());
            drift + volatility * (2.0 * draws[1] - 1.0)
        };
        f64::max(0.0, price * (1.0 + change))
    }
}

/// Returns the recording of a whole game with these prices before the rug.
pub(super) fn recording(path: &[f64]) -> Vec<Option<f64>> {
    let rug = UNSEEDED_RUG_MAX / (1.0 + path[path.len() - 1]);
    path.iter().copied().chain([rug]).map(Some).collect()
}

/// Adds a game that was recorded from its start to its rug and proven.
pub(super) fn add_whole(check: &mut SelfCheck, path: &[f64]) {
    let prices = recording(path);
    let rug = u32::try_from(path.len()).unwrap();
    check.add(&ObservedGame {
        trainable: true,
        seeded: false,
        version: Some("v3"),
        entry_tick: 0,
        exit_tick: rug,
        event: true,
        rug_tick: Some(rug),
        rug_price: prices[path.len()],
        prices: &prices,
    });
}

/// Returns the self-check of games of these rules.
pub(super) fn games(rules: &Rules, name: &str, count: u32) -> SelfCheck {
    let mut check = SelfCheck::default();
    for n in 0..count {
        add_whole(&mut check, &rules.draw(&format!("{name}-{n}-20251215-a")));
    }
    check
}

/// Returns the self-check of games drawn by the module `fairness` itself.
pub(super) fn published(name: &str, count: u32) -> SelfCheck {
    let id = GameId::new("20251215-a").unwrap();
    let mut check = SelfCheck::default();
    for n in 0..count {
        add_whole(&mut check, Path::draw(&format!("{name}-{n}"), &id).prices());
    }
    check
}

#[test]
fn the_generator_of_the_tests_draws_as_the_published_one_does() {
    let id = GameId::new("20251215-a").unwrap();
    for n in 0..200 {
        let own = Rules::default().draw(&format!("{n}-20251215-a"));
        assert_eq!(own, Path::draw(&n.to_string(), &id).prices(), "game {n}");
    }
}
