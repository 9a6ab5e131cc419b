//! Checks a data set: every row of games, paths, ticks, sessions, actions and drifts against the recordings, and every
//! game against its seed.

mod beside_file;
mod compare;
mod data_file;
mod games;
mod sessions;
mod sources;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;

use super::columns::Table;
use super::finding::{Finding, FindingKind};
use super::read::Anonymizer;
use super::rows::Row;
use super::write::batch;
use compare::differences;
use data_file::{data_files, read_columns};
use sources::Recordings;

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub struct CheckOptions<'a> {
    /// The data set.
    pub root: &'a Path,
    /// The folders of recordings that it was built of.
    pub folders: &'a [PathBuf],
    /// The anonymizer of an anonymous data set.
    pub anonymizer: Option<&'a Anonymizer>,
}

/// The numbers of checked rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Games that were compared with their file and proven again.
    pub games: u64,
    /// Ticks of these games that were compared.
    pub ticks: u64,
    /// Sessions that were compared with their file and replayed.
    pub sessions: u64,
    /// Actions of these sessions.
    pub actions: u64,
    /// Findings.
    pub findings: u64,
}

/// Checks a data set and passes each finding to `take`; `progress` is called after every portion of rows.
///
/// A row whose file is not there any more is a finding: nothing shows that it is right.
///
/// # Errors
///
/// The folder of the data set cannot be listed, or it is none.
pub fn check(
    options: CheckOptions<'_>,
    progress: &mut dyn FnMut(&CheckReport),
    take: &mut dyn FnMut(Finding),
) -> io::Result<CheckReport> {
    let games = data_files(options.root, Table::Games)?;
    let sessions = data_files(options.root, Table::Sessions)?;
    if games.is_empty() && sessions.is_empty() {
        let why = "it has no games and no sessions; name the folder of a data set";
        return Err(io::Error::new(io::ErrorKind::NotFound, why));
    }
    let mut checker = Checker {
        root: options.root,
        anonymizer: options.anonymizer,
        recordings: Recordings::new(options.folders),
        known: HashMap::new(),
        report: CheckReport::default(),
        progress,
        take,
    };
    for path in &games {
        checker.known_games(path);
    }
    for path in &games {
        if let Err(why) = checker.games_file(path) {
            checker.unreadable(path, &why);
        }
    }
    if !sessions.is_empty() {
        checker.recordings.list_sessions(options.anonymizer)?;
    }
    for path in &sessions {
        if let Err(why) = checker.sessions_file(path) {
            checker.unreadable(path, &why);
        }
    }
    Ok(checker.report)
}

/// A game of the data set.
#[derive(Debug, Clone, Copy, Default)]
struct KnownGame {
    rows: u32,
    trainable: bool,
}

/// A running check.
struct Checker<'a> {
    root: &'a Path,
    anonymizer: Option<&'a Anonymizer>,
    recordings: Recordings<'a>,
    /// The games of the data set by their id.
    known: HashMap<String, KnownGame>,
    report: CheckReport,
    progress: &'a mut dyn FnMut(&CheckReport),
    take: &'a mut dyn FnMut(Finding),
}

impl Checker<'_> {
    /// Notes the games of a file. An unreadable file is reported later.
    fn known_games(&mut self, path: &str) {
        let read = read_columns(&self.root.join(path), &["game_id", "trainable"]);
        for batch in read.unwrap_or_default() {
            let ids = batch.column(0).as_string_opt::<i32>();
            let trainable = batch.column(1).as_boolean_opt();
            let (Some(ids), Some(trainable)) = (ids, trainable) else {
                continue;
            };
            for (id, trainable) in ids.iter().flatten().zip(trainable) {
                let game = self.known.entry(id.to_owned()).or_default();
                game.rows += 1;
                game.trainable |= trainable.unwrap_or(false);
            }
        }
    }

    /// Compares found rows with the expected ones; a row without its recording is left out.
    fn compare<R: Row + Clone>(
        &mut self,
        path: &str,
        expected: &[Option<R>],
        found: &[RecordBatch],
        id: &dyn Fn(&R) -> String,
    ) -> io::Result<()> {
        let mut start = 0;
        for found in found {
            let rows = &expected[start..start + found.num_rows()];
            start += found.num_rows();
            let mut first = 0;
            for run in rows.chunk_by(|a, b| a.is_some() == b.is_some()) {
                let found = found.slice(first, run.len());
                first += run.len();
                let run: Vec<R> = run.iter().flatten().cloned().collect();
                if run.is_empty() {
                    continue;
                }
                for difference in differences(R::TABLE, &batch(&run)?, &found) {
                    let id = id(&run[difference.row]);
                    self.finding(FindingKind::DataDiffers, path, Some(id), difference.text);
                }
            }
        }
        Ok(())
    }

    fn finding(&mut self, kind: FindingKind, file: &str, id: Option<String>, text: String) {
        self.report.findings += 1;
        (self.take)(Finding {
            kind,
            file: file.to_owned(),
            id,
            text,
        });
    }

    fn unreadable(&mut self, path: &str, why: &io::Error) {
        self.finding(
            FindingKind::Unreadable,
            path,
            None,
            format!("cannot be read: {why}"),
        );
    }
}

/// Returns the texts of a column of text.
fn texts<'b>(batch: &'b RecordBatch, name: &str) -> Vec<&'b str> {
    let column = batch
        .column_by_name(name)
        .and_then(|column| column.as_string_opt::<i32>());
    let texts = column.into_iter().flatten();
    texts.map(Option::unwrap_or_default).collect()
}
