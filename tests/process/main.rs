//! What needs a process of its own: kills, descriptors, memory, terminals, full disks.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

mod cli;
#[cfg(feature = "dataset")]
mod data_set;
#[cfg(feature = "dataset")]
mod data_set_check;
#[cfg(feature = "dataset")]
mod data_set_readers;
mod feed_descriptors;
mod full_disk;
mod import_kill;
#[cfg(unix)]
mod installer;
mod kill;
mod lab;
mod lost_connections;
mod notes_kill;
mod play_kill;
mod soak;
mod terminal;
mod zz_skipped;
