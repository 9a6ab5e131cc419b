//! The first pass: reads the files that have changed since the last build, day by day.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::catalog_names::CatalogNames;
use crate::dataset::catalog::{
    CatalogEntry, Content, DayCatalog, GameContent, Rank, SessionContent,
};
use crate::dataset::digest::{ContentDigest, ShortDigest};
use crate::dataset::partition::{DataOrigin, Partition};
use crate::dataset::read::{FileFacts, GameRecord, game_records};
use crate::dataset::source::{FileKind, FileVersion, SourceDay, SourceFile, Sources};
use crate::fairness::{CommitmentSource, ProofStatus};
use crate::game::Time;
use crate::open_file::{MAX_BYTES, OpenError, read_regular};
use crate::recording::{GameFile, SessionFile};
use crate::zone::is_common_era;

/// A file that was changed within this time before the build may change again without a new time: its content decides.
const SETTLED_NANOS: i64 = 2_000_000_000;

/// The content of a file.
pub(super) enum FileContent {
    /// A game, with its rows.
    Game(Box<GameRecord>),
    /// A session; its rows need its games.
    Session(Box<SessionFile>),
    /// Why it cannot be read.
    Unreadable(String),
}

/// A file that was read.
pub(super) struct ReadFile {
    pub sha256: ContentDigest,
    pub content: FileContent,
}

/// Reads a file; `None` if it has vanished.
pub(super) fn read_file(path: &Path, kind: FileKind, relative: &str) -> Option<ReadFile> {
    read_files([(path, kind, relative)]).pop().flatten()
}

/// Does for each file what [`read_file`] does, in their order, with the games of all of them proven together.
pub(super) fn read_files<'a>(
    files: impl IntoIterator<Item = (&'a Path, FileKind, &'a str)>,
) -> Vec<Option<ReadFile>> {
    let parsed: Vec<_> = files
        .into_iter()
        .map(|(path, kind, relative)| parse_file(path, kind, relative))
        .collect();
    let games = parsed.iter().flatten().filter_map(|file| match file {
        ParsedFile::Game { file, facts, .. } => Some((&**file, facts.clone())),
        ParsedFile::Read(_) => None,
    });
    let mut records = game_records(games.collect()).into_iter();
    let mut read = |file| match file {
        ParsedFile::Game { sha256, .. } => {
            let record = records.next().expect("a record for each game");
            ReadFile {
                sha256,
                content: FileContent::Game(Box::new(record)),
            }
        }
        ParsedFile::Read(read) => read,
    };
    parsed.into_iter().map(|file| file.map(&mut read)).collect()
}

/// A file before its proof.
enum ParsedFile {
    /// A game.
    Game {
        file: Box<GameFile>,
        facts: FileFacts,
        sha256: ContentDigest,
    },
    /// A file that needs no proof.
    Read(ReadFile),
}

/// Reads and parses a file; `None` if it has vanished.
fn parse_file(path: &Path, kind: FileKind, relative: &str) -> Option<ParsedFile> {
    let unreadable = |why: String| ReadFile {
        sha256: ContentDigest::of(why.as_bytes()),
        content: FileContent::Unreadable(why),
    };
    let text = match read_regular(path, MAX_BYTES) {
        Ok(text) => text,
        Err(OpenError::Io(why))
            if why.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() =>
        {
            return None;
        }
        Err(why) => return Some(ParsedFile::Read(unreadable(why.to_string()))),
    };
    let sha256 = ContentDigest::of(&text);
    let content = match kind {
        FileKind::Game => match GameFile::parse(&text) {
            Ok(file) if file.meta.start_time.is_some_and(has_partition) => {
                return Some(ParsedFile::Game {
                    facts: FileFacts {
                        file: relative.to_owned(),
                        sha256: sha256.to_string(),
                        is_original: false,
                    },
                    file: Box::new(file),
                    sha256,
                });
            }
            Ok(_) => FileContent::Unreadable("its start_time is no usable time".to_owned()),
            Err(why) => FileContent::Unreadable(why),
        },
        FileKind::Session => match SessionFile::parse(&text) {
            Ok(file) if has_partition(file.meta.session_start) => {
                FileContent::Session(Box::new(file))
            }
            Ok(_) => FileContent::Unreadable("its session_start is no usable time".to_owned()),
            Err(why) => FileContent::Unreadable(why),
        },
        FileKind::Original => return None,
    };
    Some(ParsedFile::Read(ReadFile { sha256, content }))
}

/// Whether a time has a day that can be the name of a partition.
fn has_partition(time: Time) -> bool {
    is_common_era(time.date_naive())
}

impl ReadFile {
    /// Hides why a session cannot be read: the text may name the player.
    pub(super) fn hide_reason(&mut self) {
        if let FileContent::Unreadable(why) = &mut self.content {
            "it is no session file".clone_into(why);
            self.sha256 = ContentDigest::of(why.as_bytes());
        }
    }

    /// Returns what the next build remembers of the file.
    pub(super) fn entry(&self, file: &SourceFile, now: Time) -> CatalogEntry {
        let version = settled(file.version, now);
        CatalogEntry {
            size: version.size,
            mtime: version.mtime,
            sha256: self.sha256,
            content: self.content.facts(),
        }
    }
}

/// Returns the version of a file without its time if the file may change again without a new one.
pub(super) fn settled(version: FileVersion, now: Time) -> FileVersion {
    let now = now.timestamp_nanos_opt().unwrap_or(i64::MAX);
    let is_settled = |mtime: &i64| *mtime < now.saturating_sub(SETTLED_NANOS);
    FileVersion {
        mtime: version.mtime.filter(is_settled),
        ..version
    }
}

impl FileContent {
    fn facts(&self) -> Content {
        match self {
            Self::Game(record) => Content::Game(game_facts(record)),
            Self::Session(file) => Content::Session(session_facts(file)),
            Self::Unreadable(why) => Content::Unreadable(why.clone()),
        }
    }
}

pub(super) fn game_facts(record: &GameRecord) -> GameContent {
    let (game, path) = (&record.game, &record.path);
    let start = game.start_time.unwrap_or_default();
    let known = path.prices.iter().flatten().count();
    let arrivals = path.arrival_ms.iter().flatten().count();
    let bits = |price: &Option<f64>| price.unwrap_or(f64::NAN).to_bits().to_le_bytes();
    let prices: Vec<u8> = path.prices.iter().flat_map(bits).collect();
    GameContent {
        partition: Partition {
            // Every origin of a game file has its name here.
            origin: game.source_origin.parse().unwrap_or(DataOrigin::Url),
            date: start.date_naive(),
        },
        id: ShortDigest::of(game.game_id.as_bytes()),
        start: start.timestamp_millis(),
        ticks: u32::try_from(path.prices.len()).unwrap_or(u32::MAX),
        rank: Rank {
            proof: match game.proof_now {
                ProofStatus::Proven => 3,
                ProofStatus::Repaired => 2,
                ProofStatus::Unverifiable => 1,
                ProofStatus::Mismatch => 0,
            },
            complete: game.complete,
            committed: game.commitment == CommitmentSource::Seen,
            prices: u32::try_from(known).unwrap_or(u32::MAX),
            arrivals: u32::try_from(arrivals).unwrap_or(u32::MAX),
        },
        prices: ShortDigest::of(&prices),
        trainable: game.trainable,
        has_findings: !record.findings.is_empty(),
    }
}

fn session_facts(file: &SessionFile) -> SessionContent {
    let ids = file.game_ids();
    let mut games: Vec<_> = ids
        .iter()
        .map(|id| ShortDigest::of(id.as_str().as_bytes()))
        .collect();
    games.sort_unstable();
    SessionContent {
        partition: Partition {
            origin: file.meta.origin.into(),
            date: file.meta.session_start.date_naive(),
        },
        games,
    }
}

/// The catalogs of one day, by the place of the folder of recordings.
pub(super) type DayCatalogs = BTreeMap<usize, DayCatalog>;

/// Whether a day has exactly the files that the catalogs remember.
pub(super) fn is_settled(day: &SourceDay, catalogs: &DayCatalogs, names: &CatalogNames) -> bool {
    let remembered: usize = catalogs.values().map(DayCatalog::len).sum();
    let mut files = day.files.iter();
    remembered == day.files.len()
        && files.all(|file| {
            let catalog = catalogs.get(&file.folder);
            let entry = catalog
                .and_then(|catalog| catalog.get(file.kind, &names.key(file.kind, &file.name)));
            entry.is_some_and(|entry| entry.is_of(file))
        })
}

/// Returns the partition that counts a file that cannot be read: that of the first readable file of the same folder, else
/// the origin that the folder is named after, else `other`.
pub(super) fn origin_of_unreadable(
    sources: &Sources,
    folder: usize,
    readable: Option<DataOrigin>,
    other: DataOrigin,
) -> DataOrigin {
    let name = sources.folders[folder].file_name().unwrap_or_default();
    readable.unwrap_or_else(|| match name.to_str() {
        Some("live") => DataOrigin::Live,
        Some("practice") => DataOrigin::Practice,
        Some("other") => DataOrigin::Url,
        _ => other,
    })
}
