//! The index of a day: a cache of what its files say, sorted by start, rebuilt from them whenever in doubt.

use std::io;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::fairness::ProofStatus;
use crate::game::{EndReason, Time, millis};
use crate::paths;
use crate::protocol::{GameId, number};
use crate::recording::files::{LONGEST, is_unsuitable};
use crate::recording::format::names::{GAME_ENDING, SESSION_ENDING};
use crate::recording::{DirEntry, Disk, GameFile, Origin, Peak, SessionFile};

/// Name of the index inside a day's folder.
pub(crate) const INDEX: &str = "index.json";
/// Name of the folder of game files inside a day's folder.
pub(crate) const GAMES: &str = "games";
/// Name of the folder of session files inside a day's folder.
pub(crate) const SESSIONS: &str = "sessions";

/// The index of one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayIndex {
    /// The day, `2025-12-15`.
    pub date: String,
    /// Games by start.
    pub games: Vec<IndexGame>,
    /// Sessions by start.
    pub sessions: Vec<IndexSession>,
}

/// A game in the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexGame {
    /// File name inside `games`.
    pub file: String,
    /// The server's id.
    pub game_id: GameId,
    /// As in the file.
    #[serde(with = "millis")]
    pub start_time: Option<Time>,
    /// As in the file.
    pub duration_ticks: u32,
    /// As in the file.
    #[serde(with = "number::text")]
    pub peak_multiplier: Option<Decimal>,
    /// As in the file.
    pub origin: Origin,
    /// As in the file.
    pub end_reason: Option<EndReason>,
    /// As in the file.
    pub complete: bool,
    /// The status of the proof.
    pub proof: ProofStatus,
    /// As in the file; only of a game that is not complete: the peak of a complete one is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_exact: Option<bool>,
}

impl IndexGame {
    /// Returns the entry of a file.
    pub fn new(name: &str, file: &GameFile) -> Self {
        let meta = &file.meta;
        Self {
            file: name.to_owned(),
            game_id: meta.game_id.clone(),
            start_time: meta.start_time,
            duration_ticks: meta.duration_ticks,
            peak_multiplier: meta.peak_multiplier,
            origin: meta.origin,
            end_reason: meta.end_reason,
            complete: meta.complete,
            proof: meta.proof.status,
            peak_exact: (!meta.complete).then_some(meta.peak_exact),
        }
    }

    /// Returns the peak, as far as it is known.
    pub fn peak(&self) -> Peak {
        Peak {
            multiplier: self.peak_multiplier,
            exact: self.complete || self.peak_exact == Some(true),
        }
    }

    /// What a day is sorted by.
    fn key(&self) -> (Option<Time>, &str) {
        (self.start_time, &self.file)
    }
}

/// A session in the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexSession {
    /// File name inside `sessions`.
    pub file: String,
    /// As in the file.
    pub player_id: Option<String>,
    /// As in the file.
    pub username: Option<String>,
    /// Different games with an action.
    pub games_played: usize,
    /// Rows of any kind.
    pub total_actions: usize,
    /// As in the file.
    #[serde(with = "millis::always")]
    pub session_start: Time,
    /// As in the file.
    #[serde(with = "millis::always")]
    pub session_end: Time,
    /// As in the file.
    pub origin: Origin,
    /// As in the file.
    #[serde(with = "number::text::always")]
    pub realised_pnl: Decimal,
    /// As in the file.
    pub drift_count: u64,
    /// The games with an action, in the order in which they were played.
    pub game_ids: Vec<GameId>,
}

impl IndexSession {
    /// Returns the entry of a file.
    pub fn new(name: &str, file: &SessionFile) -> Self {
        let (meta, game_ids) = (&file.meta, file.game_ids());
        Self {
            file: name.to_owned(),
            player_id: meta.player_id.clone(),
            username: meta.username.clone(),
            games_played: game_ids.len(),
            total_actions: file.actions.len(),
            session_start: meta.session_start,
            session_end: meta.session_end,
            origin: meta.origin,
            realised_pnl: meta.realised_pnl,
            drift_count: meta.drift_count,
            game_ids,
        }
    }

    /// What a day is sorted by.
    fn key(&self) -> (i64, &str) {
        // In milliseconds, as the files say it.
        (self.session_start.timestamp_millis(), &self.file)
    }
}

/// A file that could not be read, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableFile {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
    /// The disk failed to read it; another time it may not.
    pub disk_error: Option<io::ErrorKind>,
}

impl DayIndex {
    /// Returns the index of a day without recordings.
    pub fn empty(date: &str) -> Self {
        Self {
            date: date.to_owned(),
            games: Vec::new(),
            sessions: Vec::new(),
        }
    }

    /// Reads an index's text.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(text).map_err(|error| error.to_string())
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        crate::recording::format::json::to_text(self)
    }

    /// Puts a game where its start belongs, in place of an older entry of the same file.
    pub fn put(&mut self, game: IndexGame) {
        // Nearly always the newest one: look from the end.
        if let Some(place) = self.games.iter().rposition(|known| known.file == game.file) {
            self.games.remove(place);
        }
        let place = self
            .games
            .iter()
            .rposition(|known| known.key() < game.key());
        self.games
            .insert(place.map_or(0, |before| before + 1), game);
    }

    /// Puts a session where its start belongs, in place of an older entry of the same file.
    pub fn put_session(&mut self, session: IndexSession) {
        self.sessions.retain(|known| known.file != session.file);
        let key = session.key();
        let place = self.sessions.partition_point(|known| known.key() < key);
        self.sessions.insert(place, session);
    }

    /// Reads the day's index if it agrees with the names of the files, otherwise builds it from the files.
    ///
    /// Returns whether the file says something else, and the files that could not be read.
    pub fn load(
        disk: &dyn Disk,
        day_folder: &Path,
        date: &str,
    ) -> io::Result<(Self, bool, Vec<UnreadableFile>)> {
        let mut unlisted = Vec::new();
        let games = game_names(disk, day_folder, &mut unlisted)?;
        let sessions = session_names(disk, day_folder, &mut unlisted)?;
        let read = Self::read(disk, day_folder)?.filter(|index| index.date == date);
        if !unlisted.is_empty() {
            // What is in them is not known, so nothing speaks against the index.
            let index = read.unwrap_or_else(|| Self::empty(date));
            return Ok((index, false, unlisted));
        }
        match read {
            Some(index) if index.lists(&games, &sessions) => Ok((index, false, Vec::new())),
            other => {
                let (index, unreadable) = Self::build(disk, day_folder, date)?;
                // A day without recordings needs no index.
                let differs = match other {
                    Some(other) => other != index,
                    None => !index.games.is_empty() || !index.sessions.is_empty(),
                };
                Ok((index, differs, unreadable))
            }
        }
    }

    /// Whether these are the files it tells of; `names` are sorted.
    fn lists(&self, games: &[String], sessions: &[String]) -> bool {
        let mut listed: Vec<_> = self.games.iter().map(|game| &game.file).collect();
        listed.sort();
        let mut played: Vec<_> = self.sessions.iter().map(|played| &played.file).collect();
        played.sort();
        listed.into_iter().eq(games) && played.into_iter().eq(sessions)
    }

    /// Reads the index as it is; `None` when it is not there, damaged, or no file that can be read.
    fn read(disk: &dyn Disk, day_folder: &Path) -> io::Result<Option<Self>> {
        let path = day_folder.join(INDEX);
        match disk.read_at_most(&path, LONGEST) {
            Ok(text) => Ok(Self::parse(&text).ok()),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) if is_unsuitable(&why) => {
                tracing::warn!(
                    file = %paths::text(&path),
                    %why,
                    "the index of a day cannot be read; the files of the day are read in its place, and a recorder writes a new index"
                );
                Ok(None)
            }
            Err(why) => Err(why),
        }
    }

    /// Builds the index from the files of the day. A file that cannot be read is not in it.
    pub fn build(
        disk: &dyn Disk,
        day_folder: &Path,
        date: &str,
    ) -> io::Result<(Self, Vec<UnreadableFile>)> {
        let mut index = Self::empty(date);
        let mut unreadable = Vec::new();
        let names = game_names(disk, day_folder, &mut unreadable)?;
        let games = day_folder.join(GAMES);
        for (name, file) in read_all(disk, &games, names, GameFile::parse, &mut unreadable) {
            index.games.push(IndexGame::new(&name, &file));
        }
        index.games.sort_by(|a, b| a.key().cmp(&b.key()));
        let names = session_names(disk, day_folder, &mut unreadable)?;
        let sessions = day_folder.join(SESSIONS);
        for (name, file) in read_all(disk, &sessions, names, SessionFile::parse, &mut unreadable) {
            index.sessions.push(IndexSession::new(&name, &file));
        }
        index.sessions.sort_by(|a, b| a.key().cmp(&b.key()));
        Ok((index, unreadable))
    }
}

/// Reads files of a folder, one after the other; those that cannot be read are put to the unreadable ones.
fn read_all<T>(
    disk: &dyn Disk,
    folder: &Path,
    names: Vec<String>,
    parse: fn(&[u8]) -> Result<T, String>,
    unreadable: &mut Vec<UnreadableFile>,
) -> impl Iterator<Item = (String, T)> {
    names.into_iter().filter_map(move |name| {
        let path = folder.join(&name);
        let read = disk.read_at_most(&path, LONGEST);
        let failed =
            |why: &&io::Error| why.kind() != io::ErrorKind::NotFound && !is_unsuitable(why);
        let disk_error = read.as_ref().err().filter(failed).map(io::Error::kind);
        let read = read.map_err(|error| error.to_string());
        match read.and_then(|text| parse(&text)) {
            Ok(file) => Some((name, file)),
            Err(reason) => {
                unreadable.push(UnreadableFile {
                    path,
                    reason,
                    disk_error,
                });
                None
            }
        }
    })
}

/// Returns what is in a folder; nothing when it is not there.
pub(crate) fn list(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<DirEntry>> {
    match disk.list(folder) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// Returns the names of the game files of a day, sorted.
fn game_names(
    disk: &dyn Disk,
    day_folder: &Path,
    unlisted: &mut Vec<UnreadableFile>,
) -> io::Result<Vec<String>> {
    names(disk, day_folder.join(GAMES), is_game_name, unlisted)
}

/// Returns the names of the session files of a day, sorted.
fn session_names(
    disk: &dyn Disk,
    day_folder: &Path,
    unlisted: &mut Vec<UnreadableFile>,
) -> io::Result<Vec<String>> {
    names(disk, day_folder.join(SESSIONS), is_session_name, unlisted)
}

/// Returns the names of these in a folder, also those of folders and pipes: that they are no files is found when they
/// are read. What is no folder that can be listed is put to the unlisted ones.
fn names(
    disk: &dyn Disk,
    folder: PathBuf,
    is_one: fn(&str) -> bool,
    unlisted: &mut Vec<UnreadableFile>,
) -> io::Result<Vec<String>> {
    match list(disk, &folder) {
        Ok(found) => {
            let names = found.into_iter().map(|entry| entry.name);
            Ok(names.filter(|name| is_one(name)).collect())
        }
        Err(why) if is_unsuitable(&why) => {
            unlisted.push(UnreadableFile {
                path: folder,
                reason: why.to_string(),
                disk_error: None,
            });
            Ok(Vec::new())
        }
        Err(why) => Err(why),
    }
}

/// Whether a name is one of a published game.
pub(crate) fn is_game_name(name: &str) -> bool {
    name.ends_with(GAME_ENDING) && !name.starts_with('.')
}

/// Whether a name is one of a published session.
pub(crate) fn is_session_name(name: &str) -> bool {
    name.ends_with(SESSION_ENDING) && !name.starts_with('.')
}

/// Returns the days of a folder, oldest first.
pub(crate) fn days(disk: &dyn Disk, root: &Path) -> io::Result<Vec<String>> {
    let is_day = |name: &str| chrono::NaiveDate::parse_from_str(name, "%Y-%m-%d").is_ok();
    let found = list(disk, root)?.into_iter();
    let days = found.filter(|entry| entry.is_dir && is_day(&entry.name));
    Ok(days.map(|entry| entry.name).collect())
}
