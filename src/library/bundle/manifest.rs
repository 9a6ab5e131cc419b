//! The list of files in a bundle, with their hashes.

use serde::{Deserialize, Serialize};

use super::archive::ArchiveFile;
use crate::fairness::sha256_hex;
use crate::recording::APP;
use crate::recording::format::json;

/// Version of the format of bundles.
const FORMAT: u32 = 1;

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BundleManifest {
    format: u32,
    app: String,
    /// The player's name and id are in it.
    pub names: bool,
    pub files: Vec<BundledFile>,
}

/// A file of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BundledFile {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl BundleManifest {
    pub fn of(files: &[ArchiveFile], names: bool) -> Self {
        let entry = |file: &ArchiveFile| BundledFile {
            name: file.name.clone(),
            bytes: file.bytes.len() as u64,
            sha256: sha256_hex(&file.bytes),
        };
        Self {
            format: FORMAT,
            app: APP.to_owned(),
            names,
            files: files.iter().map(entry).collect(),
        }
    }

    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let read: Self = serde_json::from_slice(text)
            .map_err(|error| format!("its manifest cannot be read: {error}"))?;
        if read.format > FORMAT {
            let format = read.format;
            return Err(format!(
                "its format {format} is newer than this program knows"
            ));
        }
        Ok(read)
    }

    pub fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        json::to_text(self)
    }

    /// Returns the names of the files that are not as the list has them.
    ///
    /// # Errors
    ///
    /// A file is missing, or is not in the list.
    pub fn compare(&self, files: &[ArchiveFile]) -> Result<Vec<String>, String> {
        if self.files.len() != files.len() {
            let (listed, found) = (self.files.len(), files.len());
            return Err(format!(
                "its manifest lists {listed} files, and {found} are in it"
            ));
        }
        let mut changed = Vec::new();
        for (listed, file) in self.files.iter().zip(files) {
            if listed.name != file.name {
                let (listed, found) = (&listed.name, &file.name);
                return Err(format!(
                    "its manifest lists {listed:?}, and {found:?} is in that place"
                ));
            }
            if listed.bytes != file.bytes.len() as u64 || listed.sha256 != sha256_hex(&file.bytes) {
                changed.push(file.name.clone());
            }
        }
        Ok(changed)
    }
}
