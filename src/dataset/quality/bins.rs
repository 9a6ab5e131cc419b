//! Counts of values between 0 and 1 in equal bins.

use serde::{Deserialize, Serialize};

use super::statistics::{at_least, chi_squared, chi_squared_tail};

/// Bins that are counted: fine enough to see one value that repeats.
const FINE: usize = 200;
/// Bins of the chi² test.
const COARSE: usize = 20;
/// A chi² test needs this many values: ten a bin.
const CHI_SQUARED_FROM: u64 = 10 * COARSE as u64;

/// Counts of values that are uniform over 0 to 1 if they are drawn as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u64>", into = "Vec<u64>")]
pub(super) struct Bins([u64; FINE]);

impl Default for Bins {
    fn default() -> Self {
        Self([0; FINE])
    }
}

/// No counts are an empty list in files.
impl From<Bins> for Vec<u64> {
    fn from(bins: Bins) -> Self {
        if bins.total() == 0 {
            return Self::new();
        }
        bins.0.to_vec()
    }
}

/// A list of another length is of another version: what does not fit is left out, and the totals show it.
impl From<Vec<u64>> for Bins {
    fn from(counts: Vec<u64>) -> Self {
        let mut bins = Self::default();
        for (bin, count) in bins.0.iter_mut().zip(counts) {
            *bin = count;
        }
        bins
    }
}

impl Bins {
    /// Counts a value; one outside 0 to 1 counts in the bin next to it.
    pub fn add(&mut self, share: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the cast saturates, and the index is limited"
        )]
        let bin = ((share * FINE as f64) as usize).min(FINE - 1);
        self.0[bin] += 1;
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (bin, count) in self.0.iter_mut().zip(other.0) {
            *bin += count;
        }
    }

    /// Returns the number of values.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Returns the counts of 20 equal bins.
    pub fn coarse(&self) -> [u64; COARSE] {
        let mut coarse = [0; COARSE];
        for (bin, counts) in coarse.iter_mut().zip(self.0.chunks(FINE / COARSE)) {
            *bin = counts.iter().sum();
        }
        coarse
    }

    /// Returns chi² of 20 equal bins and its probability; `None` with too few values.
    pub fn uniform(&self) -> Option<(f64, f64)> {
        let total = self.total();
        if total < CHI_SQUARED_FROM {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
        let expected = total as f64 / COARSE as f64;
        let value = chi_squared(self.coarse().map(|count| (count, expected, expected)));
        Some((value, chi_squared_tail(value, COARSE - 1)))
    }

    /// Returns the expected share of each of 200 bins.
    #[expect(clippy::cast_precision_loss, reason = "200")]
    pub fn share() -> f64 {
        1.0 / FINE as f64
    }

    /// Returns the share of the fullest of 200 bins, and the probability that the fullest one holds that many.
    pub fn fullest(&self) -> Option<(f64, f64)> {
        let total = self.total();
        let most = self.0.iter().copied().max().filter(|most| *most > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
        let (share, bins) = (most as f64 / total as f64, FINE as f64);
        Some((share, (bins * at_least(most, total, 1.0 / bins)).min(1.0)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::fairness::SeedRandom;

    fn filled(count: u32, mut value: impl FnMut() -> f64) -> Bins {
        let mut bins = Bins::default();
        (0..count).for_each(|_| bins.add(value()));
        bins
    }

    #[test]
    fn uniform_values_pass_and_one_repeated_value_does_not() {
        let mut random = SeedRandom::new("bins");
        let uniform = filled(20_000, || random.next_f64());
        assert!(uniform.uniform().unwrap().1 > 0.01);
        assert!(uniform.fullest().unwrap().1 > 0.01);
        // One of a hundred values is always the same.
        let mut n = 0;
        let repeated = filled(20_000, || {
            n += 1;
            if n % 100 == 0 {
                0.371
            } else {
                random.next_f64()
            }
        });
        assert!(repeated.fullest().unwrap().1 < 1e-9);
        let (_, by_chi_squared) = repeated.uniform().unwrap();
        assert!(by_chi_squared > 1e-9, "20 bins see it less");
    }

    #[test]
    fn merged_bins_equal_bins_of_all_values_and_return_from_their_text() {
        let mut random = SeedRandom::new("merge");
        let mut first = filled(500, || random.next_f64());
        let second = filled(300, || random.next_f64());
        let mut random = SeedRandom::new("merge");
        let all = filled(800, || random.next_f64());
        first.merge(&second);
        assert_eq!(first, all);
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Bins>(&text).unwrap(), all);
        assert_eq!(serde_json::to_string(&Bins::default()).unwrap(), "[]");
    }

    #[test]
    fn values_outside_count_at_the_edge_and_few_values_are_no_test() {
        let mut bins = Bins::default();
        for value in [-0.1, 0.0, 1.0, 1.5] {
            bins.add(value);
        }
        assert_eq!((bins.0[0], bins.0[FINE - 1], bins.total()), (2, 2, 4));
        assert_eq!(bins.uniform(), None);
        assert_eq!(Bins::default().fullest(), None);
    }
}
