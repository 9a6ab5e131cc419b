//! How long a session can be that is replayed.

use std::collections::HashMap;

use crate::protocol::{GameId, MAX_TICK};
use crate::recording::SessionFile;

/// The highest number of rows and of drifts of a session: a day with one every two seconds has fewer.
const MAX_ACTIONS: usize = 50_000;
/// The highest number of rows of one game: a player acts at most once a tick, and every step of a replay goes through
/// the list of lots.
const MAX_ACTIONS_OF_A_GAME: usize = MAX_TICK as usize;

/// Checks whether a session is short enough to be replayed.
///
/// # Errors
///
/// The text says of what it has too many.
pub fn check_size(file: &SessionFile) -> Result<(), String> {
    let too_many = |what: &str, n: usize, most: usize| {
        Err(format!(
            "it has {n} {what}, more than the {most} that can be played"
        ))
    };
    for (what, n) in [
        ("actions", file.actions.len()),
        ("drifts", file.drifts.len()),
    ] {
        if n > MAX_ACTIONS {
            return too_many(what, n, MAX_ACTIONS);
        }
    }
    let lots = file.meta.start_lots.len();
    if lots > MAX_ACTIONS_OF_A_GAME {
        return too_many("lots at its start", lots, MAX_ACTIONS_OF_A_GAME);
    }
    let mut of_games: HashMap<&GameId, usize> = HashMap::new();
    for row in &file.actions {
        let n = of_games.entry(&row.game_id).or_default();
        *n += 1;
        if *n > MAX_ACTIONS_OF_A_GAME {
            return too_many("actions in one game", *n, MAX_ACTIONS_OF_A_GAME);
        }
    }
    Ok(())
}
