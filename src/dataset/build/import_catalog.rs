//! What a build remembers of the files of an imported path, so that the next build reads only what has changed. As the
//! catalogs of recordings it is a cache.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::BuildError;
use super::reading::game_facts;
use super::target::Target;
use crate::dataset::catalog::GameContent;
use crate::dataset::digest::{ContentDigest, ShortDigest};
use crate::dataset::partition::{DataOrigin, Partition};
use crate::dataset::read::ImportRecord;
use crate::dataset::rows::ImportRow;
use crate::dataset::source::FileVersion;
use crate::dataset::store::{MAX_SIDE_BYTES, STATE};

/// The version of these files; others are not read.
const VERSION: u32 = 1;

/// The files of an imported path by their names.
#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct ImportCatalog {
    version: u32,
    files: BTreeMap<String, ImportEntry>,
}

/// What is remembered of a file.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ImportEntry {
    pub version: FileVersion,
    pub content: ImportContent,
}

/// What a file has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ImportContent {
    /// Revealed seeds.
    Seeds,
    /// A recording, or something that cannot be read as one.
    Recording(Box<RecordingFacts>),
}

/// What is known of a recording without reading it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RecordingFacts {
    /// Names the seed that it was compared with.
    pub seed: Option<ShortDigest>,
    /// Of its rows.
    pub rows: ContentDigest,
    /// Its row, as if it were the only recording of its game.
    pub row: ImportRow,
    /// `None` if no tick was recorded.
    pub game: Option<GameContent>,
    /// The day of its start, else that of the game's id, else the first day of 1970.
    pub partition: Partition,
}

impl RecordingFacts {
    pub(super) fn of(record: ImportRecord, seed: Option<ShortDigest>) -> Self {
        let partition = partition_of(&record);
        let rows = (&record.row, record.game.as_ref().map(|game| &game.game));
        Self {
            seed,
            rows: ContentDigest::of(format!("{rows:?}").as_bytes()),
            game: record.game.as_ref().map(|game| GameContent {
                partition,
                ..game_facts(game)
            }),
            partition,
            row: record.row,
        }
    }
}

impl ImportCatalog {
    /// Returns the path of the catalog of an imported path, without showing where that is.
    pub(super) fn path(imported: &Path) -> String {
        let name = ShortDigest::of(imported.as_os_str().as_encoded_bytes());
        format!("{}/{name}.json", Self::folder())
    }

    /// Returns the folder of these catalogs.
    pub(super) fn folder() -> String {
        format!("{STATE}/imports")
    }

    /// Reads a catalog. One that is missing, damaged or of another version counts as empty.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub(super) fn read(target: &dyn Target, path: &str) -> Result<Self, BuildError> {
        let text = target.read(path, MAX_SIDE_BYTES)?;
        let read: Option<Self> = text.and_then(|text| serde_json::from_slice(&text).ok());
        let read = read.filter(|catalog| catalog.version == VERSION);
        Ok(read.unwrap_or_default())
    }

    /// Returns the content of a file, if it is still the one that was read.
    pub(super) fn get(&self, name: &str, version: FileVersion) -> Option<ImportContent> {
        let entry = self.files.get(name)?;
        let is_same = version.mtime.is_some() && entry.version == version;
        is_same.then(|| entry.content.clone())
    }

    /// Puts a file.
    pub(super) fn put(&mut self, name: String, entry: ImportEntry) {
        self.files.insert(name, entry);
    }

    /// Stages the catalog, if it differs from the one that is there.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub(super) fn stage_changed(
        mut self,
        target: &mut dyn Target,
        path: &str,
    ) -> Result<(), BuildError> {
        self.version = VERSION;
        if Self::read(target, path)? == self {
            return Ok(());
        }
        let text = serde_json::to_vec(&self);
        let text = text.map_err(|why| BuildError::Text { file: STATE, why })?;
        Ok(target.stage(path, &text)?)
    }
}

fn partition_of(record: &ImportRecord) -> Partition {
    let start = record.game.as_ref().and_then(|game| game.game.start_time);
    let of_id = || {
        let day = record.row.game_id.as_deref()?.get(..8)?;
        NaiveDate::parse_from_str(day, "%Y%m%d").ok()
    };
    let date = start.map(|start| start.date_naive()).or_else(of_id);
    Partition {
        origin: DataOrigin::Original,
        date: date.unwrap_or_default(),
    }
}
