//! A finished game into its file, and its day's index after it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{WriteError, make_folder, read_game, replace};
use super::known_games::GameLocation;
use super::{Disk, GameFile, Origin, Recorder, RecorderEvent, SavedGame};
use crate::game::{Anomaly, Game, GameEvent, Time};
use crate::paths;
use crate::protocol::{GameId, HistoryEntry};
use crate::recording::format::index::{DayIndex, GAMES, INDEX, IndexGame, UnreadableFile};
use crate::recording::format::names::{day_of, game_file_name};

/// How far the server's clock may be ahead of ours; beyond that its time is none.
const CLOCKS_APART_MILLIS: i64 = 10 * 60 * 1_000;

/// Files of a day that are named when they cannot be read; the library lists all of them.
const NAMED: usize = 8;

/// A day's index in memory.
pub(super) struct DayState {
    pub(super) index: DayIndex,
    pub(super) dirty: bool,
    /// The folder of its games is durable.
    made: bool,
    /// That of its sessions is.
    pub(super) sessions_made: bool,
}

/// Where the file of a game is.
#[derive(Default)]
pub(super) struct FiledGame {
    /// Its place, with the file unless that is gone.
    pub(super) own: Option<(GameLocation, Option<GameFile>)>,
    /// Files with the same id and another hash, newer than its own.
    others: u32,
}

/// Completes a stored game with its entry; what is odd about the entry is said.
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

impl<D: Disk> Recorder<D> {
    /// Returns the game that a reveal completes, or (if games are collected) that is known from it alone and newer
    /// than the newest; with its origin.
    pub(super) fn revealed(
        &self,
        entry: &HistoryEntry,
        listed: &[GameId],
        at: Time,
        collect: bool,
    ) -> Result<Option<(Game, Origin)>, WriteError> {
        // A file that waits for its seed and has another hash: the entry is a finding about it, unless another file
        // has the hash of the entry.
        let mut contradicted = None;
        for place in self.stored.get(&entry.id).iter().rev() {
            let path = self.path_of(place);
            let file = match read_game(&self.disk, &path) {
                Ok(Some(Ok(file))) => file,
                // What is decided needs no second look.
                _ if !place.unrevealed => return Ok(None),
                read => {
                    let why = read?.and_then(Result::err);
                    let why = why.unwrap_or_else(|| "it is gone".to_owned());
                    tracing::warn!(file = %paths::text(&path), why, "the seed of this game is known now, but its file cannot be read");
                    return Ok(None);
                }
            };
            let hashes = file.meta.server_seed_hash.as_ref().zip(entry.hash.as_ref());
            let is_other = hashes.is_some_and(|(filed, told)| filed != told);
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
        // A time to come would make every real game an old one from then on.
        let game = Game::from_history(&HistoryEntry {
            timestamp: entry
                .timestamp
                .map(|closed| closed.min(at.timestamp_millis())),
            ..entry.clone()
        });
        Ok(game.map(|game| (game, self.origin)))
    }

    /// Whether a listed game is newer than every stored one. The order of the list decides where a stored game is in it:
    /// the server's clock is another one than ours. Without one, the game is compared by time.
    fn is_newer(&self, entry: &HistoryEntry, listed: &[GameId], at: Time) -> bool {
        let is_stored = |id: &GameId| !self.stored.get(id).is_empty();
        let place = listed.iter().position(|id| *id == entry.id);
        let (newer, older) = listed.split_at(place.unwrap_or(0));
        if listed.iter().any(is_stored) {
            return !newer.iter().any(is_stored) && older.iter().any(is_stored);
        }
        let newest = self.stored.newest().map(|time| time.timestamp_millis());
        let latest = at.timestamp_millis().saturating_add(CLOCKS_APART_MILLIS);
        let is_possible = entry.timestamp.is_some_and(|closed| closed <= latest);
        is_possible && newest.is_some_and(|newest| entry.timestamp > Some(newest))
    }

    /// Returns the path of a stored game.
    pub(super) fn path_of(&self, place: &GameLocation) -> PathBuf {
        self.root.join(&place.day).join(GAMES).join(&place.file)
    }

    /// Looks for the file of a game among those with its id.
    pub(super) fn filed(&self, game: &Game) -> Result<FiledGame, WriteError> {
        let mut filed = FiledGame::default();
        for place in self.stored.get(&game.id).iter().rev() {
            match read_game(&self.disk, &self.path_of(place))? {
                Some(Ok(file)) if file.is_of(game) => {
                    filed.own = Some((place.clone(), Some(file)));
                    break;
                }
                Some(Ok(_)) => filed.others += 1,
                Some(Err(_)) => {}
                // Somebody removed it.
                None => filed.own = filed.own.or_else(|| Some((place.clone(), None))),
            }
        }
        Ok(filed)
    }

    /// Writes a game's file: temporary file, sync, rename, sync of the folder. A game of which no tick was seen
    /// leaves none.
    pub(super) fn publish(&mut self, game: &Game, origin: Origin) -> Result<(), WriteError> {
        if game.prices.is_empty() {
            return Ok(());
        }
        let filed = self.filed(game)?;
        let again = filed.own.is_some();
        let place = filed.own.map(|(place, _)| place);
        let (date, name) = place.map_or_else(
            || (day_of(game.start), None),
            |place| (place.day, Some(place.file)),
        );
        let day = Self::day(&mut self.days, &self.disk, &self.root, &date)?;
        let folder = self.root.join(&date).join(GAMES);
        if !day.made || !self.disk.exists(&folder) {
            make_folder(&self.disk, &self.root, &folder)?;
            day.made = true;
        }

        // The second game with an id is `-2`, whenever it began.
        let mut reused = !again && filed.others > 0;
        let first_copy = if reused { filed.others + 1 } else { 1 };
        let copies = (first_copy..).map(|copy| game_file_name(&game.id, game.start, copy));
        let mut file = GameFile::new(game, origin);
        let mut free = String::new();
        let mut known = None;
        // The same second and the same start of the id get `-2`, `-3`.
        for name in name.into_iter().chain(copies) {
            match read_game(&self.disk, &folder.join(&name))? {
                None => {}
                // Whatever led here, what is recorded stays recorded.
                Some(Ok(there)) if there.is_of(game) => {
                    reused = there.meta.anomalies.contains_key(&Anomaly::IdReused);
                    file = there.clone().with(game, file);
                    known = Some(there);
                }
                Some(read) => {
                    reused |= read.is_ok_and(|other| other.meta.game_id == game.id);
                    continue;
                }
            }
            free = name;
            break;
        }
        if reused && !file.meta.anomalies.contains_key(&Anomaly::IdReused) {
            file.meta.anomalies.insert(Anomaly::IdReused, 1);
            if known.is_none() {
                tracing::warn!(
                    game = %game.id, file = %paths::text(&folder.join(&free)), anomaly = Anomaly::IdReused.as_str(),
                    "another game with this id and another hash is recorded already; this one gets a file of its own"
                );
            }
        }
        let unchanged = known.is_some_and(|known| known == file);
        if unchanged {
            // It has its name, so its contents are durable; a failure may have kept the name from being so.
            let named = self.disk.sync_dir(&folder);
            named.map_err(|e| WriteError::new("sync", &folder, e))?;
        } else {
            let text = file.to_text();
            let text = text.map_err(|e| WriteError::new("write", &folder, e.into()))?;
            replace(&self.disk, &folder, &free, &text)?;
        }

        let entry = IndexGame::new(&free, &file);
        let unrevealed = file.meta.server_seed.is_none();
        self.stored.put(&date, &entry, unrevealed, self.origin);
        day.index.put(entry);
        day.dirty = true;
        let path = folder.join(&free);
        tracing::info!(
            game = %game.id, ticks = file.meta.duration_ticks, proof = file.meta.proof.status.as_str(),
            file = %paths::text(&path), "saved"
        );
        if let Some(mismatch) = &file.meta.proof.mismatch {
            tracing::error!(game = %game.id, ?mismatch, "this game does not agree with its seed");
        }
        self.news.push(RecorderEvent::Game(Box::new(SavedGame {
            path,
            meta: file.meta,
            again,
        })));
        Ok(())
    }

    /// Returns the day's index, read from the disk if it is not in memory.
    pub(super) fn day<'a>(
        days: &'a mut BTreeMap<String, DayState>,
        disk: &D,
        root: &Path,
        date: &str,
    ) -> Result<&'a mut DayState, WriteError> {
        let slot = match days.entry(date.to_owned()) {
            Entry::Occupied(day) => return Ok(day.into_mut()),
            Entry::Vacant(slot) => slot,
        };
        let folder = root.join(date);
        let (index, dirty, unreadable) = DayIndex::load(disk, &folder, date)
            .map_err(|why| WriteError::new("read", &folder, why))?;
        pass_over(&unreadable, &folder)?;
        Ok(slot.insert(DayState {
            index,
            dirty,
            made: false,
            sessions_made: false,
        }))
    }

    /// Writes the indexes that changed, then removes the journals that they made superfluous.
    pub(super) fn write_indexes(&mut self) -> Result<(), WriteError> {
        for (date, day) in &mut self.days {
            if !day.dirty {
                continue;
            }
            let folder = self.root.join(date);
            let text = day
                .index
                .to_text()
                .map_err(|e| WriteError::new("write", &folder, e.into()))?;
            if !self.disk.exists(&folder) {
                make_folder(&self.disk, &self.root, &folder)?;
            }
            replace(&self.disk, &folder, INDEX, &text)?;
            day.dirty = false;
        }
        // A late reveal reaches ten games back: the newest two days are enough in memory.
        while self.days.len() > 2 {
            self.days.pop_first();
        }
        while let Some(journal) = self.done.last() {
            match self.disk.remove(journal) {
                // Somebody put something else in its place.
                Err(why) if why.kind() == io::ErrorKind::IsADirectory => {
                    tracing::warn!(file = %paths::text(journal), "a folder has the name of a journal; it is left as it is");
                    self.done.pop()
                }
                Err(why) if why.kind() != io::ErrorKind::NotFound => {
                    return Err(WriteError::new("remove", journal, why));
                }
                _ => self.done.pop(),
            };
        }
        Ok(())
    }
}

/// Says which files of a day are passed over. An error is the disk's: a file that may be read another time may be of a
/// game that would be stored twice.
fn pass_over(unreadable: &[UnreadableFile], folder: &Path) -> Result<(), WriteError> {
    for file in unreadable {
        if let Some(kind) = file.disk_error {
            return Err(WriteError::new("read", &file.path, kind.into()));
        }
    }
    for UnreadableFile { path, reason, .. } in unreadable.iter().take(NAMED) {
        tracing::warn!(
            file = %paths::text(path),
            reason,
            "this is no recording that can be read; it is passed over and left as it is: repair it, or move it away"
        );
    }
    if unreadable.len() > NAMED {
        tracing::warn!(
            folder = %paths::text(folder),
            "{} more cannot be read there; `pianola library` lists them",
            unreadable.len() - NAMED
        );
    }
    Ok(())
}
