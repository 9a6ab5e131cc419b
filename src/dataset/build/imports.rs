//! Recordings of the Python original that a build is given, and lists of seeds that prove them.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::BuildError;
use super::reading::game_facts;
use crate::dataset::catalog::{CatalogEntry, Content};
use crate::dataset::digest::ContentDigest;
use crate::dataset::partition::{DataOrigin, Partition};
use crate::dataset::plan::Item;
use crate::dataset::read::{GameRecord, ImportRecord, keep_best, read_import};
use crate::dataset::source::FileKind;
use crate::disk::{Disk as _, RealDisk};
use crate::library::RevealedSeeds;
use crate::open_file::{MAX_BYTES, read_regular};

/// The recordings of the original, read and proven.
#[derive(Debug, Default)]
pub(super) struct Imports(Vec<ImportRecord>);

impl Imports {
    /// Reads files and the files below folders. A list of revealed seeds among them proves the recordings.
    ///
    /// # Errors
    ///
    /// A path cannot be read.
    pub(super) fn read(named: &[PathBuf]) -> Result<Self, BuildError> {
        let (mut seeds, mut recordings) = (RevealedSeeds::default(), Vec::new());
        for path in named {
            for (name, path) in files(path)? {
                let text = read_regular(&path, MAX_BYTES).map_err(|why| BuildError::Import {
                    path: path.clone(),
                    why: why.to_string(),
                    advice: why.advice(),
                })?;
                if seeds.add_list(&text) == 0 {
                    recordings.push((name, path));
                }
            }
        }
        recordings.sort();
        let mut records = Vec::new();
        for (name, path) in recordings {
            // A file that has vanished since has no row.
            if let Ok(text) = read_regular(&path, MAX_BYTES) {
                records.push(read_import(&text, &name, &seeds));
            }
        }
        keep_best(&mut records);
        Ok(Self(records))
    }

    /// Returns the recordings as files of the plan; [`Self::get`] takes their `folder`.
    pub(super) fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.0.iter().enumerate().map(|(place, record)| {
            let partition = partition_of(record);
            let content = match &record.game {
                Some(game) => {
                    let mut facts = game_facts(game);
                    facts.partition = partition;
                    Content::Game(facts)
                }
                None => Content::Import,
            };
            // A seed that was found since makes other rows of the same file.
            let rows = (&record.row, record.game.as_ref().map(|game| &game.game));
            Item {
                day: partition.date,
                kind: FileKind::Original,
                name: record.row.file.clone(),
                folder: place,
                partition,
                entry: CatalogEntry {
                    size: 0,
                    mtime: None,
                    sha256: ContentDigest::of(format!("{rows:?}").as_bytes()),
                    content,
                },
            }
        })
    }

    /// Returns a recording by its place.
    pub(super) fn get(&self, place: usize) -> &ImportRecord {
        &self.0[place]
    }

    /// Returns the rows of a recording's game.
    pub(super) fn game(&self, place: usize) -> Option<Box<GameRecord>> {
        self.get(place).game.clone().map(Box::new)
    }
}

/// Returns the day of a recording: that of its start, else that of the game's id, else the first day of 1970.
fn partition_of(record: &ImportRecord) -> Partition {
    let start = record.game.as_ref().and_then(|game| game.game.start_time);
    let of_id = || {
        let day = record.row.game_id.as_deref()?.get(..8)?;
        NaiveDate::parse_from_str(day, "%Y%m%d").ok()
    };
    let date = start.map(|start| start.date_naive()).or_else(of_id);
    Partition {
        origin: DataOrigin::Original,
        date: date.unwrap_or_default(),
    }
}

/// Returns a file by its name, or the lines files below a folder by their paths in it.
fn files(path: &Path) -> Result<Vec<(String, PathBuf)>, BuildError> {
    if !path.is_dir() {
        let name = path.file_name().unwrap_or_default();
        return Ok(vec![(name.to_string_lossy().into_owned(), path.to_owned())]);
    }
    let (mut found, mut folders) = (Vec::new(), vec![(String::new(), path.to_owned())]);
    while let Some((name, folder)) = folders.pop() {
        let entries = RealDisk.list(&folder).map_err(|why| BuildError::Import {
            path: folder.clone(),
            why: why.to_string(),
            advice: "make it readable or name another folder",
        })?;
        for entry in entries {
            let inner = (format!("{name}{}", entry.name), folder.join(&entry.name));
            if entry.is_dir && !entry.name.starts_with('.') {
                folders.push((inner.0 + "/", inner.1));
            } else if is_original_name(&entry.name) {
                found.push(inner);
            }
        }
    }
    if found.is_empty() {
        return Err(BuildError::Import {
            path: path.to_owned(),
            why: "it has no recordings of the Python original (*.jsonl)".to_owned(),
            advice: "name the folder that has them",
        });
    }
    Ok(found)
}

/// Whether a file may be a recording of the Python original, or a list of seeds.
fn is_original_name(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| ending == "jsonl" || ending == "json") && !name.starts_with('.')
}
