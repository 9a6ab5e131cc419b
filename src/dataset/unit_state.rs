//! What a build remembers of a partition beside its files: its part of the quality report, so that no old tick is read
//! again for a new report, and the games whose rows it has.

use serde::{Deserialize, Serialize};

use super::digest::{ContentDigest, ShortDigest};
use super::finding::Finding;
use super::partition::Partition;
use super::quality::DayFacts;
use super::store::STATE;

/// The version of these files; others are not read.
const VERSION: u32 = 2;

/// What is remembered of a partition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitState {
    version: u32,
    /// The digest of the partition that this belongs to.
    pub source: ContentDigest,
    /// The games that have rows, in their order.
    pub games: Vec<KeptGame>,
    /// The number of ticks of these games.
    pub ticks: u64,
    /// Further recordings of games that have a row.
    pub duplicates: u64,
    /// Its part of the quality report.
    pub facts: DayFacts,
    /// What is wrong with its files.
    pub findings: Vec<Finding>,
}

/// A game that has a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeptGame {
    /// Names its id.
    pub id: ShortDigest,
    /// Names the content of its file.
    pub content: ShortDigest,
    /// It may be used to train.
    pub trainable: bool,
}

impl UnitState {
    /// Returns what is remembered of a partition without any rows.
    pub fn new(source: ContentDigest, partition: Partition) -> Self {
        Self {
            version: VERSION,
            source,
            games: Vec::new(),
            ticks: 0,
            duplicates: 0,
            facts: DayFacts::new(partition.origin.as_str(), partition.date),
            findings: Vec::new(),
        }
    }

    /// Returns the path of a partition's file in the data set.
    pub fn path(partition: Partition) -> String {
        let Partition { origin, date } = partition;
        format!("{STATE}/units/{origin}/{date}.json")
    }

    /// Reads a file. One of another version, or a damaged one, counts as missing.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let read: Option<Self> = serde_json::from_slice(text).ok();
        read.filter(|state| state.version == VERSION)
    }

    /// Returns the text of the file.
    ///
    /// # Errors
    ///
    /// None in practice: every value can be written.
    pub fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}
