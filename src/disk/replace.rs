//! How a file that the player may edit elsewhere is replaced: whole or not at all.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Disk, FileError, RealDisk};
use crate::paths;

/// The longest chain of links to a file, as on Linux.
const MAX_LINKS: usize = 40;

/// Who may read the replaced file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileAccess {
    /// Its owner only. Behind a link the target keeps its permissions.
    Owner,
    /// The same as before; a new file has the permissions that the system gives.
    AsBefore,
}

/// Why a file was not replaced, or not for good.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// Nothing was replaced: the file is as it was before.
    #[error("{0}")]
    Unchanged(#[from] io::Error),
    /// The file is replaced, but its folder cannot be synced.
    #[error("it is written, but a power cut may undo that: {0}")]
    NotDurable(io::Error),
}

impl ReplaceError {
    /// Returns the error of writing this file, with advice for the player.
    pub(crate) fn text(self, path: &Path) -> String {
        match self {
            Self::Unchanged(why) => FileError::new("write", path, why).to_string(),
            Self::NotDurable(_) => format!("{}: {self}; check the disk", paths::text(path)),
        }
    }
}

/// Replaces or makes a file, with the folders above it: temporary file beside it, sync, rename, sync of the folder. Behind
/// a link the target is replaced.
///
/// # Errors
/// [`ReplaceError`] says whether the file is replaced.
pub fn replace_file(path: &Path, bytes: &[u8], access: FileAccess) -> Result<(), ReplaceError> {
    replace_file_after(path, bytes, access, |_target, _found| Ok(()))
}

/// Does what [`replace_file`] does, and calls `before` when everything but the rename is done, with the path of the file
/// itself and what is there.
///
/// # Errors
/// As [`replace_file`]; unchanged is what `before` left. An error of `before` is returned, and nothing is replaced.
pub fn replace_file_after<T>(
    path: &Path,
    bytes: &[u8],
    access: FileAccess,
    before: impl FnOnce(&Path, Option<&Metadata>) -> io::Result<T>,
) -> Result<T, ReplaceError> {
    let target = target_of(path)?;
    let is_link = target != path;
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    if !is_link {
        fs::create_dir_all(folder)?;
    }
    let found = match fs::symlink_metadata(&target) {
        Ok(found) => Some(found),
        Err(why) if why.kind() == io::ErrorKind::NotFound => None,
        Err(why) => return Err(why.into()),
    };
    if is_link && found.as_ref().is_some_and(|found| !found.is_file()) {
        // The program does not move a device or a folder of the player's.
        return Err(io::Error::other("the link leads to no regular file").into());
    }
    let part = new_part(&target, bytes, access)?;
    let keeps_permissions = is_link || access == FileAccess::AsBefore;
    let permissions = found
        .as_ref()
        .filter(|found| keeps_permissions && found.is_file())
        .map(Metadata::permissions);
    let in_place = || -> io::Result<T> {
        if let Some(permissions) = permissions {
            fs::set_permissions(&part, permissions)?;
        }
        let result = before(&target, found.as_ref())?;
        fs::rename(&part, &target)?;
        Ok(result)
    };
    let result = in_place();
    if result.is_err() {
        fs::remove_file(&part).ok(); // The error that counts is the one before.
    }
    let result = result?;
    sync_name(&RealDisk, folder)?;
    Ok(result)
}

/// Makes the name of a file that is in its place durable.
pub(crate) fn sync_name(disk: &dyn Disk, folder: &Path) -> Result<(), ReplaceError> {
    disk.sync_dir(folder).map_err(ReplaceError::NotDurable)
}

/// Follows links to the file itself, which may not exist.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        if !target.is_symlink() {
            return Ok(target);
        }
        let to = fs::read_link(&target)?;
        target = match target.parent() {
            Some(folder) => folder.join(to),
            None => to,
        };
    }
    Err(io::Error::other("the link leads to itself"))
}

/// Writes the bytes into a new file beside the target.
fn new_part(target: &Path, bytes: &[u8], access: FileAccess) -> io::Result<PathBuf> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut name = target.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{}-{number}.part", std::process::id()));
    let part = target.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == FileAccess::Owner {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = access; // Elsewhere a file has the permissions of its folder.
    let mut file = match options.open(&part) {
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {
            // Left by a killed program that had the same process id.
            fs::remove_file(&part)?;
            options.open(&part)?
        }
        file => file?,
    };
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        fs::remove_file(&part).ok(); // The error that counts is the one before.
    }
    written.map(|()| part)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_with_its_folders_and_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a").join("b").join("mine.txt");
        for text in ["first", "second"] {
            replace_file(&path, text.as_bytes(), FileAccess::AsBefore).expect("written");
            assert_eq!(fs::read_to_string(&path).expect("a file"), text);
        }
        let refused = replace_file_after(&path, b"third", FileAccess::AsBefore, |_, found| {
            assert!(found.is_some_and(Metadata::is_file));
            Err::<(), _>(io::Error::other("no"))
        });
        assert_eq!(refused.map_err(|why| why.to_string()), Err("no".to_owned()));
        assert_eq!(fs::read_to_string(&path).expect("a file"), "second");
        // A folder in its place, and a file above it.
        assert!(replace_file(path.parent().expect("b"), b"x", FileAccess::AsBefore).is_err());
        assert!(replace_file(&path.join("below"), b"x", FileAccess::AsBefore).is_err());
        for (folder, names) in [
            (path.parent().expect("b"), ["mine.txt"]),
            (&folder.path().join("a"), ["b"]),
        ] {
            let found = fs::read_dir(folder).expect("a folder");
            let found: Vec<_> = found
                .map(|entry| entry.expect("an entry").file_name())
                .collect();
            assert_eq!(found, names);
        }
    }

    #[test]
    fn an_error_after_the_rename_says_that_the_file_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        if cfg!(unix) {
            let failed = sync_name(&RealDisk, &folder.path().join("missing"));
            let text = failed.expect_err("no such folder").text(&path);
            assert!(text.contains("a.csv: it is written, but "), "{text}");
        }
        fs::write(&path, "a").expect("a file");
        let below = path.join("below");
        let failed = replace_file(&below, b"x", FileAccess::AsBefore);
        let text = failed.expect_err("a file is no folder").text(&below);
        assert!(text.starts_with("cannot write "), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn the_players_own_file_keeps_its_permissions_and_its_link() {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "a").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("a mode");
        std::os::unix::fs::symlink("file", &link).expect("a link");
        replace_file(&link, b"b", FileAccess::AsBefore).expect("written");
        assert!(link.is_symlink());
        assert_eq!(
            (fs::read(&file).expect("a file"), mode(&file)),
            (b"b".to_vec(), 0o640)
        );
        replace_file(&file, b"c", FileAccess::AsBefore).expect("written");
        assert_eq!(mode(&file), 0o640);
        replace_file(&file, b"d", FileAccess::Owner).expect("written");
        assert_eq!(mode(&file), 0o600);
    }
}
