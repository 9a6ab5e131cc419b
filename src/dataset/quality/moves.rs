//! The moves of prices: how many there were of each kind, and how they spread.

use serde::{Deserialize, Serialize};

use super::bins::Bins;
use crate::fairness::{
    BIG_MOVE_MAX, BIG_MOVE_MIN, GOD_CANDLE_MAX_PRICE, SmallMove, Step, UNSEEDED_RUG_MAX,
};

/// Counts of the steps between neighbouring known prices before the rug.
///
/// All sums are whole numbers, so that any order of merging gives the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moves {
    /// Steps that no draw of v3 makes.
    pub(super) impossible: u64,
    /// Steps from a price at which a god candle can start.
    pub(super) god_candle_chances: u64,
    pub(super) god_candles: u64,
    pub(super) big_up: u64,
    pub(super) big_down: u64,
    /// Sizes of big moves, as shares of the way from the smallest to the largest.
    pub(super) sizes: Bins,
    pub(super) small: u64,
    /// Sum of the differences of small moves from their mean, in billionths.
    pub(super) small_excess_nano: i64,
    /// Sum of their variances as published, in millionths of a millionth.
    pub(super) small_variance_pico: u64,
    /// Small moves by their probability of being smaller, as published for the price before them.
    pub(super) small_shares: Bins,
}

impl Moves {
    /// Counts the step between two neighbouring prices, neither of which is the price at the rug.
    pub fn add(&mut self, before: f64, after: f64) {
        self.god_candle_chances += u64::from(before <= GOD_CANDLE_MAX_PRICE);
        match Step::between(before, after) {
            Step::GodCandle => self.god_candles += 1,
            Step::Big { change } => {
                if change > 0.0 {
                    self.big_up += 1;
                } else {
                    self.big_down += 1;
                }
                let share = (change.abs() - BIG_MOVE_MIN) / (BIG_MOVE_MAX - BIG_MOVE_MIN);
                self.sizes.add(share);
            }
            Step::Small { change } => {
                let law = SmallMove::from_price(before);
                self.small += 1;
                self.small_excess_nano += to_i64((change - SmallMove::MEAN) * 1e9);
                self.small_variance_pico += to_i64(law.variance() * 1e12).unsigned_abs();
                self.small_shares.add(law.cumulative(change));
            }
            Step::Impossible => self.impossible += 1,
        }
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.impossible += other.impossible;
        self.god_candle_chances += other.god_candle_chances;
        self.god_candles += other.god_candles;
        self.big_up += other.big_up;
        self.big_down += other.big_down;
        self.sizes.merge(&other.sizes);
        self.small += other.small;
        self.small_excess_nano += other.small_excess_nano;
        self.small_variance_pico += other.small_variance_pico;
        self.small_shares.merge(&other.small_shares);
    }

    /// Returns the number of big moves.
    pub fn big(&self) -> u64 {
        self.big_up + self.big_down
    }

    /// Returns the number of steps.
    pub fn steps(&self) -> u64 {
        self.impossible + self.god_candles + self.big() + self.small
    }
}

/// Rounds; the moves of a path are far inside the range.
fn to_i64(value: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates; a step is at most 8 %"
    )]
    let whole = value.round() as i64;
    whole
}

/// The prices at rugs. Only the server knows how they come about; known is the highest one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RugPrices {
    pub(super) count: u64,
    /// Not above 0, or above the highest one ever seen.
    pub(super) outside: u64,
    /// Exactly the highest one.
    pub(super) at_highest: u64,
}

impl RugPrices {
    /// Counts the price at a rug.
    pub fn add(&mut self, price: f64) {
        self.count += 1;
        if !(price > 0.0 && price <= UNSEEDED_RUG_MAX) {
            self.outside += 1;
            return;
        }
        self.at_highest += u64::from(price >= UNSEEDED_RUG_MAX);
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.outside += other.outside;
        self.at_highest += other.at_highest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_counts_once_by_its_kind() {
        let mut moves = Moves::default();
        let prices = [1.0, 1.01, 1.212, 0.9696, 9.696, 9.0, 20.0];
        for pair in prices.windows(2) {
            moves.add(pair[0], pair[1]);
        }
        // 1 %, 20 % up, 20 % down, x 10, -7.2 % and a jump that no draw makes.
        assert_eq!((moves.small, moves.big_up, moves.big_down), (1, 1, 1));
        assert_eq!((moves.god_candles, moves.impossible), (1, 2));
        assert_eq!((moves.steps(), moves.god_candle_chances), (6, 6));
        assert_eq!(moves.small_excess_nano, 5_000_000);
        moves.add(101.0, 101.0);
        assert_eq!((moves.small, moves.god_candle_chances), (2, 6));
    }

    #[test]
    fn rug_prices_have_an_upper_limit_that_was_seen() {
        let mut rugs = RugPrices::default();
        for price in [0.0, -1.0, 0.000_06, UNSEEDED_RUG_MAX, 0.020_1, f64::NAN] {
            rugs.add(price);
        }
        assert_eq!((rugs.count, rugs.outside, rugs.at_highest), (6, 4, 1));
    }
}
