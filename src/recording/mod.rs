//! The files: game and session files, the index of each day, the journals of what is in progress, recovery. `formats.md` is the
//! contract; the journal is our own affair.
//!
//! What is written goes through [`Disk`], so that tests can make it fail or forget what was not synced.

mod disk;
pub(crate) mod files;
mod flood;
mod folder;
pub mod format;
mod gate;
mod gone;
mod journal;
mod open_games;
mod publish;
mod recorder;
mod sessions;
mod space;
mod start;
mod stored;
mod unsaved;
mod wallet;
mod writer;

pub use disk::{Disk, Found, RealDisk};
pub use flood::Flood;
pub use folder::{FolderError, FolderLock};
pub use format::APP;
pub use format::game_file::{GameFile, GameMeta, Origin, Peak};
pub use format::index::{DayIndex, IndexGame, IndexSession};
pub use format::names::{day_of, game_file_name, safe_name, session_file_name};
pub use format::session_file::{SessionFile, SessionMeta, order_words};
pub use gate::{Gate, Recording};
pub use recorder::{Entry, News, Recorder, Saved, Trouble};
pub use sessions::SavedSession;
pub use unsaved::Unsaved;
pub use writer::{RecorderState, Writer};
