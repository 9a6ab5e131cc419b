//! What a build remembers of each file, so that the next build reads only what has changed.
//!
//! Below `DIR/.state` there is a file for each folder of recordings and day. It is a cache: without it every file is read
//! again, and the tables stay the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::{ContentDigest, ShortDigest};
use super::partition::Partition;
use super::source::{FileKind, SourceFile};

/// The version of these files; others are not read.
const VERSION: u32 = 3;

/// What is remembered of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogEntry {
    /// Length in bytes.
    pub size: u64,
    /// The time of its last change, in nanoseconds since 1970; `None` if it may have changed since without a trace.
    pub mtime: Option<i64>,
    /// Of its content; of a file that cannot be read, of the reason.
    pub sha256: ContentDigest,
    /// What the build found in it.
    pub content: Content,
}

impl CatalogEntry {
    /// Whether the file is still the one that was read.
    pub fn is_of(&self, file: &SourceFile) -> bool {
        self.mtime.is_some() && self.mtime == file.version.mtime && self.size == file.version.size
    }

    /// Returns the partition of its rows; `None` for a file that cannot be read.
    pub fn partition(&self) -> Option<Partition> {
        match &self.content {
            Content::Game(game) => Some(game.partition),
            Content::Session(session) => Some(session.partition),
            Content::Import | Content::Unreadable(_) => None,
        }
    }
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A game.
    Game(GameContent),
    /// A session.
    Session(SessionContent),
    /// A recording of the Python original without a game of its own.
    Import,
    /// Not what its name says, for this reason.
    Unreadable(String),
}

/// What decides about a game among its copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GameContent {
    /// Its origin and day.
    pub partition: Partition,
    /// Names the game id.
    pub id: ShortDigest,
    /// Start in milliseconds since 1970.
    pub start: i64,
    /// The number of ticks.
    pub ticks: u32,
    /// How good the recording is.
    pub rank: Rank,
    /// Names the list of prices.
    pub prices: ShortDigest,
    /// It may be used to train, unless it is a duplicate.
    pub trainable: bool,
    /// Something is wrong with the file.
    pub has_findings: bool,
}

/// How good a recording of a game is: the greatest of several becomes the row. The order of the fields decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank {
    /// 3 proven, 2 repaired, 1 unverifiable, 0 mismatch.
    pub proof: u8,
    /// Every tick and the rug price are known.
    pub complete: bool,
    /// The commitment was seen before the reveal.
    pub committed: bool,
    /// The number of known prices.
    pub prices: u32,
    /// The number of ticks with an arrival of their own.
    pub arrivals: u32,
}

/// A session, with the games that its rows are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionContent {
    /// Its origin and day.
    pub partition: Partition,
    /// Names the games of its rows, sorted.
    pub games: Vec<ShortDigest>,
}

/// What is remembered of one day of one folder, by the names of the files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayCatalog {
    version: u32,
    /// The games' files.
    pub games: BTreeMap<String, CatalogEntry>,
    /// The sessions' files.
    pub sessions: BTreeMap<String, CatalogEntry>,
}

impl DayCatalog {
    /// Reads a day's file. One of another version, or a damaged one, counts as empty: it is only a cache.
    pub fn parse(text: &[u8]) -> Self {
        let read: Option<Self> = serde_json::from_slice(text).ok();
        read.filter(|day| day.version == VERSION)
            .unwrap_or_default()
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        let day = Self {
            version: VERSION,
            ..self.clone()
        };
        serde_json::to_vec(&day)
    }

    /// Returns the number of files.
    pub fn len(&self) -> usize {
        self.games.len() + self.sessions.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the entry of a file with this name.
    pub fn get(&self, kind: FileKind, name: &str) -> Option<&CatalogEntry> {
        match kind {
            FileKind::Game => self.games.get(name),
            FileKind::Session => self.sessions.get(name),
            FileKind::Original => None,
        }
    }

    /// Puts the entry of a file.
    pub fn put(&mut self, kind: FileKind, name: String, entry: CatalogEntry) {
        match kind {
            FileKind::Game => self.games.insert(name, entry),
            FileKind::Session => self.sessions.insert(name, entry),
            // These are read by every build.
            FileKind::Original => None,
        };
    }
}
