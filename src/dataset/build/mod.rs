//! Builds a data set, or brings it up to date: idempotent, and safe against a kill at any moment.
//!
//! 1. The files are listed; those that have changed since the last build are read, and proven again.
//! 2. It is decided which recording of each game becomes its row. A partition whose digest is the one in `dataset.json`
//!    stays untouched; the others are written to the staging folder. Those without copies elsewhere were written while
//!    they were read.
//! 3. The new files are put in their places, `dataset.json` last.

mod builder;
mod catalog_names;
mod documents;
mod import_catalog;
mod imports;
mod kept_days;
mod options;
mod read_days;
mod reading;
mod report;
mod tables;
mod target;
mod unit;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub(super) use builder::Builder;
pub use documents::{BuiltOf, built_of};
pub use options::BuildOptions;
pub use report::BuildReport;
pub(super) use target::{OldSet, Target};

use super::lock::{BuildLock, LockError};
use super::manifest::{Manifest, ManifestError};
use super::partition::Partition;
use super::progress::BuildProgress;
use super::source::{SourceError, Sources};
use super::store::{MANIFEST, MAX_SIDE_BYTES, Store};
use super::store_error::StoreError;
use super::table_files::TableFiles;
use crate::disk::{Disk, RealDisk};
use crate::paths;

/// Why a data set was not built. The one that was there is unchanged, or finished by the next build.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folders of recordings cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A recording of the Python original cannot be read.
    #[error("cannot read {}: {why}; {advice}", paths::text(path))]
    Import {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        why: String,
        /// What to do.
        advice: &'static str,
    },
    /// The folder of the data set cannot be written to.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The folder has no data set.
    #[error(
        "there is no data set in {}; name a folder that `pianola dataset build` made",
        paths::text(.0)
    )]
    NoDataSet(PathBuf),
    /// The data set is of an older version, which only a build reads.
    #[error(
        "the data set in {} was built by an older version; build it again",
        paths::text(.0)
    )]
    OlderVersion(PathBuf),
    /// The manifest cannot be used.
    #[error("{}: {why}", paths::text(path))]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        why: ManifestError,
    },
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system starts no thread.
    #[error("cannot start the threads that read the recordings: {0}")]
    Threads(std::io::Error),
    /// A text cannot be made.
    #[error("cannot write {file}: {why}")]
    Text {
        /// The file.
        file: &'static str,
        /// The error.
        why: serde_json::Error,
    },
    /// The rows cannot be written to memory.
    #[error("cannot make the tables of {partition}: {why}")]
    Tables {
        /// The origin and day.
        partition: Partition,
        /// The error.
        why: std::io::Error,
    },
    /// The data set would be among the recordings.
    #[error(
        "{} is a folder of recordings; choose another folder for the data set",
        paths::text(.0)
    )]
    InsideRecordings(PathBuf),
    /// Days whose recordings are gone were built in another way.
    #[error(
        "this data set was built {how}, and the recordings of {days} are gone; rebuild it without them (--rebuild), bring the recordings back, or choose another folder (--out)"
    )]
    OtherShape {
        /// The difference, in words.
        how: &'static str,
        /// The first of the days, and how many there are.
        days: String,
    },
    /// Days that this build does not look at were built in another way.
    #[error(
        "this data set was built {how}, and this build leaves out {days} of it; build them, too (FOLDER, --origin, --from, --to), or choose another folder (--out)"
    )]
    OtherShapeElsewhere {
        /// The difference, in words.
        how: &'static str,
        /// The first of the days, and how many there are.
        days: String,
    },
    /// What a build remembers of a day is lost or of an older version, and the day is not built again.
    #[error(
        "what was remembered of {0} is lost or of an older version, and this build does not read its recordings; build that day, too (FOLDER, --origin, --from, --to), rebuild without it if they are gone (--rebuild), or choose another folder (--out)"
    )]
    LostState(Partition),
    /// The user cancelled the build.
    #[error("cancelled: the data set is as it was")]
    Cancelled,
    /// A fault of the program.
    #[error(
        "the build failed by a fault of the program; the data set is as it was or is finished by the next build"
    )]
    Panicked,
}

/// Takes the progress of a build; breaking cancels it.
pub type OnProgress<'a> = dyn FnMut(BuildProgress) -> ControlFlow<()> + 'a;

/// Builds a data set, or brings it up to date.
///
/// # Errors
///
/// See [`BuildError`].
pub fn build(
    options: &BuildOptions,
    progress: &mut OnProgress<'_>,
) -> Result<BuildReport, BuildError> {
    let sources = list_sources(options, progress)?;
    let lock = BuildLock::acquire(&options.out)?;
    let built = build_on(&RealDisk, options, &sources, progress);
    if built.is_err() {
        lock.release_failed();
    }
    built
}

/// Builds a data set on another disk, without the lock; the recordings are on the real one.
///
/// # Errors
///
/// As [`build`].
pub fn build_without_lock(
    disk: &dyn Disk,
    options: &BuildOptions,
    progress: &mut OnProgress<'_>,
) -> Result<BuildReport, BuildError> {
    let sources = list_sources(options, progress)?;
    build_on(disk, options, &sources, progress)
}

/// Builds a data set of the listed files.
fn build_on(
    disk: &dyn Disk,
    options: &BuildOptions,
    sources: &Sources,
    progress: &mut OnProgress<'_>,
) -> Result<BuildReport, BuildError> {
    let mut store = Store::open(disk, &options.out)?;
    match prepare(&mut store, options, sources, progress) {
        Ok((report, obsolete)) => {
            store.publish(&obsolete)?;
            Ok(report)
        }
        Err(error) => {
            store.cancel();
            Err(error)
        }
    }
}

/// Stages everything that differs from the old data set; also returns the paths of obsolete files.
fn prepare(
    store: &mut Store<'_>,
    options: &BuildOptions,
    sources: &Sources,
    progress: &mut OnProgress<'_>,
) -> Result<(BuildReport, Vec<String>), BuildError> {
    let text = store.read(MANIFEST, MAX_SIDE_BYTES)?;
    let manifest = text.map(|text| Manifest::parse(&text)).transpose();
    let manifest = manifest.map_err(|why| BuildError::Manifest {
        path: options.out.join(MANIFEST),
        why,
    })?;
    let files = manifest.iter().flat_map(|old| &old.days);
    let files = files.flat_map(|day| &day.files);
    let stated = files
        .clone()
        .map(|file| (file.path.as_str(), file.sha256))
        .collect();
    let is_unfinished = !store.uncertain().is_empty();
    store.settle(&stated)?;
    let TableFiles { ours, foreign } = store.table_files()?;
    let mut uncertain = store.uncertain().clone();
    for file in files {
        // A file that was cut or replaced. Other damage is found by the check: that takes reading all of them.
        if ours.contains(&file.path) && store.length(&file.path)? != Some(file.bytes) {
            uncertain.insert(file.path.clone());
        }
    }
    let old = OldSet {
        in_place: &ours - &uncertain,
        uncertain,
        manifest,
        is_unfinished,
        foreign,
    };
    let mut builder = Builder::new(store, options, sources, old)?;
    let report::Prepared {
        report, manifest, ..
    } = builder.prepare(progress)?;
    let obsolete = builder.obsolete(&manifest)?;
    Ok((report, obsolete))
}

pub(super) fn list_sources(
    options: &BuildOptions,
    progress: &mut OnProgress<'_>,
) -> Result<Sources, BuildError> {
    step(progress, BuildProgress::default())?;
    let sources = Sources::scan(&options.folders, options.listed())?;
    let out = canonical(&options.out);
    if sources.folders.iter().any(|folder| out.starts_with(folder)) {
        return Err(BuildError::InsideRecordings(options.out.clone()));
    }
    Ok(sources)
}

/// Returns a path without links, as far as it exists.
fn canonical(path: &Path) -> PathBuf {
    for above in path.ancestors() {
        let here = if above.as_os_str().is_empty() {
            Path::new(".")
        } else {
            above
        };
        if let (Ok(found), Ok(rest)) = (here.canonicalize(), path.strip_prefix(above)) {
            return found.join(rest);
        }
    }
    path.to_owned()
}

/// Reports the progress.
fn step(progress: &mut OnProgress<'_>, now: BuildProgress) -> Result<(), BuildError> {
    match progress(now) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(BuildError::Cancelled),
    }
}
