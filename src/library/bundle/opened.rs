//! Opens a bundle: its games are proven and its session is computed again.

use super::read::{ReadBundle, read_bundle};
use crate::fairness::ProofStatus;
use crate::library::proven_game::ProvenGame;
use crate::protocol::GameId;
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
    let ReadBundle {
        session,
        session_name,
        games,
        notes,
        names,
        changed,
    } = read_bundle(bytes)?;
    let mut bundle = OpenedBundle {
        session,
        session_name,
        games: games.into_iter().map(ProvenGame::from).collect(),
        notes,
        names,
        changed,
        faults: Vec::new(),
    };
    let of_file = |name: &String| format!("{name} was changed after the bundle was made");
    let mut faults: Vec<String> = bundle.changed.iter().map(of_file).collect();
    faults.extend(bundle.games.iter().filter_map(fault_of));
    let timeline = bundle.timeline().ok_or("its session has no game")?;
    for (id, file) in timeline.games() {
        if let Err(why) = file {
            faults.push(format!("game {id} is missing: {why}"));
        }
    }
    let replayed = timeline.replayed();
    let wrong = replayed.map_or(0, |report| report.disagreements.len());
    if wrong > 0 {
        faults.push(format!(
            "{wrong} numbers of the session disagree with the replay"
        ));
    }
    bundle.faults = faults;
    Ok(bundle)
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
