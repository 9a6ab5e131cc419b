//! The raw capture: everything that the connection carries, in both directions, as JSON lines that the practice table
//! plays back. A fault on a user's computer becomes a fixture.
//!
//! [`tap`] takes the records, [`redact`] removes secrets, [`mod@line`] formats them, [`files`] writes them.
//! [`captured_line`] reads a line back, also one that another program wrote, and [`read`] a whole file for the table.

mod captured_line;
mod config;
mod files;
mod line;
mod line_time;
pub mod read;
mod redact;
pub(crate) mod secrets;
mod tap;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod visit;
mod writer;

pub use captured_line::{CapturedArgs, CapturedLine, LineContent, LineReader};
pub use config::{CaptureConfig, CaptureState};
pub use line_time::LineTime;
pub use read::CaptureError;
pub use tap::CaptureTap;

pub(crate) use redact::{LOGIN, hide_login};
