//! The normal start, which is also the one after a crash: unfinished files away, indexes right, journals read, games
//! that may still be running handed back.

use std::path::{Path, PathBuf};

use super::index::{GAMES, days};
use super::journal::{self, Journal};
use super::names::{JOURNAL_ENDING, TEMPORARY_START, journal_name};
use super::recorder::{Failed, JOURNAL, may_go_on, read_game};
use super::stored::may_be_unrevealed;
use super::{Disk, Origin, Recorder};
use crate::game::Game;

/// Days that are read at the start: a `gameHistory` reaches back ten games, and midnight may lie between.
const DAYS_READ: usize = 2;
/// Name of the folder for journals that tell nothing.
const DAMAGED: &str = "damaged";

impl<D: Disk> Recorder<D> {
    /// Opens a folder; returns the games that may still be running, oldest first.
    ///
    /// An error says which operation failed; a damaged journal, index or game file is no error.
    pub fn open(disk: D, root: PathBuf, origin: Origin) -> Result<(Self, Vec<Game>), String> {
        let mut recorder = Self::new(disk, root, origin);
        let journals = recorder.root.join(JOURNAL);
        let made = recorder.disk.create_dir_all(&journals);
        made.map_err(|why| Failed::new("make", &journals, why).to_string())?;
        recorder.load_days();
        let mut open = recorder.read_journals(&journals);
        open.extend(recorder.last_stopped(&open));
        open.sort_by_key(|game| game.start);
        recorder.finish();
        Ok((recorder, open))
    }

    /// Reads the newest days: what is stored, and whether the index says so.
    fn load_days(&mut self) {
        let dates = days(&self.disk, &self.root);
        for date in dates.iter().skip(dates.len().saturating_sub(DAYS_READ)) {
            remove_unfinished(&self.disk, &self.root.join(date));
            remove_unfinished(&self.disk, &self.root.join(date).join(GAMES));
            let day = Self::day(&mut self.days, &self.disk, &self.root, date);
            if day.dirty {
                tracing::info!(
                    day = date,
                    "the index did not agree with the files and was built anew"
                );
            }
            for game in &day.index.games {
                self.stored
                    .put(date, game, may_be_unrevealed(game), self.origin);
            }
        }
    }

    /// Reads the journals; a game that is already published whole is only tidied up.
    fn read_journals(&mut self, folder: &Path) -> Vec<Game> {
        let mut open = Vec::new();
        for found in self.disk.list(folder).unwrap_or_default() {
            if found.is_dir || !found.name.ends_with(JOURNAL_ENDING) {
                continue;
            }
            let path = folder.join(&found.name);
            let bytes = self.disk.read(&path).unwrap_or_default();
            let Some(read) = journal::read(&bytes) else {
                self.set_aside(folder, &found.name);
                continue;
            };
            if read.damaged > 0 {
                tracing::warn!(game = %read.game.id, lines = read.damaged, "damaged lines in the journal; the rest goes on");
            }
            let journal = Journal::adopted(path, bytes);
            if self.is_published(&read.game) {
                // The crash came between the file and its index entry: read the file again.
                self.refresh_index(&read.game);
                self.discard(journal);
                continue;
            }
            tracing::info!(game = %read.game.id, ticks = read.game.prices.len(), "found open in the journal");
            self.journals.insert(read.game.id.clone(), journal);
            open.push(read.game);
        }
        open
    }

    /// Whether the file of this game tells at least what its journal does.
    fn is_published(&self, journal: &Game) -> bool {
        let Some(place) = self.stored.get(&journal.id) else {
            return false;
        };
        let path = self.root.join(&place.day).join(GAMES).join(&place.file);
        let known = |game: &Game| game.prices.len() - game.prices.missing() as usize;
        let tells = |file: Game| {
            file.seed.is_some()
                || file.end.is_some()
                || journal.end.is_none() && known(&file) > known(journal)
                || known(&file) == known(journal) && file.end_reason.is_some() && journal.ended()
        };
        read_game(&self.disk, &path).is_ok_and(tells)
    }

    fn refresh_index(&mut self, game: &Game) {
        let Some(place) = self.stored.get(&game.id).cloned() else {
            return;
        };
        let path = self.root.join(&place.day).join(GAMES).join(&place.file);
        let text = self.disk.read(&path).map_err(|e| e.to_string());
        if let Ok(file) = text.and_then(|text| super::GameFile::parse(&text)) {
            let entry = super::IndexGame::new(&place.file, &file);
            self.stored.put(
                &place.day,
                &entry,
                file.meta.server_seed.is_none(),
                self.origin,
            );
            let day = Self::day(&mut self.days, &self.disk, &self.root, &place.day);
            if !day.index.games.contains(&entry) {
                day.index.put(entry);
                day.dirty = true;
            }
        }
    }

    /// A journal of which not even the game is known is kept for a human, away from the next start.
    fn set_aside(&self, folder: &Path, name: &str) {
        let damaged = folder.join(DAMAGED);
        let read = self.disk.read(&folder.join(name)).unwrap_or_default();
        if read.is_empty() {
            self.disk.remove(&folder.join(name)).ok(); // Empty: the crash came before its first line.
            return;
        }
        let kept = self
            .disk
            .create_dir_all(&damaged)
            .and_then(|()| self.disk.write(&damaged.join(name), &read))
            .and_then(|()| self.disk.sync(&damaged.join(name)))
            .and_then(|()| self.disk.remove(&folder.join(name)));
        if let Err(why) = kept {
            tracing::warn!(file = %folder.join(name).display(), %why, "a journal tells nothing and cannot be set aside");
        } else {
            tracing::warn!(file = %damaged.join(name).display(), "a journal tells nothing and was set aside");
        }
    }

    /// The newest stored game may still run if we stopped (or crashed) in the middle of it.
    fn last_stopped(&mut self, open: &[Game]) -> Option<Game> {
        let newest = self.days.values().flat_map(|day| {
            let date = &day.index.date;
            day.index
                .games
                .iter()
                .filter(|g| g.origin == self.origin)
                .map(move |g| (date, g))
        });
        let (date, entry) = newest.max_by_key(|(_, game)| game.start_time)?;
        let path = self.root.join(date).join(GAMES).join(&entry.file);
        let game = read_game(&self.disk, &path).ok().filter(may_go_on)?;
        if open.iter().any(|other| other.id == game.id) {
            return None;
        }
        let journal = self.root.join(JOURNAL).join(journal_name(&game.id));
        self.keep(&journal);
        self.journals
            .insert(game.id.clone(), Journal::of(journal, &game.facts()));
        Some(game)
    }
}

/// Removes what a crash left half written; it never had its name.
fn remove_unfinished(disk: &dyn Disk, folder: &Path) {
    for found in disk.list(folder).unwrap_or_default() {
        if !found.is_dir && found.name.starts_with(TEMPORARY_START) {
            disk.remove(&folder.join(found.name)).ok(); // Tried again at the next start.
        }
    }
}
