//! The settings and the state of the raw capture.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the folder of captures inside the recordings' folder; library and recovery ignore it.
const FOLDER: &str = ".captures";

/// The settings of the raw capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureConfig {
    /// The folder of the files; created when needed.
    pub folder: PathBuf,
    /// The source, as game files state it; `unknown` until it is started.
    pub origin: &'static str,
    /// Whether the capture is on from the start.
    pub on: bool,
    /// Limit of a file in bytes; 64 MB by default.
    pub file_bytes: u64,
    /// Number of files to keep, the newest ones; 8 by default, which makes 512 MB.
    pub files: usize,
    /// Records that may wait for the disk.
    pub queue: usize,
    /// Approximate bytes that may wait for the disk; 64 MB by default.
    pub queue_bytes: usize,
    /// The pause after a failed write.
    pub retry: Duration,
}

impl CaptureConfig {
    /// Returns the settings for captures in the folder `.captures` of the recordings.
    pub fn beside(recordings: &Path, on: bool) -> Self {
        Self {
            folder: recordings.join(FOLDER),
            origin: "unknown",
            on,
            file_bytes: 64_000_000,
            files: 8,
            queue: 4_096,
            queue_bytes: 64_000_000,
            retry: Duration::from_secs(5),
        }
    }
}

/// The current state of the raw capture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaptureState {
    /// The capture is on.
    pub on: bool,
    /// The current file.
    pub file: Option<PathBuf>,
    /// Its length in bytes.
    pub bytes: u64,
    /// Records that were not written: the disk was too slow or failed.
    pub lost: u64,
    /// Why nothing is written, if so. The capture tries again.
    pub trouble: Option<String>,
}
