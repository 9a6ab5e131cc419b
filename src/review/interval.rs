//! Intervals of shares.

use serde::Serialize;

/// The 97.5 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// A share with its Wilson interval of 95 %, all from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The share.
    pub share: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

impl Interval {
    /// Returns the share of `hits` in `n` trials; `None` without trials.
    pub fn of(hits: u32, n: u32) -> Option<Self> {
        if n == 0 {
            return None;
        }
        let (n, share) = (f64::from(n), f64::from(hits) / f64::from(n));
        let z2 = Z95 * Z95 / n;
        let middle = (share + z2 / 2.0) / (1.0 + z2);
        let half = Z95 / (1.0 + z2) * (share * (1.0 - share) / n + z2 / (4.0 * n)).sqrt();
        Some(Self {
            share,
            low: (middle - half).max(0.0),
            high: (middle + half).min(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Agresti and Coull (1998): 6 of 9 gives 35.4 % to 87.9 %.
        let interval = Interval::of(6, 9).expect("trials");
        assert!((interval.low - 0.354).abs() < 5e-4, "{interval:?}");
        assert!((interval.high - 0.879).abs() < 5e-4, "{interval:?}");
        let none = Interval::of(0, 4).expect("trials");
        assert!(none.low.abs() < 1e-12 && none.high > 0.4, "{none:?}");
        assert_eq!(Interval::of(0, 0), None);
    }
}
