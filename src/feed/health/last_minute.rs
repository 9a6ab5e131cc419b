//! Sums over the last sixty seconds. Older amounts expire even without new ones.

use std::collections::VecDeque;
use std::time::Duration;

/// The period of the sum.
pub(super) const MINUTE: Duration = Duration::from_mins(1);
/// Amounts of the same step expire together, so that a flood takes no memory.
const STEP_MILLIS: u128 = 100;

/// The sum of the amounts of the last sixty seconds, in steps of 100 ms. At most 600 entries.
#[derive(Debug, Clone, Default)]
pub(super) struct LastMinute {
    /// Begin and amount of each step, oldest first.
    steps: VecDeque<(Duration, u64)>,
    sum: u64,
}

impl LastMinute {
    /// Adds an amount. A late one counts for the newest step.
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
    fn an_amount_expires_after_a_minute() {
        let second = Duration::from_secs;
        let mut sum = LastMinute::default();
        sum.add(3, second(0));
        sum.add(2, second(30));
        assert_eq!(sum.sum(second(59)), 5);
        assert_eq!(sum.sum(second(60)), 2);
        // Late: the clock of the caller may lag by a moment.
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
