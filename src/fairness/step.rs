//! One step of a price path: which draw of version `v3` leads from a price to the next, and how such draws spread.

use super::path::{
    BIG_MOVE_MAX, BIG_MOVE_MIN, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_FACTOR, GOD_CANDLE_MAX_PRICE,
    volatility,
};

/// Largest rounding error of a relative change computed from two prices; the true one is below 1e-15.
const ROUNDING: f64 = 1e-12;

/// One step between neighbouring prices before the rug. Changes are relative: 0.2 is 20 % up.
///
/// The three kinds never overlap: a small move is at most 8 %, a big one at least 15 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// The price is ten times the price before, which was at most 100.
    GodCandle,
    /// A change of 15 % to 25 %, up or down.
    Big {
        /// The relative change.
        change: f64,
    },
    /// Drift and volatility.
    Small {
        /// The relative change.
        change: f64,
    },
    /// No draw of version `v3` leads from the first price to the second.
    Impossible,
}

impl Step {
    /// Reads the step from `before` to `after`.
    pub fn between(before: f64, after: f64) -> Self {
        if !(before > 0.0 && after > 0.0) {
            return Self::Impossible;
        }
        let change = after / before - 1.0;
        let volatility = volatility(before);
        let size = change.abs();
        if (DRIFT_MIN - volatility - ROUNDING..=DRIFT_MAX + volatility + ROUNDING).contains(&change)
        {
            Self::Small { change }
        } else if (BIG_MOVE_MIN - ROUNDING..=BIG_MOVE_MAX + ROUNDING).contains(&size) {
            Self::Big { change }
        } else if before <= GOD_CANDLE_MAX_PRICE
            && (after / before - GOD_CANDLE_FACTOR).abs() <= ROUNDING * GOD_CANDLE_FACTOR
        {
            Self::GodCandle
        } else {
            Self::Impossible
        }
    }
}

/// The distribution of the small move from one price: the sum of two uniform draws, drift and volatility.
#[derive(Debug, Clone, Copy)]
pub struct SmallMove {
    volatility: f64,
}

impl SmallMove {
    /// The expected change, at every price.
    pub const MEAN: f64 = f64::midpoint(DRIFT_MIN, DRIFT_MAX);

    /// Returns the distribution of the small move from this price.
    pub fn from_price(price: f64) -> Self {
        let volatility = volatility(price);
        Self { volatility }
    }

    /// Returns the largest distance of the change from its drift.
    pub fn volatility(self) -> f64 {
        self.volatility
    }

    /// Returns the variance of the change.
    pub fn variance(self) -> f64 {
        (DRIFT_MAX - DRIFT_MIN).powi(2) / 12.0 + self.volatility.powi(2) / 3.0
    }

    /// Returns the probability of a change up to `change`: uniform over 0 to 1 if the change is drawn as published.
    pub fn cumulative(self, change: f64) -> f64 {
        let drift = DRIFT_MAX - DRIFT_MIN;
        let noise = 2.0 * self.volatility;
        let (short, long) = (drift.min(noise), drift.max(noise));
        let x = (change - (DRIFT_MIN - self.volatility)).clamp(0.0, drift + noise);
        let rest = drift + noise - x;
        if x < short {
            x * x / (2.0 * drift * noise)
        } else if rest < short {
            1.0 - rest * rest / (2.0 * drift * noise)
        } else {
            (x - short / 2.0) / long
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small counts")]
mod tests {
    use super::*;
    use crate::fairness::Path;
    use crate::protocol::GameId;

    #[test]
    fn each_step_of_a_path_is_one_that_v3_can_make() {
        let mut counts = [0u32; 3];
        for n in 0..400 {
            let path = Path::draw(
                &format!("step {n}"),
                &GameId::new("20251215-a").expect("an id"),
            );
            for pair in path.prices().windows(2) {
                match Step::between(pair[0], pair[1]) {
                    Step::GodCandle => counts[0] += 1,
                    Step::Big { change } => {
                        assert!((0.149..0.251).contains(&change.abs()));
                        counts[1] += 1;
                    }
                    Step::Small { change } => {
                        let share = SmallMove::from_price(pair[0]).cumulative(change);
                        assert!((0.0..=1.0).contains(&share));
                        counts[2] += 1;
                    }
                    Step::Impossible => panic!("{pair:?} of game {n}"),
                }
            }
        }
        let share = f64::from(counts[1]) / f64::from(counts[1] + counts[2]);
        assert!((share - 0.125).abs() < 0.01, "{share}");
    }

    #[test]
    fn kinds_are_told_apart_at_their_limits() {
        let is_big = |before, after| matches!(Step::between(before, after), Step::Big { .. });
        let is_small = |before, after| matches!(Step::between(before, after), Step::Small { .. });
        assert!(is_big(1.0, 1.15) && is_big(1.0, 0.85) && is_big(2.0, 2.5) && is_big(2.0, 1.5));
        assert_eq!(Step::between(1.0, 1.14), Step::Impossible);
        assert_eq!(Step::between(1.0, 1.26), Step::Impossible);
        assert!(is_small(1.0, 1.035) && is_small(1.0, 0.975));
        assert_eq!(Step::between(1.0, 1.036), Step::Impossible);
        // Volatility grows with the price, up to the price 100.
        assert!(is_small(100.0, 107.9) && is_small(400.0, 400.0 * 1.0799));
        assert_eq!(Step::between(400.0, 400.0 * 1.081), Step::Impossible);
        assert_eq!(Step::between(100.0, 1_000.0), Step::GodCandle);
        assert_eq!(Step::between(100.1, 1_001.0), Step::Impossible);
        for (before, after) in [
            (1.0, 0.0),
            (0.0, 1.0),
            (0.0, 0.0),
            (1.0, f64::NAN),
            (-1.0, -1.0),
        ] {
            assert_eq!(Step::between(before, after), Step::Impossible);
        }
    }

    #[test]
    fn small_moves_have_the_distribution_of_a_sum_of_two_uniform_draws() {
        for price in [0.01, 0.9, 1.0, 4.0, 25.0, 100.0, 5_000.0] {
            let law = SmallMove::from_price(price);
            let volatility = volatility(price);
            assert!(law.cumulative(DRIFT_MIN - volatility).abs() < 1e-12);
            assert!((law.cumulative(DRIFT_MAX + volatility) - 1.0).abs() < 1e-12);
            assert!((law.cumulative(SmallMove::MEAN) - 0.5).abs() < 1e-12);
            // Against a grid of both draws.
            let change = SmallMove::MEAN + 0.013;
            let grid = (0..400u32).flat_map(|d| (0..400u32).map(move |v| (d, v)));
            let draw = |n: u32| (f64::from(n) + 0.5) / 400.0;
            let below = grid.filter(|(d, v)| {
                DRIFT_MIN + draw(*d) * (DRIFT_MAX - DRIFT_MIN) + volatility * (2.0 * draw(*v) - 1.0)
                    <= change
            });
            let share = below.count() as f64 / 160_000.0;
            assert!((law.cumulative(change) - share).abs() < 0.003, "{price}");
        }
    }
}
