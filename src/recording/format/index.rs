//! The index of a day: a cache of its files, sorted by start, and rebuilt from them in case of doubt.

use std::io;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::game_file::{GameFile, Origin, Peak};
use super::json;
use super::names::{GAMES, INDEX, SESSIONS, is_game_name, is_session_name};
use super::read::MAX_FILE_BYTES;
use super::session_file::SessionFile;
use crate::disk::{Disk, is_unsuitable, list_or_empty};
use crate::fairness::ProofStatus;
use crate::game::{EndReason, Time, millis};
use crate::paths;
use crate::protocol::{GameId, number};

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
    /// As in the file. Only incomplete games have it: the peak of a complete game is exact.
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

    /// Returns the peak with its exactness.
    pub fn peak(&self) -> Peak {
        Peak {
            multiplier: self.peak_multiplier,
            exact: self.complete || self.peak_exact == Some(true),
        }
    }

    /// Returns the key by which a day is sorted.
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
    /// The number of games with an action.
    pub games_played: usize,
    /// The number of rows of any kind.
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

    /// Returns the key by which a day is sorted.
    fn key(&self) -> (i64, &str) {
        // In milliseconds, as in the files.
        (self.session_start.timestamp_millis(), &self.file)
    }
}

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableFile {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
    /// The disk failed: another try may succeed.
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
        json::to_text(self)
    }

    /// Inserts a game by its start and replaces an older entry of the same file.
    pub fn put(&mut self, game: IndexGame) {
        // It is nearly always the newest one, so the search begins at the end.
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

    /// Inserts a session by its start and replaces an older entry of the same file.
    pub fn put_session(&mut self, session: IndexSession) {
        self.sessions.retain(|known| known.file != session.file);
        let key = session.key();
        let place = self.sessions.partition_point(|known| known.key() < key);
        self.sessions.insert(place, session);
    }

    /// Reads the day's index if it lists the files that exist, otherwise builds it from the files.
    ///
    /// Returns the index, whether the index file differs from it, and the files that cannot be read.
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
            // Their content is not known, so nothing contradicts the index.
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

    /// Whether it lists exactly these files; the names are sorted.
    fn lists(&self, games: &[String], sessions: &[String]) -> bool {
        let mut listed: Vec<_> = self.games.iter().map(|game| &game.file).collect();
        listed.sort();
        let mut played: Vec<_> = self.sessions.iter().map(|played| &played.file).collect();
        played.sort();
        listed.into_iter().eq(games) && played.into_iter().eq(sessions)
    }

    /// Reads the index file; `None` if it is missing, damaged, or not a readable file.
    fn read(disk: &dyn Disk, day_folder: &Path) -> io::Result<Option<Self>> {
        let path = day_folder.join(INDEX);
        match disk.read_at_most(&path, MAX_FILE_BYTES) {
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

    /// Builds the index from the files of the day; returns it with the files that cannot be read.
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

/// Reads the files of a folder one after the other; adds those that cannot be read to `unreadable`.
fn read_all<T>(
    disk: &dyn Disk,
    folder: &Path,
    names: Vec<String>,
    parse: fn(&[u8]) -> Result<T, String>,
    unreadable: &mut Vec<UnreadableFile>,
) -> impl Iterator<Item = (String, T)> {
    names.into_iter().filter_map(move |name| {
        let path = folder.join(&name);
        let read = disk.read_at_most(&path, MAX_FILE_BYTES);
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

/// Returns the matching names in a folder. Folders and pipes are included; reading them reports the problem. A folder
/// that cannot be listed is added to `unlisted`.
fn names(
    disk: &dyn Disk,
    folder: PathBuf,
    matches: fn(&str) -> bool,
    unlisted: &mut Vec<UnreadableFile>,
) -> io::Result<Vec<String>> {
    match list_or_empty(disk, &folder) {
        Ok(found) => {
            let names = found.into_iter().map(|entry| entry.name);
            Ok(names.filter(|name| matches(name)).collect())
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

/// Returns the days of a folder, oldest first.
pub(crate) fn days(disk: &dyn Disk, root: &Path) -> io::Result<Vec<String>> {
    let is_day = |name: &str| chrono::NaiveDate::parse_from_str(name, "%Y-%m-%d").is_ok();
    let found = list_or_empty(disk, root)?.into_iter();
    let days = found.filter(|entry| entry.is_dir && is_day(&entry.name));
    Ok(days.map(|entry| entry.name).collect())
}
