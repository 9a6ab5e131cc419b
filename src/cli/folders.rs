//! The default folders of recordings: in the folder of the settings, else in the user's data folder.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::recording::Origin;
use crate::settings::{config_file, data_folder, file};

/// Returns the parent folder of `live`, `practice` and `other`.
///
/// # Errors
/// The settings name no folder, and the user has no home folder.
pub(super) fn root() -> anyhow::Result<PathBuf> {
    let chosen = config_file().and_then(|path| file::read_only(&path).recordings);
    chosen
        .or_else(data_folder)
        .context("this user has no home folder to keep recordings in; say where with --out DIR")
}

/// Returns the folder for games of an origin: `--out` as it is, else a folder of [`root`].
///
/// # Errors
/// As [`root`].
pub(super) fn folder_of(origin: Origin, out: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    match out {
        Some(out) => Ok(out.clone()),
        None => Ok(root()?.join(origin.folder())),
    }
}
