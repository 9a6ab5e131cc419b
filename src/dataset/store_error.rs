//! A failed operation on the folder of a data set.

use std::io;
use std::path::{Path, PathBuf};

use crate::paths;

/// An operation on the folder of the data set that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {why}; {}", paths::text(path), advice(why))]
pub struct StoreError {
    action: &'static str,
    path: PathBuf,
    why: io::Error,
}

impl StoreError {
    pub(super) fn new(action: &'static str, path: &Path, why: io::Error) -> Self {
        Self {
            action,
            path: path.to_owned(),
            why,
        }
    }

    /// Whether a file was not read because it is longer than allowed.
    pub(super) fn is_too_long(&self) -> bool {
        self.why.kind() == io::ErrorKind::FileTooLarge
    }
}

/// Returns what to do about an error of the disk.
fn advice(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room on the disk and build again: what is there stays as it was"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable or choose another one"
        }
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
            "remove or rename what is there and build again"
        }
        _ => "check the disk and build again",
    }
}
