//! `dataset check`: a right data set has no finding, and every changed value, row and file is found and named.

mod files;
mod recordings;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use pianola::dataset::build::{BuiltOf, built_of};
use pianola::dataset::check::{CheckOptions, CheckReport, check};
use pianola::dataset::columns::Table;
use pianola::dataset::finding::{Finding, FindingKind};
use pianola::dataset::rows::{GameRow, PathRow, Row, TickRow};
use pianola::dataset::{BuildError, BuildOptions, DataOrigin, DayRange, Salt};
use pianola::recording::Origin;
use serde_json::Value;

use crate::support::data_set::{self, build_with, files_of, games_on, put_file, put_game};
use crate::support::files::overwrite;
use crate::support::original_text::original;
use crate::support::parquet_rows::{numbers, texts};
use crate::support::recorded_session::RecordedSession;
use crate::support::table_files::{DataSet, file_of, ticks_of};

/// The id of the imported recordings.
const IMPORTED: &str = "20251029-0123456789abcdef";

struct Checked {
    report: CheckReport,
    findings: Vec<Finding>,
}

impl Checked {
    /// Returns the findings as text.
    fn text(&self) -> String {
        let lines = self.findings.iter().map(|finding| {
            let id = finding.id.as_deref().unwrap_or("-");
            let kind = finding.kind.as_str();
            format!("{kind} {} {id} {}\n", finding.file, finding.text)
        });
        lines.collect()
    }

    /// Returns the files with a finding.
    fn files(&self) -> BTreeSet<&str> {
        self.findings
            .iter()
            .map(|finding| finding.file.as_str())
            .collect()
    }
}

/// Recordings, a session and two recordings of the Python original among them, and their data set.
struct Example {
    recorded: RecordedSession,
    data: DataSet,
    folder: tempfile::TempDir,
    options: BuildOptions,
    /// The files as they were built.
    built: BTreeMap<String, Vec<u8>>,
}

impl Example {
    fn new() -> Self {
        let recorded = RecordedSession::new();
        let data = DataSet::of(recorded.folder.path());
        let folder = tempfile::tempdir().unwrap();
        let imports = folder.path().join("original");
        put_file(&imports.join("a.jsonl"), original(IMPORTED, 4).as_bytes());
        put_file(&imports.join("b.jsonl"), original(IMPORTED, 3).as_bytes());
        let recordings = recorded.folder.path().to_owned();
        let set = folder.path().join("set");
        let mut options = BuildOptions::new(vec![recordings], set, data_set::now());
        options.origins = BTreeSet::from([DataOrigin::Practice]);
        options.imports = vec![imports];
        let report = build_with(&options).unwrap();
        assert_eq!((report.games, report.sessions), (3, 1));
        Self {
            built: files_of(&options.out),
            recorded,
            data,
            folder,
            options,
        }
    }

    fn root(&self) -> &Path {
        &self.options.out
    }

    /// Returns the path of the file of a table with the games of the session.
    fn file(&self, table: Table) -> String {
        let start = format!("{table}/origin=practice/");
        let mut files = self.built.keys().filter(|path| path.starts_with(&start));
        files.next().unwrap().clone()
    }

    /// Returns the path of a file of a table.
    fn file_of_any_origin(&self, table: Table) -> String {
        let start = format!("{table}/");
        let mut files = self.built.keys().filter(|path| path.starts_with(&start));
        files.next().unwrap().clone()
    }

    fn path(&self, table: Table) -> PathBuf {
        self.root().join(self.file(table))
    }

    /// Writes other rows into the file of their table.
    fn put<R: Row>(&self, rows: &[R]) {
        overwrite(&self.path(R::TABLE), &file_of(rows));
    }

    /// Makes every file what it was.
    fn restore(&self) {
        fs::remove_dir_all(self.root()).unwrap();
        for (path, bytes) in &self.built {
            put_file(&self.root().join(path), bytes);
        }
    }

    fn check_options(&self) -> CheckOptions {
        let BuiltOf { folders, imports } = built_of(self.root()).unwrap();
        CheckOptions {
            root: self.root().to_owned(),
            folders,
            imports,
            salt: None,
        }
    }

    fn check(&self) -> Checked {
        checked(&self.check_options()).unwrap()
    }

    fn games(&self) -> Vec<GameRow> {
        self.data
            .games
            .iter()
            .map(|record| record.game.clone())
            .collect()
    }

    fn paths(&self) -> Vec<PathRow> {
        self.data
            .games
            .iter()
            .map(|record| record.path.clone())
            .collect()
    }

    fn ticks(&self) -> Vec<TickRow> {
        self.data.games.iter().flat_map(ticks_of).collect()
    }
}

fn checked(options: &CheckOptions) -> Result<Checked, BuildError> {
    let mut findings = Vec::new();
    let progress = &mut |_progress| ControlFlow::Continue(());
    let report = check(options, progress, &mut |finding| findings.push(finding))?;
    assert_eq!(report.findings, findings.len() as u64);
    Ok(Checked { report, findings })
}
