//! The wall clock of this computer: every time of arrival comes from here.
//!
//! A clock can say anything: an empty battery starts it in 1970 or before, a mistyped date in the year 20,260.
//! `chrono::Utc::now` panics before 1970, and a year of five digits fits neither our file names nor our times. So what
//! the clock says is brought into the years 1 to 9999; within these, adding and subtracting what a program measures
//! cannot overflow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::TimeDelta;

use crate::game::Time;

/// 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, in milliseconds since 1970.
const BOUNDS_MILLIS: (i64, i64) = (-62_135_596_800_000, 253_402_300_799_999);

/// Returns what the clock of this computer says, within the years 1 to 9999.
pub fn now() -> Time {
    within_bounds(SystemTime::now())
}

/// Returns what the clock of this computer said that long ago, within the same years.
pub fn ago(elapsed: Duration) -> Time {
    let now = SystemTime::now();
    within_bounds(now.checked_sub(elapsed).unwrap_or(now))
}

/// Whether the clock of this computer says a time from 1970 to 9999: most programs work with no other.
pub fn is_usable() -> bool {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.is_ok_and(|since| i128::from(BOUNDS_MILLIS.1) >= since.as_millis().cast_signed())
}

fn within_bounds(time: SystemTime) -> Time {
    let (first, last) = BOUNDS_MILLIS;
    let bound = |millis| Time::from_timestamp_millis(millis).unwrap_or_default();
    let epoch = Time::UNIX_EPOCH;
    let (read, bound_of) = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => (
            TimeDelta::from_std(since).map(|since| epoch.checked_add_signed(since)),
            last,
        ),
        Err(before) => (
            TimeDelta::from_std(before.duration()).map(|before| epoch.checked_sub_signed(before)),
            first,
        ),
    };
    let time = read.ok().flatten().unwrap_or_else(|| bound(bound_of));
    time.clamp(bound(first), bound(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::game::millis;
    use crate::protocol::GameId;
    use crate::recording::{day_of, game_file_name, session_file_name};
    use proptest::prelude::*;

    /// What a clock says, in seconds from 1970; `None` where the system has no such time.
    fn said(seconds: i64) -> Option<Time> {
        let apart = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            UNIX_EPOCH.checked_sub(apart)
        } else {
            UNIX_EPOCH.checked_add(apart)
        };
        time.map(within_bounds)
    }

    #[test]
    fn a_clock_before_1970_and_one_far_away_are_times_like_any_other() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.000Z"),
            (-62_135_596_801, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799, "9999-12-31T23:59:59.000Z"),
            (253_402_300_800, "9999-12-31T23:59:59.999Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
            (i64::MIN, "0001-01-01T00:00:00.000Z"),
        ] {
            let Some(time) = said(seconds) else { continue };
            assert_eq!(millis::text(time), text, "{seconds}");
        }
        assert!(is_usable());
    }

    proptest! {
        /// Names, days and texts of any clock are read again, and the sums that a program makes do not overflow.
        #[test]
        fn whatever_the_clock_says_is_written_and_read(seconds in any::<i64>()) {
            let Some(time) = said(seconds) else { return Ok(()) };
            let text = millis::text(time);
            let read: Time = text.parse().expect("a time");
            prop_assert_eq!(read.timestamp_millis(), time.timestamp_millis());
            prop_assert_eq!(text.len(), 24);
            let day = day_of(time);
            prop_assert_eq!(day.len(), 10);
            prop_assert!(chrono::NaiveDate::parse_from_str(&day, "%Y-%m-%d").is_ok());
            let id = GameId::new("20251215-1a211bfc7caf41d6").expect("an id");
            prop_assert!(game_file_name(&id, time, 1).ends_with("_1a211bfc.game.json"));
            prop_assert_eq!(session_file_name(None, time, 1).len(), 38);
            let century = TimeDelta::days(36_525);
            prop_assert!((time - century) < (time + century));
        }
    }
}
