//! Columns of Parquet files.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array as _, ArrayRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::files::all_below;

/// Returns the files of a table, by their paths.
pub fn table(out: &Path, name: &str) -> Vec<PathBuf> {
    let folder = out.join(name);
    let mut files = if folder.is_dir() {
        all_below(&folder)
    } else {
        Vec::new()
    };
    files.retain(|path| path.is_file());
    files.sort();
    files
}

/// Returns the number of rows of a file.
pub fn rows(path: &Path) -> i64 {
    let file = File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file);
    let reader = reader.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    reader.metadata().file_metadata().num_rows()
}

/// Returns a column of text of all files of a table.
pub fn texts(out: &Path, name: &str, column: &str) -> Vec<Option<String>> {
    collect(out, name, column, |array, row| {
        array.as_string::<i32>().value(row).to_owned()
    })
}

/// Returns a column of numbers of all files of a table.
pub fn numbers(out: &Path, name: &str, column: &str) -> Vec<Option<i32>> {
    collect(out, name, column, |array, row| {
        array.as_primitive::<Int32Type>().value(row)
    })
}

/// Returns a column of truth values of all files of a table.
pub fn flags(out: &Path, name: &str, column: &str) -> Vec<Option<bool>> {
    collect(out, name, column, |array, row| {
        array.as_boolean().value(row)
    })
}

fn collect<T>(
    out: &Path,
    name: &str,
    column: &str,
    value: impl Fn(&ArrayRef, usize) -> T,
) -> Vec<Option<T>> {
    let mut values = Vec::new();
    for path in table(out, name) {
        let file = File::open(&path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file);
        let reader = reader.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let array = batch.column_by_name(column);
            let array = array.unwrap_or_else(|| panic!("{name} has no column {column}"));
            let rows = 0..array.len();
            values.extend(rows.map(|row| array.is_valid(row).then(|| value(array, row))));
        }
    }
    values
}
