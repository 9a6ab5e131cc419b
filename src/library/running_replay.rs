//! Opens what is being recorded as a timeline to play: the running session from its journal, with the games that are
//! published already and those that still run. The recorder is not disturbed.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::game_finder::GameFinder;
use super::opened_replay::OpenedReplay;
use super::watched_games::{began_in, games_during, has_game_since_start};
use crate::disk::Disk;
use crate::paths;
use crate::protocol::GameId;
use crate::recording::{GameFile, SessionFile, running_games, running_session};
use crate::replay::Timeline;

/// What to do when a game has no recording.
const NOT_RECORDED: &str = "This game was not recorded. Games you trade in are always saved; \"Every game automatically\" in the REC menu saves all";

/// Why a session that has just begun cannot be replayed.
pub const NO_GAMES: &str = "Nothing to replay yet: the games you trade in appear here";

/// Opens the running session of a folder of recordings, at a game if one is named. A game that the session does not
/// have is opened alone, from its file.
///
/// # Errors
///
/// The text says what is wrong and what to do.
pub(super) fn open_running<D: Disk + Clone>(
    disk: &D,
    root: &Path,
    game: Option<&GameId>,
) -> Result<OpenedReplay, String> {
    let failed = |why: std::io::Error| format!("cannot read {}: {why}", paths::text(root));
    // The journals of the games first: what the session's journal says of them is then newer, and a game whose journal
    // is gone has its file.
    let running = running_games(disk, root).map_err(failed)?;
    let running: HashMap<_, _> = running
        .into_iter()
        .map(|file| (file.meta.game_id.clone(), file))
        .collect();
    let session = running_session(disk, root).map_err(failed)?;
    let finder = GameFinder::of_folder(disk.clone(), root);
    let start = |file: &GameFile| file.meta.start_time.map(|time| time.timestamp_millis());
    let find = |id: &GameId| match (finder.find(id), running.get(id)) {
        // Another game with this id, or an earlier state of this one.
        (Ok(file), Some(newer)) if start(&file) != start(newer) || file.lacks_some_of(newer) => {
            Ok(newer.clone())
        }
        (Ok(file), _) => Ok(file),
        (Err(_), Some(file)) => Ok(file.clone()),
        (Err(why), None) => Err(why),
    };
    let (mut timeline, mut faults, mut path) = (None, Vec::new(), root.to_owned());
    if let Some(session) = session {
        let (mut watched, found) = games_during(disk, root, &session.file, None);
        let is_new = |file: &&GameFile| {
            let is_known = |other: &GameFile| other.meta.game_id == file.meta.game_id;
            began_in(file, &session.file) && !watched.iter().any(is_known)
        };
        let new: Vec<_> = running.values().filter(is_new).cloned().collect();
        watched.extend(new);
        path = session.journal;
        faults = found;
        timeline = Timeline::of_session(session.file, &mut |id| find(id), watched);
    }
    let has = |timeline: &Timeline| {
        let is_there = |id: &GameId| timeline.place(id).is_some();
        game.is_none_or(is_there)
    };
    let is_running = timeline.as_ref().is_some_and(has);
    let timeline = match (timeline, game) {
        (Some(timeline), _) if is_running => timeline,
        (_, Some(id)) => Timeline::of_game(find(id).map_err(|_why| NOT_RECORDED.to_owned())?),
        (_, None) => {
            return Err(NO_GAMES.to_owned());
        }
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(OpenedReplay {
        name: name.into_owned(),
        path,
        curve: timeline.equity().into(),
        timeline: Arc::new(timeline),
        faults: faults.into_iter().filter(|_| is_running).collect(),
        game: game.cloned(),
        is_running,
        bundle: None,
    })
}

/// Whether the running session of a folder of recordings has a game to replay: one with an order, one that is being
/// recorded, or one that was recorded since its start.
pub(super) fn has_games(disk: &dyn Disk, root: &Path, session: &SessionFile) -> bool {
    let is_recorded = |games: Vec<GameFile>| games.iter().any(|game| began_in(game, session));
    !session.actions.is_empty()
        || running_games(disk, root).is_ok_and(is_recorded)
        || has_game_since_start(disk, root, session)
}
