//! Opens a bundle: its games are proven and its session is computed again.

use std::collections::HashMap;
use std::sync::Arc;

use super::progress::CheckProgress;
use super::read::{ReadBundle, read_bundle};
use crate::fairness::ProofStatus;
use crate::library::verify::{VerifiedGame, prove_games};
use crate::plural::count;
use crate::protocol::GameId;
use crate::recording::{GameFile, SessionNotes};
use crate::replay::{ReplayReport, Timeline, games_needed};

/// Games that are proven together; the check can be cancelled between two such groups.
const TOGETHER: usize = 16;

/// A bundle with what was found in it.
#[derive(Debug, Clone)]
pub struct OpenedBundle {
    /// The session with its games.
    pub timeline: Arc<Timeline>,
    /// The name of the session's file.
    pub session_name: String,
    /// The games of the session, in its order.
    pub games: Vec<BundledGame>,
    /// The notes.
    pub notes: SessionNotes,
    /// The manifest says that the player's name and id are in it.
    pub names: bool,
    /// The files that are not as the manifest has them.
    pub changed: Vec<String>,
    /// What does not hold, in words: changed files, games that are missing or not proven, numbers that disagree.
    pub faults: Vec<String>,
}

/// A game of a bundle's session.
#[derive(Debug, Clone, PartialEq)]
pub struct BundledGame {
    /// Its id.
    pub id: GameId,
    /// Numbers of the session depend on its file, or it is there.
    pub is_needed: bool,
    /// Its proof, which was made again, or why it is missing.
    pub verified: Result<VerifiedGame, String>,
}

/// The timeline is computed from the session and the games, which are compared.
impl PartialEq for OpenedBundle {
    fn eq(&self, other: &Self) -> bool {
        let files = self.timeline.games().eq(other.timeline.games());
        let session = self.timeline.session() == other.timeline.session();
        let names = (&self.session_name, self.names) == (&other.session_name, other.names);
        let found = (&self.games, &self.changed, &self.faults)
            == (&other.games, &other.changed, &other.faults);
        files && session && names && found && self.notes == other.notes
    }
}

/// Opens the content of a bundle.
///
/// # Errors
///
/// The text says why nothing of it can be shown, without the path.
pub fn open_bundle(bytes: &[u8]) -> Result<OpenedBundle, String> {
    check_bundle(bytes, &CheckProgress::default())
}

/// Opens the content of a bundle, with its progress.
///
/// # Errors
///
/// The text says why nothing of it can be shown, without the path; also if the check was cancelled.
pub(in crate::library) fn check_bundle(
    bytes: &[u8],
    progress: &CheckProgress,
) -> Result<OpenedBundle, String> {
    progress.set_bundle();
    let ReadBundle {
        session,
        session_name,
        games,
        notes,
        names,
        changed,
    } = read_bundle(bytes)?;
    let mut proofs = proofs(&games, progress)?;
    let mut files: HashMap<GameId, GameFile> = games
        .into_iter()
        .map(|file| (file.meta.game_id.clone(), file))
        .collect();
    let mut find = |id: &GameId| {
        let found = files.remove(id);
        found.ok_or_else(|| "it is not in the bundle".to_owned())
    };
    let timeline = Timeline::of_session(session, &mut find, []).ok_or("its session has no game")?;
    let needed = timeline.session().map(games_needed).unwrap_or_default();
    let games = timeline.games().map(|(id, file)| BundledGame {
        id: id.clone(),
        is_needed: file.is_ok() || needed.contains_key(id),
        verified: match (proofs.remove(id), file) {
            (Some(proof), Ok(_)) => Ok(proof),
            (_, Err(why)) => Err(why.to_owned()),
            (None, Ok(_)) => Err("it was not proven".to_owned()),
        },
    });
    let games: Vec<_> = games.collect();
    let of_file = |name: &String| format!("{name} was changed after the bundle was made");
    let mut faults: Vec<String> = changed.iter().map(of_file).collect();
    let of_game = |game: &BundledGame| Some(format!("game {} {}", game.id, game.fault()?));
    faults.extend(
        games
            .iter()
            .filter(|game| game.is_needed)
            .filter_map(of_game),
    );
    let wrong = timeline.replayed().map_or(0, ReplayReport::wrong);
    if wrong > 0 {
        faults.push(format!(
            "the replay finds {} in the session",
            count(wrong, "wrong number")
        ));
    }
    Ok(OpenedBundle {
        timeline: Arc::new(timeline),
        session_name,
        games,
        notes,
        names,
        changed,
        faults,
    })
}

/// Proves the games, some at a time.
fn proofs(
    games: &[GameFile],
    progress: &CheckProgress,
) -> Result<HashMap<GameId, VerifiedGame>, String> {
    progress.set_games(games.len());
    let mut proofs = HashMap::new();
    for some in games.chunks(TOGETHER) {
        if progress.is_cancelled() {
            return Err("the check was cancelled".to_owned());
        }
        let proven = prove_games(&some.iter().collect::<Vec<_>>()).into_iter();
        proofs.extend(proven.map(|(game, _path)| (game.game_id.clone(), game)));
        progress.add_proven(some.len());
    }
    Ok(proofs)
}

impl BundledGame {
    /// Returns what does not hold of it, as the rest of a sentence that begins with the game.
    pub fn fault(&self) -> Option<String> {
        let game = match &self.verified {
            Ok(game) => game,
            Err(why) => return Some(format!("is missing: {why}")),
        };
        if game.proof.status == ProofStatus::Mismatch {
            return Some("contradicts its seed".to_owned());
        }
        if let Some(wrong) = game.disagreements.first() {
            return Some(format!(
                "has a wrong value: {} is {}, not {}",
                wrong.key, wrong.found, wrong.stored
            ));
        }
        (game.proof.status == ProofStatus::Unverifiable).then(|| {
            let why = game.proof.reason.as_deref().unwrap_or("no seed");
            format!("is not proven: {why}")
        })
    }
}
