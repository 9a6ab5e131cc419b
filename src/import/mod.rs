//! Turns captures into recordings, through the same reducer and recorder as live traffic, without a socket and as fast
//! as the machine goes.
//!
//! [`Importer`] takes whole files, one after the other, as connections to a server: ours, and those of other programs
//! ([`crate::capture::LineReader`] knows the lines). Nothing waits: the times are those of the lines. A damaged line
//! costs only itself and is reported. Sessions are not made: requests and answers are passed over.

mod connection;
mod files;
mod importer;
mod line_clock;
mod lines;
mod report;
mod run;

pub use files::capture_files;
pub use importer::Importer;
pub use report::{ImportError, ImportEvent, ImportTotals};
