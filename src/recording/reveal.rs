//! Which stored game an entry of the server's history completes, or whether the entry is a game to store by itself.

use super::archive::Archive;
use super::format::game_file::{GameFile, Origin};
use super::format::read::read_game;
use crate::disk::{Disk, FileError};
use crate::game::{Game, GameEvent, Time};
use crate::paths;
use crate::protocol::{GameId, HistoryEntry};

/// How far the server's clock may be ahead of ours. A time beyond that is ignored.
const MAX_CLOCK_LEAD_MILLIS: i64 = 10 * 60 * 1_000;

impl Archive {
    /// Returns the game that an entry completes, or (with `collect`) that is known from the entry alone and newer than
    /// the newest stored one; with its origin.
    pub(super) fn reveal(
        &self,
        disk: &dyn Disk,
        entry: &HistoryEntry,
        listed: &[GameId],
        at: Time,
        collect: bool,
    ) -> Result<Option<(Game, Origin)>, FileError> {
        // A file that waits for its seed and has another hash. The entry is a finding about it, unless another file has
        // the entry's hash.
        let mut contradicted = None;
        for location in self.known.get(&entry.id).iter().rev() {
            let path = self.path_of(location);
            let file = match read_game(disk, &path) {
                Ok(Some(Ok(file))) => file,
                // A revealed game needs no second look.
                _ if !location.unrevealed => return Ok(None),
                read => {
                    let why = read?.and_then(Result::err);
                    let why = why.unwrap_or_else(|| "it is gone".to_owned());
                    tracing::warn!(file = %paths::text(&path), why, "the seed of this game is known now, but its file cannot be read");
                    return Ok(None);
                }
            };
            let hashes = file.meta.server_seed_hash.as_ref().zip(entry.hash.as_ref());
            let is_other = hashes.is_some_and(|(filed, revealed)| filed != revealed);
            match (is_other, file.meta.server_seed.is_some()) {
                (false, true) => return Ok(None),
                (false, false) => return Ok(Some(complete(file, entry))),
                (true, true) => {}
                (true, false) => {
                    contradicted.get_or_insert(file);
                }
            }
        }
        if let Some(file) = contradicted {
            return Ok(Some(complete(file, entry)));
        }
        if !collect || !self.is_newer(entry, listed, at) {
            return Ok(None);
        }
        // A time in the future would make every later game look old.
        let now = at.timestamp_millis();
        let game = Game::from_history(&HistoryEntry {
            timestamp: entry.timestamp.map(|closed| closed.min(now)),
            ..entry.clone()
        });
        Ok(game.map(|game| (game, self.origin)))
    }

    /// Whether a listed game is newer than every stored one.
    ///
    /// If the list has a stored game, the order of the list decides, because the server's clock differs from ours.
    /// Otherwise the times decide, except for a practice table.
    fn is_newer(&self, entry: &HistoryEntry, listed: &[GameId], at: Time) -> bool {
        let is_stored = |id: &GameId| !self.known.get(id).is_empty();
        let place = listed.iter().position(|id| *id == entry.id);
        let (newer, older) = listed.split_at(place.unwrap_or(0));
        if listed.iter().any(is_stored) {
            return !newer.iter().any(is_stored) && older.iter().any(is_stored);
        }
        // A practice table invents the games before its first one, at times at which an earlier table may have run.
        if self.origin == Origin::Practice {
            return false;
        }
        let newest = self.known.newest().map(|time| time.timestamp_millis());
        let latest = at.timestamp_millis().saturating_add(MAX_CLOCK_LEAD_MILLIS);
        let is_possible = entry.timestamp.is_some_and(|closed| closed <= latest);
        is_possible && newest.is_some_and(|newest| entry.timestamp > Some(newest))
    }
}

/// Completes a stored game with its entry; anomalies of the entry are logged.
fn complete(file: GameFile, entry: &HistoryEntry) -> (Game, Origin) {
    let origin = file.meta.origin;
    let mut game = file.into_game();
    for event in game.reveal(entry) {
        if let GameEvent::AnomalySeen { anomaly, .. } = event {
            tracing::warn!(game = %game.id, anomaly = anomaly.as_str(), "anomaly in the reveal of a stored game");
        }
    }
    (game, origin)
}
