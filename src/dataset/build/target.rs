//! Where the files of a build go: into the folder of the data set, or into a comparison with what is there.

use std::collections::BTreeSet;

use crate::dataset::manifest::Manifest;
use crate::dataset::store::Store;
use crate::dataset::store_error::StoreError;

/// What was in the folder of the data set before a build.
#[derive(Default)]
pub(in crate::dataset) struct OldSet {
    pub manifest: Option<Manifest>,
    /// The data files that are there and have the length that the manifest states.
    pub in_place: BTreeSet<String>,
    /// A build before did not finish: the documents may be newer than the tables.
    pub is_unfinished: bool,
    /// Further data files, which perhaps are there or are damaged.
    pub uncertain: BTreeSet<String>,
    /// Files in the folders of the tables that no build has written.
    pub foreign: BTreeSet<String>,
}

/// Takes the files of a build.
pub(in crate::dataset) trait Target {
    /// Returns the content of a file of the data set as it was before; `None` if there is none, if it is longer than `limit`
    /// bytes, or if it must not count.
    ///
    /// # Errors
    ///
    /// The disk failed.
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Returns the paths of the files below a folder of the data set.
    ///
    /// # Errors
    ///
    /// The disk failed.
    fn files_below(&self, folder: &str) -> Result<BTreeSet<String>, StoreError>;

    /// Takes a file whose content may differ from the old one.
    ///
    /// # Errors
    ///
    /// The disk failed.
    fn stage(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Takes back what [`Self::stage`] took for a path, if it did.
    ///
    /// # Errors
    ///
    /// The disk failed.
    fn unstage(&mut self, path: &str) -> Result<(), StoreError>;
}

impl Target for Store<'_> {
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        match Self::read(self, path, limit) {
            // Everything beside the manifest can be made again.
            Err(error) if error.is_too_long() => Ok(None),
            read => read,
        }
    }

    fn files_below(&self, folder: &str) -> Result<BTreeSet<String>, StoreError> {
        Self::files_below(self, folder)
    }

    fn stage(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        Self::stage(self, path, bytes)
    }

    fn unstage(&mut self, path: &str) -> Result<(), StoreError> {
        Self::unstage(self, path)
    }
}
