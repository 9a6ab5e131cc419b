//! Recordings of the Python original that a build is given, and lists of seeds that prove them. Recordings that have not
//! changed since the last build, and whose seed is the same, are not read again; none is kept in memory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::import_catalog::{ImportCatalog, ImportContent, ImportEntry, RecordingFacts};
use super::options::BuildOptions;
use super::reading::settled;
use super::target::Target;
use super::{BuildError, canonical};
use crate::dataset::catalog::Content;
use crate::dataset::digest::{Hasher, ShortDigest};
use crate::dataset::plan::Item;
use crate::dataset::read::{GameRecord, read_import, used_instead};
use crate::dataset::rows::ImportRow;
use crate::dataset::source::{FileKind, FileVersion};
use crate::disk::{Disk as _, RealDisk};
use crate::library::RevealedSeeds;
use crate::open_file::{MAX_BYTES, read_regular};
use crate::protocol::GameId;

/// The recordings of the original.
#[derive(Debug, Default)]
pub(super) struct Imports {
    seeds: RevealedSeeds,
    recordings: Vec<Recording>,
    /// The catalogs of the named paths.
    catalogs: BTreeSet<String>,
    /// Files below named folders that cannot be read, with the reason.
    unreadable: Vec<(PathBuf, String)>,
}

/// A recording of the original.
#[derive(Debug)]
struct Recording {
    path: PathBuf,
    facts: RecordingFacts,
    /// The file that has the same game and is used instead.
    duplicate_of: Option<String>,
}

/// A file of a named path.
struct NamedFile {
    /// Its path in the named folder, or its name.
    place: String,
    /// The same, with a number where another named path has it, too: the name in the tables.
    name: String,
    path: PathBuf,
    /// It was named itself, and not found in a folder.
    is_named: bool,
    version: FileVersion,
    /// What is known of it.
    content: Option<ImportContent>,
}

impl Imports {
    /// Reads files and the files below folders, as far as they have changed. A list of revealed seeds among them proves
    /// the recordings.
    ///
    /// # Errors
    ///
    /// A path cannot be read, or the disk failed.
    pub(super) fn read(
        options: &BuildOptions,
        target: &mut dyn Target,
    ) -> Result<Self, BuildError> {
        let mut imports = Self::default();
        let mut named = Vec::new();
        let mut taken = BTreeSet::new();
        let out = canonical(&options.out);
        for path in &options.imports {
            let catalog = ImportCatalog::path(&canonical(path));
            if imports.catalogs.insert(catalog.clone()) {
                let old = ImportCatalog::read(target, &catalog)?;
                let old = if options.rebuild {
                    ImportCatalog::default()
                } else {
                    old
                };
                let mut files = Vec::new();
                for (place, found) in files_of(path, &out)? {
                    let version = FileVersion::of(&found);
                    files.push(NamedFile {
                        content: old.get(&place, version),
                        name: unique(&place, &mut taken),
                        place,
                        is_named: found == *path,
                        path: found,
                        version,
                    });
                }
                named.push((catalog, files));
            }
        }
        // A seed of any list proves the recordings of all paths.
        for (_, files) in &mut named {
            let mut read = Vec::new();
            for mut file in files.drain(..) {
                match imports.read_seeds(&mut file) {
                    Ok(()) => read.push(file),
                    // A finding has no path of this computer in its text.
                    Err(BuildError::Import { path, why, .. }) if !file.is_named => {
                        imports.unreadable.push((path, why));
                    }
                    Err(why) => return Err(why),
                }
            }
            *files = read;
        }
        for (path, files) in named {
            let mut catalog = ImportCatalog::default();
            for file in files {
                let version = settled(file.version, options.now);
                let place = file.place.clone();
                if let Some(content) = imports.read_recording(file) {
                    catalog.put(place, ImportEntry { version, content });
                }
            }
            catalog.stage_changed(target, &path)?;
        }
        imports.recordings.sort_by(|a, b| {
            let key =
                |recording: &Recording| (recording.facts.row.file.clone(), recording.path.clone());
            key(a).cmp(&key(b))
        });
        imports.find_duplicates();
        Ok(imports)
    }

    /// Adds the seeds of a file, if it is a list of them.
    fn read_seeds(&mut self, file: &mut NamedFile) -> Result<(), BuildError> {
        if matches!(file.content, Some(ImportContent::Recording(_))) {
            return Ok(());
        }
        let text = read_regular(&file.path, MAX_BYTES).map_err(|why| BuildError::Import {
            path: file.path.clone(),
            why: why.to_string(),
            advice: why.advice(),
        })?;
        let is_list = self.seeds.add_list(&text) > 0;
        file.content = is_list.then_some(ImportContent::Seeds);
        Ok(())
    }

    /// Adds the recording of a file, unless it is a list of seeds; returns what is known of the file now. A file that has
    /// vanished since is left out.
    fn read_recording(&mut self, file: NamedFile) -> Option<ImportContent> {
        let known = match file.content {
            Some(ImportContent::Seeds) => return Some(ImportContent::Seeds),
            Some(ImportContent::Recording(facts)) => Some(facts),
            None => None,
        };
        let known = known.filter(|facts| facts.seed == self.seed_of(&facts.row));
        let facts = if let Some(facts) = known.filter(|facts| facts.row.file == file.name) {
            *facts
        } else {
            let text = read_regular(&file.path, MAX_BYTES).ok()?;
            let record = read_import(&text, &file.name, &self.seeds);
            let seed = self.seed_of(&record.row);
            RecordingFacts::of(record, seed)
        };
        self.recordings.push(Recording {
            path: file.path,
            facts: facts.clone(),
            duplicate_of: None,
        });
        Some(ImportContent::Recording(Box::new(facts)))
    }

    /// Names the seed that a recording is compared with.
    fn seed_of(&self, row: &ImportRow) -> Option<ShortDigest> {
        let id = GameId::new(row.game_id.as_deref()?)?;
        let seed = self.seeds.get(&id)?;
        Some(ShortDigest::of(format!("{seed:?}").as_bytes()))
    }

    /// Of several recordings of one game only the best one has the game.
    fn find_duplicates(&mut self) {
        let rows = self.recordings.iter().map(|recording| {
            let game = recording.facts.game.as_ref();
            (&recording.facts.row, game.map_or(0, |game| game.ticks))
        });
        for (place, best) in used_instead(rows).into_iter().enumerate() {
            self.recordings[place].duplicate_of =
                best.map(|best| self.recordings[best].facts.row.file.clone());
        }
    }

    /// Returns the recordings as files of the plan; [`Self::row`] and [`Self::game`] take their `folder`.
    pub(super) fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.recordings
            .iter()
            .enumerate()
            .map(|(place, recording)| {
                let facts = &recording.facts;
                let game = facts
                    .game
                    .clone()
                    .filter(|_| recording.duplicate_of.is_none());
                let mut rows = Hasher::default();
                rows.part(facts.rows.to_string().as_bytes());
                rows.part(
                    recording
                        .duplicate_of
                        .as_deref()
                        .unwrap_or_default()
                        .as_bytes(),
                );
                Item {
                    day: facts.partition.date,
                    kind: FileKind::Original,
                    name: facts.row.file.as_str().into(),
                    folder: place,
                    partition: facts.partition,
                    // A seed that was found since makes other rows of the same file.
                    sha256: rows.digest(),
                    content: game.map_or(Content::Import, Content::Game),
                }
            })
    }

    /// Returns the row of a recording.
    pub(super) fn row(&self, place: usize) -> ImportRow {
        let recording = &self.recordings[place];
        let mut row = recording.facts.row.clone();
        row.duplicate_of.clone_from(&recording.duplicate_of);
        row
    }

    /// Reads the rows of a recording's game; `None` if the file has vanished or changed since.
    pub(super) fn game(&self, place: usize) -> Option<Box<GameRecord>> {
        let Recording { path, facts, .. } = &self.recordings[place];
        let text = read_regular(path, MAX_BYTES).ok()?;
        read_import(&text, &facts.row.file, &self.seeds)
            .game
            .map(Box::new)
    }

    /// Returns the files below named folders that cannot be read, with the reason.
    pub(super) fn unreadable(&self) -> &[(PathBuf, String)] {
        &self.unreadable
    }

    /// Returns the paths of the catalogs of the named paths.
    pub(super) fn catalogs(&self) -> &BTreeSet<String> {
        &self.catalogs
    }
}

/// Returns a name that is not taken yet, and takes it: the name itself, or with the lowest number that makes it new.
fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2u32..).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    let free = names.find(|name| taken.insert(name.clone()));
    free.unwrap_or_else(|| name.to_owned())
}

/// Returns a file by its name, or the files below a folder by their paths in it, but for those of the data set itself.
fn files_of(path: &Path, out: &Path) -> Result<Vec<(String, PathBuf)>, BuildError> {
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
                if canonical(&inner.1) == *out {
                    continue;
                }
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
