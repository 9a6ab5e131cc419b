//! Reads the rows of a data file.

use std::fs::File;
use std::io;
use std::path::Path;

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use crate::dataset::columns::{SCHEMA_VERSION, Table};
use crate::dataset::schema::{SCHEMA_KEY, arrow_schema};

/// Returns the rows of a file.
///
/// # Errors
///
/// It is not a readable file of this table and version.
pub(super) fn read_file(table: Table, path: &Path) -> io::Result<Vec<RecordBatch>> {
    // Not from memory: the reader of a damaged file may look outside of it.
    read(table, File::open(path)?)
}

/// Returns the rows of a file that was just built.
///
/// # Errors
///
/// As [`read_file`].
pub(super) fn read_built(table: Table, bytes: &[u8]) -> io::Result<Vec<RecordBatch>> {
    read(table, Bytes::copy_from_slice(bytes))
}

/// Returns the number of rows of a file that was just built.
pub(super) fn rows_of(table: Table, bytes: &[u8]) -> u64 {
    let builder = builder(table, Bytes::copy_from_slice(bytes));
    let rows = builder.map(|builder| builder.metadata().file_metadata().num_rows());
    rows.map_or(0, |rows| u64::try_from(rows).unwrap_or(0))
}

fn read<T: ChunkReader + 'static>(table: Table, source: T) -> io::Result<Vec<RecordBatch>> {
    let reader = builder(table, source)?.build().map_err(io::Error::other)?;
    let batches =
        reader.map(|batch| batch.map_err(|why| invalid(&format!("it is damaged: {why}"))));
    batches.collect()
}

fn builder<T: ChunkReader + 'static>(
    table: Table,
    source: T,
) -> io::Result<ParquetRecordBatchReaderBuilder<T>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(source);
    let builder =
        builder.map_err(|why| invalid(&format!("it is no readable Parquet file: {why}")))?;
    let facts = builder.metadata().file_metadata().key_value_metadata();
    let mut facts = facts.into_iter().flatten();
    let version = facts.find(|entry| entry.key == SCHEMA_KEY);
    let version = version.and_then(|entry| entry.value.as_deref());
    if version != Some(&SCHEMA_VERSION.to_string()) {
        return Err(invalid("it is not of the version of this program"));
    }
    if builder.schema().fields() != arrow_schema(table).fields() {
        return Err(invalid("its columns are not those of its table"));
    }
    Ok(builder)
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}
