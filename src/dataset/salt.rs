//! The salt that turns players into pseudonyms. It stays with the user and is never in a data set: with it, names could be
//! guessed.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::digest::{Hasher, ShortDigest};
use super::read::Anonymizer;
use crate::disk::{Disk as _, FileAccess, RealDisk, ReplaceError, replace_file_after};
use crate::open_file::read_regular;
use crate::paths;

/// Length of a salt in bytes.
const BYTES: usize = 32;

/// Why there is no salt.
#[derive(Debug, thiserror::Error)]
pub enum SaltError {
    /// The file cannot be read or made.
    #[error(
        "cannot keep the salt of the players' pseudonyms in {}: {why}; make the file readable and its folder writable",
        paths::text(path)
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
    /// The file is no salt.
    #[error(
        "{} is damaged: the salt of the players' pseudonyms has {BYTES} bytes; put back a copy of it, or remove it, and all players get other pseudonyms",
        paths::text(.0)
    )]
    Damaged(PathBuf),
}

/// The user's salt: the same player has the same pseudonym in all data sets of this user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salt([u8; BYTES]);

impl Salt {
    /// Returns a salt with these bytes.
    pub fn new(bytes: [u8; BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads the salt of a file, or makes the file, which only this user can read.
    ///
    /// # Errors
    ///
    /// The file is not readable, is no salt, or cannot be made.
    pub fn read_or_make(path: &Path) -> Result<Self, SaltError> {
        let error = |why: io::Error| {
            let path = path.to_owned();
            if why.kind() == io::ErrorKind::FileTooLarge {
                SaltError::Damaged(path)
            } else {
                SaltError::Io { path, why }
            }
        };
        if path.symlink_metadata().is_err() {
            Self::make(path).map_err(error)?;
        }
        // Of two programs that make it at the same time, both read the file that stays.
        let bytes = read_regular(path, BYTES as u64).map_err(|why| error(why.into()))?;
        let bytes = bytes.try_into();
        bytes
            .map(Self)
            .map_err(|_bytes| SaltError::Damaged(path.to_owned()))
    }

    /// Makes the file, whole or not at all; one that is there stays.
    fn make(path: &Path) -> io::Result<()> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        RealDisk.create_private_dir_all(path.parent().unwrap_or(path))?;
        let if_absent = |_target: &Path, found: Option<&Metadata>| match found {
            Some(_) => Err(io::ErrorKind::AlreadyExists.into()),
            None => Ok(()),
        };
        match replace_file_after(path, &bytes, FileAccess::Owner, if_absent) {
            Err(ReplaceError::Unchanged(why)) if why.kind() != io::ErrorKind::AlreadyExists => {
                Err(why)
            }
            Err(ReplaceError::NotDurable(why)) => Err(why),
            _ => Ok(()),
        }
    }

    /// Returns what replaces players by pseudonyms.
    pub fn anonymizer(&self) -> Anonymizer {
        let hex = self.0.iter().map(|byte| format!("{byte:02x}"));
        Anonymizer::new(hex.collect::<String>())
    }

    /// Returns a name of the salt that does not show it.
    pub fn name(&self) -> ShortDigest {
        let mut hasher = Hasher::default();
        hasher.part(&self.0);
        hasher.digest()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_made_once_and_a_player_keeps_the_pseudonym() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pianola/dataset.salt");
        let salt = Salt::read_or_make(&path).unwrap();
        assert_eq!(Salt::read_or_make(&path).unwrap(), salt);
        let other = Salt::read_or_make(&folder.path().join("other")).unwrap();
        let hash = |salt: &Salt| salt.anonymizer().hash("Dutch");
        assert_eq!(hash(&salt), hash(&salt.clone()));
        assert_ne!(hash(&salt), hash(&other));
        assert_ne!(salt.name(), other.name());
    }

    /// A file that comes while the salt is made is that of another program.
    #[test]
    fn programs_that_make_a_salt_at_once_have_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dataset.salt");
        std::fs::write(&path, [7; BYTES]).unwrap();
        Salt::make(&path).unwrap();
        assert_eq!(Salt::read_or_make(&path).unwrap(), Salt::new([7; BYTES]));
        let entries = std::fs::read_dir(folder.path()).unwrap();
        assert_eq!(entries.count(), 1, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_can_read_the_salt() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dataset.salt");
        Salt::read_or_make(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }

    #[test]
    fn a_damaged_salt_is_named_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dataset.salt");
        std::fs::write(&path, "short").unwrap();
        let error = Salt::read_or_make(&path).unwrap_err().to_string();
        assert!(error.contains("32 bytes"), "{error}");
        assert!(error.contains("remove it"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
        std::fs::write(&path, [0; BYTES + 1]).unwrap();
        let error = Salt::read_or_make(&path).unwrap_err();
        assert!(matches!(error, SaltError::Damaged(_)), "{error}");
    }
}
