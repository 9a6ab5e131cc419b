//! A file of another table with the rows of the same origin and day.

use std::io;

use arrow_array::RecordBatch;

use super::Checker;
use super::data_file::{DataFileReader, beside};
use crate::dataset::columns::Table;
use crate::dataset::finding::FindingKind;
use crate::dataset::rows::Row;

/// A file that is compared portion by portion.
pub(super) struct Beside {
    path: String,
    reader: BesideReader,
    /// Rows that the recordings gave so far.
    expected: usize,
    /// Rows of the file that were compared.
    found: usize,
}

enum BesideReader {
    Open(DataFileReader),
    /// There is no file: right only without rows.
    None,
    /// It was reported.
    Damaged,
}

impl Beside {
    /// Opens the file of `table` beside another one.
    pub fn open(checker: &mut Checker<'_>, path: &str, table: Table) -> Self {
        let path = beside(path, table);
        let reader = match DataFileReader::open(checker.root, &path, table) {
            Ok(Some(reader)) => BesideReader::Open(reader),
            Ok(None) => BesideReader::None,
            Err(why) => {
                checker.unreadable(&path, &why);
                BesideReader::Damaged
            }
        };
        Self {
            path,
            reader,
            expected: 0,
            found: 0,
        }
    }

    /// Whether there is a file, readable or not.
    pub fn exists(&self) -> bool {
        !matches!(self.reader, BesideReader::None)
    }

    /// Compares the next rows.
    ///
    /// # Errors
    ///
    /// Never for the rows of this program.
    pub fn compare<R: Row + Clone>(
        &mut self,
        checker: &mut Checker<'_>,
        expected: &[Option<R>],
        id: &dyn Fn(&R) -> String,
    ) -> io::Result<()> {
        self.expected += expected.len();
        let BesideReader::Open(reader) = &mut self.reader else {
            return Ok(());
        };
        match reader.take(expected.len()) {
            Ok(found) => {
                self.found += found.iter().map(RecordBatch::num_rows).sum::<usize>();
                checker.compare(&self.path, expected, &found, id)
            }
            Err(why) => {
                checker.unreadable(&self.path, &why);
                self.reader = BesideReader::Damaged;
                Ok(())
            }
        }
    }

    /// Compares the number of rows.
    pub fn finish(self, checker: &mut Checker<'_>) {
        let found = match self.reader {
            BesideReader::Open(reader) => match reader.rest() {
                Ok(rest) => self.found + rest,
                Err(why) => return checker.unreadable(&self.path, &why),
            },
            BesideReader::None => 0,
            BesideReader::Damaged => return,
        };
        if self.expected != found {
            let expected = self.expected;
            let text = format!("it has {found} rows, and the recordings give {expected}");
            checker.finding(FindingKind::DataDiffers, &self.path, None, text);
        }
    }
}
