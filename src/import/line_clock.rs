//! The arrival of each line, by its own time where it has one.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use crate::capture::LineTime;
use crate::game::{Arrival, TICK_MILLIS, Time};
use crate::zone::Zone;

/// Why the time of a line cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TimeProblem {
    /// It has no zone, and none was named.
    #[error("its time has no zone")]
    NoZone,
    /// The number may count anything.
    #[error(
        "its time {0} counts neither seconds nor milliseconds since 1970 in the years 2001 to 2100, so it is not clear when that was; write it as ISO 8601"
    )]
    Unclear(String),
    /// The clock of the zone never showed it.
    #[error("its time {0} does not exist in {1}: the clock was put forward")]
    LeftOut(String, Zone),
}

/// The clock of the lines.
#[derive(Debug)]
pub(super) struct LineClock {
    /// The zone of times without one.
    zone: Option<Zone>,
    /// The last time of the file.
    last: Option<Time>,
    /// The last time of any file, and the sum of all intervals since the first one: a clock that was set back makes none.
    monotonic: Option<(Time, Duration)>,
    /// The time of the last line, where the file has none so far.
    estimate: Option<Time>,
}

impl LineClock {
    pub(super) fn new(zone: Option<Zone>) -> Self {
        Self {
            zone,
            last: None,
            monotonic: None,
            estimate: None,
        }
    }

    /// Begins a file.
    pub(super) fn next_file(&mut self) {
        self.last = None;
        self.estimate = None;
    }

    /// Whether no line of the file had a time so far.
    pub(super) fn has_no_time(&self) -> bool {
        self.last.is_none()
    }

    /// Returns the time of the last line.
    pub(super) fn now(&self) -> Time {
        self.last.or(self.estimate).unwrap_or(Time::UNIX_EPOCH)
    }

    /// Takes the time of a line; a line without one comes at the time of the line before.
    ///
    /// # Errors
    /// The time cannot be used.
    pub(super) fn arrival(&mut self, time: LineTime) -> Result<Arrival, TimeProblem> {
        let at = match time {
            LineTime::Missing => {
                return Ok(Arrival {
                    at: self.now(),
                    monotonic: None,
                });
            }
            LineTime::Utc(at) => at,
            LineTime::Local(local) => {
                let zone = self.zone.ok_or(TimeProblem::NoZone)?;
                zone.to_utc(local, self.last)
                    .ok_or_else(|| TimeProblem::LeftOut(local.to_string(), zone))?
            }
            LineTime::Number(number) => return Err(TimeProblem::Unclear(number.to_string())),
        };
        let (before, sum) = self.monotonic.unwrap_or((at, Duration::ZERO));
        let passed = at.signed_duration_since(before).to_std();
        let sum = sum.saturating_add(passed.unwrap_or_default());
        self.monotonic = Some((at, sum));
        self.last = Some(at);
        Ok(Arrival {
            at,
            monotonic: Some(sum),
        })
    }

    /// Estimates the time of a game's message in a file without times: at the earliest the first moment of the UTC day in
    /// the game's id, and one tick after the message before.
    pub(super) fn estimate(&mut self, game_id: &str) -> Arrival {
        let next = self
            .estimate
            .map(|at| at + TimeDelta::milliseconds(TICK_MILLIS));
        self.estimate = next.max(day_of_id(game_id));
        Arrival {
            at: self.now(),
            monotonic: None,
        }
    }
}

/// Returns the first moment of the UTC day in an id.
fn day_of_id(game_id: &str) -> Option<Time> {
    let digits = game_id.split('-').next()?;
    let day = NaiveDate::parse_from_str(digits, "%Y%m%d").ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> LineTime {
        LineTime::Utc(text.parse().expect("a time"))
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_interval() {
        let mut clock = LineClock::new(None);
        let mut millis = |text: &str| {
            let arrival = clock.arrival(utc(text)).expect("a time");
            (
                arrival.at.to_rfc3339(),
                arrival.monotonic.expect("known").as_millis(),
            )
        };
        assert_eq!(millis("2025-12-15T01:00:00Z").1, 0);
        assert_eq!(millis("2025-12-15T01:00:00.250Z").1, 250);
        assert_eq!(
            millis("2025-12-15T00:00:00Z"),
            ("2025-12-15T00:00:00+00:00".to_owned(), 250)
        );
        assert_eq!(millis("2025-12-15T00:00:00.250Z").1, 500);
    }

    #[test]
    fn a_line_without_a_time_comes_with_the_line_before() {
        let mut clock = LineClock::new(None);
        clock.arrival(utc("2025-12-15T01:00:00Z")).expect("a time");
        let arrival = clock.arrival(LineTime::Missing).expect("a time");
        assert_eq!(arrival.at.to_rfc3339(), "2025-12-15T01:00:00+00:00");
        assert_eq!(arrival.monotonic, None);
    }

    #[test]
    fn a_file_without_times_begins_at_the_day_of_the_id() {
        let mut clock = LineClock::new(None);
        let mut at = |id| clock.estimate(id).at.to_rfc3339();
        assert_eq!(at("20251215-1a211bfc7caf41d6"), "2025-12-15T00:00:00+00:00");
        assert_eq!(
            at("20251215-1a211bfc7caf41d6"),
            "2025-12-15T00:00:00.250+00:00"
        );
        assert_eq!(at("20251216-1a211bfc7caf41d6"), "2025-12-16T00:00:00+00:00");
        assert_eq!(at("no day"), "2025-12-16T00:00:00.250+00:00");
        clock.next_file();
        assert_eq!(clock.estimate("no day").at, Time::UNIX_EPOCH);
    }

    #[test]
    fn a_time_without_a_zone_and_an_unclear_number_are_refused() {
        let local = LineTime::Local("2026-03-08T02:30:00".parse().expect("a time"));
        let mut clock = LineClock::new(None);
        assert_eq!(clock.arrival(local), Err(TimeProblem::NoZone));
        let unclear = clock.arrival(LineTime::Number(5_000.into()));
        assert_eq!(unclear, Err(TimeProblem::Unclear("5000".to_owned())));
        let mut clock = LineClock::new(Some(Zone::ORIGINAL));
        assert!(matches!(
            clock.arrival(local),
            Err(TimeProblem::LeftOut(..))
        ));
    }
}
