//! Which time was recorded: the gaps between games over all days of an origin, and the rows of the table `quality`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::day::{DayFacts, LONGEST_PAUSE_SECONDS, WatchedSpan, empty_row};
use crate::dataset::rows::{Condition, QualityRow};
use crate::game::Time;

/// Real time from one game's start to the next: a year has about 477,000 games.
const SECONDS_PER_GAME: f64 = 66.1;
const DAY_SECONDS: f64 = 86_400.0;
/// A longer pause makes no rows for its days: a clock that is wrong by years must not fill the table.
const LONGEST_PAUSE_DAYS: i64 = 400;

/// A time without recording, between the first and the last game of an origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// The origin.
    pub origin: String,
    /// The end of the last game before it.
    pub from: Time,
    /// The start of the next one.
    pub to: Time,
    /// Its length.
    pub seconds: f64,
    /// Games that probably ran meanwhile.
    pub games: f64,
}

/// A day of an origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityDay {
    /// The UTC day.
    pub date: NaiveDate,
    /// The row of the table.
    pub row: QualityRow,
    /// Recorded time of this day.
    pub covered_s: f64,
}

/// The days of a data set and the gaps between them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// The days, by origin and date; a day between others on which nothing was recorded is among them.
    pub days: Vec<QualityDay>,
    /// The gaps, by origin and time.
    pub gaps: Vec<Gap>,
}

impl Coverage {
    /// Returns the coverage of these partitions. A day from `today` on is open.
    pub fn new<'a>(facts: impl IntoIterator<Item = &'a DayFacts>, today: NaiveDate) -> Self {
        let mut origins: BTreeMap<&str, BTreeMap<NaiveDate, &DayFacts>> = BTreeMap::new();
        for day in facts {
            origins
                .entry(day.origin())
                .or_default()
                .insert(day.date, day);
        }
        let mut coverage = Self::default();
        for (origin, days) in origins {
            coverage.add_origin(origin, &days, today);
        }
        coverage
    }

    fn add_origin(
        &mut self,
        origin: &str,
        facts: &BTreeMap<NaiveDate, &DayFacts>,
        today: NaiveDate,
    ) {
        let Some(mut before) = facts.keys().next().copied() else {
            return;
        };
        let mut days: BTreeMap<NaiveDate, QualityDay> = BTreeMap::new();
        for date in facts.keys() {
            if (*date - before).num_days() <= LONGEST_PAUSE_DAYS {
                let missing = before.iter_days().skip(1).take_while(|day| day < date);
                days.extend(missing.map(|date| (date, empty_day(origin, date))));
            }
            before = *date;
        }
        for (date, facts) in facts {
            let mut day = empty_day(origin, *date);
            day.row = facts.row.clone();
            days.insert(*date, day);
        }
        self.add_times(origin, facts, &mut days);
        for (date, day) in &mut days {
            let own = facts.get(date).copied();
            day.row.condition = condition(day, own, today);
        }
        self.days.extend(days.into_values());
    }

    /// Fills in the recorded and the missing time.
    fn add_times(
        &mut self,
        origin: &str,
        facts: &BTreeMap<NaiveDate, &DayFacts>,
        days: &mut BTreeMap<NaiveDate, QualityDay>,
    ) {
        let mut spans: Vec<WatchedSpan> = Vec::new();
        let mut all: Vec<WatchedSpan> = facts.values().flat_map(|day| day.spans.clone()).collect();
        all.sort_by_key(|span| (span.start, span.end));
        for span in all {
            WatchedSpan::append(&mut spans, span);
        }
        for span in &spans {
            for (date, seconds) in by_day(span.start, span.end) {
                if let Some(day) = days.get_mut(&date) {
                    day.covered_s += seconds;
                }
            }
        }
        for pair in spans.windows(2) {
            let (start, end, speed) = (pair[0].end, pair[1].start, pair[1].speed);
            let mut is_first = true;
            for (date, seconds) in by_day(start, end) {
                let Some(day) = days.get_mut(&date) else {
                    continue;
                };
                day.row.gaps_n += i32::from(is_first);
                is_first = false;
                day.row.gap_s += seconds;
                day.row.missed_games_est += seconds * speed / SECONDS_PER_GAME;
            }
            let times = [start, end].map(DateTime::from_timestamp_millis);
            if let [Some(from), Some(to)] = times {
                let seconds = seconds_between(start, end);
                self.gaps.push(Gap {
                    origin: origin.to_owned(),
                    from,
                    to,
                    seconds,
                    games: seconds * speed / SECONDS_PER_GAME,
                });
            }
        }
        for day in days.values_mut() {
            // Games of the server's history fill a part of the gaps.
            let known = f64::from(day.row.history_only);
            day.row.missed_games_est = (day.row.missed_games_est - known).max(0.0);
            day.row.gap_s = round(day.row.gap_s, 1_000.0);
            day.row.missed_games_est = round(day.row.missed_games_est, 10.0);
        }
    }
}

fn empty_day(origin: &str, date: NaiveDate) -> QualityDay {
    QualityDay {
        date,
        row: empty_row(origin),
        covered_s: 0.0,
    }
}

/// Decides how good a day is.
fn condition(day: &QualityDay, facts: Option<&DayFacts>, today: NaiveDate) -> Condition {
    let row = &day.row;
    let wrong = [
        row.missing_ticks,
        row.no_rug,
        row.mismatch,
        row.unreadable,
        row.clock_back_n,
        row.id_day_differs_n,
    ];
    let differs = facts.is_some_and(|facts| facts.proof_differs > 0);
    if day.date >= today {
        Condition::Open
    } else if row.games_seen == 0 {
        Condition::Missing
    } else if differs
        || wrong.iter().any(|count| *count > 0)
        // A pause between games may lie over midnight.
        || day.covered_s < DAY_SECONDS - LONGEST_PAUSE_SECONDS
    {
        Condition::Degraded
    } else {
        Condition::Complete
    }
}

fn round(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

fn seconds_between(start: i64, end: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of centuries")]
    let millis = end.saturating_sub(start) as f64;
    millis / 1_000.0
}

/// Splits a time by UTC days; returns the seconds of each.
fn by_day(start: i64, end: i64) -> impl Iterator<Item = (NaiveDate, f64)> {
    let mut from = start;
    std::iter::from_fn(move || {
        if from >= end {
            return None;
        }
        let date = DateTime::from_timestamp_millis(from)?.date_naive();
        let midnight = date.checked_add_signed(TimeDelta::days(1))?;
        let midnight = midnight
            .and_time(NaiveTime::MIN)
            .and_utc()
            .timestamp_millis();
        let part = (from, midnight.min(end));
        from = part.1;
        Some((date, seconds_between(part.0, part.1)))
    })
}
