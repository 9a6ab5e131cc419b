//! The published files below the folders of recordings. Journals and unfinished files are never read, and nothing is
//! locked: a recorder may be writing there.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::partition::{DayRange, parse_day};
use crate::disk::{Disk as _, RealDisk, is_unsuitable, list_or_empty};
use crate::paths;
use crate::recording::format::names::{GAMES, SESSIONS, is_game_name, is_session_name};

/// Why the folders cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such folder.
    #[error("there is no folder {}; name the one with the recordings", paths::text(.0))]
    Missing(PathBuf),
    /// The folder is, or lies behind, a link to something that does not exist.
    #[error(
        "cannot read {}: {} is a link to {}, which is not there; bring that back, remove the link, or name another folder",
        paths::text(folder),
        paths::text(link),
        paths::text(target)
    )]
    DanglingLink {
        /// The folder.
        folder: PathBuf,
        /// The link.
        link: PathBuf,
        /// The link's target.
        target: PathBuf,
    },
    /// The system refused.
    #[error(
        "cannot read {}: {why}; make it readable or name another folder",
        paths::text(path)
    )]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
}

/// The kind of a published file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// A game file.
    Game,
    /// A session file.
    Session,
    /// A recording of the Python original; it is in no folder of recordings.
    Original,
}

impl FileKind {
    /// Returns the folder of these files inside a day's folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Game => GAMES,
            Self::Session => SESSIONS,
            Self::Original => "",
        }
    }

    fn is_name(self, name: &str) -> bool {
        match self {
            Self::Game => is_game_name(name),
            Self::Session => is_session_name(name),
            Self::Original => false,
        }
    }
}

/// Length and time of the last change of a file: with both the same it has not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileVersion {
    /// The length in bytes.
    pub size: u64,
    /// The time of the last change, in nanoseconds since 1970; `None` if it is not known, or not to be trusted.
    pub mtime: Option<i64>,
}

impl FileVersion {
    /// Returns the version of a file as its folder shows it; without length and time for a link that leads nowhere and
    /// for a file that was removed since: the reader of the file decides.
    pub fn of(path: &Path) -> Self {
        let metadata = std::fs::metadata(path).ok();
        Self {
            size: metadata.as_ref().map_or(0, std::fs::Metadata::len),
            mtime: metadata.and_then(|metadata| nanos(metadata.modified().ok()?)),
        }
    }
}

/// A published file, as its folder shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The kind, by its folder and name.
    pub kind: FileKind,
    /// The name, without folders.
    pub name: Arc<str>,
    /// The place of its folder of recordings in [`Sources::folders`].
    pub folder: usize,
    /// Its length and the time of its last change.
    pub version: FileVersion,
}

/// The files of one day of all folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDay {
    /// The day in the name of its folder.
    pub date: NaiveDate,
    /// Sorted by kind, name and folder.
    pub files: Vec<SourceFile>,
}

impl SourceDay {
    /// Returns the path of a file below its folder of recordings: `2025-12-15/games/….game.json`.
    pub fn relative(&self, file: &SourceFile) -> String {
        format!("{}/{}/{}", self.date, file.kind.folder(), file.name)
    }
}

/// The published files of all folders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// The folders of recordings, sorted, each once.
    pub folders: Vec<PathBuf>,
    /// The days, oldest first.
    pub days: Vec<SourceDay>,
    /// The folders as they were named, sorted, each once: folders of recordings, and of single days beside them.
    pub named: Vec<PathBuf>,
    /// The days of which a folder was named, if no folder of recordings was.
    only: Option<BTreeSet<NaiveDate>>,
    /// Folders without any day: perhaps a mistake.
    pub without_days: Vec<PathBuf>,
    /// What is in the place of a folder of games or sessions and cannot be listed, with the reason.
    pub unlisted: Vec<(PathBuf, String)>,
}

impl Sources {
    /// Lists the files of the days of a range. A folder is one of recordings, or the folder of one of its days.
    ///
    /// # Errors
    ///
    /// A folder is missing or cannot be listed.
    pub fn scan(folders: &[PathBuf], range: DayRange) -> Result<Self, SourceError> {
        let mut roots = Vec::new();
        for folder in folders {
            roots.push(SourceFolder::of(folder)?);
        }
        roots.sort();
        // A day beside its own folder of recordings adds nothing.
        let whole: Vec<PathBuf> = roots
            .iter()
            .filter(|root| root.only.is_none())
            .map(|root| root.path.clone())
            .collect();
        roots.retain(|root| root.only.is_none() || !whole.contains(&root.path));
        roots.dedup();
        let mut sources = Self {
            named: roots.iter().map(SourceFolder::named).collect(),
            only: roots.iter().map(|root| root.only).collect(),
            ..Self::default()
        };
        let mut days = std::collections::BTreeMap::<NaiveDate, Vec<SourceFile>>::new();
        for root in &roots {
            if sources.folders.last() != Some(&root.path) {
                sources.folders.push(root.path.clone());
            }
            let folder = sources.folders.len() - 1;
            let dates = root.dates()?;
            if dates.is_empty() {
                sources.without_days.push(root.path.clone());
            }
            for date in dates.into_iter().filter(|date| range.contains(*date)) {
                let files = days.entry(date).or_default();
                for kind in [FileKind::Game, FileKind::Session] {
                    let path = root.path.join(date.to_string()).join(kind.folder());
                    match list_files(&path, kind, folder, files) {
                        Err(why) if is_unsuitable(&why) => {
                            sources.unlisted.push((path, why.to_string()));
                        }
                        listed => listed.map_err(|why| unreadable(&path, why))?,
                    }
                }
            }
        }
        for (date, mut files) in days {
            files.sort_by(|a, b| (a.kind, &a.name, a.folder).cmp(&(b.kind, &b.name, b.folder)));
            sources.days.push(SourceDay { date, files });
        }
        Ok(sources)
    }

    /// Whether a day with recordings would have been found.
    pub fn covers(&self, date: NaiveDate) -> bool {
        !self.named.is_empty() && self.only.as_ref().is_none_or(|only| only.contains(&date))
    }

    /// Returns the path of a file.
    pub fn path(&self, day: &SourceDay, file: &SourceFile) -> PathBuf {
        let root = self.folders[file.folder].join(day.date.to_string());
        root.join(file.kind.folder()).join(&*file.name)
    }

    /// Returns the number of files.
    pub fn files(&self) -> usize {
        self.days.iter().map(|day| day.files.len()).sum()
    }
}

/// A folder of recordings, or one day of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SourceFolder {
    path: PathBuf,
    only: Option<NaiveDate>,
}

impl SourceFolder {
    fn of(folder: &Path) -> Result<Self, SourceError> {
        if let Some((link, target)) = paths::dangling_link(folder) {
            return Err(SourceError::DanglingLink {
                folder: folder.to_owned(),
                link,
                target,
            });
        }
        // The same folder may be named twice, in two spellings.
        let path = std::fs::canonicalize(folder).map_err(|why| unreadable(folder, why))?;
        let day = path.file_name().and_then(|name| parse_day(name.to_str()?));
        Ok(match (day, path.parent()) {
            (Some(date), Some(parent)) => Self {
                path: parent.to_owned(),
                only: Some(date),
            },
            _ => Self { path, only: None },
        })
    }

    fn named(&self) -> PathBuf {
        self.only
            .map_or_else(|| self.path.clone(), |day| self.path.join(day.to_string()))
    }

    fn dates(&self) -> Result<Vec<NaiveDate>, SourceError> {
        if let Some(date) = self.only {
            return Ok(vec![date]);
        }
        let found = RealDisk
            .list(&self.path)
            .map_err(|why| unreadable(&self.path, why))?;
        let days = found.iter().filter(|entry| entry.is_dir);
        Ok(days.filter_map(|entry| parse_day(&entry.name)).collect())
    }
}

fn unreadable(path: &Path, why: io::Error) -> SourceError {
    let path = path.to_owned();
    if why.kind() == io::ErrorKind::NotFound {
        SourceError::Missing(path)
    } else {
        SourceError::Unreadable { path, why }
    }
}

fn list_files(
    path: &Path,
    kind: FileKind,
    folder: usize,
    files: &mut Vec<SourceFile>,
) -> io::Result<()> {
    let found = list_or_empty(&RealDisk, path)?;
    for entry in found.into_iter().filter(|entry| kind.is_name(&entry.name)) {
        let version = FileVersion::of(&path.join(&entry.name));
        files.push(SourceFile {
            kind,
            name: entry.name.into(),
            folder,
            version,
        });
    }
    Ok(())
}

/// Returns a time in nanoseconds since 1970.
fn nanos(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos())
            .ok()
            .map(|before| -before),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;

    fn put(root: &Path, name: &str) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "{}").unwrap();
    }

    fn names(sources: &Sources) -> Vec<(String, usize)> {
        let all = sources.days.iter().flat_map(|day| {
            let files = day.files.iter();
            files.map(|file| (day.relative(file), file.folder))
        });
        all.collect()
    }

    #[test]
    fn only_published_files_of_days_are_listed() {
        let root = tempfile::tempdir().unwrap();
        for name in [
            "2025-12-15/games/b.game.json",
            "2025-12-15/games/a.game.json",
            "2025-12-15/sessions/a_session.json",
            "2025-12-16/games/a.game.json",
            ".journal/a.game.json",
            "2025-12-15/games/.tmp-c.game.json",
            "2025-12-15/games/c.game.json.aside-1",
            "2025-12-15/index.json",
            "2025-12-15/sessions/a.game.json",
            "2025-13-15/games/a.game.json",
            "notes/games/a.game.json",
        ] {
            put(root.path(), name);
        }
        let folders = [root.path().to_owned()];
        let sources = Sources::scan(&folders, DayRange::default()).unwrap();
        let expected = [
            "2025-12-15/games/a.game.json",
            "2025-12-15/games/b.game.json",
            "2025-12-15/sessions/a_session.json",
            "2025-12-16/games/a.game.json",
        ];
        assert_eq!(names(&sources), expected.map(|name| (name.to_owned(), 0)));
        assert_eq!(sources.files(), 4);
        let day = parse_day("2025-12-16");
        let range = DayRange { from: day, to: day };
        let sources = Sources::scan(&folders, range).unwrap();
        assert_eq!(names(&sources), [(expected[3].to_owned(), 0)]);
    }

    #[test]
    fn a_folder_named_twice_or_by_a_day_is_read_once() {
        let root = tempfile::tempdir().unwrap();
        for name in [
            "2025-12-15/games/a.game.json",
            "2025-12-16/games/a.game.json",
        ] {
            put(root.path(), name);
        }
        let path = root.path().to_owned();
        let (day, other) = (path.join("2025-12-15"), path.join("2025-12-16"));
        let scan = |folders: &[PathBuf]| Sources::scan(folders, DayRange::default()).unwrap();
        let whole = scan(std::slice::from_ref(&path));
        assert_eq!(whole.files(), 2);
        assert_eq!(scan(&[path.join("."), day.clone(), path.clone()]), whole);
        assert_eq!(names(&scan(&[day.clone(), day.join(".")])).len(), 1);
        assert_eq!(scan(&[other, day]).days, whole.days);
    }

    #[test]
    fn a_missing_folder_is_named_and_one_without_days_is_listed() {
        let root = tempfile::tempdir().unwrap();
        let missing = root.path().join("nothing");
        let error = Sources::scan(std::slice::from_ref(&missing), DayRange::default());
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("there is no folder "), "{error}");
        let sources = Sources::scan(&[root.path().to_owned()], DayRange::default()).unwrap();
        assert_eq!(sources.without_days.len(), 1);
        assert_eq!(sources.files(), 0);
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_named() {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), "2025-12-15/games");
        put(root.path(), "2025-12-15/sessions/a_session.json");
        let sources = Sources::scan(&[root.path().to_owned()], DayRange::default()).unwrap();
        assert_eq!(sources.files(), 1);
        let [(path, _)] = &sources.unlisted[..] else {
            panic!("{sources:?}");
        };
        assert!(path.ends_with("2025-12-15/games"));
    }
}
