//! One file to share: a session with its games and notes in a zip archive, `<session>.pianola` (`docs/formats.md`).
//!
//! The archive is deterministic: fixed times, a fixed order, one way to compress. What is opened is checked before anything
//! of it is shown: limits, hashes, the proof of each game, and every number of the session.

mod archive;
mod manifest;
mod opened;
mod progress;
mod read;
mod share;

pub(in crate::library) use opened::check_bundle;
pub use opened::{BundledGame, OpenedBundle, open_bundle};
pub use progress::CheckProgress;
pub(in crate::library) use read::read_bundle;
pub use share::{BundleContent, ShareFailure, SharedBundle, plan_share, save_bundle, share};

/// The ending of a bundle's name.
pub(crate) const BUNDLE_ENDING: &str = ".pianola";
/// Name of the list of files in a bundle.
const MANIFEST: &str = "manifest.json";
/// The most files of a bundle: a day at the real server has fewer games.
const MAX_FILES: usize = 5_000;
/// The most bytes of all files together.
const MAX_TOTAL_BYTES: u64 = 128 << 20;

/// Whether a file begins as a zip archive.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}
