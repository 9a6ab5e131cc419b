//! The recorded games of which every tick and the rug are known: the lab plays strategies on them.

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use super::game_finder::folders_of;
use crate::disk::{Disk, FileError, list_or_empty};
use crate::lab::RecordedGame;
use crate::protocol::number;
use crate::recording::GameFile;
use crate::recording::format::names::is_game_name;
use crate::recording::format::read::read_game;

/// The games of a folder that can be played again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WholeGames {
    /// The games, in the order of their start.
    pub games: Vec<RecordedGame>,
    /// Game files that were left out: a tick or the rug is missing, the file cannot be read, or the game is there
    /// already.
    pub left_out: u64,
}

/// Reads the games of a folder of recordings or of games. `progress` gets the number of files that were read.
///
/// # Errors
///
/// A folder cannot be listed, which the error names, or `progress` breaks (kind `Interrupted`).
pub fn whole_games(
    disk: &dyn Disk,
    root: &Path,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> io::Result<WholeGames> {
    disk.list(root).map_err(|why| unlisted(disk, root, why))?;
    let (mut found, mut known, mut read) = (WholeGames::default(), BTreeSet::new(), 0);
    let mut games = Vec::new();
    for folder in folders_of(disk, root) {
        for entry in list_or_empty(disk, &folder).map_err(|why| unlisted(disk, &folder, why))? {
            if entry.is_dir || !is_game_name(&entry.name) {
                continue;
            }
            if progress(read).is_break() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            read += 1;
            let file = match read_game(disk, &folder.join(&entry.name)) {
                Ok(Some(Ok(file))) => Some(file),
                _ => None,
            };
            let game = file.and_then(|file| Some((file.meta.start_time, whole_game(&file)?)));
            match game.filter(|(_, game)| known.insert(game.id.clone())) {
                Some(game) => games.push(game),
                None => found.left_out += 1,
            }
        }
    }
    // Games of several folders are in one order.
    games.sort_by_key(|(start, _)| *start);
    found.games = games.into_iter().map(|(_, game)| game).collect();
    Ok(found)
}

/// Returns the error of a folder that cannot be listed, with its name.
fn unlisted(disk: &dyn Disk, folder: &Path, why: io::Error) -> io::Error {
    io::Error::new(why.kind(), FileError::of_list(disk, folder, why))
}

/// Returns the game of a file; `None` if a tick or the rug is missing.
fn whole_game(file: &GameFile) -> Option<RecordedGame> {
    let prices = file.prices.iter();
    let prices: Vec<_> = prices
        .map(|price| price.map(number::to_f64_lossy))
        .collect();
    let is_whole = file.meta.complete;
    is_whole.then(|| RecordedGame::new(file.meta.game_id.clone(), &prices))?
}
