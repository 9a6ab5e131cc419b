//! The folder of a data set: how new files replace old ones, so that a reader and a killed build find each file old or
//! new, and never a part of one.
//!
//! New files are written below `.staging`, made durable, and renamed to their places only when all of them are there;
//! `dataset.json` comes last. Before the first rename a list of the files is written beside them: a build that finds it
//! knows which files may be newer than `dataset.json` and makes them again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::digest::ContentDigest;
use super::store_error::StoreError;
use super::table_files::{TableFiles, files_below, is_data_file, list};
use crate::disk::Disk;

/// Name of the manifest; it is written last.
pub const MANIFEST: &str = "dataset.json";
/// Name of the quality report as JSON.
pub const QUALITY: &str = "quality.json";
/// The longest file beside the data files that is read, in bytes. A year's manifest has half a megabyte.
pub const MAX_SIDE_BYTES: u64 = 256 << 20;
/// The folder of unfinished files.
pub(super) const STAGING: &str = ".staging";
/// The folder of what a build remembers.
pub(super) const STATE: &str = ".state";
/// The list of the files that a build is about to rename.
const PENDING: &str = "pending.json";
/// The longest list that is read, in bytes.
const MAX_PENDING_BYTES: u64 = 64 << 20;

/// Files that a build has not finished to put in their places.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Pending {
    files: BTreeSet<String>,
}

/// The folder of a data set while it is built.
pub struct Store<'d> {
    disk: &'d dyn Disk,
    root: PathBuf,
    /// The staging folder of this build.
    staging: PathBuf,
    /// Staging folders of builds that did not finish.
    leftovers: Vec<PathBuf>,
    /// Paths whose files may be newer than the manifest.
    uncertain: BTreeSet<String>,
    /// The new files by their paths; each is staged under its number.
    staged: BTreeMap<String, u64>,
    /// The number of the next staged file.
    next: u64,
    has_staging: bool,
}

impl<'d> Store<'d> {
    /// Opens the folder. Unfinished files of an earlier build are removed, its list of renames is taken over.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn open(disk: &'d dyn Disk, root: &Path) -> Result<Self, StoreError> {
        disk.create_dir_all(root)
            .map_err(|why| StoreError::new("make", root, why))?;
        let all = root.join(STAGING);
        let mut store = Self {
            disk,
            root: root.to_owned(),
            staging: PathBuf::new(),
            leftovers: Vec::new(),
            uncertain: BTreeSet::new(),
            staged: BTreeMap::new(),
            next: 0,
            has_staging: false,
        };
        let mut newest = 0;
        for entry in list(disk, &all)? {
            if !entry.is_dir {
                continue;
            }
            newest = entry.name.parse().unwrap_or(0).max(newest);
            let folder = all.join(&entry.name);
            for file in list(disk, &folder)? {
                let path = folder.join(&file.name);
                if file.name == PENDING {
                    store.uncertain.extend(read_pending(disk, &path)?);
                } else if !file.is_dir {
                    remove(disk, &path)?;
                }
            }
            store.leftovers.push(folder);
        }
        store.staging = all.join((newest + 1_u64).to_string());
        Ok(store)
    }

    /// Returns the paths whose files may be newer than the manifest says.
    pub fn uncertain(&self) -> &BTreeSet<String> {
        &self.uncertain
    }

    /// Forgets which data files may be newer than the manifest where they have the content that it states; of other files
    /// their content decides.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn settle(&mut self, stated: &BTreeMap<&str, ContentDigest>) -> Result<(), StoreError> {
        for path in std::mem::take(&mut self.uncertain) {
            let found = self.read(&path, u64::MAX)?;
            let found = found.map(|bytes| ContentDigest::of(&bytes));
            // A file that no manifest names is obsolete if it is there.
            if is_data_file(&path) && stated.get(path.as_str()).copied() != found {
                self.uncertain.insert(path);
            }
        }
        Ok(())
    }

    /// Returns the content of a file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// The disk failed, or the file is longer than `limit` bytes.
    pub fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.root.join(path);
        match self.disk.read_at_most(&path, limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(StoreError::new("read", &path, why)),
        }
    }

    /// Returns the length of a file in bytes; `None` if there is none.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn length(&self, path: &str) -> Result<Option<u64>, StoreError> {
        let path = self.root.join(path);
        match self.disk.length(&path) {
            Ok(length) => Ok(Some(length)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(StoreError::new("read", &path, why)),
        }
    }

    /// Writes a new file for a path, durably, without touching the path itself.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn stage(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.make_staging()?;
        let number = *self.staged.entry(path.to_owned()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        self.write(&self.staged_path(number), bytes)
    }

    /// Forgets the staged file of a path, if there is one; the file of the path stays.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn unstage(&mut self, path: &str) -> Result<(), StoreError> {
        let Some(number) = self.staged.remove(path) else {
            return Ok(());
        };
        remove(self.disk, &self.staged_path(number))
    }

    /// Whether nothing is staged.
    pub fn is_unchanged(&self) -> bool {
        self.staged.is_empty()
    }

    fn staged_path(&self, number: u64) -> PathBuf {
        self.staging.join(number.to_string())
    }

    fn make_staging(&mut self) -> Result<(), StoreError> {
        if !self.has_staging {
            let made = self.disk.create_dir_all(&self.staging);
            made.map_err(|why| StoreError::new("make", &self.staging, why))?;
            self.has_staging = true;
        }
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let written = self.disk.write(path, bytes);
        written.map_err(|why| StoreError::new("write", path, why))?;
        let synced = self.disk.sync(path);
        synced.map_err(|why| StoreError::new("sync", path, why))
    }

    /// Puts the staged files in their places and removes others; the manifest is the last one.
    ///
    /// # Errors
    ///
    /// The disk failed. Each file is old or new then, and the next build finishes the work.
    pub fn publish(mut self, obsolete: &[String]) -> Result<(), StoreError> {
        if !self.is_unchanged() || !obsolete.is_empty() {
            self.put_in_place(obsolete)?;
        }
        self.clean_up()
    }

    fn put_in_place(&mut self, obsolete: &[String]) -> Result<(), StoreError> {
        self.make_staging()?;
        // What an earlier build left undone stays on the list until the manifest is there.
        let mut pending = Pending {
            files: self.uncertain.clone(),
        };
        pending.files.extend(self.staged.keys().cloned());
        pending.files.extend(obsolete.iter().cloned());
        let list = self.staging.join(PENDING);
        let text = serde_json::to_vec(&pending);
        let text = text.map_err(|why| StoreError::new("write", &list, why.into()))?;
        self.write(&list, &text)?;
        self.sync_up_to_root(&BTreeSet::from([self.staging.clone()]))?;

        let mut staged = std::mem::take(&mut self.staged);
        let manifest = staged.remove(MANIFEST);
        let mut touched = BTreeSet::new();
        for (path, number) in &staged {
            touched.insert(self.rename(*number, path)?);
        }
        for path in obsolete {
            let path = self.root.join(path);
            // A build that did not finish may have removed it.
            if self.disk.exists(&path) {
                remove(self.disk, &path)?;
                touched.extend(path.parent().map(Path::to_owned));
            }
        }
        self.sync_up_to_root(&touched)?;
        self.sync_above_root();
        if let Some(number) = manifest {
            let folder = self.rename(number, MANIFEST)?;
            self.sync_up_to_root(&BTreeSet::from([folder]))?;
        }
        for path in obsolete {
            self.remove_empty_folders(&self.root.join(path));
        }
        self.uncertain
            .retain(|path| !staged.contains_key(path) && !obsolete.contains(path));
        Ok(())
    }

    /// Renames a staged file to its place and returns the folder of the place.
    fn rename(&self, number: u64, path: &str) -> Result<PathBuf, StoreError> {
        let to = self.root.join(path);
        let folder = to.parent().unwrap_or(&self.root).to_owned();
        let made = self.disk.create_dir_all(&folder);
        made.map_err(|why| StoreError::new("make", &folder, why))?;
        let renamed = self.disk.rename(&self.staged_path(number), &to);
        renamed.map_err(|why| StoreError::new("rename to", &to, why))?;
        Ok(folder)
    }

    /// Makes the names in these folders durable, and those of the folders themselves.
    fn sync_up_to_root(&self, folders: &BTreeSet<PathBuf>) -> Result<(), StoreError> {
        let mut all = BTreeSet::new();
        for folder in folders {
            let above = folder
                .ancestors()
                .take_while(|path| path.starts_with(&self.root));
            all.extend(above.map(Path::to_owned));
        }
        for folder in all.iter().rev() {
            let synced = self.disk.sync_dir(folder);
            synced.map_err(|why| StoreError::new("sync", folder, why))?;
        }
        Ok(())
    }

    /// Makes the name of the data set's folder durable. The folders above it belong to others: as far up as permitted.
    fn sync_above_root(&self) {
        let mut above = self.root.ancestors().skip(1);
        above.all(|folder| self.disk.sync_dir(folder).is_ok());
    }

    /// Removes the folders above a removed file that are empty now.
    fn remove_empty_folders(&self, file: &Path) {
        let above = file.ancestors().skip(1);
        for folder in above.take_while(|folder| **folder != self.root) {
            if self.disk.remove_dir(folder).is_err() {
                break; // It has other files.
            }
        }
    }

    /// Removes the staging folders, once no file may be newer than the manifest.
    fn clean_up(&self) -> Result<(), StoreError> {
        if !self.uncertain.is_empty() {
            return Ok(());
        }
        let own = self.has_staging.then_some(&self.staging);
        for folder in self.leftovers.iter().chain(own) {
            for file in list(self.disk, folder)? {
                remove(self.disk, &folder.join(&file.name))?;
            }
            self.disk.remove_dir(folder).ok(); // An empty folder does no harm.
        }
        self.disk.remove_dir(&self.root.join(STAGING)).ok(); // The same.
        Ok(())
    }

    /// Returns the paths of the files below a folder of the data set.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn files_below(&self, folder: &str) -> Result<BTreeSet<String>, StoreError> {
        files_below(self.disk, &self.root, folder)
    }

    /// Returns the files in the folders of the tables.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn table_files(&self) -> Result<TableFiles, StoreError> {
        TableFiles::list(self.disk, &self.root)
    }

    /// Removes what was staged: the build was cancelled. The data set stays as it is.
    pub fn cancel(self) {
        for number in self.staged.values() {
            self.disk.remove(&self.staged_path(*number)).ok(); // The next build removes it.
        }
        self.disk.remove_dir(&self.staging).ok(); // The same.
        self.disk.remove_dir(&self.root.join(STAGING)).ok(); // There may be others.
    }
}

fn remove(disk: &dyn Disk, path: &Path) -> Result<(), StoreError> {
    match disk.remove(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::new("remove", path, why))
        }
        _ => Ok(()),
    }
}

/// Returns the paths of a list of renames. A list that a power cut damaged was not followed by a rename.
fn read_pending(disk: &dyn Disk, path: &Path) -> Result<BTreeSet<String>, StoreError> {
    let text = disk.read_at_most(path, MAX_PENDING_BYTES);
    let text = text.map_err(|why| StoreError::new("read", path, why))?;
    let pending: Option<Pending> = serde_json::from_slice(&text).ok();
    Ok(pending.unwrap_or_default().files)
}
