//! The games that were recorded while a session ran: those that its player watched between the played ones.

use std::path::Path;

use crate::disk::Disk;
use crate::recording::format::index::{DayIndex, days};
use crate::recording::format::names::{GAMES, day_of};
use crate::recording::format::read::read_game;
use crate::recording::{GameFile, SessionFile};

/// The number of games that are read: a day has fewer.
const MAX_GAMES: usize = 2_000;

/// Returns the games of the same origin that began while a session ran and were not played in it, by start; and, in
/// words, why some are missing.
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
    // A folder that is missing or cannot be read has no games.
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
            if games.len() == MAX_GAMES {
                faults.push(format!("of the games watched only {MAX_GAMES} are shown"));
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
