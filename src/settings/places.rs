//! The default places of the settings file and the recordings.

use std::path::PathBuf;

use directories::ProjectDirs;

use super::Settings;
use crate::recording::Origin;

fn dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "pianola")
}

/// Returns the settings file of this user; `None` without a home folder.
pub fn config_file() -> Option<PathBuf> {
    dirs().map(|dirs| dirs.config_dir().join("settings.json"))
}

/// Returns the program's data folder of this user; `None` without a home folder.
pub fn data_folder() -> Option<PathBuf> {
    dirs().map(|dirs| dirs.data_dir().to_owned())
}

/// Returns the folder for games of an origin: in the folder of the settings, else in the data folder.
pub fn recordings_of(settings: &Settings, origin: Origin) -> Option<PathBuf> {
    let base = settings.recordings.clone().or_else(data_folder)?;
    Some(base.join(origin.folder()))
}
