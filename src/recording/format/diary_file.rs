//! The diary of a folder of recordings, `diary.json`. `docs/formats.md` is the contract.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::json;
use super::notes_file::{FORMAT, check_format, check_text};

/// The most days of a diary.
const MAX_DAYS: usize = 10_000;
/// The most characters of a diary line.
const MAX_LINE: usize = 500;
/// The lines of a diary, by local day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diary {
    /// The line of each day that has one.
    pub days: BTreeMap<NaiveDate, String>,
}

impl Diary {
    /// Sets the line of a day. An empty one removes it.
    pub fn put(&mut self, day: NaiveDate, line: &str) {
        if line.is_empty() {
            self.days.remove(&day);
        } else {
            self.days.insert(day, line.to_owned());
        }
    }

    /// Checks the limits.
    ///
    /// # Errors
    ///
    /// The text says what is too long or too many.
    pub fn check(&self) -> Result<(), String> {
        if self.days.len() > MAX_DAYS {
            return Err(format!("a diary can have {MAX_DAYS} days"));
        }
        for line in self.days.values() {
            check_text(line, MAX_LINE)?;
            if line.contains('\n') {
                return Err("a day of the diary has one line".to_owned());
            }
        }
        Ok(())
    }

    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// As for [`SessionNotes::parse`](super::notes_file::SessionNotes::parse).
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let file: DiaryFile = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        check_format(file.format)?;
        let diary = Self { days: file.days };
        diary.check()?;
        Ok(diary)
    }

    /// Returns the text of the file.
    pub(crate) fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        json::to_text(&DiaryFile {
            format: FORMAT,
            days: self.days.clone(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct DiaryFile {
    format: u32,
    #[serde(default)]
    days: BTreeMap<NaiveDate, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diary_has_one_line_a_day() {
        let day = |day| NaiveDate::from_ymd_opt(2025, 12, day).expect("a day");
        let mut diary = Diary::default();
        diary.put(day(2), "calm");
        diary.put(day(1), "tired");
        diary.put(day(2), "calm, early");
        let text = diary.to_text().expect("a text");
        assert_eq!(Diary::parse(&text), Ok(diary.clone()));
        diary.put(day(1), "");
        assert_eq!(diary.days.len(), 1);
        diary.put(day(3), "a\nb");
        assert!(diary.check().is_err());
        diary.put(day(3), &"x".repeat(501));
        assert!(diary.check().is_err());
    }
}
