//! Sums over the last sixty seconds: what is older counts no more, whatever happens or does not happen since.

use std::collections::VecDeque;
use std::time::Duration;

/// How far back it looks.
pub(super) const MINUTE: Duration = Duration::from_mins(1);
/// What falls into the same step ages together, so that a flood takes no memory.
const STEP_MILLIS: u128 = 100;

/// A sum of what was added in the last sixty seconds, on steps of 100 ms. At most 600 entries.
#[derive(Debug, Clone, Default)]
pub(super) struct LastMinute {
    /// Begin of the step, and what was added in it; oldest first.
    steps: VecDeque<(Duration, u64)>,
    sum: u64,
}

impl LastMinute {
    /// Adds an amount; one that is told late counts as told with the one before it.
    pub fn add(&mut self, amount: u64, now: Duration) {
        if amount == 0 {
            return;
        }
        let millis = now.as_millis() / STEP_MILLIS * STEP_MILLIS;
        let step = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        self.sum = self.sum.saturating_add(amount);
        match self.steps.back_mut() {
            Some((last, there)) if step <= *last => *there = there.saturating_add(amount),
            _ => self.steps.push_back((step, amount)),
        }
        self.forget(now);
    }

    /// Returns the sum.
    pub fn sum(&mut self, now: Duration) -> u64 {
        self.forget(now);
        self.sum
    }

    fn forget(&mut self, now: Duration) {
        let old = |step: &Duration| now.saturating_sub(*step) >= MINUTE;
        while let Some((_, amount)) = self.steps.pop_front_if(|(step, _)| old(step)) {
            self.sum = self.sum.saturating_sub(amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_later_it_counts_no_more() {
        let second = Duration::from_secs;
        let mut sum = LastMinute::default();
        sum.add(3, second(0));
        sum.add(2, second(30));
        assert_eq!(sum.sum(second(59)), 5);
        assert_eq!(sum.sum(second(60)), 2);
        // Told late: the clock of the caller may lag by a moment.
        sum.add(1, second(29));
        assert_eq!(sum.sum(second(89)), 3);
        assert_eq!(sum.sum(second(90)), 0);
    }

    #[test]
    fn a_flood_takes_no_memory() {
        let mut sum = LastMinute::default();
        for milli in 0..100_000 {
            sum.add(1, Duration::from_millis(milli));
        }
        assert_eq!(sum.sum(Duration::from_millis(99_999)), 60_000);
        assert!(sum.steps.len() <= 600);
    }
}
