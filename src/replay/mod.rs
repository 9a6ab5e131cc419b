//! Saved sessions played again. Pure: no clock, no I/O, and no way to an order sender.

mod check;
mod game;
mod report;
mod row;

pub use check::check;
pub use report::{Disagreement, Place, Replayed};
