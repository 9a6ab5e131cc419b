//! Compares the rows of a data file with those that the recordings give, by their keys.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch};

use super::cells::{cell, first_difference};
use super::data_file::{read_built, read_file};
use crate::dataset::columns::Table;
use crate::dataset::schema::columns;

/// What the comparison of two files found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RowsCompared {
    /// Rows that both have.
    pub compared: u64,
    /// The row, if it is about one, and what is wrong, in one sentence.
    pub differences: Vec<(Option<String>, String)>,
}

/// Compares the rows of a file with those of one that was just built.
///
/// # Errors
///
/// The file is not a readable one of this table.
pub(super) fn compare_rows(table: Table, path: &Path, right: &[u8]) -> io::Result<RowsCompared> {
    let found = Rows::new(table, read_file(table, path)?);
    let right = Rows::new(table, read_built(table, right)?);
    Ok(compare(table, &found, &right))
}

fn compare(table: Table, found: &Rows, right: &Rows) -> RowsCompared {
    let pairs = Pairs::of(&found.keys, &right.keys);
    let mut differences = Vec::new();
    for (rows, keys, text) in [
        (
            &pairs.missing,
            &right.keys,
            "the recordings have it, and the data set does not",
        ),
        (
            &pairs.additional,
            &found.keys,
            "the data set has it, and the recordings do not",
        ),
    ] {
        if let [first, more @ ..] = &rows[..] {
            let more = and_more(more.len(), "is", "are");
            differences.push((Some(keys[*first].clone()), format!("{table}: {text}{more}")));
        }
    }
    for (place, column) in columns(table).iter().enumerate() {
        let cells = |(found_row, right_row): &(usize, usize)| {
            (found.cell(place, *found_row), right.cell(place, *right_row))
        };
        let is_wrong = |pair: &&(usize, usize)| {
            let (found, right) = cells(pair);
            found != right
        };
        let mut wrong = pairs.both.iter().filter(is_wrong);
        let Some(first) = wrong.next() else {
            continue;
        };
        let more = and_more(
            wrong.count(),
            "differs in this column",
            "differ in this column",
        );
        let (there, expected) = cells(first);
        let (there, expected) = first_difference(&there, &expected);
        let (key, name) = (right.keys[first.1].clone(), &column.name);
        let text = format!(
            "{table}.{name}: the data set has {there}, the recordings say {expected}{more}"
        );
        differences.push((Some(key), text));
    }
    if differences.is_empty() && !pairs.both.is_sorted() {
        differences.push((None, format!("{table}: its rows are in another order")));
    }
    RowsCompared {
        compared: pairs.both.len() as u64,
        differences,
    }
}

fn and_more(rows: usize, one: &str, more: &str) -> String {
    match rows {
        0 => String::new(),
        1 => format!("; one more row {one}"),
        n => format!("; {n} more rows {more}"),
    }
}

/// The rows of a file with their keys.
struct Rows {
    batches: Vec<RecordBatch>,
    /// The number of the first row of each batch.
    starts: Vec<usize>,
    keys: Vec<String>,
}

impl Rows {
    fn new(table: Table, batches: Vec<RecordBatch>) -> Self {
        let mut rows = Self {
            batches: Vec::new(),
            starts: Vec::new(),
            keys: Vec::new(),
        };
        for batch in batches {
            rows.starts.push(rows.keys.len());
            let keys = (0..batch.num_rows()).map(|row| key(table, &batch, row));
            rows.keys.extend(keys);
            rows.batches.push(batch);
        }
        rows
    }

    /// Returns a cell as an array of one value.
    fn cell(&self, column: usize, row: usize) -> ArrayRef {
        let batch = self.starts.partition_point(|start| *start <= row) - 1;
        let column = self.batches[batch].column(column);
        column.slice(row - self.starts[batch], 1)
    }
}

/// Returns the key of a row in words: `20251215-… tick 40`.
fn key(table: Table, batch: &RecordBatch, row: usize) -> String {
    // A game is one row, whatever its hash is.
    let names = match table {
        Table::Games => &table.key()[..1],
        _ => table.key(),
    };
    let mut words = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let Some(column) = batch.column_by_name(name) else {
            continue;
        };
        let text = match column.as_string_opt::<i32>() {
            Some(texts) if texts.is_valid(row) => texts.value(row).to_owned(),
            _ => cell(column, row),
        };
        words.push(if place == 0 {
            text
        } else {
            format!("{name} {text}")
        });
    }
    words.join(" ")
}

/// The rows of two files by their keys.
struct Pairs {
    /// Rows of both: that of the data set and that of the recordings.
    both: Vec<(usize, usize)>,
    /// Rows that only the recordings have.
    missing: Vec<usize>,
    /// Rows that only the data set has.
    additional: Vec<usize>,
}

impl Pairs {
    fn of(found: &[String], right: &[String]) -> Self {
        let mut by_key = HashMap::<&str, VecDeque<usize>>::new();
        for (row, key) in found.iter().enumerate() {
            by_key.entry(key).or_default().push_back(row);
        }
        let (mut both, mut missing) = (Vec::new(), Vec::new());
        for (row, key) in right.iter().enumerate() {
            match by_key.get_mut(key.as_str()).and_then(VecDeque::pop_front) {
                Some(found) => both.push((found, row)),
                None => missing.push(row),
            }
        }
        let mut additional: Vec<_> = by_key.into_values().flatten().collect();
        additional.sort_unstable();
        Self {
            both,
            missing,
            additional,
        }
    }
}
