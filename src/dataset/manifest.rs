//! `dataset.json`: what is in a data set. It is written last, so it never names a file that is not there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::columns::{Column, SCHEMA_VERSION, Table};
use super::digest::{ContentDigest, ShortDigest};
use super::partition::{DataOrigin, Partition};
use super::rows::Condition;
use super::schema::columns;
use crate::recording::APP;
use crate::recording::format::json;

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A newer program wrote it.
    #[error(
        "this data set has version {found}, and this program knows versions up to {SCHEMA_VERSION}; use a newer Pianola or another folder"
    )]
    Newer {
        /// Its version.
        found: u32,
    },
    /// It is no manifest.
    #[error("dataset.json cannot be read ({0}); remove it to build everything again")]
    Damaged(String),
}

/// What is in a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the tables.
    pub schema: u32,
    /// The program that built it.
    pub app: String,
    /// How it was built.
    pub options: ManifestOptions,
    /// The tables.
    pub tables: Vec<ManifestTable>,
    /// Each origin and day, sorted.
    pub days: Vec<ManifestDay>,
}

/// How a data set was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestOptions {
    /// The origins of the last build.
    pub origins: BTreeSet<DataOrigin>,
    /// The first day of the last build.
    pub from: Option<NaiveDate>,
    /// The last day of the last build.
    pub to: Option<NaiveDate>,
    /// Whether there is a table of ticks.
    pub ticks: bool,
    /// Whether players are replaced by salted hashes.
    pub anonymized: bool,
    /// Names their salt, without showing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<ShortDigest>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManifestTable {
    /// Its name.
    pub name: Table,
    /// The number of rows.
    pub rows: u64,
    /// The length of its files.
    pub bytes: u64,
    /// The number of files.
    pub files: u64,
    /// The columns.
    pub columns: Vec<ManifestColumn>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestColumn {
    /// Its name.
    pub name: String,
    /// Its type, as in the documents.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether a value may be missing.
    pub nullable: bool,
    /// The unit, or empty.
    pub unit: String,
    /// What it is.
    pub meaning: String,
    /// When it can be known: `before`, `during`, `after` or `meta`.
    pub known_at: String,
}

impl From<&Column> for ManifestColumn {
    fn from(column: &Column) -> Self {
        Self {
            name: column.name.clone(),
            kind: column.kind.as_str().to_owned(),
            nullable: column.nullable,
            unit: column.unit.to_owned(),
            meaning: column.meaning.clone(),
            known_at: column.known_at.as_str().to_owned(),
        }
    }
}

/// An origin and a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestDay {
    /// The origin.
    pub origin: DataOrigin,
    /// The day.
    pub date: NaiveDate,
    /// The digest of the source files, of the options and of the version; `None` for a day between others on which
    /// nothing was recorded.
    pub source: Option<ContentDigest>,
    /// How good the day is.
    pub condition: Condition,
    /// The source has no file of this day any more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub gone: bool,
    /// The data files.
    pub files: Vec<DataFile>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// A data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Its table.
    pub table: Table,
    /// Its path in the data set.
    pub path: String,
    /// The number of rows.
    pub rows: u64,
    /// The length.
    pub bytes: u64,
    /// Of its content.
    pub sha256: ContentDigest,
}

impl ManifestDay {
    /// Returns a day without files.
    pub fn new(partition: Partition, source: Option<ContentDigest>) -> Self {
        Self {
            origin: partition.origin,
            date: partition.date,
            source,
            condition: Condition::Missing,
            gone: false,
            files: Vec::new(),
        }
    }

    /// Returns origin and day.
    pub fn partition(&self) -> Partition {
        Partition {
            origin: self.origin,
            date: self.date,
        }
    }
}

impl Manifest {
    /// Returns the manifest of these days.
    pub fn new(options: ManifestOptions, days: Vec<ManifestDay>) -> Self {
        let tables = Table::ALL
            .iter()
            .filter(|table| options.ticks || **table != Table::Ticks);
        let tables = tables.map(|table| {
            let files = days.iter().flat_map(|day| &day.files);
            let files: Vec<_> = files.filter(|file| file.table == *table).collect();
            ManifestTable {
                name: *table,
                rows: files.iter().map(|file| file.rows).sum(),
                bytes: files.iter().map(|file| file.bytes).sum(),
                files: files.len() as u64,
                columns: columns(*table).iter().map(ManifestColumn::from).collect(),
            }
        });
        Self {
            schema: SCHEMA_VERSION,
            app: APP.to_owned(),
            tables: tables.collect(),
            options,
            days,
        }
    }

    /// Reads the text of a manifest.
    ///
    /// # Errors
    ///
    /// A newer version, or no manifest.
    pub fn parse(text: &[u8]) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        struct Probe {
            schema: u32,
        }
        let damaged = |error: serde_json::Error| ManifestError::Damaged(error.to_string());
        // The version is read first: a newer manifest may have other keys.
        let Probe { schema } = serde_json::from_slice(text).map_err(damaged)?;
        if schema > SCHEMA_VERSION {
            return Err(ManifestError::Newer { found: schema });
        }
        serde_json::from_slice(text).map_err(damaged)
    }

    /// Returns the text of the manifest.
    ///
    /// # Errors
    ///
    /// None in practice: every value can be written.
    pub fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        json::to_text(self)
    }

    /// Returns the table with this name, if the data set has it.
    pub fn table(&self, name: Table) -> Option<&ManifestTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Returns the number of rows of a table.
    pub fn rows(&self, name: Table) -> u64 {
        self.table(name).map_or(0, |table| table.rows)
    }

    /// Returns the length of all data files.
    pub fn bytes(&self) -> u64 {
        self.tables.iter().map(|table| table.bytes).sum()
    }

    /// Returns the days by origin and day.
    pub fn by_partition(&self) -> BTreeMap<Partition, &ManifestDay> {
        let days = self.days.iter();
        days.map(|day| (day.partition(), day)).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::dataset::partition::parse_day;

    fn manifest() -> Manifest {
        let options = ManifestOptions {
            origins: BTreeSet::from([DataOrigin::Live]),
            from: None,
            to: parse_day("2025-12-15"),
            ticks: true,
            anonymized: false,
            salt: None,
        };
        let file = |table: Table, rows| DataFile {
            table,
            path: format!("{table}/origin=live/date=2025-12-15/part-0.parquet"),
            rows,
            bytes: 100 * rows,
            sha256: ContentDigest::of(b"content"),
        };
        let day = ManifestDay {
            origin: DataOrigin::Live,
            date: parse_day("2025-12-15").unwrap(),
            source: Some(ContentDigest::of(b"source")),
            condition: Condition::Degraded,
            gone: false,
            files: vec![file(Table::Games, 3), file(Table::Ticks, 600)],
        };
        Manifest::new(options, vec![day])
    }

    #[test]
    fn a_manifest_is_read_back_and_counts_its_tables() {
        let manifest = manifest();
        let text = manifest.to_text().unwrap();
        assert_eq!(Manifest::parse(&text).unwrap(), manifest);
        assert_eq!(
            (manifest.rows(Table::Games), manifest.rows(Table::Drifts)),
            (3, 0)
        );
        assert_eq!(manifest.bytes(), 60_300);
        let columns = &manifest.table(Table::Games).unwrap().columns;
        assert!(
            columns
                .iter()
                .any(|column| column.known_at == "after" && column.unit == "x")
        );
        assert!(!String::from_utf8(text).unwrap().contains("gone"));
    }

    #[test]
    fn a_newer_manifest_is_refused_whatever_its_other_keys_are() {
        let error = Manifest::parse(b"{ \"schema\": 99, \"days\": 5 }").unwrap_err();
        assert!(matches!(error, ManifestError::Newer { found: 99 }));
        for text in ["", "[]", "{}", "{ \"schema\": 1 }", "{ \"schema\": -1 }"] {
            let error = Manifest::parse(text.as_bytes()).unwrap_err();
            assert!(matches!(error, ManifestError::Damaged(_)), "{text}");
        }
    }
}
