//! The games that were recorded while a session ran: those that its player watched between the played ones.

use std::path::{Path, PathBuf};

use chrono::{DurationRound as _, NaiveDateTime, TimeDelta};

use crate::disk::{Disk, list_or_empty};
use crate::game::Time;
use crate::recording::format::index::days;
use crate::recording::format::names::{GAMES, day_of, is_game_name};
use crate::recording::format::read::read_game;
use crate::recording::{GameFile, SessionFile};

/// The number of games that are read, the newest ones: a day has fewer.
const MAX_GAMES: usize = 2_000;
/// Characters of the start in a file name, `20251215T011800`.
const START_CHARS: usize = 15;

/// Returns the games of the same origin in a folder of recordings that began while a session ran and were not played in
/// it, by start; and, in words, why some are missing. `end` is the end of the session; `None` while it runs.
pub fn games_during(
    disk: &dyn Disk,
    root: &Path,
    file: &SessionFile,
    end: Option<Time>,
) -> (Vec<GameFile>, Vec<String>) {
    let meta = &file.meta;
    let is_during = |at: Time| meta.session_start <= at && end.is_none_or(|end| at <= end);
    let played: std::collections::HashSet<_> = file.game_ids().into_iter().collect();
    let mut games = Vec::new();
    let (mut paths, mut faults) = paths_during(disk, root, meta.session_start, end);
    if paths.len() > MAX_GAMES {
        paths.drain(..paths.len() - MAX_GAMES);
        faults.push(format!("only the newest {MAX_GAMES} games are shown"));
    }
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match read_game(disk, &path) {
            Ok(Some(Ok(game))) => {
                let is_watched = game.meta.origin == meta.origin
                    && game.meta.start_time.is_some_and(is_during)
                    && !played.contains(&game.meta.game_id);
                games.extend(is_watched.then_some(game));
            }
            Ok(Some(Err(why))) => faults.push(format!("{name} is damaged: {why}")),
            Ok(None) => faults.push(format!("{name} is gone")),
            Err(failed) => faults.push(failed.to_string()),
        }
    }
    games.sort_by_key(|game| game.meta.start_time);
    (games, faults)
}

/// Whether a game of the same origin in a folder of recordings began since the start of a session. Files are read, the
/// newest first, until one is such a game.
pub fn has_game_since_start(disk: &dyn Disk, root: &Path, file: &SessionFile) -> bool {
    let meta = &file.meta;
    let (paths, _faults) = paths_during(disk, root, meta.session_start, None);
    paths.iter().rev().take(MAX_GAMES).any(|path| {
        let game = read_game(disk, path).ok().flatten();
        game.is_some_and(|game| game.is_ok_and(|game| began_in(&game, file)))
    })
}

/// Whether a game has the origin of a session and began since its start.
pub fn began_in(game: &GameFile, session: &SessionFile) -> bool {
    let (game, session) = (&game.meta, &session.meta);
    game.origin == session.origin
        && game
            .start_time
            .is_some_and(|at| at >= session.session_start)
}

/// Returns the files of games whose names say that they began in this time, by day, and the days that cannot be read.
fn paths_during(
    disk: &dyn Disk,
    root: &Path,
    start: Time,
    end: Option<Time>,
) -> (Vec<PathBuf>, Vec<String>) {
    let (mut paths, mut faults) = (Vec::new(), Vec::new());
    let (first, last) = (day_of(start), end.map(day_of));
    let is_a_day = |date: &String| *date >= first && last.as_ref().is_none_or(|last| date <= last);
    // A folder that is missing or cannot be read has no games.
    let dates = days(disk, root).unwrap_or_default().into_iter();
    for date in dates.filter(is_a_day) {
        let folder = root.join(&date).join(GAMES);
        match list_or_empty(disk, &folder) {
            Ok(found) => {
                let names = found.into_iter().map(|found| found.name);
                // The name has the start without its milliseconds. A renamed file has no start in its name, so it is read.
                let from = start.duration_trunc(TimeDelta::seconds(1)).unwrap_or(start);
                let may_be = |at: Time| from <= at && end.is_none_or(|end| at <= end);
                let names = names.filter(|name| is_game_name(name));
                let names = names.filter(|name| start_of_name(name).is_none_or(may_be));
                paths.extend(names.map(|name| folder.join(name)));
            }
            Err(_unreadable) => faults.push(format!("the games of {date} cannot be read")),
        }
    }
    (paths, faults)
}

/// Returns the start in the name of a game file.
fn start_of_name(name: &str) -> Option<Time> {
    let start = name.get(..START_CHARS)?;
    let start = NaiveDateTime::parse_from_str(start, "%Y%m%dT%H%M%S").ok()?;
    Some(start.and_utc())
}
