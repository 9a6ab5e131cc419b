//! The wall clock of this computer, the source of every arrival time, and its time zone.
//!
//! A clock may be wrong: an empty battery sets it to 1970 or before, a mistyped date to the year 20,260.
//! `chrono::Utc::now` panics before 1970, and a year of five digits fits neither the file names nor the times in files. So
//! times are clamped to the years 1 to 9999. Within these years the sums that the program makes cannot overflow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, TimeDelta, Utc};

/// 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, in milliseconds since 1970.
const BOUNDS_MILLIS: (i64, i64) = (-62_135_596_800_000, 253_402_300_799_999);

/// Returns the time of this computer's clock, clamped to the years 1 to 9999.
pub fn now() -> DateTime<Utc> {
    within_bounds(SystemTime::now())
}

/// Returns the time that the clock had a duration ago, clamped to the same years.
pub fn ago(elapsed: Duration) -> DateTime<Utc> {
    let now = SystemTime::now();
    within_bounds(now.checked_sub(elapsed).unwrap_or(now))
}

/// Returns the time that the clock will have after a duration, clamped to the same years.
pub fn after(wait: Duration) -> DateTime<Utc> {
    let now = SystemTime::now();
    within_bounds(now.checked_add(wait).unwrap_or(now))
}

/// Returns a time in the zone of this computer, in which the window speaks. Files are in UTC.
pub fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    #[cfg(all(test, feature = "window"))]
    if let Some(zone) = zone::ZONE.get() {
        return at.with_timezone(&zone);
    }
    at.with_timezone(&Local).fixed_offset()
}

/// Returns a time as the clocks in the zone of this computer show it.
pub fn local_time(at: DateTime<Utc>) -> NaiveDateTime {
    local(at).naive_local()
}

/// The zone that a unit test sets for its thread. Tests of the whole program set the variable `TZ`.
#[cfg(all(test, feature = "window"))]
pub(crate) mod zone {
    use std::cell::Cell;

    use chrono::FixedOffset;

    thread_local! {
        pub(super) static ZONE: Cell<Option<FixedOffset>> = const { Cell::new(None) };
    }

    /// Sets the zone, in hours east of Greenwich.
    pub fn set_zone(hours: i32) {
        ZONE.set(FixedOffset::east_opt(hours * 3_600));
    }
}

/// Whether the clock of this computer is between 1970 and 9999: most programs work with no other time.
pub fn is_usable() -> bool {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.is_ok_and(|since| i128::from(BOUNDS_MILLIS.1) >= since.as_millis().cast_signed())
}

fn within_bounds(time: SystemTime) -> DateTime<Utc> {
    let (first, last) = BOUNDS_MILLIS;
    let bound = |millis| DateTime::from_timestamp_millis(millis).unwrap_or_default();
    let epoch = DateTime::UNIX_EPOCH;
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

    use crate::game::{Time, millis};
    use crate::protocol::GameId;
    use crate::recording::{day_of, game_file_name, session_file_name};
    use proptest::prelude::*;

    /// Returns the clamped time of a clock, in seconds from 1970; `None` if the system has no such time.
    fn clamped(seconds: i64) -> Option<Time> {
        let apart = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            UNIX_EPOCH.checked_sub(apart)
        } else {
            UNIX_EPOCH.checked_add(apart)
        };
        time.map(within_bounds)
    }

    #[test]
    fn a_clock_before_1970_or_far_in_the_future_is_clamped() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.000Z"),
            (-62_135_596_801, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799, "9999-12-31T23:59:59.000Z"),
            (253_402_300_800, "9999-12-31T23:59:59.999Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
            (i64::MIN, "0001-01-01T00:00:00.000Z"),
        ] {
            let Some(time) = clamped(seconds) else {
                continue;
            };
            assert_eq!(millis::text(time), text, "{seconds}");
        }
        assert!(is_usable());
    }

    proptest! {
        /// File names, days and texts of any clock can be read back, and sums of times do not overflow.
        #[test]
        fn a_time_of_any_clock_is_written_and_read_back(seconds in any::<i64>()) {
            let Some(time) = clamped(seconds) else { return Ok(()) };
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
