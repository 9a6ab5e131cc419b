//! What a data set has beside its tables, and the report of the build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::builder::{Builder, UnitStates};
use super::import_catalog::ImportCatalog;
use super::kept_days::{days_in_words, notes_of_kept_days};
use super::report::{BuildReport, Documents};
use super::tables::quality_file;
use super::{BuildError, canonical};
use crate::dataset::columns::Table;
use crate::dataset::documents::{DocumentFacts, document, readme};
use crate::dataset::finding::{Finding, FindingKind};
use crate::dataset::manifest::{DataFile, Manifest, ManifestDay};
use crate::dataset::partition::{DataOrigin, Partition, parse_day};
use crate::dataset::quality::Report;
use crate::dataset::rows::QualityRow;
use crate::dataset::store::{MAX_SIDE_BYTES, QUALITY, STATE};
use crate::dataset::unit_state::{KeptGame, UnitState};
use crate::open_file::read_regular;
use crate::paths;
use crate::plural::count;

/// Where the folders of recordings are noted, for `pianola dataset check`.
pub const FOLDERS: &str = ".state/folders.json";

/// What a data set was built of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BuiltOf {
    /// The folders of recordings.
    pub folders: Vec<PathBuf>,
    /// The recordings of the Python original.
    #[serde(default)]
    pub imports: Vec<PathBuf>,
}

/// Returns what a data set was built of, as far as that is still there; `None` if it is not noted.
pub fn built_of(root: &Path) -> Option<BuiltOf> {
    let text = read_regular(&root.join(FOLDERS), MAX_SIDE_BYTES).ok()?;
    let mut built_of: BuiltOf = serde_json::from_slice(&text).ok()?;
    built_of.folders.retain(|folder| folder.is_dir());
    built_of.imports.retain(|path| path.exists());
    Some(built_of)
}

impl Builder<'_> {
    /// Returns the report and the files beside the tables.
    pub(super) fn documents(
        &self,
        manifest: &Manifest,
        states: &UnitStates,
        quality: &Report,
    ) -> Result<Documents, BuildError> {
        let mut report = BuildReport {
            games: manifest.rows(Table::Games),
            sessions: manifest.rows(Table::Sessions),
            bytes: manifest.bytes(),
            findings: quality.findings.clone(),
            notes: self.notes(manifest),
            ..BuildReport::default()
        };
        for day in &manifest.days {
            if let Some(state) = states.get(&day.partition()) {
                self.count(day, state, &mut report)?;
            }
        }
        let facts = DocumentFacts {
            tables: manifest
                .tables
                .iter()
                .map(|table| (table.name, table.rows))
                .collect(),
            anonymized: manifest.options.anonymized,
        };
        let text = |file, text: serde_json::Result<Vec<u8>>| {
            text.map_err(|why| BuildError::Text { file, why })
        };
        let mut files = vec![
            ("quality.txt", quality.to_text().into_bytes()),
            (QUALITY, text(QUALITY, quality.to_json())?),
            ("quality.html", quality.to_html().into_bytes()),
            ("README.md", readme(quality, &facts).into_bytes()),
            (
                "croissant.json",
                text("croissant.json", document(quality, &facts))?,
            ),
        ];
        if self.anonymizer.is_none() {
            files.push((
                FOLDERS,
                text(FOLDERS, serde_json::to_vec(&self.built_of(&manifest.days)?))?,
            ));
        }
        Ok(Documents { report, files })
    }

    /// Returns what is remembered of all partitions, and the quality report on them.
    pub(super) fn quality(
        &mut self,
        days: &[ManifestDay],
    ) -> Result<(UnitStates, Report), BuildError> {
        let mut states = UnitStates::new();
        for day in days {
            states.insert(day.partition(), self.take_state(day)?);
        }
        let mut findings = self.findings_of_folders();
        findings.extend(
            states
                .values()
                .flat_map(|state| state.findings.iter().cloned()),
        );
        let facts: Vec<_> = states.values().map(|state| state.facts.clone()).collect();
        let report = Report::new(&facts, &findings, self.options.now.date_naive());
        Ok((states, report))
    }

    /// Writes the table `quality`: a row depends on the days around it. Days between others on which nothing was recorded
    /// are added.
    pub(super) fn write_quality(
        &mut self,
        quality: &Report,
        days: &mut Vec<ManifestDay>,
    ) -> Result<(), BuildError> {
        let mut by_partition = BTreeMap::new();
        for mut day in days.drain(..) {
            day.files.retain(|file| file.table != Table::Quality);
            by_partition.insert(day.partition(), day);
        }
        let old = self.old_quality()?;
        for found in &quality.days {
            let Ok(origin) = found.row.source_origin.parse() else {
                continue; // Every origin has its name from here.
            };
            let partition = Partition {
                origin,
                date: found.date,
            };
            let file = match old.get(&partition) {
                Some((row, file)) if *row == found.row => file.clone(),
                _ => {
                    let table = quality_file(partition, found.row.clone());
                    let table = table.map_err(|why| BuildError::Tables { partition, why })?;
                    self.stage_table(partition, table)?
                }
            };
            let day = by_partition.entry(partition);
            let day = day.or_insert_with(|| ManifestDay::new(partition, None));
            day.condition = found.row.condition;
            day.files.push(file);
        }
        days.extend(by_partition.into_values());
        Ok(())
    }

    /// Returns the rows of the table `quality` that are there, with their files. Most stay as they are, and a file of many
    /// columns takes some time.
    fn old_quality(&self) -> Result<BTreeMap<Partition, (QualityRow, DataFile)>, BuildError> {
        let text = self.target.read(QUALITY, MAX_SIDE_BYTES)?;
        let report = text.and_then(|text| Report::parse(&text).ok());
        let mut rows = BTreeMap::new();
        for day in report.into_iter().flat_map(|report| report.days) {
            let origin = day.row.source_origin.parse().ok();
            let partition = origin.map(|origin| Partition {
                origin,
                date: day.date,
            });
            if let Some(partition) = partition
                && let Some(file) = self.old_file(partition, Table::Quality)
            {
                rows.insert(partition, (day.row, file.clone()));
            }
        }
        Ok(rows)
    }

    /// Returns the paths of files that the new data set does not have.
    pub(super) fn obsolete(&self, manifest: &Manifest) -> Result<Vec<String>, BuildError> {
        let data = manifest.days.iter().flat_map(|day| &day.files);
        let data: BTreeSet<&str> = data.map(|file| file.path.as_str()).collect();
        let mut obsolete = self.old.in_place.clone();
        obsolete.extend(self.old.uncertain.iter().cloned());
        obsolete.retain(|path| !data.contains(path.as_str()));
        let days = manifest.days.iter().filter(|day| day.source.is_some());
        let states: BTreeSet<_> = days.map(|day| UnitState::path(day.partition())).collect();
        let found = self.target.files_below(&format!("{STATE}/units"))?;
        obsolete.extend(found.into_iter().filter(|path| !states.contains(path)));
        obsolete.extend(self.obsolete_catalogs()?);
        if !self.imports.catalogs().is_empty() {
            let found = self.target.files_below(&ImportCatalog::folder())?;
            obsolete.extend(&found - self.imports.catalogs());
        }
        if self.anonymizer.is_some() && self.target.read(FOLDERS, MAX_SIDE_BYTES)?.is_some() {
            obsolete.insert(FOLDERS.to_owned());
        }
        Ok(obsolete.into_iter().collect())
    }

    /// Returns the catalogs of days that the folders of recordings do not have any more.
    fn obsolete_catalogs(&self) -> Result<BTreeSet<String>, BuildError> {
        let mut obsolete = BTreeSet::new();
        for folder in 0..self.sources.folders.len() {
            obsolete.extend(self.target.files_below(&self.names.folder(folder))?);
        }
        obsolete.retain(|path| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let date = name.strip_suffix(".json").and_then(parse_day);
            date.is_none_or(|date| self.options.range.contains(date))
        });
        for day in &self.sources.days {
            for file in &day.files {
                obsolete.remove(&self.names.path(file.folder, day.date));
            }
        }
        Ok(obsolete)
    }

    /// Returns what the data set is built of, for the check. A path that is no text cannot be noted.
    fn built_of(&self, days: &[ManifestDay]) -> Result<BuiltOf, BuildError> {
        let is_text = |path: &PathBuf| path.to_str().is_some();
        let text = self.target.read(FOLDERS, MAX_SIDE_BYTES)?;
        let old = text.and_then(|text| serde_json::from_slice::<BuiltOf>(&text).ok());
        let old = old.unwrap_or_default();
        let mut folders = self.sources.named.clone();
        folders.extend(self.folders_of_other_days(days, &old.folders));
        folders.retain(is_text);
        folders.sort();
        folders.dedup();
        let imports = self.options.imports.iter().map(|path| canonical(path));
        let mut imports: Vec<_> = imports.filter(is_text).collect();
        if imports.is_empty() {
            // Their rows stay.
            imports = old.imports;
        }
        Ok(BuiltOf { folders, imports })
    }

    /// Returns the folders of days that an earlier build made and that this one did not look at: `old` are the folders of
    /// that build.
    fn folders_of_other_days(&self, days: &[ManifestDay], old: &[PathBuf]) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        for day in days {
            let is_recorded = day.source.is_some() && day.origin != DataOrigin::Original;
            if !is_recorded || day.gone || self.looks_at(day.partition()) {
                continue;
            }
            let name = day.date.to_string();
            for folder in old {
                let of_day = if folder.ends_with(&name) {
                    folder.clone()
                } else {
                    folder.join(&name)
                };
                let mut above = of_day.ancestors().take(2);
                let is_named =
                    above.any(|path| self.sources.named.iter().any(|named| named == path));
                if !is_named && of_day.is_dir() {
                    folders.push(of_day);
                }
            }
        }
        folders
    }

    /// Adds a partition to the report.
    fn count(
        &self,
        day: &ManifestDay,
        state: &UnitState,
        report: &mut BuildReport,
    ) -> Result<(), BuildError> {
        report.ticks += state.ticks;
        report.duplicates += state.duplicates;
        if day.gone {
            report.gone.push(day.partition());
        }
        if !self.is_written(day) {
            report.unchanged += state.games.len() as u64;
            return Ok(());
        }
        report.written.push(day.partition());
        let old = self.old_state(day.partition())?;
        let before: BTreeSet<&KeptGame> = old.iter().flat_map(|old| &old.games).collect();
        let ids: BTreeSet<_> = before.iter().map(|game| game.id).collect();
        for game in &state.games {
            let slot = if !ids.contains(&game.id) {
                &mut report.new
            } else if before.contains(game) {
                &mut report.unchanged
            } else {
                &mut report.changed
            };
            *slot += 1;
        }
        Ok(())
    }

    /// Returns what is wrong with folders, of the recordings and of the data set, and with imported files that have no row.
    pub(super) fn findings_of_folders(&self) -> Vec<Finding> {
        let unlisted = self.sources.unlisted.iter();
        let unlisted = unlisted.chain(self.imports.unreadable());
        let unlisted = unlisted.map(|(path, why)| Finding {
            kind: FindingKind::Unreadable,
            file: end_of(path),
            id: None,
            text: why.clone(),
        });
        let foreign = self.old.foreign.iter().cloned();
        let foreign = foreign.map(|file| Finding {
            kind: FindingKind::DataDiffers,
            file,
            id: None,
            text: "it is no file of the data set, and readers of the table would read it: move it away".to_owned(),
        });
        unlisted.chain(foreign).collect()
    }

    /// Returns what the user should know beside the findings.
    fn notes(&self, manifest: &Manifest) -> Vec<String> {
        let mut notes = Vec::new();
        for folder in &self.sources.without_days {
            notes.push(format!(
                "there are no days in {}; name a folder of recordings, such as `live`",
                paths::text(folder)
            ));
        }
        for (origin, files) in &self.left_out {
            let empty = if manifest.rows(Table::Games) == 0 {
                "the data set has no game: "
            } else {
                ""
            };
            let (are, them) = if *files == 1 {
                ("is", "it")
            } else {
                ("are", "them")
            };
            let files = count(files, "file");
            notes.push(format!(
                "{empty}{files} of origin {origin} {are} left out; --origin {origin} takes {them}"
            ));
        }
        notes.extend(notes_of_kept_days(
            &manifest.days,
            |partition| self.looks_at(partition),
            &self.old.in_place,
        ));
        notes
    }

    /// Fails if days that are not built again were built with other options or by another version.
    pub(super) fn check_shape(&self, kept: &[ManifestDay]) -> Result<(), BuildError> {
        let Some(how) = self.old_shape() else {
            return Ok(());
        };
        let (gone, elsewhere): (Vec<_>, Vec<_>) = kept.iter().partition(|day| day.gone);
        if let Some(days) = days_in_words(&elsewhere) {
            return Err(BuildError::OtherShapeElsewhere { how, days });
        }
        match days_in_words(&gone) {
            Some(days) => Err(BuildError::OtherShape { how, days }),
            None => Ok(()),
        }
    }
}

/// Returns the last two parts of a path.
fn end_of(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}
