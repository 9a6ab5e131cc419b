//! How long orders take from the press: to the server's answer, and to the update of the account.

use std::collections::VecDeque;

use crate::game::Time;

/// Newest durations that are kept: those of one evening.
const MAX_SAMPLES: usize = 1_000;

/// Durations in milliseconds, the newest thousand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Durations {
    millis: VecDeque<i64>,
}

/// Percentiles of durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percentiles {
    /// Half of them took at most this, in milliseconds.
    pub p50: i64,
    /// 95 % of them took at most this, in milliseconds.
    pub p95: i64,
    /// Number of durations.
    pub n: usize,
}

impl Durations {
    /// Takes the time between two moments; a negative one (the clock was set back) is ignored.
    pub fn take(&mut self, from: Time, to: Time) {
        let millis = (to - from).num_milliseconds();
        if millis < 0 {
            return;
        }
        if self.millis.len() == MAX_SAMPLES {
            self.millis.pop_front();
        }
        self.millis.push_back(millis);
    }

    /// Returns the percentiles (nearest rank); `None` without any duration.
    pub fn percentiles(&self) -> Option<Percentiles> {
        let mut sorted: Vec<_> = self.millis.iter().copied().collect();
        sorted.sort_unstable();
        let n = sorted.len();
        let rank = |percent: usize| sorted.get((n * percent).div_ceil(100).saturating_sub(1));
        Some(Percentiles {
            p50: *rank(50)?,
            p95: *rank(95)?,
            n,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_durations_that_were_taken() {
        let start: Time = "2025-12-15T01:18:00Z".parse().expect("a time");
        let mut durations = Durations::default();
        assert_eq!(durations.percentiles(), None);
        for millis in (1..=100).rev() {
            durations.take(start, start + chrono::Duration::milliseconds(millis));
        }
        durations.take(start, start - chrono::Duration::milliseconds(1));
        let shown = durations.percentiles().expect("hundred were taken");
        assert_eq!((shown.p50, shown.p95, shown.n), (50, 95, 100));
    }
}
