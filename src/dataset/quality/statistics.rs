//! The probabilities that the checks use; the special functions are those of the crate `statrs`.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts below 2^53, and a report shows a few digits"
)]

use statrs::distribution::{ChiSquared, ContinuousCDF as _};
use statrs::function::beta::beta_reg;
use statrs::function::erf::erfc;

/// From this variance on the binomial distribution is replaced by a normal one with the same skewness.
const NORMAL_FROM_VARIANCE: f64 = 400.0;

/// Returns the probability of a standard normal value above `z`.
pub(super) fn normal_tail(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

/// Returns the two-sided probability of a standard normal value at least as far from 0.
pub(super) fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2).min(1.0)
}

/// Returns the probability of a chi² value of at least `value`; 1 without degrees of freedom.
pub(super) fn chi_squared_tail(value: f64, degrees: usize) -> f64 {
    ChiSquared::new(degrees as f64).map_or(1.0, |law| law.sf(value))
}

/// Returns the probability of at least `hits` hits in `trials` trials with this chance each.
pub(super) fn at_least(hits: u64, trials: u64, chance: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if hits > trials {
        return 0.0;
    }
    let (k, n) = (hits as f64, trials as f64);
    let variance = n * chance * (1.0 - chance);
    if variance < NORMAL_FROM_VARIANCE {
        return beta_reg(k, n - k + 1.0, chance).clamp(0.0, 1.0);
    }
    let z = (k - 0.5 - n * chance) / variance.sqrt();
    // The inverse of the Cornish-Fisher expansion to first order.
    let skewness = (1.0 - 2.0 * chance) / variance.sqrt();
    normal_tail(z - skewness * (z * z - 1.0) / 6.0)
}

/// Returns the two-sided probability of a number of hits at least as unlikely as `hits`: twice the smaller tail.
pub(super) fn binomial_two_sided(hits: u64, trials: u64, chance: f64) -> f64 {
    let high = at_least(hits, trials, chance);
    let low = at_least(trials.saturating_sub(hits), trials, 1.0 - chance);
    (2.0 * high.min(low)).min(1.0)
}

/// Returns the chi² of counts against their expected numbers and variances.
pub(super) fn chi_squared(cells: impl IntoIterator<Item = (u64, f64, f64)>) -> f64 {
    let cells = cells.into_iter();
    cells
        .map(|(count, expected, variance)| (count as f64 - expected).powi(2) / variance)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Z_95;

    fn close(value: f64, expected: f64, relative: f64) {
        assert!(
            (value / expected - 1.0).abs() < relative,
            "{value} instead of {expected}"
        );
    }

    /// Hits, trials, chance, and `binom.sf(hits - 1, trials, chance)` of scipy 1.17.
    const BINOMIAL: [(u64, u64, f64, f64); 14] = [
        (3, 10, 0.2, 0.322_200_473_6),
        (1, 1_000, 1e-5, 0.009_950_215_753_652_417),
        (12, 400_000, 1e-5, 0.000_915_161_789_891_335_4),
        (90, 6_000, 0.01, 0.000_167_030_092_824_608_76),
        (60, 13_000, 0.005, 0.749_523_839_945_474_7),
        (2_000, 400_000, 0.005, 0.502_995_914_357_184_7),
        (2_180, 400_000, 0.005, 3.598_027_191_289_91e-5),
        (1_850, 400_000, 0.005, 0.999_679_280_277_999_5),
        (51_000, 400_000, 0.125, 9.415_013_379_041_888e-7),
        (50_800, 100_000, 0.5, 2.134_147_648_865_771_8e-7),
        (500_300, 100_000_000, 0.005, 0.335_487_017_163_658_5),
        (502_700, 100_000_000, 0.005, 6.563_478_639_252_953e-5),
        (330, 50_000, 0.005, 7.364_295_613_870_037e-7),
        (480, 80_000, 0.005, 5.408_888_504_892_995e-5),
    ];

    #[test]
    fn binomial_tails_equal_those_of_scipy() {
        for (hits, trials, chance, expected) in BINOMIAL {
            // Below the change to a normal law exact, above it within 3 %, far out in the tail.
            close(at_least(hits, trials, chance), expected, 0.03);
        }
    }

    #[test]
    fn tails_of_chi_squared_and_normal_equal_those_of_scipy() {
        close(chi_squared_tail(30.143_527_205_646_16, 19), 0.05, 1e-9);
        close(chi_squared_tail(58.0, 20), 1.445_777_837_235_995e-5, 1e-9);
        close(normal_two_sided(Z_95), 0.05, 1e-9);
        close(normal_tail(6.0), 9.865_876_450_376_946e-10, 1e-9);
    }

    #[test]
    fn limits_of_the_binomial_tails_are_exact() {
        assert_eq!(at_least(0, 10, 0.5).to_bits(), 1.0f64.to_bits());
        assert_eq!(at_least(11, 10, 0.5).to_bits(), 0.0f64.to_bits());
        close(at_least(10, 10, 0.5), 1.0 / 1_024.0, 1e-12);
        close(binomial_two_sided(0, 0, 0.5), 1.0, 1e-12);
        close(binomial_two_sided(5, 10, 0.5), 1.0, 1e-12);
    }
}
