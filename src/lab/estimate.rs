//! Estimates with their intervals, and the spread of a quantity over sessions.

use serde::Serialize;

use super::numbers::as_f64;
use crate::statistics::{Z_95, wilson};

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower end of the interval; none when one number only was seen.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl Estimate {
    /// Returns an estimate with this standard error.
    fn new(value: f64, error: Option<f64>) -> Self {
        Self {
            value,
            low: error.map(|error| value - Z_95 * error),
            high: error.map(|error| value + Z_95 * error),
        }
    }

    /// Returns half the length of the interval.
    pub fn margin(&self) -> Option<f64> {
        Some((self.high? - self.low?) / 2.0)
    }

    /// Returns the standard error, if the interval is one of a mean or a ratio.
    pub fn standard_error(&self) -> Option<f64> {
        self.margin().map(|margin| margin / Z_95)
    }

    /// Returns the share of `of` that `found` are, with Wilson's interval; `None` of nothing.
    pub fn share(found: u64, of: u64) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let value = as_f64(found) / as_f64(of);
        let (low, high) = wilson(value, as_f64(of));
        Some(Self {
            value,
            low: Some(low),
            high: Some(high),
        })
    }
}

/// Sums of the results of games: the profit of each and what was staked in it, in SOL. Sums are added in a fixed order,
/// so that they do not depend on the number of threads.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GameSums {
    /// How many there were.
    pub games: u64,
    /// Those with a stake.
    pub traded: u64,
    /// The profit of all of them.
    pub profit: f64,
    /// The stakes of all of them.
    pub staked: f64,
    profit_squared: f64,
    staked_squared: f64,
    profit_staked: f64,
}

impl GameSums {
    /// Takes a game.
    pub fn take(&mut self, profit: f64, staked: f64) {
        self.games += 1;
        self.traded += u64::from(staked > 0.0);
        self.profit += profit;
        self.staked += staked;
        self.profit_squared += profit * profit;
        self.staked_squared += staked * staked;
        self.profit_staked += profit * staked;
    }

    /// Adds the sums of other games.
    pub fn add(&mut self, other: &Self) {
        self.games += other.games;
        self.traded += other.traded;
        self.profit += other.profit;
        self.staked += other.staked;
        self.profit_squared += other.profit_squared;
        self.staked_squared += other.staked_squared;
        self.profit_staked += other.profit_staked;
    }

    /// Returns the mean profit of a game; `None` without a game.
    pub fn per_game(&self) -> Option<Estimate> {
        mean(self.games, self.profit, self.profit_squared)
    }

    /// Returns the profit for each SOL staked; `None` if nothing was staked.
    ///
    /// It is a ratio of two sums; its error is that of the profits less the ratio times the stakes.
    pub fn per_staked(&self) -> Option<Estimate> {
        if self.staked <= 0.0 {
            return None;
        }
        let ratio = self.profit / self.staked;
        let squares = self.profit_squared - 2.0 * ratio * self.profit_staked
            + ratio * ratio * self.staked_squared;
        let n = as_f64(self.traded);
        let error =
            (self.traded > 1).then(|| (squares.max(0.0) * n / (n - 1.0)).sqrt() / self.staked);
        Some(Estimate::new(ratio, error))
    }
}

/// Returns the mean of `n` numbers with this sum and this sum of squares.
fn mean(n: u64, sum: f64, squares: f64) -> Option<Estimate> {
    let count = as_f64(n);
    let mean = (n > 0).then(|| sum / count)?;
    let error = (n > 1).then(|| {
        let variance = (squares - sum * mean).max(0.0) / (count - 1.0);
        (variance / count).sqrt()
    });
    Some(Estimate::new(mean, error))
}

/// Returns the mean of some numbers.
pub(super) fn mean_of(numbers: &[f64]) -> Option<Estimate> {
    let sum: f64 = numbers.iter().sum();
    let middle = sum / as_f64(numbers.len() as u64);
    // Around the mean, so that equal numbers have no error.
    let off = |number: &f64| number - middle;
    let squares: f64 = numbers.iter().map(|number| off(number).powi(2)).sum();
    let n = numbers.len() as u64;
    let error = mean(n, 0.0, squares)?.standard_error();
    Some(Estimate::new(middle, error))
}

/// How a quantity spreads over sessions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the sessions have less.
    pub median: f64,
    /// 95 % of the sessions have less.
    pub p95: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Returns the spread of some numbers; `None` of none.
    pub(super) fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        Some(Self {
            median: quantile(&numbers, 0.5)?,
            p95: quantile(&numbers, 0.95)?,
            most: *numbers.last()?,
        })
    }
}

/// Returns a quantile of sorted numbers, between two neighbours in proportion; `None` of none.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place among the numbers"
)]
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * as_f64(last as u64);
    let (below, part) = (place.floor() as usize, place.fract());
    let (a, b) = (sorted.get(below)?, sorted[(below + 1).min(last)]);
    Some(a + (b - a) * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    #[test]
    fn the_interval_of_a_mean_is_two_standard_errors_wide_on_each_side() {
        let numbers = [1.0, 2.0, 3.0, 4.0, 5.0];
        let mean = mean_of(&numbers).expect("numbers");
        near(mean.value, 3.0);
        // Variance 2.5, error sqrt(2.5 / 5).
        near(mean.standard_error().expect("five"), 0.5f64.sqrt());
        near(mean.margin().expect("five"), Z_95 * 0.5f64.sqrt());
        let mut sums = GameSums::default();
        for number in numbers {
            sums.take(number, 2.0);
        }
        let per_game = sums.per_game().expect("games");
        near(per_game.value, 3.0);
        near(per_game.standard_error().expect("five"), 0.5f64.sqrt());
        // With equal stakes the ratio has the error of the mean.
        let per_staked = sums.per_staked().expect("stakes");
        near(per_staked.value, 1.5);
        near(
            per_staked.standard_error().expect("five"),
            0.5f64.sqrt() / 2.0,
        );
    }

    #[test]
    fn one_number_has_no_interval_and_none_no_mean() {
        let one = mean_of(&[7.0]).expect("one");
        assert_eq!((one.value, one.low, one.high), (7.0, None, None));
        assert_eq!(mean_of(&[]), None);
        let mut sums = GameSums::default();
        assert_eq!((sums.per_game(), sums.per_staked()), (None, None));
        sums.take(0.0, 0.0);
        assert_eq!(sums.per_game().map(|mean| mean.value), Some(0.0));
        assert_eq!(sums.per_staked(), None);
        assert_eq!(Estimate::share(0, 0), None);
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        let numbers = [0.0, 1.0, 2.0, 10.0];
        near(quantile(&numbers, 0.5).expect("numbers"), 1.5);
        near(quantile(&numbers, 1.0).expect("numbers"), 10.0);
        near(quantile(&numbers, 0.05).expect("numbers"), 0.15);
        assert_eq!(quantile(&[], 0.5), None);
        let spread = Spread::of(vec![3.0, 1.0, 2.0]).expect("numbers");
        assert_eq!((spread.median, spread.most), (2.0, 3.0));
    }
}
