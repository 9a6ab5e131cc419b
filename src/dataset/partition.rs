//! The unit of a data set: the rows of one origin and one UTC day.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::named_enum::named_enum;
use crate::recording::Origin;

named_enum! {
    /// The origin of the rows: that of their recordings, or the Python original.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum DataOrigin {
        /// The real server.
        Live = "live",
        /// The player's own browser.
        Browser = "browser",
        /// The built-in practice table.
        Practice = "practice",
        /// Any other address.
        Url = "url",
        /// Recordings of the Python original.
        Original = "original",
    }
}

impl From<Origin> for DataOrigin {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Live => Self::Live,
            Origin::Practice => Self::Practice,
            Origin::Browser => Self::Browser,
            Origin::Url => Self::Url,
        }
    }
}

impl fmt::Display for DataOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DataOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.iter().copied();
        all.find(|origin| origin.as_str() == text)
            .ok_or_else(|| "not one of live, browser, practice, url, original".to_owned())
    }
}

/// One origin and one UTC day: a folder in each table, and what is rebuilt as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Partition {
    /// The origin.
    pub origin: DataOrigin,
    /// The day of `start_time`, of sessions the day of `session_start`.
    pub date: NaiveDate,
}

impl Partition {
    /// Returns the folder below a table's, as Hive names it: `origin=live/date=2025-12-15`.
    pub fn folder(self) -> String {
        format!("origin={}/date={}", self.origin, self.date)
    }
}

/// As in texts for people: `live 2025-12-15`.
impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.origin, self.date)
    }
}

/// The days that a build looks at, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayRange {
    /// The first day; `None`: from the oldest.
    pub from: Option<NaiveDate>,
    /// The last day; `None`: to the newest.
    pub to: Option<NaiveDate>,
}

impl DayRange {
    /// Whether a day is in the range.
    pub fn contains(self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

/// Returns the day of a text as in folder names, `2025-12-15`; `None` for any other spelling.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (date.to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_named_as_hive_names_it() {
        let date = parse_day("2025-12-15").expect("a day");
        let partition = Partition {
            origin: DataOrigin::Live,
            date,
        };
        assert_eq!(partition.folder(), "origin=live/date=2025-12-15");
        assert_eq!(partition.to_string(), "live 2025-12-15");
    }

    #[test]
    fn only_the_spelling_of_the_folders_is_a_day() {
        for text in [
            "2025-1-5",
            "2025-02-30",
            "+2025-12-15",
            "2025-12-15 ",
            "",
            "99999-01-01",
        ] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }

    #[test]
    fn both_ends_of_a_range_belong_to_it() {
        let day = |text| parse_day(text);
        let range = DayRange {
            from: day("2025-12-15"),
            to: day("2025-12-16"),
        };
        let inside = |text| range.contains(day(text).expect("a day"));
        let days = ["2025-12-14", "2025-12-15", "2025-12-16", "2025-12-17"];
        assert_eq!(days.map(inside), [false, true, true, false]);
        assert!(DayRange::default().contains(NaiveDate::MIN));
    }

    #[test]
    fn every_origin_is_read_back_from_its_name() {
        for origin in DataOrigin::ALL {
            assert_eq!(origin.as_str().parse(), Ok(*origin));
        }
        assert!("LIVE".parse::<DataOrigin>().is_err());
    }
}
