//! Time zones, for recordings of others whose times have no zone; and which days a recording can have.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike as _, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, TimeDelta,
    TimeZone as _, Utc,
};
use chrono_tz::Tz;

/// Lines of a file may be out of order by this much, in seconds.
const DISORDER_SECS: i64 = 60;

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A place with its own rules, such as `America/New_York`, or `UTC`.
    Named(Tz),
    /// The same distance from UTC all year, such as `+02:00`.
    Fixed(FixedOffset),
}

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone; for example UTC, America/New_York, +02:00")]
pub struct BadZone(pub String);

impl Zone {
    /// The zone of the Python original's computer: the UTC day in the ids of its games agrees with no other.
    pub const ORIGINAL: Self = Self::Named(Tz::America__New_York);

    /// Returns the UTC time of a clock in this zone; `None` for an hour that the clock left out in spring.
    ///
    /// An hour that the clock repeated in autumn is the first one, unless that would be before `after`, the time of the
    /// line before.
    pub fn to_utc(
        self,
        local: NaiveDateTime,
        after: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let found = match self {
            Self::Named(zone) => zone.from_local_datetime(&local).map(|at| at.to_utc()),
            Self::Fixed(zone) => zone.from_local_datetime(&local).map(|at| at.to_utc()),
        };
        match found {
            MappedLocalTime::Single(at) => Some(at),
            MappedLocalTime::Ambiguous(first, second) => {
                let after = after.map(|after| {
                    let earliest = after.checked_sub_signed(TimeDelta::seconds(DISORDER_SECS));
                    earliest.unwrap_or(after)
                });
                Some(if after.is_some_and(|after| first < after) {
                    second
                } else {
                    first
                })
            }
            MappedLocalTime::None => None,
        }
    }
}

/// Whether a day has a year from 1 to 9999. Dates far from these leave the range of dates as soon as one adds to them, and
/// no folder of a day has their name.
pub fn is_common_era(date: NaiveDate) -> bool {
    (1..=9_999).contains(&date.year())
}

impl FromStr for Zone {
    type Err = BadZone;

    fn from_str(text: &str) -> Result<Self, BadZone> {
        if let Ok(zone) = text.parse() {
            return Ok(Self::Named(zone));
        }
        let zone = match text {
            "Z" | "z" => return Ok(Self::Named(Tz::UTC)),
            _ => FixedOffset::from_str(text),
        };
        zone.map(Self::Fixed)
            .map_err(|_no_offset| BadZone(text.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(zone) => f.write_str(zone.name()),
            Self::Fixed(zone) => zone.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(zone: &str, local: &str, after: Option<&str>) -> Option<String> {
        let zone: Zone = zone.parse().expect("a zone");
        let after = after.map(|after| after.parse().expect("a time"));
        let at = zone.to_utc(local.parse().expect("a local time"), after)?;
        Some(at.to_rfc3339())
    }

    #[test]
    fn a_local_time_becomes_utc_by_the_rules_of_its_day() {
        for (zone, local, expected) in [
            (
                "America/New_York",
                "2025-10-29T21:21:19",
                "2025-10-30T01:21:19+00:00",
            ),
            (
                "America/New_York",
                "2025-11-02T20:19:49",
                "2025-11-03T01:19:49+00:00",
            ),
            ("UTC", "2025-07-01T12:00:00", "2025-07-01T12:00:00+00:00"),
            ("Z", "2025-07-01T12:00:00", "2025-07-01T12:00:00+00:00"),
            ("+02:00", "2025-07-01T12:00:00", "2025-07-01T10:00:00+00:00"),
            ("-0530", "2025-07-01T12:00:00", "2025-07-01T17:30:00+00:00"),
            (
                "Europe/Berlin",
                "2025-07-01T12:00:00",
                "2025-07-01T10:00:00+00:00",
            ),
        ] {
            assert_eq!(utc(zone, local, None).as_deref(), Some(expected), "{zone}");
        }
    }

    #[test]
    fn the_repeated_hour_of_autumn_follows_the_line_before() {
        let ny = "America/New_York";
        let (first, second) = ("2025-11-02T05:30:00+00:00", "2025-11-02T06:30:00+00:00");
        let at = |after| utc(ny, "2025-11-02T01:30:00", after);
        assert_eq!(at(None).as_deref(), Some(first));
        assert_eq!(at(Some("2025-11-02T05:29:59Z")).as_deref(), Some(first));
        // A little out of order is not an hour later.
        assert_eq!(at(Some("2025-11-02T05:30:02Z")).as_deref(), Some(first));
        assert_eq!(at(Some("2025-11-02T05:59:59Z")).as_deref(), Some(second));
    }

    #[test]
    fn the_hour_that_spring_leaves_out_is_no_time() {
        assert_eq!(utc("America/New_York", "2026-03-08T02:30:00", None), None);
    }

    #[test]
    fn other_texts_are_no_zone() {
        for text in ["", "EST5", "America/Nowhere", "+25:00", "2", "New York"] {
            let error = text.parse::<Zone>().expect_err(text);
            assert!(error.to_string().contains("no time zone"), "{error}");
        }
    }
}
