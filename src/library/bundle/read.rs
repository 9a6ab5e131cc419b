//! Opens a bundle: its games are proven and its session is computed again.

use super::archive::{ArchiveFile, unpack};
use super::manifest::BundleManifest;
use super::{MANIFEST, is_archive};
use crate::fairness::ProofStatus;
use crate::library::open::check_size;
use crate::library::preview::ProvenGame;
use crate::protocol::GameId;
use crate::recording::format::names::{
    GAMES, NOTES_ENDING, SESSIONS, is_game_name, is_session_name,
};
use crate::recording::{GameFile, SessionFile, SessionNotes};
use crate::replay::Timeline;

/// A bundle with what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedBundle {
    /// The session.
    pub session: SessionFile,
    /// The name of its file.
    pub session_name: String,
    /// The games with their proofs, which were made again.
    pub games: Vec<ProvenGame>,
    /// The notes.
    pub notes: SessionNotes,
    /// The player's name and id are in it.
    pub names: bool,
    /// The files that are not as the manifest has them.
    pub changed: Vec<String>,
    /// What does not hold, in words: changed files, games that are missing or not proven, numbers that disagree.
    pub faults: Vec<String>,
}

impl OpenedBundle {
    /// Returns a game.
    ///
    /// # Errors
    ///
    /// The text says why there is none.
    pub fn find(&self, id: &GameId) -> Result<GameFile, String> {
        let found = self.games.iter().find(|game| game.file.meta.game_id == *id);
        let found = found.map(|game| game.file.clone());
        found.ok_or_else(|| "it is not in the bundle".to_owned())
    }

    /// Returns the timeline of the session; `None` if it has no game.
    pub fn timeline(&self) -> Option<Timeline> {
        Timeline::of_session(self.session.clone(), &mut |id| self.find(id), [])
    }
}

/// Opens the content of a bundle.
///
/// # Errors
///
/// The text says why nothing of it can be shown, without the path.
pub fn open_bundle(bytes: &[u8]) -> Result<OpenedBundle, String> {
    if !is_archive(bytes) {
        return Err("it is no bundle".to_owned());
    }
    let mut files = unpack(bytes)?;
    if files.first().is_none_or(|file| file.name != MANIFEST) {
        return Err("it has no manifest: it is another kind of archive".to_owned());
    }
    let manifest = BundleManifest::parse(&files.remove(0).bytes)?;
    let changed = manifest.compare(&files)?;
    let mut bundle = sorted(files)?;
    bundle.names = manifest.names;
    let mut faults: Vec<String> = changed
        .iter()
        .map(|name| format!("{name} was changed after the bundle was made"))
        .collect();
    for game in &bundle.games {
        faults.extend(fault_of(game));
    }
    let timeline = bundle.timeline().ok_or("its session has no game")?;
    for (id, file) in timeline.games() {
        if let Err(why) = file {
            faults.push(format!("game {id} is missing: {why}"));
        }
    }
    let wrong = timeline
        .replayed()
        .map_or(0, |report| report.disagreements.len());
    if wrong > 0 {
        faults.push(format!(
            "{wrong} numbers of the session disagree with the replay"
        ));
    }
    (bundle.changed, bundle.faults) = (changed, faults);
    Ok(bundle)
}

/// Reads the files by their places.
fn sorted(files: Vec<ArchiveFile>) -> Result<OpenedBundle, String> {
    let mut session = None;
    let mut notes = None;
    let mut games: Vec<ProvenGame> = Vec::new();
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
                    .any(|game| game.file.meta.game_id == read.meta.game_id)
                {
                    return Err(format!("game {} is twice in it", read.meta.game_id));
                }
                games.push(read.into());
            }
            _ => return Err(format!("{:?} in it is no file of a bundle", file.name)),
        }
    }
    let (session_name, session) = session.ok_or("no session is in it")?;
    if let Some(other) = games.iter().find(|game| {
        let id = &game.file.meta.game_id;
        !session.actions.iter().any(|row| row.game_id == *id)
    }) {
        let id = &other.file.meta.game_id;
        return Err(format!("game {id} in it is none of its session"));
    }
    Ok(OpenedBundle {
        session,
        session_name,
        games,
        notes: notes.unwrap_or_default(),
        names: false,
        changed: Vec::new(),
        faults: Vec::new(),
    })
}

/// Returns what does not hold of a game.
fn fault_of(game: &ProvenGame) -> Option<String> {
    let id = &game.file.meta.game_id;
    let proof = &game.verified.proof;
    if proof.status == ProofStatus::Mismatch {
        return Some(format!("game {id} contradicts its seed"));
    }
    if let Some(wrong) = game.verified.disagreements.first() {
        return Some(format!(
            "game {id} says of itself what is not so: {} is {}, not {}",
            wrong.key, wrong.found, wrong.stored
        ));
    }
    (proof.status == ProofStatus::Unverifiable).then(|| {
        let why = proof.reason.as_deref().unwrap_or("no seed");
        format!("game {id} is not proven: {why}")
    })
}
