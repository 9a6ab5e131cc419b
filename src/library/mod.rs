//! The reader of recordings: days, games and sessions of a folder, the catalog, opening, verification, and recordings of
//! the earlier application.

mod catalog;
mod days;
mod finder;
mod loose;
mod open;
mod original;
mod verify;
mod watched;
pub mod worker;

pub use catalog::{
    Bounds, Catalog, Column, DaySummary, GameRow, Kind, PnlSign, Query, RowRef, Shown, Sort,
};
pub use days::{
    Library, LibraryDay, LibraryRow, LibrarySession, is_of_recordings, read_days, read_library,
    read_pnls, rebuild, rebuild_days,
};
pub use finder::GameFinder;
pub use open::{Opened, open};
pub use original::{LineCounts, Original};
pub use verify::{Checked, Disagreement, Ending, Refusal, Verdict, verify_path};
pub use watched::games_during;
