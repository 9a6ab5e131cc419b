//! `pianola dataset check`: compares a data set with its recordings. Everything is built once more, every game is proven
//! again, and each file is compared with the one that is there.

mod cells;
mod comparison;
mod data_file;
mod documents;
mod rows;

use std::path::{Path, PathBuf};

use super::build::{BuildError, BuildOptions, Builder, OldSet, OnProgress, list_sources};
use super::columns::SCHEMA_VERSION;
use super::finding::Finding;
use super::manifest::{Manifest, ManifestDay};
use super::partition::{DataOrigin, DayRange};
use super::rows::Condition;
use super::salt::Salt;
use super::store::{MANIFEST, MAX_SIDE_BYTES};
use super::table_files::TableFiles;
use crate::disk::RealDisk;
use crate::game::Time;
use crate::open_file::read_regular;
use comparison::SetComparison;

/// What is checked.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// The data set.
    pub root: PathBuf,
    /// The folders of recordings that it was built of.
    pub folders: Vec<PathBuf>,
    /// The recordings of the Python original that it was built of.
    pub imports: Vec<PathBuf>,
    /// The salt of an anonymous data set.
    pub salt: Option<Salt>,
}

/// The numbers of rows that were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Games that were compared with their file and proven again.
    pub games: u64,
    /// Ticks that were compared; without a table of ticks none.
    pub ticks: u64,
    /// Sessions that were compared with their file and replayed.
    pub sessions: u64,
    /// Actions of these sessions.
    pub actions: u64,
    /// Findings.
    pub findings: u64,
}

/// Checks a data set and passes each finding to `take`.
///
/// Rows whose recordings are not there any more are a finding: nothing shows that they are right. So are recordings that
/// came or changed since the build.
///
/// # Errors
///
/// There is no data set, it is of another version, or the recordings cannot be listed.
pub fn check(
    options: &CheckOptions,
    progress: &mut OnProgress<'_>,
    take: &mut dyn FnMut(Finding),
) -> Result<CheckReport, BuildError> {
    let root = &options.root;
    let (text, manifest) = read_manifest(root)?;
    let build = build_options(options, &manifest);
    let sources = list_sources(&build, progress)?;
    let TableFiles { ours, foreign } = TableFiles::list(&RealDisk, root)?;
    let mut comparison = SetComparison::new(root, text, &manifest, ours);
    for file in &foreign {
        comparison.foreign(file);
    }
    let old = OldSet {
        manifest: Some(manifest.clone()),
        foreign,
        ..OldSet::default()
    };
    let made = Builder::new(&mut comparison, &build, &sources, old)?.prepare(progress)?;
    let (mut report, findings) = comparison.finish(&made.manifest, &made.kept)?;
    report.findings = findings.len() as u64;
    findings.into_iter().for_each(take);
    Ok(report)
}

fn read_manifest(root: &Path) -> Result<(Vec<u8>, Manifest), BuildError> {
    let path = root.join(MANIFEST);
    let text = read_regular(&path, MAX_SIDE_BYTES);
    let text = text.map_err(|_why| BuildError::NoDataSet(root.to_owned()))?;
    let manifest = Manifest::parse(&text).map_err(|why| BuildError::Manifest { path, why })?;
    if manifest.schema != SCHEMA_VERSION {
        return Err(BuildError::OlderVersion(root.to_owned()));
    }
    Ok((text, manifest))
}

/// Returns the options of a build that makes the same data set.
fn build_options(options: &CheckOptions, manifest: &Manifest) -> BuildOptions {
    let mut origins = manifest.options.origins.clone();
    origins.extend(manifest.days.iter().map(|day| day.origin));
    origins.remove(&DataOrigin::Original);
    BuildOptions {
        origins,
        range: DayRange {
            from: manifest.options.from,
            to: manifest.options.to,
        },
        // Those outside of the range of the last build are of an earlier one.
        also: manifest.days.iter().map(ManifestDay::partition).collect(),
        imports: options.imports.clone(),
        ticks: manifest.options.ticks,
        salt: options.salt.clone(),
        ..BuildOptions::new(
            options.folders.clone(),
            options.root.clone(),
            built_at(manifest),
        )
    }
}

/// Returns a time at which the days that are marked as open were open.
fn built_at(manifest: &Manifest) -> Time {
    let is_open = |condition: Condition| condition == Condition::Open;
    let open = manifest.days.iter().filter(|day| is_open(day.condition));
    let first_open = open.map(|day| day.date).min();
    let after_last = || {
        let last = manifest.days.iter().map(|day| day.date).max();
        last.and_then(|last| last.succ_opt())
    };
    let date = first_open.or_else(after_last).unwrap_or_default();
    date.and_time(chrono::NaiveTime::MIN).and_utc()
}
