//! The risks that a player took, tick by tick, and what chance could have made of them.
//!
//! What a tick changes has a known mean and a known distribution, given what was held before it. So the result less the sum
//! of the means is a sum of independent draws in a simulation of the same risks: its spread is the band of the luck.

use super::split_mix::SplitMix;
use crate::account::{SIDEBET_PAYOUT, SIDEBET_WINDOW};
use crate::fairness::{
    BIG_MOVE_CHANCE, BIG_MOVE_MAX, BIG_MOVE_MIN, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_CHANCE,
    GOD_CANDLE_FACTOR, GOD_CANDLE_MAX_PRICE, RUG_CHANCE, SmallMove,
};
use crate::protocol::{Tick, number};

/// What was at risk from one tick to the next. Money in SOL.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct RiskedTick {
    /// Tokens held.
    qty: f64,
    /// The price; irrelevant without tokens.
    price: f64,
    /// The largest distance of a small move from its drift.
    volatility: f64,
    /// What a rug adds to the value of the sidebet.
    bet_rugged: f64,
    /// What another tick adds to it; negative.
    bet_survived: f64,
}

/// The risks of a session.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Exposure {
    ticks: Vec<RiskedTick>,
    /// The place of each game in the timeline, and the number of ticks up to its end.
    games: Vec<(usize, usize)>,
    /// The ticks of the current game.
    current: Vec<RiskedTick>,
    game: usize,
}

impl Exposure {
    /// Begins a game.
    pub fn enter(&mut self, game: usize) {
        self.flush();
        self.game = game;
    }

    /// Ends the current game.
    pub fn flush(&mut self) {
        let risked = |tick: &RiskedTick| tick.qty != 0.0 || tick.bet_rugged != 0.0;
        let before = self.ticks.len();
        self.ticks.extend(self.current.drain(..).filter(risked));
        if self.ticks.len() > before {
            self.games.push((self.game, self.ticks.len()));
        }
    }

    fn at(&mut self, tick: Tick) -> &mut RiskedTick {
        let tick = tick as usize;
        if self.current.len() <= tick {
            self.current.resize(tick + 1, RiskedTick::default());
        }
        &mut self.current[tick]
    }

    /// Takes tokens that were held from a tick to the next one.
    pub fn hold(&mut self, tick: Tick, qty: f64, price: f64) {
        let risked = self.at(tick);
        risked.qty += qty;
        risked.price = price;
        risked.volatility = SmallMove::from_price(price).volatility();
    }

    /// Takes a sidebet that ran from one tick to another one.
    pub fn bet(&mut self, stake: f64, start: Tick, end: Tick) {
        let last = end.min(start.saturating_add(SIDEBET_WINDOW));
        for tick in start..last {
            let left = start + SIDEBET_WINDOW - tick;
            let value = bet_value(stake, left);
            let risked = self.at(tick);
            risked.bet_rugged += stake * payout() - value;
            risked.bet_survived += bet_value(stake, left - 1) - value;
        }
    }

    /// Returns the places of the games in which something was risked.
    pub fn games(&self) -> impl Iterator<Item = usize> {
        self.games.iter().map(|(game, _)| *game)
    }

    /// Returns the expected change of what was held over each game, in the order of [`Self::games`]. The value of a
    /// running bet changes by nothing on average.
    pub fn means(&self, rug_price: f64) -> Vec<f64> {
        let mean = |tick: &RiskedTick| mean_of(tick.qty, tick.price, rug_price);
        self.of_games(|ticks| ticks.iter().map(mean).sum())
    }

    /// Returns one simulated change over each game, in the order of [`Self::games`].
    pub fn draw(&self, rug_price: f64, random: &mut SplitMix) -> Vec<f64> {
        self.of_games(|ticks| ticks.iter().map(|tick| tick.draw(rug_price, random)).sum())
    }

    fn of_games(&self, mut sum: impl FnMut(&[RiskedTick]) -> f64) -> Vec<f64> {
        let mut first = 0;
        let mut sums = Vec::with_capacity(self.games.len());
        for (_, end) in &self.games {
            sums.push(sum(&self.ticks[first..*end]));
            first = *end;
        }
        sums
    }
}

impl RiskedTick {
    /// Draws what the tick changes.
    #[inline]
    fn draw(&self, rug_price: f64, random: &mut SplitMix) -> f64 {
        let drawn = random.next_f64();
        if drawn < RUG_CHANCE {
            return self.qty * (rug_price - self.price) + self.bet_rugged;
        }
        if self.qty == 0.0 {
            return self.bet_survived;
        }
        let drawn = (drawn - RUG_CHANCE) / (1.0 - RUG_CHANCE);
        let god = if self.price <= GOD_CANDLE_MAX_PRICE {
            GOD_CANDLE_CHANCE
        } else {
            0.0
        };
        let (first, second) = random.next_pair();
        let change = if drawn < god {
            GOD_CANDLE_FACTOR - 1.0
        } else if drawn < god + (1.0 - god) * BIG_MOVE_CHANCE {
            let size = BIG_MOVE_MIN + first * (BIG_MOVE_MAX - BIG_MOVE_MIN);
            if second < 0.5 { size } else { -size }
        } else {
            let drift = DRIFT_MIN + first * (DRIFT_MAX - DRIFT_MIN);
            drift + self.volatility * (2.0 * second - 1.0)
        };
        self.qty * self.price * change + self.bet_survived
    }
}

/// Returns the expected factor of a price over one tick without the rug, times the chance that the game does not rug.
pub(super) fn factor(price: f64) -> f64 {
    let usual = 1.0 + (1.0 - BIG_MOVE_CHANCE) * SmallMove::MEAN;
    let moved = if price <= GOD_CANDLE_MAX_PRICE {
        GOD_CANDLE_CHANCE * GOD_CANDLE_FACTOR + (1.0 - GOD_CANDLE_CHANCE) * usual
    } else {
        usual
    };
    (1.0 - RUG_CHANCE) * moved
}

/// Returns the expected change of tokens over one tick, in SOL.
pub(super) fn mean_of(qty: f64, price: f64, rug_price: f64) -> f64 {
    qty * (price * (factor(price) - 1.0) + RUG_CHANCE * rug_price)
}

/// Returns the expected share of a position's value that one tick costs, without what a rug leaves: 0.000557 up to a price
/// of 100, slightly more above.
pub fn holding_cost(price: rust_decimal::Decimal) -> f64 {
    1.0 - factor(number::to_f64_lossy(price))
}

fn payout() -> f64 {
    number::to_f64_lossy(SIDEBET_PAYOUT)
}

/// Returns the expected payout of a sidebet with so many ticks left, in SOL.
pub(super) fn bet_value(stake: f64, left: Tick) -> f64 {
    let survives = (1.0 - RUG_CHANCE).powi(i32::try_from(left).unwrap_or(i32::MAX));
    stake * payout() * (1.0 - survives)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

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
        let cost = holding_cost(Decimal::TWO) * 100.0;
        assert_eq!(format!("{cost:.3} %"), "0.056 %");
        assert!((bet_value(1.0, SIDEBET_WINDOW) - 1.0 + 0.0916).abs() < 5e-5);
    }

    #[test]
    fn draws_have_the_mean_of_the_odds_and_a_bet_that_runs_has_none() {
        let mut exposure = Exposure::default();
        exposure.enter(3);
        for tick in 10..30 {
            exposure.hold(tick, 0.5, 1.0 + f64::from(tick) / 10.0);
        }
        exposure.bet(0.2, 5, 45);
        exposure.enter(4);
        exposure.enter(6);
        exposure.bet(0.2, 0, 17);
        exposure.flush();
        assert_eq!(exposure.games().collect::<Vec<_>>(), [3, 6]);
        let means = exposure.means(0.012);
        assert!((means[1]).abs() < 1e-15 && means[0] < 0.0, "{means:?}");
        let n = 40_000;
        let mut sums = [0.0; 2];
        let mut squares = [0.0; 2];
        for number in 0..n {
            let drawn = exposure.draw(0.012, &mut SplitMix::stream(1, number));
            for (place, value) in drawn.iter().enumerate() {
                sums[place] += value;
                squares[place] += value * value;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let n = n as f64;
        for place in 0..2 {
            let mean = sums[place] / n;
            let error = ((squares[place] / n - mean * mean) / n).sqrt();
            let off = (mean - means[place]).abs();
            assert!(off < 4.0 * error, "{place}: {off} of {error}");
        }
    }
}
