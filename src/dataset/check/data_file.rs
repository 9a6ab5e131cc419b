//! The data files of a data set, read portion by portion.

use std::fs::File;
use std::io;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::dataset::columns::{SCHEMA_VERSION, Table};
use crate::dataset::schema::{SCHEMA_KEY, arrow_schema};
use crate::disk::{Disk as _, RealDisk, list_or_empty};

/// Returns the paths of a table's files in a data set, sorted: `games/origin=live/date=2025-12-15/part-0.parquet`.
///
/// # Errors
///
/// A folder cannot be listed.
pub(super) fn data_files(root: &Path, table: Table) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![table.as_str().to_owned()];
    for _ in 0..2 {
        let mut inner = Vec::new();
        for folder in &folders {
            for entry in list_or_empty(&RealDisk, &root.join(folder))? {
                if entry.is_dir {
                    inner.push(format!("{folder}/{}", entry.name));
                }
            }
        }
        folders = inner;
    }
    for folder in folders {
        for entry in RealDisk.list(&root.join(&folder))? {
            if !entry.is_dir && entry.name.ends_with(".parquet") {
                files.push(format!("{folder}/{}", entry.name));
            }
        }
    }
    Ok(files)
}

/// Returns the path of the file of another table with the rows of the same origin and day.
pub(super) fn beside(path: &str, table: Table) -> String {
    let (_, rest) = path.split_once('/').unwrap_or_default();
    format!("{table}/{rest}")
}

/// A data file that is read from its beginning, in portions of any size.
pub(super) struct DataFileReader {
    reader: ParquetRecordBatchReader,
    /// Rows that were read and not taken.
    rest: Option<RecordBatch>,
}

impl DataFileReader {
    /// Opens a file of a table; `None` if there is none.
    ///
    /// # Errors
    ///
    /// It is not a readable file of this table and version.
    pub fn open(root: &Path, path: &str, table: Table) -> io::Result<Option<Self>> {
        let Some(builder) = builder(&root.join(path))? else {
            return Ok(None);
        };
        let facts = builder.metadata().file_metadata().key_value_metadata();
        let version = facts
            .into_iter()
            .flatten()
            .find(|entry| entry.key == SCHEMA_KEY);
        let version = version.and_then(|entry| entry.value.as_deref());
        if version != Some(&SCHEMA_VERSION.to_string()) {
            return Err(invalid("it is not of the version of this program"));
        }
        if builder.schema().fields() != arrow_schema(table).fields() {
            return Err(invalid("its columns are not those of its table"));
        }
        let reader = builder.build().map_err(io::Error::other)?;
        Ok(Some(Self { reader, rest: None }))
    }

    /// Returns the next rows, at most so many, as they lie in the file; an empty list at its end.
    ///
    /// # Errors
    ///
    /// The file is damaged.
    pub fn take(&mut self, rows: usize) -> io::Result<Vec<RecordBatch>> {
        let (mut taken, mut missing) = (Vec::new(), rows);
        while missing > 0 {
            let batch = match self.rest.take() {
                Some(rest) => rest,
                None => match self
                    .reader
                    .next()
                    .transpose()
                    .map_err(|why| arrow_error(&why))?
                {
                    Some(batch) => batch,
                    None => break,
                },
            };
            let n = batch.num_rows().min(missing);
            if n < batch.num_rows() {
                self.rest = Some(batch.slice(n, batch.num_rows() - n));
            }
            missing -= n;
            taken.push(batch.slice(0, n));
        }
        Ok(taken)
    }

    /// Returns the number of rows that were not taken.
    ///
    /// # Errors
    ///
    /// The file is damaged.
    pub fn rest(mut self) -> io::Result<usize> {
        let mut rows = 0;
        loop {
            match self
                .take(usize::MAX)?
                .iter()
                .map(RecordBatch::num_rows)
                .sum::<usize>()
            {
                0 => return Ok(rows),
                more => rows += more,
            }
        }
    }
}

/// Reads some columns of a whole file.
///
/// # Errors
///
/// It is no readable Parquet file.
pub(super) fn read_columns(path: &Path, names: &[&str]) -> io::Result<Vec<RecordBatch>> {
    let Some(builder) = builder(path)? else {
        return Ok(Vec::new());
    };
    let columns = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    let reader = builder
        .with_projection(columns)
        .build()
        .map_err(io::Error::other)?;
    reader
        .map(|batch| batch.map_err(|why| arrow_error(&why)))
        .collect()
}

fn builder(path: &Path) -> io::Result<Option<ParquetRecordBatchReaderBuilder<File>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(why),
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file);
    builder
        .map(Some)
        .map_err(|why| invalid(&format!("it is no readable Parquet file: {why}")))
}

fn arrow_error(why: &ArrowError) -> io::Error {
    invalid(&format!("it is damaged: {why}"))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}
