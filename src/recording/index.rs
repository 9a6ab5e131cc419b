//! The index of a day: a cache of what its files say, sorted by start, rebuilt from them whenever in doubt.

use std::collections::BTreeSet;
use std::path::Path;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model::millis;
use super::names::GAME_ENDING;
use super::{Disk, GameFile, Origin};
use crate::fairness::Status;
use crate::game::{EndReason, Time};
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
}

/// A file that could not be read, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Name of the file.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
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
        let later = |known: &IndexGame| known.start_time <= game.start_time;
        let place = self
            .games
            .iter()
            .rposition(later)
            .map_or(0, |before| before + 1);
        self.games.insert(place, game);
    }

    /// Reads the day's index if it agrees with the names of the files, otherwise builds it from the files.
    ///
    /// Returns whether it had to be built, and the files that could not be read.
    pub fn load(disk: &dyn Disk, day_folder: &Path, date: &str) -> (Self, bool, Vec<Unreadable>) {
        let names = game_names(disk, day_folder);
        let read = disk.read(&day_folder.join(INDEX)).ok();
        let index = read.and_then(|text| Self::parse(&text).ok());
        if let Some(index) = index
            && index.date == date
            && index
                .games
                .iter()
                .map(|game| &game.file)
                .collect::<BTreeSet<_>>()
                == names.iter().collect()
            && index.games.len() == names.len()
        {
            return (index, false, Vec::new());
        }
        let (index, unreadable) = Self::build(disk, day_folder, date);
        (index, true, unreadable)
    }

    /// Builds the index from the files of the day. A file that cannot be read is not in it.
    pub fn build(disk: &dyn Disk, day_folder: &Path, date: &str) -> (Self, Vec<Unreadable>) {
        let mut index = Self::empty(date);
        let mut unreadable = Vec::new();
        for name in game_names(disk, day_folder) {
            let read = disk
                .read(&day_folder.join(GAMES).join(&name))
                .map_err(|e| e.to_string());
            match read.and_then(|text| GameFile::parse(&text)) {
                Ok(file) => index.games.push(IndexGame::new(&name, &file)),
                Err(reason) => unreadable.push(Unreadable { file: name, reason }),
            }
        }
        index
            .games
            .sort_by(|a, b| (a.start_time, &a.file).cmp(&(b.start_time, &b.file)));
        // Sessions come back with the part of the program that writes them; until then keep what a readable
        // index says.
        let old = disk
            .read(&day_folder.join(INDEX))
            .ok()
            .and_then(|text| Self::parse(&text).ok());
        index.sessions = old.map(|old| old.sessions).unwrap_or_default();
        (index, unreadable)
    }
}

/// Returns the names of the game files of a day, sorted.
pub(super) fn game_names(disk: &dyn Disk, day_folder: &Path) -> Vec<String> {
    let found = disk.list(&day_folder.join(GAMES)).unwrap_or_default();
    let games = found
        .into_iter()
        .filter(|entry| !entry.is_dir && is_game_name(&entry.name));
    games.map(|entry| entry.name).collect()
}

/// Whether a name is one of a published game.
pub(super) fn is_game_name(name: &str) -> bool {
    name.ends_with(GAME_ENDING) && !name.starts_with('.')
}

/// Returns the days of a folder, oldest first.
pub(super) fn days(disk: &dyn Disk, root: &Path) -> Vec<String> {
    let found = disk.list(root).unwrap_or_default();
    let is_day = |name: &str| chrono::NaiveDate::parse_from_str(name, "%Y-%m-%d").is_ok();
    found
        .into_iter()
        .filter(|e| e.is_dir && is_day(&e.name))
        .map(|e| e.name)
        .collect()
}
