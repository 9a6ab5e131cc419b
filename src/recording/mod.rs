//! The files: game and session files, the index of each day, the journals of what is in progress, recovery. `formats.md` is the
//! contract; the journal is our own affair.
//!
//! What is written goes through [`Disk`], so that tests can make it fail or forget what was not synced.

mod catalog;
mod disk;
mod files;
mod finder;
mod flood;
mod folder;
mod gate;
mod gone;
mod index;
mod journal;
mod json;
mod kind;
mod library;
mod loose;
mod model;
mod names;
mod open;
mod open_games;
mod original;
mod publish;
mod recorder;
mod session_file;
mod sessions;
mod space;
mod start;
mod stored;
mod unsaved;
mod verify;
mod wallet;
mod watched;
mod writer;

pub use catalog::{
    Bounds, Catalog, Column, DaySummary, GameRow, Kind, PnlSign, Query, RowRef, Shown, Sort,
};
pub use disk::{Disk, Found, RealDisk};
pub use finder::GameFinder;
pub use flood::Flood;
pub use folder::{FolderError, FolderLock};
pub use gate::{Gate, Recording};
pub use index::{DayIndex, IndexGame, IndexSession};
pub use library::{
    Library, LibraryDay, LibraryRow, LibrarySession, is_of_recordings, read_days, read_library,
    read_pnls, rebuild, rebuild_days,
};
pub use model::{GameFile, GameMeta, Origin, Peak};
pub use names::{day_of, game_file_name, safe_name, session_file_name};
pub use open::{Opened, open};
pub use original::{LineCounts, Original};
pub use recorder::{Entry, News, Recorder, Saved, Trouble};
pub use session_file::{SessionFile, SessionMeta, order_words};
pub use sessions::SavedSession;
pub use unsaved::Unsaved;
pub use verify::{Checked, Disagreement, Ending, Refusal, Verdict, verify_path};
pub use watched::games_during;
pub use writer::{RecorderState, Writer};

/// The program as files name it, `pianola 0.1.0`.
pub const APP: &str = concat!("pianola ", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod key_tests;
