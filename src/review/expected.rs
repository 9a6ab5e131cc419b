//! What the published odds expect of the risks that the player took.
//!
//! Holding a position over one tick multiplies its value by a known factor on average, and a sidebet has a known chance. The
//! sum over all ticks held and all bets is what the same decisions earn on average; the rest of the result was luck.

use rust_decimal::Decimal;

use super::exposure::{Exposure, bet_value, mean_of};
use crate::account::SIDEBET_WINDOW;
use crate::fairness::KNOWN_VERSION;
use crate::protocol::{Tick, number};

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
    /// Sidebets with a result. One that was still open at the end is left out.
    pub bets: u32,
    /// The generator versions without known odds, each once: their games are left out.
    pub unknown_versions: Vec<String>,
    /// The games whose files are missing: they are left out.
    pub missing_games: u32,
    /// The mean rug price that a rugged position is sold at; 0 if none was recorded.
    pub rug_price: f64,
    /// The number of recorded rug prices behind that mean.
    pub rug_prices: u32,
    /// The same risks, tick by tick.
    pub(super) exposure: Exposure,
    /// The stake's edge of the bets of each game, by the place of the game.
    pub(super) edges: Vec<(usize, f64)>,
    game: usize,
    is_known: bool,
}

/// Whether the odds of a generator version are known.
pub fn has_odds(version: Option<&str>) -> bool {
    version == Some(KNOWN_VERSION)
}

impl OddsExpectation {
    /// Returns the sum before the first game.
    pub(super) fn new(rug_prices: impl Iterator<Item = Decimal>) -> Self {
        let mut expected = Self::default();
        let mut sum = 0.0;
        for price in rug_prices {
            sum += number::to_f64_lossy(price);
            expected.rug_prices += 1;
        }
        expected.rug_price = sum / f64::from(expected.rug_prices.max(1));
        expected
    }

    /// Begins a game of a generator version; `None` if the file of the game is missing.
    pub(super) fn enter(&mut self, game: usize, version: Option<&str>) {
        self.exposure.enter(game);
        self.game = game;
        self.is_known = has_odds(version);
        let unknown = version.filter(|_| !self.is_known);
        if let Some(name) = unknown.filter(|name| !self.unknown_versions.iter().any(|v| v == name))
        {
            self.unknown_versions.push(name.to_owned());
        }
    }

    /// Whether the odds of the current game are known.
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    /// Takes the step from one tick to the next with so many tokens held.
    pub(super) fn take_tick(&mut self, tick: Tick, qty: Decimal, price: Option<Decimal>) {
        if !self.is_known {
            return;
        }
        match price {
            Some(price) => self.hold(tick, number::to_f64_lossy(qty), number::to_f64_lossy(price)),
            None => self.missing_ticks += 1,
        }
    }

    pub(super) fn hold(&mut self, tick: Tick, qty: f64, price: f64) {
        let mean = mean_of(qty, price, self.rug_price);
        self.positions += mean;
        self.exposure.hold(tick, qty, price, mean);
        self.ticks += 1;
    }

    /// Takes a sidebet with a result.
    pub(super) fn take_sidebet(&mut self, stake: Decimal, start: Tick) {
        if self.is_known {
            self.bet(number::to_f64_lossy(stake), start);
        }
    }

    pub(super) fn bet(&mut self, stake: f64, start: Tick) {
        let edge = bet_value(stake, SIDEBET_WINDOW) - stake;
        self.sidebets += edge;
        self.bets += 1;
        self.edges.push((self.game, edge));
        self.exposure.bet(stake, start);
    }

    /// Takes the end of a position: for how long it was held, and the tick of the rug if that ended it.
    pub(super) fn take_end(&mut self, held: Tick, rug: Option<Tick>) {
        if self.is_known {
            self.exposure.end(held, rug);
        }
    }

    /// Ends the last game.
    pub(super) fn finish(&mut self) {
        self.exposure.finish();
    }

    /// Returns the whole expected change, in SOL.
    pub fn total(&self) -> f64 {
        self.positions + self.sidebets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_version_and_a_missing_price_are_left_out_and_counted() {
        let mut expected = OddsExpectation::new([Decimal::new(2, 2)].into_iter());
        expected.enter(0, Some("v4"));
        expected.take_tick(0, Decimal::ONE, Some(Decimal::ONE));
        expected.take_sidebet(Decimal::ONE, 0);
        assert_eq!((expected.total(), expected.ticks), (0.0, 0));
        assert_eq!(expected.unknown_versions, ["v4"]);
        expected.enter(1, Some("v3"));
        expected.take_tick(0, Decimal::ONE, None);
        assert_eq!((expected.total(), expected.missing_ticks), (0.0, 1));
        expected.take_tick(1, Decimal::ONE, Some(Decimal::ONE));
        assert!((expected.total() + 0.000_557_37 - 0.0001).abs() < 5e-9);
        expected.take_sidebet(Decimal::ONE, 0);
        assert!((expected.sidebets + 0.0916).abs() < 5e-5);
        expected.finish();
        assert_eq!(
            expected
                .exposure
                .games()
                .map(|(place, _)| place)
                .collect::<Vec<_>>(),
            [1]
        );
    }
}
