//! A finished game into its file, and its day's index after it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::Path;

use super::files::{Failed, make_folder, read_game, replace};
use super::index::{DayIndex, GAMES, INDEX, IndexGame, Unreadable};
use super::names::{day_of, game_file_name};
use super::{Disk, GameFile, News, Origin, Recorder, Saved};
use crate::game::{Game, Time};
use crate::protocol::HistoryEntry;

/// How far the server's clock may be ahead of ours; beyond that its time is none.
const CLOCKS_APART_MILLIS: i64 = 10 * 60 * 1_000;

/// A day's index in memory.
pub(super) struct Day {
    pub(super) index: DayIndex,
    pub(super) dirty: bool,
    /// The folder of its games is durable.
    made: bool,
    /// That of its sessions is.
    pub(super) sessions_made: bool,
}

impl<D: Disk> Recorder<D> {
    /// Returns the game that a reveal completes, or (if games are collected) that is known from it alone and newer
    /// than the newest; with its origin.
    pub(super) fn revealed(
        &self,
        entry: &HistoryEntry,
        at: Time,
        collect: bool,
    ) -> Result<Option<(Game, Origin)>, Failed> {
        let Some(place) = self.stored.get(&entry.id) else {
            let newest = self.stored.newest().map(|time| time.timestamp_millis());
            let newer = newest.is_some_and(|newest| entry.timestamp > Some(newest));
            // A time to come would make every real game an old one from then on.
            let latest = at.timestamp_millis() + CLOCKS_APART_MILLIS;
            let possible = entry.timestamp.is_some_and(|closed| closed <= latest);
            let game = (collect && newer && possible)
                .then(|| Game::from_history(entry))
                .flatten();
            return Ok(game.map(|game| (game, self.origin)));
        };
        if !place.unrevealed {
            return Ok(None);
        }
        let path = self.root.join(&place.day).join(GAMES).join(&place.file);
        let why = match read_game(&self.disk, &path)? {
            Some(Ok(file)) => {
                let origin = file.meta.origin;
                let mut game = file.into_game();
                game.reveal(entry);
                return Ok(Some((game, origin)));
            }
            Some(Err(why)) => why,
            None => "it is gone".to_owned(),
        };
        tracing::warn!(file = %path.display(), why, "the seed of this game is known now, but its file cannot be read");
        Ok(None)
    }

    /// Writes a game's file: temporary file, sync, rename, sync of the folder. A game of which no tick was seen
    /// leaves none.
    pub(super) fn publish(&mut self, game: &Game, origin: Origin) -> Result<(), Failed> {
        if game.prices.is_empty() {
            return Ok(());
        }
        let known = self.stored.get(&game.id).cloned();
        let again = known.is_some();
        let (date, name) = known.map_or_else(
            || (day_of(game.start), None),
            |place| (place.day, Some(place.file)),
        );
        let day = Self::day(&mut self.days, &self.disk, &self.root, &date)?;
        let folder = self.root.join(&date).join(GAMES);
        if !day.made || !self.disk.exists(&folder) {
            make_folder(&self.disk, &self.root, &folder)?;
            day.made = true;
        }

        let copies = (1..).map(|copy| game_file_name(&game.id, game.start, copy));
        let mut file = GameFile::new(game, origin);
        let mut free = String::new();
        let mut unchanged = false;
        // The same second and the same start of the id get `-2`, `-3`.
        for name in name.into_iter().chain(copies) {
            let there = match read_game(&self.disk, &folder.join(&name))? {
                None => None,
                Some(Ok(there)) if there.meta.game_id == game.id => Some(there),
                Some(_) => continue,
            };
            // Whatever led here, what is recorded stays recorded.
            if let Some(there) = there {
                file = there.clone().with(game, file);
                unchanged = file == there;
            }
            free = name;
            break;
        }
        if unchanged {
            // It has its name, so its contents are durable; a failure may have kept the name from being so.
            let named = self.disk.sync_dir(&folder);
            named.map_err(|e| Failed::new("sync", &folder, e))?;
        } else {
            let text = file.to_text();
            let text = text.map_err(|e| Failed::new("write", &folder, e.into()))?;
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
            file = %path.display(), "saved"
        );
        if let Some(mismatch) = &file.meta.proof.mismatch {
            tracing::error!(game = %game.id, ?mismatch, "this game does not agree with its seed");
        }
        self.news.push(News::Game(Box::new(Saved {
            path,
            meta: file.meta,
            again,
        })));
        Ok(())
    }

    /// Returns the day's index, read from the disk if it is not in memory.
    pub(super) fn day<'a>(
        days: &'a mut BTreeMap<String, Day>,
        disk: &D,
        root: &Path,
        date: &str,
    ) -> Result<&'a mut Day, Failed> {
        let slot = match days.entry(date.to_owned()) {
            Entry::Occupied(day) => return Ok(day.into_mut()),
            Entry::Vacant(slot) => slot,
        };
        let folder = root.join(date);
        let (index, dirty, unreadable) =
            DayIndex::load(disk, &folder, date).map_err(|why| Failed::new("read", &folder, why))?;
        for Unreadable {
            path,
            reason,
            disk_error,
        } in unreadable
        {
            // A file that may be read another time may be of a game that would be stored twice.
            if let Some(kind) = disk_error.filter(|kind| *kind != io::ErrorKind::PermissionDenied) {
                return Err(Failed::new("read", &path, kind.into()));
            }
            tracing::warn!(
                file = %path.display(),
                reason,
                "a recorded file cannot be read; it is left as it is"
            );
        }
        Ok(slot.insert(Day {
            index,
            dirty,
            made: false,
            sessions_made: false,
        }))
    }

    /// Writes the indexes that changed, then removes the journals that they made superfluous.
    pub(super) fn write_indexes(&mut self) -> Result<(), Failed> {
        for (date, day) in &mut self.days {
            if !day.dirty {
                continue;
            }
            let folder = self.root.join(date);
            let text = day
                .index
                .to_text()
                .map_err(|e| Failed::new("write", &folder, e.into()))?;
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
                Err(why) if why.kind() != io::ErrorKind::NotFound => {
                    return Err(Failed::new("remove", journal, why));
                }
                _ => self.done.pop(),
            };
        }
        Ok(())
    }
}
