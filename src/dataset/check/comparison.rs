//! Takes the files of a build and compares each with the one in the data set.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::documents::{document_difference, json_difference};
use super::rows::compare_rows;
use super::{CheckReport, data_file};
use crate::dataset::build::{BuildError, Target};
use crate::dataset::columns::Table;
use crate::dataset::digest::ContentDigest;
use crate::dataset::finding::{Finding, FindingKind};
use crate::dataset::manifest::{DataFile, Manifest, ManifestDay};
use crate::dataset::partition::Partition;
use crate::dataset::quality::Report;
use crate::dataset::store::{MANIFEST, QUALITY, STATE};
use crate::dataset::store_error::StoreError;
use crate::dataset::table_files::{files_below, table_of};
use crate::disk::{Disk as _, RealDisk};
use crate::plural::count;
use crate::recording::APP;

/// The longest file that is read, in bytes: a day has some megabytes.
const MAX_FILE_BYTES: u64 = 4 << 30;

/// The result for one file.
#[derive(Default)]
struct Compared {
    rows: u64,
    /// Of the file that is there.
    sha256: Option<ContentDigest>,
    findings: Vec<Finding>,
}

/// A data set that is compared with a build.
pub(super) struct SetComparison<'a> {
    root: &'a Path,
    text: Vec<u8>,
    manifest: &'a Manifest,
    /// The data files that the manifest names.
    stated: BTreeMap<&'a str, &'a DataFile>,
    /// The data files that are there.
    there: BTreeSet<String>,
    /// The files that a build makes.
    compared: BTreeMap<String, Compared>,
    findings: Vec<Finding>,
}

fn finding(file: &str, text: impl Into<String>) -> Finding {
    Finding {
        kind: FindingKind::DataDiffers,
        file: file.to_owned(),
        id: None,
        text: text.into(),
    }
}

impl<'a> SetComparison<'a> {
    /// Returns a comparison with a data set; `text` is that of its manifest.
    pub fn new(
        root: &'a Path,
        text: Vec<u8>,
        manifest: &'a Manifest,
        there: BTreeSet<String>,
    ) -> Self {
        let files = manifest.days.iter().flat_map(|day| &day.files);
        Self {
            root,
            text,
            manifest,
            stated: files.map(|file| (file.path.as_str(), file)).collect(),
            there,
            compared: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// Notes a file in the folder of a table that no build writes.
    pub fn foreign(&mut self, file: &str) {
        let text =
            "it is no file of the data set, and readers of the table would read it: move it away";
        self.findings.push(finding(file, text));
    }

    /// Returns the findings, once everything was taken. `fresh` is the manifest of the build, `kept` the partitions that were
    /// not built.
    ///
    /// # Errors
    ///
    /// The manifest cannot be written as text.
    pub fn finish(
        mut self,
        fresh: &Manifest,
        kept: &BTreeSet<Partition>,
    ) -> Result<(CheckReport, Vec<Finding>), BuildError> {
        let mut report = CheckReport::default();
        for (path, compared) in &self.compared {
            match table_of(path) {
                Some(Table::Games) => report.games += compared.rows,
                Some(Table::Ticks) => report.ticks += compared.rows,
                Some(Table::Sessions) => report.sessions += compared.rows,
                Some(Table::Actions) => report.actions += compared.rows,
                _ => {}
            }
        }
        self.check_files(fresh);
        self.check_days(fresh, kept);
        self.check_manifest()?;
        let mut findings = self.findings;
        findings.extend(
            self.compared
                .into_values()
                .flat_map(|compared| compared.findings),
        );
        findings.sort();
        Ok((report, findings))
    }

    /// Checks the data files against what the manifest states of them, and those that no recording makes.
    fn check_files(&mut self, fresh: &Manifest) {
        let kept = fresh.days.iter().flat_map(|day| &day.files);
        let kept: BTreeSet<&str> = kept.map(|file| file.path.as_str()).collect();
        let stated = self.stated.keys().map(|path| (*path).to_owned());
        let all: BTreeSet<String> = stated.chain(self.there.iter().cloned()).collect();
        for path in all {
            let compared = self.compared.get(&path);
            if compared.is_some_and(|compared| !compared.findings.is_empty()) {
                continue;
            }
            let sha256 = match compared {
                Some(compared) => compared.sha256,
                None if !kept.contains(path.as_str()) && self.there.contains(&path) => {
                    let text = "no recording makes its rows";
                    self.findings.push(finding(&path, text));
                    continue;
                }
                None => match self.read(&path) {
                    Ok(bytes) => bytes.map(|bytes| ContentDigest::of(&bytes)),
                    Err(why) => {
                        self.unreadable(&path, &why);
                        continue;
                    }
                },
            };
            let text = match (self.stated.get(path.as_str()), sha256) {
                (Some(stated), Some(found)) if stated.sha256 == found => continue,
                (Some(_), Some(_)) => {
                    "it is not the file that dataset.json states (another SHA-256), though no row differs"
                }
                (Some(_), None) => "dataset.json names it, and it is not there",
                (None, _) => "dataset.json does not name it",
            };
            self.findings.push(finding(&path, text));
        }
    }

    /// Compares the days of the manifest with those of the build.
    fn check_days(&mut self, fresh: &Manifest, kept: &BTreeSet<Partition>) {
        let (there, right) = (self.manifest.by_partition(), fresh.by_partition());
        let partitions: BTreeSet<Partition> = there.keys().chain(right.keys()).copied().collect();
        for partition in partitions {
            let text = match (there.get(&partition), right.get(&partition)) {
                _ if kept.contains(&partition) => Some(
                    "its recordings are not in the folders that were read, so nothing shows that its rows are right; name the folders and imports that it was built of".to_owned(),
                ),
                (Some(there), Some(right)) => day_difference(there, right),
                (Some(_), None) => Some("the recordings have nothing of it".to_owned()),
                (None, _) => Some("it is missing, and the recordings have it".to_owned()),
            };
            if let Some(text) = text {
                let text = format!("{partition}: {text}");
                self.findings.push(finding(MANIFEST, text));
            }
        }
    }

    /// Compares the rest of the manifest.
    fn check_manifest(&mut self) -> Result<(), BuildError> {
        let tables =
            Manifest::new(self.manifest.options.clone(), self.manifest.days.clone()).tables;
        if tables != self.manifest.tables {
            let text = "its tables are not those of its days";
            self.findings.push(finding(MANIFEST, text));
        }
        let text = |why| BuildError::Text {
            file: MANIFEST,
            why,
        };
        if self.is_of_this_program() && self.manifest.to_text().map_err(text)? != self.text {
            let text = "it is not written as a build writes it";
            self.findings.push(finding(MANIFEST, text));
        }
        // Both are written by every build.
        let report = self.read(QUALITY).ok().flatten();
        let report = report.and_then(|text| Report::parse(&text).ok());
        if report.is_some_and(|report| report.app != self.manifest.app) {
            let text = "its app is not that of quality.json";
            self.findings.push(finding(MANIFEST, text));
        }
        Ok(())
    }

    /// Whether another version of the program may have written the documents in other words.
    fn is_of_this_program(&self) -> bool {
        self.manifest.app == APP
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match RealDisk.read_at_most(&self.root.join(path), MAX_FILE_BYTES) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(why),
        }
    }

    fn unreadable(&mut self, path: &str, why: &io::Error) {
        self.findings.push(unreadable(path, why));
    }

    fn compare(&self, path: &str, right: &[u8]) -> Compared {
        let found = match self.read(path) {
            Ok(Some(found)) => found,
            Ok(None) => {
                let text = match table_of(path) {
                    Some(table) => format!(
                        "it is missing, and the recordings give it {}",
                        count(data_file::rows_of(table, right), "row")
                    ),
                    None => "it is missing".to_owned(),
                };
                return Compared {
                    findings: vec![finding(path, text)],
                    ..Compared::default()
                };
            }
            Err(why) => {
                return Compared {
                    findings: vec![unreadable(path, &why)],
                    ..Compared::default()
                };
            }
        };
        let mut compared = Compared {
            sha256: Some(ContentDigest::of(&found)),
            ..Compared::default()
        };
        if let Some(table) = table_of(path) {
            if found == right {
                compared.rows = data_file::rows_of(table, right);
                return compared;
            }
            match compare_rows(table, &self.root.join(path), right) {
                Ok(rows) => {
                    compared.rows = rows.compared;
                    let differs = rows.differences.into_iter().map(|(id, text)| Finding {
                        id,
                        ..finding(path, text)
                    });
                    compared.findings = differs.collect();
                }
                Err(why) => compared.findings.push(unreadable(path, &why)),
            }
        } else if self.is_of_this_program()
            && let Some(text) = document_difference(path, &found, right)
        {
            compared.findings.push(finding(path, text));
        }
        compared
    }
}

fn unreadable(path: &str, why: &io::Error) -> Finding {
    Finding {
        kind: FindingKind::Unreadable,
        ..finding(path, format!("it cannot be read: {why}"))
    }
}

/// Returns how a day of the manifest differs from that of the build.
fn day_difference(there: &ManifestDay, right: &ManifestDay) -> Option<String> {
    if there.source != right.source {
        let text = "its recordings are not those of the build; build the data set again";
        return Some(text.to_owned());
    }
    // Another version of the program may make other bytes of the same rows, which are compared file by file.
    let without_bytes = |day: &ManifestDay| {
        let mut day = day.clone();
        for file in &mut day.files {
            (file.bytes, file.sha256) = (0, ContentDigest::of(b""));
        }
        serde_json::to_value(day).unwrap_or_default()
    };
    json_difference(&without_bytes(there), &without_bytes(right))
}

impl Target for SetComparison<'_> {
    /// What a build remembers of recordings does not count: all of them are read again.
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let is_state = path.starts_with(STATE);
        let of_days = format!("{STATE}/units/");
        if is_state && !path.starts_with(&of_days) {
            return Ok(None);
        }
        let path = self.root.join(path);
        match RealDisk.read_at_most(&path, limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(why) => match why.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::FileTooLarge => Ok(None),
                _ => Err(StoreError::new("read", &path, why)),
            },
        }
    }

    fn files_below(&self, folder: &str) -> Result<BTreeSet<String>, StoreError> {
        files_below(&RealDisk, self.root, folder)
    }

    fn stage(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        if path != MANIFEST && !path.starts_with(STATE) {
            let compared = self.compare(path, bytes);
            self.compared.insert(path.to_owned(), compared);
        }
        Ok(())
    }

    fn unstage(&mut self, path: &str) -> Result<(), StoreError> {
        self.compared.remove(path);
        Ok(())
    }
}
