//! The games that were recorded while a session ran: what its player watched between those he played.

use std::path::Path;

use crate::recording::files::read_game;
use crate::recording::format::index::{DayIndex, GAMES, days};
use crate::recording::{Disk, GameFile, SessionFile, day_of};

/// Games that are read: a day has fewer.
const MOST: usize = 2_000;

/// Returns the games of a session's recordings that began while it ran and were not played in it, of the same origin,
/// by start; and, in words, why some are missing.
pub fn games_during(
    disk: &dyn Disk,
    session: &Path,
    file: &SessionFile,
) -> (Vec<GameFile>, Vec<String>) {
    let meta = &file.meta;
    let (mut games, mut faults) = (Vec::new(), Vec::new());
    let folder = session.parent().filter(|folder| *folder != Path::new(""));
    let root = folder.unwrap_or(Path::new(".")).join("../..");
    let (first, last) = (day_of(meta.session_start), day_of(meta.session_end));
    let played: std::collections::HashSet<_> = file.game_ids().into_iter().collect();
    // A folder that is not there or cannot be read has no games for us.
    let dates = days(disk, &root).unwrap_or_default().into_iter();
    for date in dates.filter(|date| (&first..=&last).contains(&date)) {
        let day = root.join(&date);
        let Ok((index, ..)) = DayIndex::load(disk, &day, &date) else {
            faults.push(format!("the games of {date} cannot be read"));
            continue;
        };
        let time = Some(meta.session_start)..=Some(meta.session_end);
        let meanwhile = index.games.into_iter().filter(|game| {
            game.origin == meta.origin
                && time.contains(&game.start_time)
                && !played.contains(&game.game_id)
        });
        for game in meanwhile {
            if games.len() == MOST {
                faults.push(format!("of the games watched only {MOST} are shown"));
                return (games, faults);
            }
            match read_game(disk, &day.join(GAMES).join(&game.file)) {
                Ok(Some(Ok(file))) => games.push(file),
                Ok(Some(Err(why))) => faults.push(format!("{} is damaged: {why}", game.file)),
                Ok(None) => faults.push(format!("{} is gone", game.file)),
                Err(failed) => faults.push(failed.to_string()),
            }
        }
    }
    (games, faults)
}
