//! Intervals of shares.

use serde::Serialize;

use crate::statistics::wilson;

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
        let share = f64::from(hits) / f64::from(n);
        let (low, high) = wilson(share, f64::from(n));
        Some(Self { share, low, high })
    }
}
