//! What a build has done.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::dataset::finding::Finding;
use crate::dataset::manifest::Manifest;
use crate::dataset::partition::Partition;
use crate::plural::count;

/// What a build has done, and what is in the data set now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BuildReport {
    /// Games in the data set.
    pub games: u64,
    /// Of these, games that were not there before.
    pub new: u64,
    /// Of these, games whose recording has changed.
    pub changed: u64,
    /// Of these, all others.
    pub unchanged: u64,
    /// Ticks of all games.
    pub ticks: u64,
    /// Sessions in the data set.
    pub sessions: u64,
    /// Length of the data files.
    pub bytes: u64,
    /// Further recordings of games that are counted already.
    pub duplicates: u64,
    /// Partitions that were built again.
    pub written: Vec<Partition>,
    /// Partitions whose recordings are gone.
    pub gone: Vec<Partition>,
    /// What is wrong with the recordings.
    pub findings: Vec<Finding>,
    /// What else the user should know, a sentence each.
    pub notes: Vec<String>,
}

impl BuildReport {
    /// Returns `N games (A new, B changed, C unchanged), T ticks, S sessions, M MB in X s`.
    #[expect(
        clippy::cast_precision_loss,
        reason = "one digit after the point is shown"
    )]
    pub fn line(&self, took: Duration) -> String {
        let Self {
            games,
            new,
            changed,
            unchanged,
            ticks,
            sessions,
            bytes,
            ..
        } = self;
        let (mb, seconds) = (*bytes as f64 / 1e6, took.as_secs_f64());
        format!(
            "{} ({new} new, {changed} changed, {unchanged} unchanged), {}, {}, {mb:.1} MB in {seconds:.1} s",
            count(games, "game"),
            count(ticks, "tick"),
            count(sessions, "session"),
        )
    }
}

/// What a build has made.
pub(in crate::dataset) struct Prepared {
    pub report: BuildReport,
    pub manifest: Manifest,
    /// Partitions of the old data set that stay, because their recordings are not among the chosen ones.
    pub kept: BTreeSet<Partition>,
}

/// What a build states beside its tables.
pub(super) struct Documents {
    pub report: BuildReport,
    /// The files, by their paths.
    pub files: Vec<(&'static str, Vec<u8>)>,
}
