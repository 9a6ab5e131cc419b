//! The recorder: it writes game and session files, the index of each day, and a journal of every game and session in
//! progress, and it recovers at the start what a crash left. `docs/formats.md` is the contract of the files; the journal
//! is an internal format.
//!
//! All writes go through [`Disk`](crate::disk::Disk), so that tests can make it fail or forget what was not synced.
//! Reading recordings is the task of [`library`](crate::library).

mod archive;
mod disk_space;
mod durable;
mod events;
mod flood_filter;
mod folder;
mod folder_lock;
pub mod format;
mod journal;
mod journal_folder;
mod known_games;
mod notes;
mod open_games;
mod open_sessions;
mod policy;
mod publish;
mod recorder;
mod recorder_thread;
mod recovery;
mod reveal;
mod running;
mod unsaved_games;
mod wallet_file;

pub use archive::rebuild_index;
#[cfg(feature = "window")]
pub(crate) use durable::free_name;
pub(crate) use durable::write_whole;
pub use events::{
    FileChange, RecorderEvent, RecorderInput, RecorderState, SavedGame, SavedSession,
};
pub use flood_filter::FloodFilter;
pub use folder_lock::{FolderError, FolderLock};
pub use format::APP;
pub use format::diary_file::Diary;
pub use format::game_file::{GameFile, GameMeta, Origin, Peak};
pub use format::index::{DayIndex, IndexGame, IndexSession};
pub use format::names::{EXPORTS, day_of, game_file_name, safe_name, session_file_name};
pub use format::notes_file::{NoteEdit, NotePlace, PlacedNote, SessionNotes};
pub use format::session_file::{SessionFile, SessionMeta, order_words};
pub use notes::{
    edit_notes, notes_path, read_diary, read_notes, session_of_notes, write_diary, write_notes,
};
pub use policy::{RecordingPolicy, RecordingStatus};
pub use recorder::Recorder;
pub use recorder_thread::Writer;
pub use running::{root_of_session_journal, running_games, running_session};
pub use unsaved_games::UnsavedGames;

#[cfg(test)]
mod key_tests;
