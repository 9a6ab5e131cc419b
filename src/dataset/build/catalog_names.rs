//! Where the catalogs of the source files are, and under which keys they remember them.

use std::borrow::Cow;
use std::path::Path;

use chrono::NaiveDate;

use crate::dataset::digest::ShortDigest;
use crate::dataset::read::Anonymizer;
use crate::dataset::source::{FileKind, Sources};
use crate::dataset::store::STATE;

/// The names of catalogs and of their keys.
pub(super) struct CatalogNames {
    /// The names of the folders of recordings.
    folders: Vec<ShortDigest>,
    anonymizer: Option<Anonymizer>,
}

impl CatalogNames {
    pub(super) fn new(sources: &Sources, anonymizer: Option<Anonymizer>) -> Self {
        let name = |path: &std::path::PathBuf| name_of(path);
        Self {
            folders: sources.folders.iter().map(name).collect(),
            anonymizer,
        }
    }

    /// Returns the path of a day's catalog.
    pub(super) fn path(&self, folder: usize, date: NaiveDate) -> String {
        format!("{}/{date}.json", self.folder(folder))
    }

    /// Returns the folder of the catalogs of a folder of recordings.
    pub(super) fn folder(&self, folder: usize) -> String {
        format!("{STATE}/files/{}", self.folders[folder])
    }

    /// Returns the key of a file. The name of a session's file has the player's name in it.
    pub(super) fn key<'n>(&self, kind: FileKind, name: &'n str) -> Cow<'n, str> {
        match &self.anonymizer {
            Some(names) if kind == FileKind::Session => Cow::Owned(names.hash(name)),
            _ => Cow::Borrowed(name),
        }
    }
}

/// Names a folder of recordings without showing where it is.
fn name_of(folder: &Path) -> ShortDigest {
    ShortDigest::of(folder.as_os_str().as_encoded_bytes())
}
