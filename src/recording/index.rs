//! The index of a day: a cache of what its files say, sorted by start, rebuilt from them whenever in doubt.

use std::io;
use std::path::Path;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::names::GAME_ENDING;
use super::{Disk, Found, GameFile, Origin};
use crate::fairness::Status;
use crate::game::{EndReason, Time, millis};
use crate::protocol::{GameId, number};

/// Name of the index inside a day's folder.
pub(super) const INDEX: &str = "index.json";
/// Name of the folder of game files inside a day's folder.
pub(super) const GAMES: &str = "games";

/// The index of one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayIndex {
    /// The day, `2025-12-15`.
    pub date: String,
    /// Games by start.
    pub games: Vec<IndexGame>,
    /// Sessions by start; kept as they are until sessions are recorded.
    pub sessions: Vec<Value>,
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
    pub proof: Status,
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
        }
    }

    /// What a day is sorted by.
    fn key(&self) -> (Option<Time>, &str) {
        (self.start_time, &self.file)
    }
}

/// A file that could not be read, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Name of the file.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
    /// The disk refused to read it; another time it may.
    pub disk_error: Option<io::ErrorKind>,
}

impl DayIndex {
    /// Returns the index of a day without games.
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
        super::json::to_text(self)
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

    /// Reads the day's index if it agrees with the names of the files, otherwise builds it from the files.
    ///
    /// Returns whether the file says something else, and the files that could not be read.
    pub fn load(
        disk: &dyn Disk,
        day_folder: &Path,
        date: &str,
    ) -> io::Result<(Self, bool, Vec<Unreadable>)> {
        let names = game_names(disk, day_folder)?;
        match Self::read(disk, day_folder)? {
            Some(index) if index.date == date && index.lists(&names) => {
                Ok((index, false, Vec::new()))
            }
            other => {
                let (index, unreadable) = Self::build(disk, day_folder, date)?;
                // A day without games needs no index.
                let differs = match other {
                    Some(other) => other != index,
                    None => !index.games.is_empty(),
                };
                Ok((index, differs, unreadable))
            }
        }
    }

    /// Whether these are the files it tells of; `names` are sorted.
    fn lists(&self, names: &[String]) -> bool {
        let mut listed: Vec<_> = self.games.iter().map(|game| &game.file).collect();
        listed.sort();
        listed.into_iter().eq(names)
    }

    /// Reads the index as it is; `None` when it is not there or damaged.
    fn read(disk: &dyn Disk, day_folder: &Path) -> io::Result<Option<Self>> {
        match disk.read(&day_folder.join(INDEX)) {
            Ok(text) => Ok(Self::parse(&text).ok()),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Builds the index from the files of the day. A file that cannot be read is not in it.
    pub fn build(
        disk: &dyn Disk,
        day_folder: &Path,
        date: &str,
    ) -> io::Result<(Self, Vec<Unreadable>)> {
        let mut index = Self::empty(date);
        let mut unreadable = Vec::new();
        for file in game_names(disk, day_folder)? {
            let read = disk.read(&day_folder.join(GAMES).join(&file));
            let disk_error = read.as_ref().err().map(io::Error::kind);
            let read = read.map_err(|error| error.to_string());
            match read.and_then(|text| GameFile::parse(&text)) {
                Ok(game) => index.games.push(IndexGame::new(&file, &game)),
                Err(reason) => unreadable.push(Unreadable {
                    file,
                    reason,
                    disk_error,
                }),
            }
        }
        index.games.sort_by(|a, b| a.key().cmp(&b.key()));
        // Sessions come back with the part of the program that writes them; until then keep what a readable
        // index says.
        let old = Self::read(disk, day_folder)?;
        index.sessions = old.map(|old| old.sessions).unwrap_or_default();
        Ok((index, unreadable))
    }
}

/// Returns what is in a folder; nothing when it is not there.
pub(super) fn list(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<Found>> {
    match disk.list(folder) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// Returns the names of the game files of a day, sorted.
pub(super) fn game_names(disk: &dyn Disk, day_folder: &Path) -> io::Result<Vec<String>> {
    let games = list(disk, &day_folder.join(GAMES))?.into_iter();
    let games = games.filter(|entry| !entry.is_dir && is_game_name(&entry.name));
    Ok(games.map(|entry| entry.name).collect())
}

/// Whether a name is one of a published game.
pub(super) fn is_game_name(name: &str) -> bool {
    name.ends_with(GAME_ENDING) && !name.starts_with('.')
}

/// Returns the days of a folder, oldest first.
pub(super) fn days(disk: &dyn Disk, root: &Path) -> io::Result<Vec<String>> {
    let is_day = |name: &str| chrono::NaiveDate::parse_from_str(name, "%Y-%m-%d").is_ok();
    let found = list(disk, root)?.into_iter();
    let days = found.filter(|entry| entry.is_dir && is_day(&entry.name));
    Ok(days.map(|entry| entry.name).collect())
}
