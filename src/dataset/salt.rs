//! The salt that turns players into pseudonyms. It stays with the user and is never in a data set: with it, names could be
//! guessed.

use std::io;
use std::path::Path;

use super::digest::{Hasher, ShortDigest};
use super::read::Anonymizer;
use crate::disk::Disk;
use crate::open_file::read_regular;
use crate::paths;

/// Length of a salt in bytes.
const BYTES: usize = 32;

/// Why there is no salt.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot keep the salt of the players' pseudonyms in {}: {why}; make the file readable and its folder writable",
    paths::text(path)
)]
pub struct SaltError {
    path: std::path::PathBuf,
    why: io::Error,
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
    pub fn read_or_make(disk: &dyn Disk, path: &Path) -> Result<Self, SaltError> {
        let error = |why| SaltError {
            path: path.to_owned(),
            why,
        };
        let made = Self::make(disk, path);
        if let Err(why) = &made
            && why.kind() == io::ErrorKind::AlreadyExists
        {
            let bytes = read_regular(path, BYTES as u64).map_err(|why| error(why.into()))?;
            let bytes = bytes.try_into().map_err(|_bytes| {
                let why = format!("it does not have {BYTES} bytes");
                error(io::Error::new(io::ErrorKind::InvalidData, why))
            })?;
            return Ok(Self(bytes));
        }
        made.map_err(error)
    }

    fn make(disk: &dyn Disk, path: &Path) -> io::Result<Self> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let folder = path.parent().unwrap_or(path);
        disk.create_private_dir_all(folder)?;
        disk.create_private(path, &bytes)?;
        disk.sync(path)?;
        disk.sync_dir(folder)?;
        Ok(Self(bytes))
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
    use crate::disk::RealDisk;

    #[test]
    fn a_salt_is_made_once_and_a_player_keeps_the_pseudonym() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pianola/dataset.salt");
        let salt = Salt::read_or_make(&RealDisk, &path).unwrap();
        assert_eq!(Salt::read_or_make(&RealDisk, &path).unwrap(), salt);
        let other = Salt::read_or_make(&RealDisk, &folder.path().join("other")).unwrap();
        let hash = |salt: &Salt| salt.anonymizer().hash("Dutch");
        assert_eq!(hash(&salt), hash(&salt.clone()));
        assert_ne!(hash(&salt), hash(&other));
        assert_ne!(salt.name(), other.name());
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_can_read_the_salt() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dataset.salt");
        Salt::read_or_make(&RealDisk, &path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }

    #[test]
    fn a_damaged_salt_is_named_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dataset.salt");
        std::fs::write(&path, "short").unwrap();
        let error = Salt::read_or_make(&RealDisk, &path)
            .unwrap_err()
            .to_string();
        assert!(error.contains("32 bytes"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
    }
}
