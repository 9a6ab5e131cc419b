//! The right to write the indexes of a folder.

use std::path::Path;

use crate::disk::Disk;
use crate::library::listing::is_of_recordings;
use crate::paths;
use crate::recording::{FolderError, FolderLock};

/// Takes the right to write to a folder of recordings.
///
/// # Errors
///
/// The text says what is wrong and what to do.
pub(super) fn lock(disk: &dyn Disk, folder: &Path) -> Result<FolderLock, String> {
    let shown = paths::text(folder);
    match is_of_recordings(disk, folder) {
        Ok(true) => {}
        Ok(false) => {
            return Err(format!(
                "{shown} has no days and so no index: nothing to do"
            ));
        }
        Err(why) => return Err(format!("cannot read {shown}: {why}; choose another folder")),
    }
    FolderLock::acquire(folder).map_err(|error| match &error {
        FolderError::Held { holder, .. } => format!(
            "{shown} is being recorded to by {holder}, which keeps its index; stop that one or choose another source here, then rebuild the index"
        ),
        FolderError::NotWritable { why, .. } => {
            format!("cannot write to {shown}: {why}; make the folder writable")
        }
        FolderError::DanglingLink { .. } | FolderError::InTheWay { .. } => error.in_the_window(),
    })
}
