//! How files and folders become durable.

use std::io;
use std::path::{Path, PathBuf};

use super::format::names::temporary_name;
use crate::disk::{Disk, FileError, ReplaceError, sync_name};
use crate::paths;

/// Makes a folder inside `root` and makes its name durable, with every folder above it.
///
/// Also if it exists: a crash may have come between making and syncing it.
pub(super) fn make_folder(disk: &dyn Disk, root: &Path, folder: &Path) -> Result<(), FileError> {
    if let Err(why) = disk.create_dir_all(folder) {
        return Err(FileError::new("make", &obstacle(disk, folder), why));
    }
    for above in folder.ancestors().skip(1) {
        match disk.sync_dir(above) {
            Ok(()) => {}
            // Folders above `root` belong to others: sync them as far up as permitted.
            Err(_) if !above.starts_with(root) => break,
            Err(why) => return Err(FileError::new("sync", above, why)),
        }
    }
    Ok(())
}

/// Returns what keeps a folder from being made: a file in its place or above it, or the folder itself.
fn obstacle(disk: &dyn Disk, folder: &Path) -> PathBuf {
    let mut missing = folder;
    for path in folder.ancestors() {
        if disk.exists(path) {
            let listed = disk.list(path);
            let is_file = listed.is_err_and(|why| why.kind() == io::ErrorKind::NotADirectory);
            return if is_file { path } else { missing }.to_owned();
        }
        missing = path;
    }
    folder.to_owned()
}

/// Publishes a file: temporary file in the same folder, sync, rename, sync of the folder. A folder in its place gets
/// another name.
pub(super) fn replace(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
    text: &[u8],
) -> Result<(), FileError> {
    let (temporary, path) = stage(disk, folder, name, text)?;
    let mut renamed = disk.rename(&temporary, &path);
    if matches!(&renamed, Err(why) if why.kind() == io::ErrorKind::IsADirectory) {
        let aside = put_aside(disk, folder, name, "aside")?;
        tracing::warn!(
            folder = %paths::text(&path),
            now = %paths::text(&aside),
            "a folder had the name of a file of the recordings; it has another name now"
        );
        renamed = disk.rename(&temporary, &path);
    }
    renamed.map_err(|why| FileError::new("rename to", &path, why))?;
    sync_folder(disk, folder)
}

/// Writes a file that the player named, completely or not at all, with the folders above it. Nothing half-written is left
/// on the disk, and a folder of that name stays.
///
/// # Errors
///
/// [`ReplaceError`] says whether the file is in its place.
pub(crate) fn write_whole(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), ReplaceError> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    disk.create_dir_all(folder)?;
    let written = stage(disk, folder, &name, bytes)
        .map_err(|failed| failed.why)
        .and_then(|(temporary, _)| disk.rename(&temporary, path));
    if let Err(why) = written {
        let temporary = folder.join(temporary_name(&name));
        disk.remove(&temporary).ok(); // The error that counts is the one before.
        return Err(why.into());
    }
    sync_name(disk, folder)
}

/// Writes a temporary file for this name, whole and synced. Returns its path and that of the name.
fn stage(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
    text: &[u8],
) -> Result<(PathBuf, PathBuf), FileError> {
    let temporary = folder.join(temporary_name(name));
    disk.write(&temporary, text)
        .map_err(|why| FileError::new("write", &temporary, why))?;
    disk.sync(&temporary)
        .map_err(|why| FileError::new("sync", &temporary, why))?;
    Ok((temporary, folder.join(name)))
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(disk: &dyn Disk, folder: &Path) -> Result<(), FileError> {
    disk.sync_dir(folder)
        .map_err(|why| FileError::new("sync", folder, why))
}

/// Returns the first name that does not exist in a folder; `name` makes it of 1, 2, 3.
pub(crate) fn free_name(disk: &dyn Disk, folder: &Path, name: impl Fn(u32) -> String) -> String {
    let mut names = (1..).map(name);
    let free = names.find(|name| !disk.exists(&folder.join(name)));
    free.unwrap_or_default()
}

/// Gives a file or folder the first free name of `NAME.WORD-1`, `NAME.WORD-2`, …; returns its new path.
pub(super) fn put_aside(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
    word: &str,
) -> Result<PathBuf, FileError> {
    let free = free_name(disk, folder, |copy| format!("{name}.{word}-{copy}"));
    let free = folder.join(free);
    disk.rename(&folder.join(name), &free)
        .map_err(|why| FileError::new("rename to", &free, why))?;
    Ok(free)
}
