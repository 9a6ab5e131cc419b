//! Texts of the library: days and times in local time, durations, sources.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::local;
use crate::library::SessionFacts;
use crate::recording::Origin;
use crate::ui::format::{clock, short_clock};

/// The sources, in the order of a menu.
pub const ORIGINS: [Origin; 4] = [Origin::Practice, Origin::Browser, Origin::Live, Origin::Url];
/// Shown when the library's thread takes no request.
pub const BUSY: &str = "The library is busy; try again in a moment";

/// Returns a day as `28 Nov`, with the year if it is another one than that of `now`.
pub fn day(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let at = local(at);
    let same_year = at.format("%Y").to_string() == local(now).format("%Y").to_string();
    let format = if same_year { "%-d %b" } else { "%-d %b %Y" };
    at.format(format).to_string()
}

/// Returns the start of a row as `28 Nov  21:14`; of a game with its seconds, because several may start in one minute.
pub fn row_start(at: DateTime<Utc>, now: DateTime<Utc>, is_session: bool) -> String {
    let time = if is_session {
        short_clock(at)
    } else {
        clock(at)
    };
    format!("{}  {time}", day(at, now))
}

/// Returns the start of a session as `28 November, 21:14`.
pub fn long_start(at: DateTime<Utc>) -> String {
    local(at).format("%-d %B, %H:%M").to_string()
}

/// Returns a duration as `26 min` or `1 h 48`; below a minute in seconds.
pub fn length(time: TimeDelta) -> String {
    let seconds = time.num_seconds().max(0);
    match (seconds / 3_600, seconds / 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {:02}", minutes % 60),
    }
}

/// Returns a source in words.
pub fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Live => "Live",
        Origin::Practice => "Practice",
        Origin::Browser => "Browser",
        Origin::Url => "Other address",
    }
}

/// Returns the games with a profit and those with a result, as `5 / 11`; `None` without any.
pub fn won_text(facts: Option<&SessionFacts>) -> Option<String> {
    let (won, all) = facts?.games_won();
    (all > 0).then(|| format!("{won} / {all}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::zone::set_zone;

    #[test]
    fn games_that_start_in_one_minute_have_different_names() {
        set_zone(1);
        let time = |text: &str| -> DateTime<Utc> { text.parse().expect("a time") };
        let now = time("2026-11-30T12:00:00Z");
        let [first, second] = ["2026-11-28T20:14:09Z", "2026-11-28T20:14:40Z"].map(time);
        assert_eq!(row_start(first, now, true), "28 Nov  21:14");
        assert_eq!(row_start(first, now, false), "28 Nov  21:14:09");
        assert_eq!(row_start(second, now, false), "28 Nov  21:14:40");
        let last_year = time("2025-01-02T00:00:01Z");
        assert_eq!(row_start(last_year, now, false), "2 Jan 2025  01:00:01");
    }

    #[test]
    fn a_duration_has_two_units_at_most() {
        let texts = [5, 59, 60, 1_559, 6_480].map(|seconds| length(TimeDelta::seconds(seconds)));
        assert_eq!(texts, ["5 s", "59 s", "1 min", "25 min", "1 h 48"]);
    }
}
