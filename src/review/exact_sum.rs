//! Sums of decimals, exact and quick: a whole number of the smallest decimal.

use std::ops::AddAssign;

use rust_decimal::Decimal;

use crate::account::CourseValue;

/// The digits behind the point that a decimal can have.
const PLACES: u32 = Decimal::MAX_SCALE;
/// One, as such a number.
const ONE: i128 = 10_i128.pow(PLACES);

/// A sum of decimals. It is exact up to 1e10; beyond, it stays at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct ExactSum(i128);

impl From<Decimal> for ExactSum {
    fn from(value: Decimal) -> Self {
        let places = PLACES.saturating_sub(value.scale());
        Self(value.mantissa().saturating_mul(10_i128.pow(places)))
    }
}

impl From<ExactSum> for Decimal {
    fn from(sum: ExactSum) -> Self {
        let (mut digits, mut places) = (sum.0, PLACES);
        while places > 0 && digits % 10 == 0 {
            (digits, places) = (digits / 10, places - 1);
        }
        // A decimal has no more digits: a longer sum is rounded as decimals are.
        loop {
            match Self::try_from_i128_with_scale(digits, places) {
                Ok(value) => return value,
                Err(_) if places > 0 => {
                    (digits, places) = (digits / 10 + digits % 10 / 5, places - 1);
                }
                Err(_) if digits > 0 => return Self::MAX,
                Err(_) => return Self::MIN,
            }
        }
    }
}

impl AddAssign for ExactSum {
    fn add_assign(&mut self, other: Self) {
        *self = self.plus(other);
    }
}

impl CourseValue for ExactSum {
    fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl ExactSum {
    /// Returns it for a plot.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    pub fn plotted(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// Whether it is more than zero.
    pub fn is_profit(self) -> bool {
        self.0 > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_those_of_decimals(numbers in prop::collection::vec((any::<i32>(), 0u32..20), 0..40)) {
            let numbers = numbers.into_iter().map(|(digits, places)| Decimal::new(digits.into(), places));
            let (mut sum, mut exact) = (Decimal::ZERO, ExactSum::default());
            for number in numbers {
                sum += number;
                exact += number.into();
            }
            prop_assert_eq!(Decimal::from(exact), sum);
        }
    }

    #[test]
    fn absurd_numbers_stay_at_a_limit() {
        let mut sum = ExactSum::from(Decimal::MAX);
        sum += Decimal::MAX.into();
        assert!(Decimal::from(sum) > Decimal::from(1_000_000_000));
        let mut sum = ExactSum::from(Decimal::MIN);
        sum += Decimal::MIN.into();
        assert!(Decimal::from(sum) < Decimal::from(-1_000_000_000));
        let smallest = Decimal::from_parts(1, 0, 0, false, PLACES);
        assert_eq!(Decimal::from(ExactSum::from(smallest)), smallest);
        let quarter = ExactSum::from(Decimal::new(-25, 2)).plotted();
        assert!((quarter + 0.25).abs() < 1e-15, "{quarter}");
    }
}
