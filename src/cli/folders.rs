//! Where recordings are when nobody says: in the folder of the settings, else in the user's data folder.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::recording::Origin;
use crate::settings::{config_file, data_folder, file};

/// Returns the folder in which `live`, `practice` and `other` lie.
pub(super) fn base() -> anyhow::Result<PathBuf> {
    let chosen = config_file().and_then(|path| file::read_only(&path).recordings);
    chosen
        .or_else(data_folder)
        .context("this user has no home folder to keep recordings in; say where with --out DIR")
}

/// Returns the folder for games of an origin: `--out` as it is, else below the data folder.
pub(super) fn of(origin: Origin, out: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    match out {
        Some(out) => Ok(out.clone()),
        None => Ok(base()?.join(origin.folder())),
    }
}
