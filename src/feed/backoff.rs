//! The pause before the next attempt: pure arithmetic.
//!
//! It does not wait, and takes its random number from the caller, so that every value can be tested.

use std::time::Duration;

/// Share by which a pause varies in both directions, so that not all clients return to a restarted server at once.
const JITTER: f64 = 0.25;

/// Limit of every pause, whatever the settings; it also prevents overflow.
const LONGEST: Duration = Duration::from_hours(24);

/// Returns the pause before attempt `attempt` (0 = the first after a success): `first` doubled per attempt up to `max`,
/// then varied by ±25 %.
///
/// `random` is a number from 0 up to, not including, 1; other numbers count as the nearest bound.
pub fn delay(attempt: u32, random: f64, first: Duration, max: Duration) -> Duration {
    // 2^20 times any sensible start is above any sensible maximum; more would overflow.
    let doubled = first
        .saturating_mul(1 << attempt.min(20))
        .min(max)
        .min(LONGEST);
    let random = if random.is_nan() {
        0.5
    } else {
        random.clamp(0.0, 1.0)
    };
    doubled.mul_f64(1.0 - JITTER + 2.0 * JITTER * random)
}

/// Returns a random number from 0 up to, not including, 1.
pub(super) fn random() -> f64 {
    // Without a random source every client waits the middle time.
    let bits = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIRST: Duration = Duration::from_millis(500);
    const MAX: Duration = Duration::from_secs(10);

    #[test]
    fn the_middle_doubles_from_half_a_second_to_ten_seconds() {
        let middle = |attempt| delay(attempt, 0.5, FIRST, MAX).as_millis();
        let curve: Vec<u128> = (0..7).map(middle).collect();
        assert_eq!(curve, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert_eq!(middle(u32::MAX), 10_000);
    }

    #[test]
    fn the_spread_is_a_quarter_to_both_sides() {
        assert_eq!(delay(0, 0.0, FIRST, MAX), Duration::from_millis(375));
        assert_eq!(delay(0, 1.0, FIRST, MAX), Duration::from_millis(625));
        assert_eq!(delay(9, 0.0, FIRST, MAX), Duration::from_millis(7500));
        assert_eq!(delay(0, f64::NAN, FIRST, MAX), FIRST);
        let absurd = Duration::MAX;
        assert_eq!(delay(3, 0.5, absurd, absurd), LONGEST);
    }

    #[test]
    fn random_numbers_stay_in_range_and_differ() {
        let numbers: Vec<f64> = (0..64).map(|_| random()).collect();
        assert!(numbers.iter().all(|n| (0.0..1.0).contains(n)));
        let first = numbers.first().copied().unwrap_or_default();
        assert!(numbers.iter().any(|n| (n - first).abs() > 1e-6));
    }

    proptest! {
        #[test]
        fn every_pause_is_within_a_quarter_of_the_limits(attempt in any::<u32>(), random in 0.0..1.0f64) {
            let pause = delay(attempt, random, FIRST, MAX);
            prop_assert!(pause >= FIRST.mul_f64(0.75));
            prop_assert!(pause <= MAX.mul_f64(1.25));
        }

        #[test]
        fn a_later_attempt_never_waits_less_with_the_same_luck(attempt in 0u32..40, random in 0.0..1.0f64) {
            prop_assert!(delay(attempt + 1, random, FIRST, MAX) >= delay(attempt, random, FIRST, MAX));
        }
    }
}
