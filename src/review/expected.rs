//! What the published odds expect of the risks that the player took.
//!
//! Holding a position over one tick multiplies its value by a known factor on average, and a sidebet has a known chance. The
//! sum over all ticks held and all bets is what the same decisions earn on average; the rest of the result was luck.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::account::{SIDEBET_PAYOUT, SIDEBET_WINDOW};
use crate::fairness::{
    BIG_MOVE_CHANCE, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_CHANCE, GOD_CANDLE_FACTOR,
    GOD_CANDLE_MAX_PRICE, KNOWN_VERSION, RUG_CHANCE,
};

/// Returns the expected factor of a price over one tick without the rug, times the chance that the game does not rug.
pub(super) fn factor(price: f64) -> f64 {
    let usual = 1.0 + (1.0 - BIG_MOVE_CHANCE) * f64::midpoint(DRIFT_MIN, DRIFT_MAX);
    let moved = if price <= GOD_CANDLE_MAX_PRICE {
        GOD_CANDLE_CHANCE * GOD_CANDLE_FACTOR + (1.0 - GOD_CANDLE_CHANCE) * usual
    } else {
        usual
    };
    (1.0 - RUG_CHANCE) * moved
}

/// The expected change of the wallet, in SOL, and what it is a sum of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OddsExpectation {
    /// By holding positions.
    pub positions: f64,
    /// By sidebets.
    pub sidebets: f64,
    /// Ticks over which a position was held, with a known price.
    pub ticks: u32,
    /// Ticks over which a position was held without a known price: they are left out.
    pub missing_ticks: u32,
    /// The generator versions without known odds, each once: their games are left out.
    pub unknown_versions: Vec<String>,
    /// The mean rug price that a rugged position is sold at; 0 if none was recorded.
    pub rug_price: f64,
    /// The number of recorded rug prices behind that mean.
    pub rug_prices: u32,
    is_known: bool,
}

impl OddsExpectation {
    /// Returns the sum before the first game.
    pub(super) fn new(rug_prices: impl Iterator<Item = Decimal>) -> Self {
        let mut expected = Self::default();
        let mut sum = 0.0;
        for price in rug_prices {
            sum += price.to_f64().unwrap_or_default();
            expected.rug_prices += 1;
        }
        expected.rug_price = sum / f64::from(expected.rug_prices.max(1));
        expected
    }

    /// Begins a game of a generator version.
    pub(super) fn enter(&mut self, version: Option<&str>) {
        self.is_known = version == Some(KNOWN_VERSION);
        if !self.is_known {
            let name = version.unwrap_or("unknown").to_owned();
            if !self.unknown_versions.contains(&name) {
                self.unknown_versions.push(name);
            }
        }
    }

    /// Takes the step from one tick to the next with so many tokens held.
    pub(super) fn take_tick(&mut self, qty: Decimal, price: Option<Decimal>) {
        if !self.is_known {
            return;
        }
        let Some(price) = price.and_then(|price| price.to_f64()) else {
            self.missing_ticks += 1;
            return;
        };
        let qty = qty.to_f64().unwrap_or_default();
        self.positions += qty * (price * (factor(price) - 1.0) + RUG_CHANCE * self.rug_price);
        self.ticks += 1;
    }

    /// Takes a sidebet.
    pub(super) fn take_sidebet(&mut self, stake: Decimal) {
        if self.is_known {
            let stake = stake.to_f64().unwrap_or_default();
            self.sidebets += stake * sidebet_edge();
        }
    }

    /// Returns the whole expected change, in SOL.
    pub fn total(&self) -> f64 {
        self.positions + self.sidebets
    }
}

/// Returns the expected profit of a sidebet per SOL staked.
fn sidebet_edge() -> f64 {
    let survives = (1.0 - RUG_CHANCE).powi(i32::try_from(SIDEBET_WINDOW).unwrap_or(i32::MAX));
    SIDEBET_PAYOUT.to_f64().unwrap_or_default() * (1.0 - survives) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factors_are_those_of_the_published_odds() {
        assert!((factor(1.0) - 0.999_442_63).abs() < 5e-9, "{}", factor(1.0));
        assert!(factor(100.1) < factor(100.0));
        // Hold from tick 0 for 1, 40, 160 ticks, with the mean rug price.
        for (ticks, known) in [(1, 0.9995), (40, 0.9801), (160, 0.9213)] {
            let held = factor(1.0).powi(ticks);
            let salvage = 0.012 * (1.0 - (1.0 - RUG_CHANCE).powi(ticks));
            assert!(
                (held + salvage - known).abs() < 2e-4,
                "{ticks}: {}",
                held + salvage
            );
        }
        assert!((sidebet_edge() + 0.0916).abs() < 5e-5, "{}", sidebet_edge());
    }

    #[test]
    fn an_unknown_version_and_a_missing_price_are_left_out_and_counted() {
        let mut expected = OddsExpectation::new([Decimal::new(2, 2)].into_iter());
        expected.enter(Some("v4"));
        expected.take_tick(Decimal::ONE, Some(Decimal::ONE));
        expected.take_sidebet(Decimal::ONE);
        assert_eq!((expected.total(), expected.ticks), (0.0, 0));
        assert_eq!(expected.unknown_versions, ["v4"]);
        expected.enter(Some("v3"));
        expected.take_tick(Decimal::ONE, None);
        assert_eq!((expected.total(), expected.missing_ticks), (0.0, 1));
        expected.take_tick(Decimal::ONE, Some(Decimal::ONE));
        assert!((expected.total() + 0.000_557_37 - 0.0001).abs() < 5e-9);
    }
}
