//! One builder for each data set: the system's lock on a file of its folder, released also by a kill.

#[cfg(unix)]
use std::fs::Metadata;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk as _, RealDisk};
use crate::paths;

/// Name of the file that is locked.
pub(super) const LOCK: &str = ".lock";

/// Why a folder cannot be built in.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another build is running there.
    #[error(
        "{} is being built by another program; wait for its end or choose another folder",
        paths::text(.0)
    )]
    Held(PathBuf),
    /// Something is in the way: a file in the place of the folder, a link to nothing.
    #[error(
        "cannot write to {}: {} is {what}; remove or rename it, or choose another folder",
        paths::text(folder),
        paths::text(path)
    )]
    InTheWay {
        /// The folder.
        folder: PathBuf,
        /// What is in the way.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The system refused.
    #[error(
        "cannot write to {}: {why}; make the folder writable or choose another one",
        paths::text(folder)
    )]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// The system's error.
        why: io::Error,
    },
}

/// The right to write to the folder of a data set.
#[derive(Debug)]
pub struct BuildLock {
    file: File,
    folder: PathBuf,
    /// The folders that were made for it, the inner ones first.
    made: Vec<PathBuf>,
}

impl BuildLock {
    /// Takes the right to write to `folder`, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// Another build holds it, or the folder cannot be made or written to.
    pub fn acquire(folder: &Path) -> Result<Self, LockError> {
        let not_writable = |why| LockError::NotWritable {
            folder: folder.to_owned(),
            why,
        };
        let in_the_way = |path: &Path, what| LockError::InTheWay {
            folder: folder.to_owned(),
            path: path.to_owned(),
            what,
        };
        // The system would report "File exists".
        if let Some((link, _)) = paths::dangling_link(folder) {
            return Err(in_the_way(&link, "a link that leads nowhere"));
        }
        let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let made = folder.ancestors().take_while(is_missing);
        let made = made.map(Path::to_owned).collect();
        if let Err(why) = std::fs::create_dir_all(folder) {
            let is_file = |path: &&Path| path.exists() && !path.is_dir();
            return Err(match folder.ancestors().find(is_file) {
                Some(path) => in_the_way(path, "no folder"),
                None => not_writable(why),
            });
        }
        let path = folder.join(LOCK);
        // Opening a pipe blocks until it has another end.
        if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
            return Err(in_the_way(&path, "no regular file"));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(not_writable)?;
        match file.try_lock() {
            Ok(()) if is_file_of(&file, &path) => {}
            // A build that ended meanwhile has removed the file: the lock of the next one is another file.
            Ok(()) | Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held(folder.to_owned()));
            }
            Err(TryLockError::Error(why)) => return Err(not_writable(why)),
        }
        Ok(Self {
            file,
            folder: folder.to_owned(),
            made,
        })
    }

    /// Gives the right back after a build that failed or was cancelled. If nothing was built, the lock's file and the folders
    /// that were made for it are removed.
    pub fn release_failed(self) {
        let Self { file, folder, made } = self;
        let names = RealDisk.list(&folder).unwrap_or_default();
        if matches!(&names[..], [only] if only.name == LOCK) {
            std::fs::remove_file(folder.join(LOCK)).ok(); // It does no harm.
        }
        for folder in made {
            std::fs::remove_dir(folder).ok(); // It is not empty: something was built.
        }
        drop(file);
    }
}

/// Whether a file still has its name.
fn is_file_of(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;

        let place =
            |facts: io::Result<Metadata>| facts.map(|facts| (facts.dev(), facts.ino())).ok();
        place(file.metadata()) == place(std::fs::metadata(path))
    }
    #[cfg(not(unix))]
    {
        file.metadata().is_ok() && path.exists()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_second_builder_is_refused_until_the_first_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a/b");
        let first = BuildLock::acquire(&out).unwrap();
        let error = BuildLock::acquire(&out).unwrap_err();
        assert!(matches!(error, LockError::Held(_)), "{error}");
        drop(first);
        BuildLock::acquire(&out).unwrap();
    }

    #[test]
    fn a_failed_build_leaves_only_what_was_there_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let names = RealDisk.list(folder.path()).unwrap().into_iter();
            names.map(|entry| entry.name).collect::<Vec<_>>()
        };
        let out = folder.path().join("a/b/set");
        BuildLock::acquire(&out).unwrap().release_failed();
        assert!(names().is_empty());
        // A folder that was there stays.
        std::fs::create_dir(folder.path().join("a")).unwrap();
        BuildLock::acquire(&out).unwrap().release_failed();
        assert_eq!(names(), ["a"]);
        assert!(RealDisk.list(&folder.path().join("a")).unwrap().is_empty());
        // So does one in which something was built.
        let lock = BuildLock::acquire(&out).unwrap();
        std::fs::write(out.join("dataset.json"), "{}").unwrap();
        lock.release_failed();
        assert!(out.join(LOCK).exists() && out.join("dataset.json").exists());
    }

    #[cfg(unix)]
    #[test]
    fn the_lock_of_a_removed_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK);
        let file = File::create(&path).unwrap();
        assert!(is_file_of(&file, &path));
        std::fs::remove_file(&path).unwrap();
        assert!(!is_file_of(&file, &path));
        File::create(&path).unwrap();
        assert!(!is_file_of(&file, &path));
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = BuildLock::acquire(&file.join("set"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("file is no folder"), "{error}");
        let out = folder.path().join("out");
        std::fs::create_dir_all(out.join(LOCK)).unwrap();
        let error = BuildLock::acquire(&out).unwrap_err().to_string();
        assert!(error.contains("is no regular file"), "{error}");
    }
}
