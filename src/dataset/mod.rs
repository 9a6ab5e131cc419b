//! The data set: recordings as Parquet tables for Polars, DuckDB, pandas and Spark. `docs/data.md` is the page for its
//! readers.
//!
//! [`rows`] has the row of each table, and with it the one column table: names, types, units and meanings. The schema of
//! the files and their metadata derive from it.

pub mod check;
pub mod columns;
pub mod documents;
pub mod finding;
mod float_order;
pub mod quality;
pub mod read;
pub mod rows;
pub mod schema;
pub mod write;
