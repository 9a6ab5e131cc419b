//! The files: game and session files, the index of each day, the journals of what is in progress, recovery. `formats.md` is the
//! contract; the journal is our own affair.
//!
//! What is written goes through [`Disk`], so that tests can make it fail or forget what was not synced.

mod disk;
mod disk_space;
pub(crate) mod files;
mod flood_filter;
mod folder_lock;
mod folder_recovery;
pub mod format;
mod journal;
mod known_games;
mod open_games;
mod policy;
mod publish;
mod recorder;
mod recovery;
mod sessions;
mod unsaved_games;
mod wallet;
mod writer;

pub use disk::{DirEntry, Disk, RealDisk};
pub use flood_filter::FloodFilter;
pub use folder_lock::{FolderError, FolderLock};
pub use format::APP;
pub use format::game_file::{GameFile, GameMeta, Origin, Peak};
pub use format::index::{DayIndex, IndexGame, IndexSession};
pub use format::names::{day_of, game_file_name, safe_name, session_file_name};
pub use format::session_file::{SessionFile, SessionMeta, order_words};
pub use policy::{RecordingPolicy, RecordingStatus};
pub use recorder::{Recorder, RecorderEvent, RecorderInput, SavedGame, Trouble};
pub use sessions::SavedSession;
pub use unsaved_games::UnsavedGames;
pub use writer::{RecorderState, Writer};
