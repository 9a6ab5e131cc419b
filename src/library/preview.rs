//! What the library shows beside its list: a session with one of its games, or a game, proven again.

use std::path::{Path, PathBuf};

use super::game_finder::GameFinder;
use super::open::{RecordingFile, open};
use super::proven_game::ProvenGame;
use crate::disk::Disk;
use crate::protocol::GameId;
use crate::recording::{
    GameFile, SessionFile, root_of_session_journal, running_games, running_session,
};
use crate::replay::with_times_of;

/// A recording beside the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The file.
    pub path: PathBuf,
    /// The session, unless the file is a game.
    pub session: Option<SessionFile>,
    /// A game of the session, or the game of the file; or why there is none.
    pub game: Result<ProvenGame, String>,
}

/// Reads a recording for a preview. Of a session it reads the named game, or the one with the best result. Games are
/// searched beside the file, then in `out`.
///
/// # Errors
///
/// The text says what is wrong and what to do.
pub(super) fn preview<D: Disk + Clone>(
    disk: &D,
    path: &Path,
    out: Option<&Path>,
    game: Option<&GameId>,
) -> Result<Preview, String> {
    let of_game = |file: GameFile| Preview {
        path: path.to_owned(),
        session: None,
        game: Ok(file.into()),
    };
    let (session, found) = if let Some(root) = root_of_session_journal(path) {
        let running = running_session(disk, root).ok().flatten();
        let session = running.ok_or("the session has ended; it is in the list now")?;
        let id = game.cloned().or_else(|| shown_game(&session.file));
        let found = id.map(|id| find_game(disk, root, &id));
        (session.file, found)
    } else {
        match open(disk, path)? {
            RecordingFile::Game(file) => return Ok(of_game(file)),
            RecordingFile::PythonRecording(original) => return Ok(of_game(original.file)),
            RecordingFile::Bundle(bundle) => {
                let timeline = &bundle.timeline;
                let session = timeline.session().ok_or("no session is in it")?;
                let id = game.cloned().or_else(|| shown_game(session));
                let found = id.map(|id| {
                    let found = timeline.games().find(|(other, _)| **other == id);
                    let (_, file) = found.ok_or("it is not in the bundle")?;
                    Ok(file?.clone())
                });
                (session.clone(), found)
            }
            RecordingFile::Session(session) => {
                let finder = GameFinder::beside(disk.clone(), path, out);
                let id = game.cloned().or_else(|| shown_game(&session));
                (session, id.map(|id| finder.find(&id)))
            }
        }
    };
    let found = found.unwrap_or_else(|| Err("no game was played in it".to_owned()));
    let found = found.map(|game| with_times_of(&session, game));
    Ok(Preview {
        path: path.to_owned(),
        session: Some(session),
        game: found.map(ProvenGame::from),
    })
}

/// Returns a game of a folder of recordings, also one that still runs.
///
/// # Errors
///
/// The text says why there is none.
fn find_game<D: Disk + Clone>(disk: &D, root: &Path, id: &GameId) -> Result<GameFile, String> {
    let running = running_games(disk, root).unwrap_or_default().into_iter();
    let mut running = running.filter(|file| file.meta.game_id == *id);
    GameFinder::of_folder(disk.clone(), root)
        .find(id)
        .or_else(|why| running.next().ok_or(why))
}

/// Returns the game of a session that is shown at first: the one with the best result, or else its first one.
fn shown_game(session: &SessionFile) -> Option<GameId> {
    let best = session.pnls().into_iter().max_by_key(|(_, pnl)| *pnl);
    let first = || session.actions.first().map(|row| row.game_id.clone());
    best.map(|(id, _)| id).or_else(first)
}
