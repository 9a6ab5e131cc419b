//! The speed of a table.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use rust_decimal::Decimal;

use crate::protocol::number;

/// The lowest and the highest factor.
const LIMITS: std::ops::RangeInclusive<f64> = 0.1..=1_000.0;
/// The time of each message at `max`, 1,000 events a second, unless the clients themselves set the pace.
const MAX_MICROS_PER_MESSAGE: u64 = 1_000;

/// The speed of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// This many times as fast as the real server, 0.1 to 1000.
    Times(f64),
    /// Without the original timing: practice games as fast as the clients take them, if the table waits for every client
    /// ([`crate::protocol::Pace`]); else 1,000 events a second, which is also the limit of a capture.
    Max,
}

/// A speed that the table cannot run at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the speed {0:?} is neither \"max\" nor a number from 0.1 to 1000")]
pub struct BadSpeed(pub String);

impl Speed {
    /// Returns the speed.
    ///
    /// # Errors
    /// The factor is outside the limits.
    pub fn checked(self) -> Result<Self, BadSpeed> {
        match self {
            Self::Times(factor) if !LIMITS.contains(&factor) => Err(BadSpeed(factor.to_string())),
            speed => Ok(speed),
        }
    }

    /// Returns the factor of real time; `None` for `max`, which has no number.
    pub fn factor(self) -> Option<Decimal> {
        match self {
            Self::Times(factor) => number::shortest(factor),
            Self::Max => None,
        }
    }

    /// Returns the real time before a step.
    pub(super) fn before(self, game_micros: u64) -> Duration {
        match self {
            Self::Times(factor) => Duration::from_micros(game_micros).div_f64(factor),
            Self::Max => Duration::ZERO,
        }
    }

    /// Returns the real time that a step of some messages takes by itself.
    pub(super) fn after(self, messages: usize) -> Duration {
        match self {
            Self::Times(_) => Duration::ZERO,
            Self::Max => Duration::from_micros(MAX_MICROS_PER_MESSAGE * messages as u64),
        }
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self::Times(1.0)
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(factor) => write!(f, "{factor}"),
            Self::Max => f.write_str("max"),
        }
    }
}

impl FromStr for Speed {
    type Err = BadSpeed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("max") {
            return Ok(Self::Max);
        }
        let factor = text.parse().ok().filter(|_| number::is_number(text));
        let speed = factor.and_then(|factor| Self::Times(factor).checked().ok());
        speed.ok_or_else(|| BadSpeed(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_max_or_a_number_within_limits() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("50".parse(), Ok(Speed::Times(50.0)));
        assert_eq!("0.1".parse(), Ok(Speed::Times(0.1)));
        assert_eq!("2e1".parse(), Ok(Speed::Times(20.0)));
        for text in [
            "", "0", "-1", "0.09", "1001", "NaN", "inf", "fast", "+5", "5.", ".5", "1_0", "0,5",
            " 5", "٥",
        ] {
            let error = text.parse::<Speed>().expect_err(text);
            assert!(error.to_string().contains("0.1 to 1000"), "{error}");
        }
        assert!(Speed::Times(f64::NAN).checked().is_err());
    }

    #[test]
    fn a_tick_at_speed_fifty_takes_five_milliseconds() {
        let real = Speed::Times(50.0).before(250_000);
        assert_eq!(real, Duration::from_millis(5));
        assert_eq!(Speed::Max.before(250_000), Duration::ZERO);
        assert_eq!(Speed::Max.after(2), Duration::from_millis(2));
    }
}
