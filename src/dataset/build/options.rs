//! What a build is asked for.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::background;
use crate::dataset::manifest::ManifestOptions;
use crate::dataset::partition::{DataOrigin, DayRange, Partition};
use crate::dataset::plan::Shape;
use crate::dataset::salt::Salt;
use crate::game::Time;

/// What a build is asked for.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The folders of recordings, or of single days.
    pub folders: Vec<PathBuf>,
    /// The folder of the data set.
    pub out: PathBuf,
    /// The origins that are built.
    pub origins: BTreeSet<DataOrigin>,
    /// The days that are built.
    pub range: DayRange,
    /// Partitions of other days that are built, too.
    pub also: BTreeSet<Partition>,
    /// Recordings of the Python original: files, or folders of them.
    pub imports: Vec<PathBuf>,
    /// Whether there is a table of ticks.
    pub ticks: bool,
    /// Replaces players by pseudonyms.
    pub salt: Option<Salt>,
    /// Build everything again and drop days whose recordings are gone.
    pub rebuild: bool,
    /// Worker threads that read the recordings.
    pub threads: usize,
    /// The time: a day that is not over yet is marked.
    pub now: Time,
}

impl BuildOptions {
    /// Returns the options of a build of all games of the real server, with all tables.
    pub fn new(folders: Vec<PathBuf>, out: PathBuf, now: Time) -> Self {
        Self {
            folders,
            out,
            origins: BTreeSet::from([DataOrigin::Live, DataOrigin::Browser]),
            range: DayRange::default(),
            also: BTreeSet::new(),
            imports: Vec::new(),
            ticks: true,
            salt: None,
            rebuild: false,
            threads: background::cores(),
            now,
        }
    }

    /// Returns the options as the manifest states them.
    pub(super) fn stated(&self) -> ManifestOptions {
        ManifestOptions {
            origins: self.origins.clone(),
            from: self.range.from,
            to: self.range.to,
            ticks: self.ticks,
            anonymized: self.salt.is_some(),
            salt: self.salt.as_ref().map(Salt::name),
        }
    }

    /// Returns what the rows of every partition depend on.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            ticks: self.ticks,
            salt: self.salt.as_ref().map(Salt::name),
        }
    }

    /// Whether the rows of a partition are wanted.
    pub(super) fn wants(&self, partition: Partition) -> bool {
        let chosen = match partition.origin {
            DataOrigin::Original => !self.imports.is_empty(),
            origin => self.origins.contains(&origin),
        };
        chosen && (self.range.contains(partition.date) || self.also.contains(&partition))
    }

    /// Returns the days whose folders are listed.
    pub(super) fn listed(&self) -> DayRange {
        if self.also.is_empty() {
            self.range
        } else {
            DayRange::default()
        }
    }
}
