//! The times of captured lines, in every form that is known.

use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::protocol::{JsonText, number};
use crate::zone::is_common_era;

/// Whole seconds from 2001 to 2100: a number in these limits counts seconds since 1970. A thousand times as much counts
/// milliseconds.
const SECONDS: std::ops::RangeInclusive<i64> = 1_000_000_000..=4_200_000_000;

/// The time of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LineTime {
    /// None was written down.
    Missing,
    /// With its offset from UTC.
    Utc(DateTime<Utc>),
    /// Of a clock whose zone is not stated.
    Local(NaiveDateTime),
    /// A number that counts neither seconds nor milliseconds since 1970 in our time.
    Number(Decimal),
}

impl LineTime {
    /// Reads the value of a key.
    ///
    /// # Errors
    /// It is no time; the text names the key and shows the value.
    pub(super) fn read(key: &str, value: JsonText<'_>) -> Result<Self, String> {
        let text = value.as_text();
        let digits = value.as_number().or(text.as_deref()).unwrap_or_default();
        let read = match number::parse(digits) {
            Some(number) => Self::of_number(number),
            None => text.and_then(|text| Self::of_text(&text)),
        };
        read.ok_or_else(|| {
            let written: String = value.written().chars().take(60).collect();
            format!(
                "`{key}` is neither a time (ISO 8601, or Unix seconds or milliseconds) nor null: {written}"
            )
        })
    }

    fn of_number(number: Decimal) -> Option<Self> {
        let whole = number.trunc().to_i64()?;
        let micros = if SECONDS.contains(&whole) {
            number.checked_mul(Decimal::from(1_000_000))?
        } else if SECONDS.contains(&(whole / 1_000)) {
            number.checked_mul(Decimal::from(1_000))?
        } else if whole.unsigned_abs() > SECONDS.end().unsigned_abs() * 1_000 {
            return None;
        } else {
            return Some(Self::Number(number));
        };
        DateTime::from_timestamp_micros(micros.trunc().to_i64()?).map(Self::Utc)
    }

    fn of_text(text: &str) -> Option<Self> {
        let stated = DateTime::parse_from_rfc3339(text)
            .or_else(|_why| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
        if let Ok(at) = stated {
            let at = at.to_utc();
            return is_common_era(at.date_naive()).then_some(Self::Utc(at));
        }
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
        let local = |form| NaiveDateTime::parse_from_str(text, form).ok();
        let local = forms.into_iter().find_map(local)?;
        is_common_era(local.date()).then_some(Self::Local(local))
    }

    /// Returns the time in Unix microseconds where only the intervals matter: a clock without a zone counts as UTC, and
    /// another number as milliseconds.
    pub fn micros(self) -> Option<i64> {
        match self {
            Self::Missing => None,
            Self::Utc(at) => Some(at.timestamp_micros()),
            Self::Local(at) => Some(at.and_utc().timestamp_micros()),
            Self::Number(millis) => millis.checked_mul(Decimal::from(1_000))?.trunc().to_i64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::JsonSpans;

    fn read(text: &str) -> Result<LineTime, String> {
        let mut spans = JsonSpans::default();
        LineTime::read("ts", spans.read(text.as_bytes()).expect("JSON"))
    }

    fn utc(text: &str) -> LineTime {
        LineTime::Utc(text.parse().expect("a time"))
    }

    #[test]
    fn times_are_told_apart_by_their_form_and_size() {
        let at = utc("2025-12-15T01:17:11.142710Z");
        let local = LineTime::Local("2025-12-15T01:17:11.142710".parse().expect("a time"));
        for (text, expected) in [
            (r#""2025-12-14T20:17:11.142710-05:00""#, at),
            (r#""2025-12-14T20:17:11.142710-0500""#, at),
            (r#""2025-12-15 01:17:11.142710Z""#, at),
            ("1765761431.142710", at),
            ("1765761431142.710", at),
            (r#""1765761431142.710""#, at),
            ("1765761431", utc("2025-12-15T01:17:11Z")),
            ("1765761431142", utc("2025-12-15T01:17:11.142Z")),
            (r#""2025-12-15T01:17:11.142710""#, local),
            (r#""2025-12-15 01:17:11.142710""#, local),
            ("1000", LineTime::Number(Decimal::from(1_000))),
            (
                "17657614311",
                LineTime::Number(Decimal::from(17_657_614_311_i64)),
            ),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        for text in [
            r#""yesterday""#,
            "1e300",
            "[]",
            "true",
            "1765761431142000",
            r#""""#,
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains("`ts`"), "{error}");
        }
    }

    #[test]
    fn for_intervals_every_time_has_microseconds() {
        for (text, micros) in [
            ("1000", 1_000_000),
            ("1.5", 1_500),
            (r#""1970-01-01T01:00:00.000002+01:00""#, 2),
            (r#""1970-01-01T00:00:00.000002""#, 2),
        ] {
            let time = read(text).expect(text);
            assert_eq!(time.micros(), Some(micros), "{text}");
        }
        assert_eq!(LineTime::Missing.micros(), None);
    }
}
