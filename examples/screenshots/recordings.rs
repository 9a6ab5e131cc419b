//! The folder of the settings and recordings. A scene that begins again finds it as it was before its first attempt.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The folder, and a copy of it from before the running scene.
pub struct Recordings {
    folder: PathBuf,
    copy: PathBuf,
}

impl Recordings {
    /// `copy` is an empty folder for the copy.
    pub fn new(folder: &Path, copy: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            copy: copy.to_owned(),
        }
    }

    /// Returns the folder that the scenes write to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Copies the folder. Nothing writes to it meanwhile.
    pub fn keep(&self) -> anyhow::Result<()> {
        replace(&self.copy, &self.folder).context("cannot copy the recordings")
    }

    /// Makes the folder what it was at the last [`Self::keep`].
    pub fn put_back(&self) -> anyhow::Result<()> {
        replace(&self.folder, &self.copy).context("cannot put the recordings back")
    }
}

/// Makes the content of `to` that of `from`.
fn replace(to: &Path, from: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(to)? {
        let path = entry?.path();
        if path.is_dir() {
            std::fs::remove_dir_all(path)?;
        } else {
            std::fs::remove_file(path)?;
        }
    }
    copy_into(to, from)
}

fn copy_into(to: &Path, from: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&target)?;
            copy_into(&target, &entry.path())?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
