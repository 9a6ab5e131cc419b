//! Writes rows as Parquet, the same bytes for the same rows.

use std::io::{self, Write};
use std::marker::PhantomData;

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::columns::{Column, ColumnType, Table};
use super::float_order::{Failure, FloatOrder};
use super::rows::Row;
use super::schema::{arrow_schema, columns, metadata};

/// The highest number of rows of a row group.
pub const MAX_ROW_GROUP_ROWS: usize = 1 << 20;
/// Files with more rows have a bloom filter on `game_id`.
pub const BLOOM_FILTER_ROWS: u64 = 100_000;
/// Rows of a page: each of the parts into which `BYTE_STREAM_SPLIT` takes apart so many numbers is a block of zstd by itself,
/// so that random digits are not mixed with regular ones. With the 20,000 rows that the crate has as default a price takes
/// 2 % more.
const PAGE_ROWS: usize = 1 << 17;
/// Rows that are converted to columns at once.
const BATCH_ROWS: usize = 1 << 14;
const ZSTD_LEVEL: i32 = 3;
const GAME_ID: &str = "game_id";
/// The arrivals of ticks. Their differences jump back at the start of each game, and `DELTA_BINARY_PACKED` has one width for
/// many of them: a fifth longer.
const ARRIVALS: &str = "arrival_ms";

/// How large a file will be. It decides whether a bloom filter pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExpectedSize {
    /// Rows of the file.
    pub rows: u64,
    /// Different games in it.
    pub games: u64,
}

/// Writes a table's file piece by piece. Memory stays below one row group. The same pieces give the same bytes; where a
/// piece ends, a page may end.
pub struct TableWriter<R: Row, W: Write + Send> {
    writer: ArrowWriter<FloatOrder<W>>,
    failure: Failure,
    rows: u64,
    row: PhantomData<R>,
}

impl<R: Row, W: Write + Send> TableWriter<R, W> {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// `out` failed.
    pub fn new(out: W, expected: ExpectedSize) -> io::Result<Self> {
        let properties = properties(R::TABLE, expected);
        let schema = arrow_schema(R::TABLE);
        let out = FloatOrder::new(out, schema.fields().len());
        let failure = out.failure();
        let writer = ArrowWriter::try_new(out, schema, Some(properties));
        Ok(Self {
            writer: writer.map_err(|why| io_error(why, &failure))?,
            failure,
            rows: 0,
            row: PhantomData,
        })
    }

    /// Writes some rows.
    ///
    /// # Errors
    ///
    /// `out` failed.
    pub fn write(&mut self, rows: &[R]) -> io::Result<()> {
        for rows in rows.chunks(BATCH_ROWS) {
            let batch = batch(rows)?;
            let written = self.writer.write(&batch);
            written.map_err(|why| io_error(why, &self.failure))?;
            self.rows += batch.num_rows() as u64;
        }
        Ok(())
    }

    /// Ends the file; returns the output and the number of rows.
    ///
    /// # Errors
    ///
    /// `out` failed.
    pub fn finish(self) -> io::Result<(W, u64)> {
        let out = self.writer.into_inner();
        let out = out.map_err(|why| io_error(why, &self.failure))?;
        Ok((out.finish()?, self.rows))
    }
}

/// Returns the columns of some rows.
///
/// # Errors
///
/// Never for the rows of this program: the arrays have the types of the columns.
pub fn batch<R: Row>(rows: &[R]) -> io::Result<RecordBatch> {
    let batch = RecordBatch::try_new(arrow_schema(R::TABLE), R::arrays(rows));
    batch.map_err(io::Error::other)
}

fn properties(table: Table, expected: ExpectedSize) -> WriterProperties {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default();
    let described = metadata(table).map(|(key, text)| KeyValue::new(key.to_owned(), text));
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(MAX_ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_created_by(crate::recording::APP.to_owned())
        .set_sorting_columns(sorting(table))
        .set_key_value_metadata(Some(described.to_vec()));
    for column in columns(table) {
        let path = path(column);
        properties = match column.kind {
            ColumnType::Utf8 => properties.set_column_dictionary_enabled(path, true),
            ColumnType::Bool => properties,
            ColumnType::Float64 | ColumnType::ListFloat64 => {
                properties.set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT)
            }
            _ if column.name == ARRIVALS => {
                properties.set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT)
            }
            ColumnType::Int32
            | ColumnType::Int64
            | ColumnType::Decimal
            | ColumnType::Timestamp
            | ColumnType::ListInt32 => {
                properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
            }
        };
    }
    if expected.rows > BLOOM_FILTER_ROWS && columns(table).iter().any(|c| c.name == GAME_ID) {
        let games = expected.games.max(1);
        properties = properties.set_column_bloom_filter_max_ndv(ColumnPath::from(GAME_ID), games);
    }
    properties.build()
}

/// Returns the path of a column's values: those of a list are inside it.
fn path(column: &Column) -> ColumnPath {
    let name = column.name.clone();
    match column.kind {
        ColumnType::ListInt32 | ColumnType::ListFloat64 => {
            ColumnPath::new(vec![name, "list".to_owned(), "item".to_owned()])
        }
        _ => ColumnPath::from(name),
    }
}

fn sorting(table: Table) -> Option<Vec<SortingColumn>> {
    let place = |name: &&str| {
        columns(table)
            .iter()
            .position(|column| column.name == **name)
    };
    let sorted = table
        .sorting()
        .iter()
        .filter_map(place)
        .map(|place| SortingColumn {
            column_idx: i32::try_from(place).unwrap_or(i32::MAX),
            descending: false,
            nulls_first: true,
        });
    let sorted: Vec<_> = sorted.collect();
    (!sorted.is_empty()).then_some(sorted)
}

/// Returns an error with the kind of the output's error, if it is one.
fn io_error(why: ParquetError, failure: &Failure) -> io::Error {
    match failure.get() {
        Some(kind) => io::Error::new(*kind, why),
        None => io::Error::other(why),
    }
}

#[cfg(test)]
mod tests;
