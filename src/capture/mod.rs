//! The raw capture: everything that the connection carries, in both directions, as JSON lines that the practice table
//! plays back. A fault on a user's computer becomes a fixture.
//!
//! [`tap`] takes the records, [`redact`] removes secrets, [`mod@line`] formats them, [`files`] writes them, and [`read`]
//! reads them back.

mod config;
mod files;
mod line;
pub mod read;
mod redact;
pub(crate) mod secrets;
mod tap;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod visit;
mod writer;

pub use config::{CaptureConfig, CaptureState};
pub use read::CaptureError;
pub use tap::CaptureTap;

pub(crate) use redact::{LOGIN, hide_login};
pub(crate) use text::is_hidden;
