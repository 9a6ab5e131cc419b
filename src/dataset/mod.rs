//! The data set: recordings as Parquet tables for Polars, `DuckDB`, pandas and Spark. `docs/data.md` is the page for its
//! readers.
//!
//! [`rows`] has the row of each table, and with it the one column table: names, types, units and meanings. The schema of
//! the files and their metadata derive from it. [`read`] turns recordings into rows, [`mod@write`] rows into files. [`mod@build`]
//! builds a data set and brings it up to date: [`source`] finds the recordings, [`plan`] decides what becomes a row, and
//! [`store`] puts the files in their places.

pub mod build;
pub mod catalog;
pub mod check;
pub mod columns;
pub mod copies;
pub mod digest;
pub mod documents;
pub mod finding;
mod float_order;
pub mod lock;
pub mod manifest;
pub mod partition;
pub mod plan;
pub mod progress;
pub mod quality;
pub mod read;
pub mod rows;
pub mod salt;
pub mod schema;
pub mod source;
pub mod store;
pub mod store_error;
pub mod table_files;
pub mod unit_state;
#[cfg(feature = "window")]
pub mod worker;
pub mod write;

pub use build::{BuildError, BuildOptions, BuildReport, build, build_without_lock};
pub use finding::{Finding, FindingKind};
pub use partition::{DataOrigin, DayRange, Partition, parse_day};
pub use progress::BuildProgress;
pub use salt::Salt;
