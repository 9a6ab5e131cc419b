//! Where recordings are when nobody says.

use std::path::PathBuf;

use anyhow::Context as _;
use directories::ProjectDirs;

use crate::recording::Origin;

/// Returns the folder in which `live`, `practice` and `other` lie.
pub(super) fn base() -> anyhow::Result<PathBuf> {
    let dirs = ProjectDirs::from("", "", "pianola")
        .context("this user has no home folder to keep recordings in; say where with --out DIR")?;
    Ok(dirs.data_dir().to_owned())
}

/// Returns the folder for games of an origin: `--out` as it is, else below the data folder.
pub(super) fn of(origin: Origin, out: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    match out {
        Some(out) => Ok(out.clone()),
        None => Ok(base()?.join(origin.folder())),
    }
}
