//! What is on the disk: recordings, sessions, notes, bundles, indexes, imports and data sets, and the commands that read
//! them, on disks that fail.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

mod bundle;
mod bundle_damage;
mod clock_back;
#[cfg(feature = "dataset")]
mod dataset;
#[cfg(feature = "dataset")]
mod dataset_check;
#[cfg(feature = "dataset")]
mod dataset_sessions;
mod file_damage;
mod folders;
mod game_and_session_faults;
mod game_faults;
mod import;
mod import_faults;
mod journal_damage;
mod library_open;
mod library_thread;
mod local_wallet;
mod lost_folder;
mod notes;
mod old_recording_tiers;
mod old_recordings;
mod open_files;
mod power_cut;
mod replay;
mod replay_command;
mod replay_results;
mod returning_games;
mod review;
mod running_session;
mod session_damage;
mod session_faults;
mod session_files;
mod session_index;
mod session_notes;
mod slow_disk;
mod stopped_games;
mod verify;
