//! Writing finished games and sessions into their files, and the index of the day after them.

use super::archive::Archive;
use super::durable::{replace, sync_folder};
use super::events::{FileChange, SavedGame, SavedSession};
use super::format::game_file::{GameFile, Origin};
use super::format::index::{IndexGame, IndexSession};
use super::format::names::{
    GAMES, SESSIONS, day_of, game_file_name, number_of_journal, session_file_name,
};
use super::format::read::{read_game, read_session};
use super::format::session_file::SessionFile;
use super::known_games::GameLocation;
use super::notes::notes_path;
use super::open_sessions::OpenSession;
use super::wallet_file;
use crate::disk::{Disk, FileError};
use crate::game::{Anomaly, Game};
use crate::paths;

/// The files that a folder has with the id of a game.
#[derive(Default)]
pub(super) struct ExistingFiles {
    /// Where the game's own file is or was, with its content unless it is gone.
    pub(super) own: Option<(GameLocation, Option<GameFile>)>,
    /// Files with another hash that are newer than its own.
    others: u32,
}

impl Archive {
    /// Looks for the file of a game among those with its id.
    pub(super) fn find_files(
        &self,
        disk: &dyn Disk,
        game: &Game,
    ) -> Result<ExistingFiles, FileError> {
        let mut found = ExistingFiles::default();
        for location in self.known.get(&game.id).iter().rev() {
            match read_game(disk, &self.path_of(location))? {
                Some(Ok(file)) if file.is_of(game) => {
                    found.own = Some((location.clone(), Some(file)));
                    break;
                }
                Some(Ok(_)) => found.others += 1,
                Some(Err(_)) => {}
                // Another program removed it.
                None => found.own = found.own.or_else(|| Some((location.clone(), None))),
            }
        }
        Ok(found)
    }

    /// Writes a game's file. A game without any tick leaves none.
    pub(super) fn publish_game(
        &mut self,
        disk: &dyn Disk,
        game: &Game,
        origin: Origin,
    ) -> Result<Option<SavedGame>, FileError> {
        if game.prices.is_empty() {
            return Ok(None);
        }
        let found = self.find_files(disk, game)?;
        let again = found.own.is_some();
        let location = found.own.map(|(location, _)| location);
        let (date, name) = location.map_or_else(
            || (day_of(game.start), None),
            |location| (location.day, Some(location.file)),
        );
        let folder = self.make_folder(disk, &date, GAMES)?;

        // The second game with an id is `-2`, whenever it began.
        let mut is_reused = !again && found.others > 0;
        let first_copy = if is_reused { found.others + 1 } else { 1 };
        let copies = (first_copy..).map(|copy| game_file_name(&game.id, game.start, copy));
        let mut file = GameFile::new(game, origin);
        let mut free = String::new();
        let mut existing = None;
        // Games of the same second whose ids begin alike get `-2`, `-3`.
        for name in name.into_iter().chain(copies) {
            match read_game(disk, &folder.join(&name))? {
                None => {}
                // Nothing that is recorded is lost, whatever led here.
                Some(Ok(there)) if there.is_of(game) => {
                    is_reused = there.meta.anomalies.contains_key(&Anomaly::IdReused);
                    file = there.clone().with(game, file);
                    existing = Some(there);
                }
                Some(read) => {
                    is_reused |= read.is_ok_and(|other| other.meta.game_id == game.id);
                    continue;
                }
            }
            free = name;
            break;
        }
        let path = folder.join(&free);
        if is_reused && !file.meta.anomalies.contains_key(&Anomaly::IdReused) {
            file.meta.anomalies.insert(Anomaly::IdReused, 1);
            if existing.is_none() {
                tracing::warn!(
                    game = %game.id, file = %paths::text(&path), anomaly = Anomaly::IdReused.as_str(),
                    "another game with this id and another hash is recorded already; this one gets a file of its own"
                );
            }
        }
        let is_unchanged = existing.is_some_and(|existing| existing == file);
        if is_unchanged {
            // The content is durable since the file has its name; a failure may have kept the name from being so.
            sync_folder(disk, &folder)?;
        } else {
            let text = file.to_text();
            let text = text.map_err(|why| FileError::new("write", &folder, why.into()))?;
            replace(disk, &folder, &free, &text)?;
        }

        let entry = IndexGame::new(&free, &file);
        let unrevealed = file.meta.server_seed.is_none();
        self.known.put(&date, &entry, unrevealed, self.origin);
        self.day(disk, &date)?.put_game(entry);
        tracing::info!(
            game = %game.id, ticks = file.meta.duration_ticks, proof = file.meta.proof.status.as_str(),
            file = %paths::text(&path), "saved"
        );
        if let Some(mismatch) = &file.meta.proof.mismatch {
            tracing::error!(game = %game.id, ?mismatch, "this game does not agree with its seed");
        }
        let meta = file.meta;
        let change = match (again, is_unchanged) {
            (_, true) => FileChange::Unchanged,
            (true, false) => FileChange::Completed,
            (false, false) => FileChange::Created,
        };
        Ok(Some(SavedGame { path, meta, change }))
    }

    /// Writes the file of an ended session and the wallet that it left. A session without any action and without notes
    /// leaves no file.
    ///
    /// Returns nothing for a session that was published before a crash.
    pub(super) fn publish_session(
        &mut self,
        disk: &dyn Disk,
        open: &OpenSession,
    ) -> Result<Option<SavedSession>, FileError> {
        wallet_file::write(disk, &self.root, open)?;
        let file = SessionFile::new(&open.session, open.origin);
        let journal = open.journal_path();
        if file.actions.is_empty() && !disk.exists(&notes_path(journal)) {
            return Ok(None);
        }
        let date = open.day();
        let folder = self.make_folder(disk, &date, SESSIONS)?;
        let username = file.meta.username.as_deref();
        let (mut name, mut existing) = (String::new(), None);
        // Sessions of the same second and player get `-2`, `-3`: the number of the journal, which the notes have, too.
        let journal = journal.file_name().unwrap_or_default().to_string_lossy();
        let first = number_of_journal(&journal);
        for copy in 1.. {
            name = session_file_name(username, open.session.start, copy);
            existing = match read_session(disk, &folder.join(&name))? {
                None if copy < first => continue,
                None => None,
                Some(Ok(there)) if open.is_in(&there, &file) => Some(there),
                Some(_) => continue,
            };
            break;
        }
        let is_published = open.is_recovered && existing.is_some();
        if existing.is_some() {
            // The content is durable since the file has its name; a failure may have kept the name from being so.
            sync_folder(disk, &folder)?;
        } else {
            let text = file.to_text();
            let text = text.map_err(|why| FileError::new("write", &folder, why.into()))?;
            replace(disk, &folder, &name, &text)?;
        }

        let file = existing.unwrap_or(file);
        let entry = IndexSession::new(&name, &file);
        self.day(disk, &date)?.put_session(entry);
        if is_published {
            return Ok(None);
        }
        let (path, actions) = (folder.join(name), file.actions.len());
        tracing::info!(actions, file = %paths::text(&path), "saved the session");
        Ok(Some(SavedSession {
            path,
            meta: file.meta,
            actions,
        }))
    }
}
