//! The calendar of quality.html: a square for each day, a column for each week.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate};

use super::super::coverage::QualityDay;
use super::super::numbers::{decimal, duration};
use super::super::text::{meaning, notes};
use super::escaped;
use crate::dataset::rows::Condition;
use crate::plural::count;

const CELL: i64 = 16;
const SQUARE: i64 = 13;
const LEFT: i64 = 34;
const TOP: i64 = 18;
/// Weeks of one picture: a year.
const WEEKS: i64 = 53;

/// Draws the calendars of all origins, a year each, the newest first.
pub(super) fn calendars(days: &[QualityDay]) -> String {
    let mut origins: BTreeMap<&str, Vec<&QualityDay>> = BTreeMap::new();
    for day in days {
        let origin = day.row.source_origin.as_str();
        origins.entry(origin).or_default().push(day);
    }
    let mut html = String::new();
    for (origin, days) in origins {
        let mut rest = &days[..];
        let mut parts = Vec::new();
        while let Some(first) = rest.first() {
            let start = monday(first.date);
            let is_within = |day: &&QualityDay| (day.date - start).num_days() < WEEKS * 7;
            let count = rest.partition_point(is_within);
            parts.push(&rest[..count]);
            rest = &rest[count..];
        }
        for part in parts.into_iter().rev() {
            html.push_str(&calendar(origin, part));
        }
    }
    html.push_str(&legend(days));
    html
}

/// Returns the Monday of a day's week.
fn monday(date: NaiveDate) -> NaiveDate {
    date - chrono::TimeDelta::days(i64::from(date.weekday().num_days_from_monday()))
}

fn calendar(origin: &str, days: &[&QualityDay]) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return String::new();
    };
    let start = monday(first.date);
    let weeks = (last.date - start).num_days() / 7 + 1;
    let width = LEFT + weeks.max(8) * CELL;
    let height = TOP + 7 * CELL;
    let title = format!("{} to {}", first.date, last.date);
    let mut svg = format!(
        "<h3>{} <small class=\"lead\">{title}</small></h3>\n<div class=\"scroll\"><svg class=\"calendar\" style=\"width:{width}px\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"Condition of each day, {title}\">\n",
        escaped(origin)
    );
    let mut add = |text: std::fmt::Arguments<'_>| {
        svg.write_fmt(text)
            .expect("writing to a String never fails");
        svg.push('\n');
    };
    for (weekday, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri")] {
        let y = TOP + weekday * CELL + 11;
        add(format_args!("<text x=\"0\" y=\"{y}\">{name}</text>"));
    }
    let mut named = None;
    for day in days {
        let place = (day.date - start).num_days();
        let (x, y) = (LEFT + place / 7 * CELL, TOP + place % 7 * CELL);
        let month = (day.date.year(), day.date.month());
        // A name needs the room of two columns.
        if named != Some(month) && (day.date.day() <= 7 || named.is_none()) {
            if place / 7 + 1 < weeks.max(8) {
                add(format_args!(
                    "<text x=\"{x}\" y=\"11\">{}</text>",
                    day.date.format("%b")
                ));
            }
            named = Some(month);
        }
        let condition = day.row.condition;
        let class = condition.as_str();
        let shade = shade(day);
        let cross = if condition == Condition::Missing {
            let (right, bottom) = (x + SQUARE - 3, y + SQUARE - 3);
            format!(
                "<line class=\"cross\" x1=\"{}\" y1=\"{bottom}\" x2=\"{right}\" y2=\"{}\"/>",
                x + 3,
                y + 3
            )
        } else {
            String::new()
        };
        add(format_args!(
            "<g><title>{}</title><rect class=\"{class}{shade}\" x=\"{x}\" y=\"{y}\" width=\"{SQUARE}\" height=\"{SQUARE}\" rx=\"3\"/>{cross}</g>",
            escaped(&tooltip(day))
        ));
    }
    svg.push_str("</svg></div>\n");
    svg
}

/// Returns how strong the colour of a degraded day is: the stronger, the more of it is missing.
fn shade(day: &QualityDay) -> &'static str {
    let missing = 1.0 - day.covered_s / 86_400.0;
    match day.row.condition {
        Condition::Degraded if missing < 0.01 => " little",
        Condition::Degraded if missing < 0.25 => " part",
        _ => "",
    }
}

fn tooltip(day: &QualityDay) -> String {
    let row = &day.row;
    let mut text = format!(
        "{} {}: {}, {}, {} h recorded, {} in {}",
        row.source_origin,
        day.date,
        row.condition.as_str(),
        count(row.games_seen, "game"),
        decimal(day.covered_s / 3_600.0, 1),
        duration(row.gap_s),
        count(row.gaps_n, "gap"),
    );
    for note in notes(row) {
        text.push_str(", ");
        text.push_str(&note);
    }
    text
}

fn legend(days: &[QualityDay]) -> String {
    let mut html = "<div class=\"legend\">".to_owned();
    for condition in Condition::ALL {
        let count = days
            .iter()
            .filter(|day| day.row.condition == *condition)
            .count();
        let (name, meaning) = (condition.as_str(), meaning(*condition));
        write!(
            html,
            "<span><i class=\"swatch {name}\"></i><b>{count}</b> {name}: {meaning}</span>"
        )
        .expect("writing to a String never fails");
    }
    html.push_str("</div>\n");
    html
}
