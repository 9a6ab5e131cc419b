//! The reader of recordings: days, games and sessions of a folder, the catalog, opening, verification, and recordings of
//! the earlier application.

mod catalog;
mod game_finder;
mod listing;
mod open;
mod python_recording;
mod unindexed;
mod verify;
mod watched_games;
pub mod worker;

pub use catalog::{
    Bounds, Catalog, Column, DaySummary, GameRow, PnlSign, Query, RowKind, RowRef, Shown, Sort,
};
pub use game_finder::GameFinder;
pub use listing::{
    Library, LibraryDay, LibraryRow, LibrarySession, is_of_recordings, read_days, read_library,
    read_pnls, rebuild, rebuild_days,
};
pub use open::{RecordingFile, open};
pub use python_recording::{LineCounts, PythonRecording};
pub use verify::{Ending, MetaMismatch, NotVerified, Verdict, VerifiedGame, verify_path};
pub use watched_games::games_during;
