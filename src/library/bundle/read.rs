//! Reads a bundle: its files, as far as they are those of its manifest.

use super::archive::{ArchiveFile, unpack};
use super::manifest::BundleManifest;
use super::{MANIFEST, is_archive};
use crate::library::session_size::check_size;
use crate::recording::format::names::{
    GAMES, NOTES_ENDING, SESSIONS, is_game_name, is_session_name,
};
use crate::recording::{GameFile, SessionFile, SessionNotes};

/// The files of a bundle.
#[derive(Debug)]
pub(in crate::library) struct ReadBundle {
    pub session: SessionFile,
    pub session_name: String,
    pub games: Vec<GameFile>,
    pub notes: SessionNotes,
    pub names: bool,
    /// The files that are not as the manifest has them.
    pub changed: Vec<String>,
}

/// Reads the content of a bundle.
///
/// # Errors
///
/// The text says why nothing of it can be shown, without the path.
pub(in crate::library) fn read_bundle(bytes: &[u8]) -> Result<ReadBundle, String> {
    if !is_archive(bytes) {
        return Err("it is no bundle".to_owned());
    }
    let mut files = unpack(bytes)?;
    if files.first().is_none_or(|file| file.name != MANIFEST) {
        return Err("it has no manifest: it is another kind of archive".to_owned());
    }
    let manifest = BundleManifest::parse(&files.remove(0).bytes)?;
    let changed = manifest.compare(&files)?;
    Ok(ReadBundle {
        names: manifest.names,
        changed,
        ..sorted(files)?
    })
}

/// Reads the files by their places.
fn sorted(files: Vec<ArchiveFile>) -> Result<ReadBundle, String> {
    let mut session = None;
    let mut notes = None;
    let mut games: Vec<GameFile> = Vec::new();
    for file in files {
        let damaged = |why: String| format!("{} in it is damaged: {why}", file.name);
        match file.name.split_once('/') {
            Some((SESSIONS, name)) if is_session_name(name) && session.is_none() => {
                let read = SessionFile::parse(&file.bytes).map_err(damaged)?;
                check_size(&read).map_err(damaged)?;
                session = Some((name.to_owned(), read));
            }
            Some((SESSIONS, name)) if name.ends_with(NOTES_ENDING) && notes.is_none() => {
                notes = Some(SessionNotes::parse(&file.bytes).map_err(damaged)?);
            }
            Some((GAMES, name)) if is_game_name(name) => {
                let read = GameFile::parse(&file.bytes).map_err(damaged)?;
                if games
                    .iter()
                    .any(|game| game.meta.game_id == read.meta.game_id)
                {
                    return Err(format!("game {} is twice in it", read.meta.game_id));
                }
                games.push(read);
            }
            _ => return Err(format!("{:?} in it is no file of a bundle", file.name)),
        }
    }
    let (session_name, session) = session.ok_or("no session is in it")?;
    if let Some(other) = games.iter().find(|game| {
        let id = &game.meta.game_id;
        !session.actions.iter().any(|row| row.game_id == *id)
    }) {
        let id = &other.meta.game_id;
        return Err(format!("game {id} in it is none of its session"));
    }
    Ok(ReadBundle {
        session,
        session_name,
        games,
        notes: notes.unwrap_or_default(),
        names: false,
        changed: Vec::new(),
    })
}
