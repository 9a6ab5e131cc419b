//! The files of a data set in its folder: which of them are data files, and which ones a build did not write.

use std::collections::BTreeSet;
use std::path::Path;

use super::columns::Table;
use super::partition::{DataOrigin, parse_day};
use super::store_error::StoreError;
use crate::disk::{DirEntry, Disk, list_or_empty};

/// The files in the folders of the tables.
#[derive(Debug, Default)]
pub struct TableFiles {
    /// Named as a build names them.
    pub ours: BTreeSet<String>,
    /// Others.
    pub foreign: BTreeSet<String>,
}

impl TableFiles {
    /// Lists the files in the folders of the tables: those that a build writes, and others, which break readers.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub fn list(disk: &dyn Disk, root: &Path) -> Result<Self, StoreError> {
        let mut found = Self::default();
        for table in Table::ALL {
            for path in files_below(disk, root, table.as_str())? {
                if is_data_file(&path) {
                    found.ours.insert(path);
                } else {
                    found.foreign.insert(path);
                }
            }
        }
        Ok(found)
    }
}

/// Returns the paths of the files below a folder of a data set, without those of the data set's own folder.
///
/// # Errors
///
/// The disk failed.
pub(super) fn files_below(
    disk: &dyn Disk,
    root: &Path,
    folder: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in list(disk, &root.join(&folder))? {
            let path = format!("{folder}/{}", entry.name);
            if entry.is_dir {
                folders.push(path);
            } else {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

/// Returns the table of the path of a data file, `games/origin=live/date=2025-12-15/part-0.parquet`; `None` for others.
pub(super) fn table_of(path: &str) -> Option<Table> {
    let parts: Vec<_> = path.split('/').collect();
    let [table, origin, date, file] = parts[..] else {
        return None;
    };
    let origin = origin.strip_prefix("origin=")?;
    date.strip_prefix("date=").and_then(parse_day)?;
    let part = file.strip_prefix("part-")?.strip_suffix(".parquet")?;
    let is_number = !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let mut tables = Table::ALL.iter().copied();
    let table = tables.find(|known| known.as_str() == table)?;
    (is_number && origin.parse::<DataOrigin>().is_ok()).then_some(table)
}

/// Whether a path is one of a data file.
pub(super) fn is_data_file(path: &str) -> bool {
    table_of(path).is_some()
}

/// Lists a folder; one that is missing is empty.
pub(super) fn list(disk: &dyn Disk, folder: &Path) -> Result<Vec<DirEntry>, StoreError> {
    list_or_empty(disk, folder).map_err(|why| StoreError::new("read", folder, why))
}
