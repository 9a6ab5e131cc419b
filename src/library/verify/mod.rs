//! Proves recorded games again: game files, folders of them, and lists of revealed games as other programs write them.
//! The content of a file decides what it is.

mod game_file;
mod queue;
mod row;
#[cfg(test)]
mod tests;
mod text;
mod verdict;

pub use verdict::{Ending, MetaMismatch, NotVerified, RevealedSeed, Verdict, VerifiedGame};

use std::path::Path;

use queue::{FoundGame, VerifyQueue};
use text::verify_games_of;

use crate::disk::RealDisk;
use crate::fairness::Path as PricePath;
use crate::library::bundle::{BUNDLE_ENDING, is_archive, read_bundle};
use crate::library::original::is_original_name;
use crate::open_file::read_regular;
use crate::paths;
use crate::recording::format::index::days;
use crate::recording::format::kind::{FileKind, kind_of};
use crate::recording::format::names::is_game_name;
use crate::recording::format::read::MAX_FILE_BYTES;
use crate::recording::{EXPORTS, GameFile};

/// Proves a game file again.
pub fn verify_game(file: &GameFile) -> VerifiedGame {
    game_file::check_file(file).0
}

/// Proves game files again, with the paths of all of them drawn together; also returns each price path, if one was computed
/// and the file does not contradict it.
pub fn prove_games(files: &[&GameFile]) -> Vec<(VerifiedGame, Option<PricePath>)> {
    game_file::check_files(files)
}

/// Verifies the file or folder at `path` and passes each verdict to `take`. An unreadable path and a folder without any
/// game are verdicts, too.
pub fn verify_path(path: &Path, take: &mut dyn FnMut(Verdict)) {
    let mut games = 0_u64;
    let counting = &mut |verdict: Verdict| {
        games += u64::from(!matches!(verdict.result, Err(NotVerified::PassedOver(_))));
        take(verdict);
    };
    let mut queue = VerifyQueue::new(counting);
    if path.is_dir() {
        verify_folder(path, &mut queue);
    } else {
        verify_file(path, &mut queue);
    }
    queue.flush();
    if games == 0 && path.is_dir() {
        take(Verdict {
            place: paths::text(path),
            result: Err(NotVerified::NoGames),
        });
    }
}

/// Verifies every game in the text of a file.
pub(super) fn verify_text(place: &str, text: &[u8], take: &mut dyn FnMut(Verdict)) {
    let mut queue = VerifyQueue::new(take);
    verify_games_of(place, text, &mut queue);
    queue.flush();
}

fn refuse(path: &Path, why: NotVerified, queue: &mut VerifyQueue<'_>) {
    queue.push(paths::text(path), Err(why));
}

fn verify_file(path: &Path, queue: &mut VerifyQueue<'_>) {
    match read_regular(path, MAX_FILE_BYTES) {
        Ok(text) if is_archive(&text) => verify_bundle(path, &text, queue),
        Ok(text) => verify_games_of(&paths::text(path), &text, queue),
        Err(why) => {
            let why = format!("{why}; {}", why.advice());
            refuse(path, NotVerified::Unreadable(why), queue);
        }
    }
}

/// Verifies every game of a bundle.
fn verify_bundle(path: &Path, bytes: &[u8], queue: &mut VerifyQueue<'_>) {
    let bundle = match read_bundle(bytes) {
        Ok(bundle) => bundle,
        Err(why) => return refuse(path, NotVerified::Unreadable(why), queue),
    };
    let place = paths::text(path);
    for name in bundle.changed {
        let why = "it was changed after the bundle was made".to_owned();
        queue.push(format!("{place}:{name}"), Err(NotVerified::Unreadable(why)));
    }
    for game in bundle.games {
        let place = format!("{place}:{}", game.meta.game_id);
        queue.push(place, Ok(FoundGame::File(Box::new(game))));
    }
}

/// Verifies every game file and list of games in a folder and below, by name. Hidden folders, such as the journal, are
/// passed over, and so are the exports of a folder of recordings: they are copies of what is in it. Links to folders are
/// not followed (they may form a circle).
fn verify_folder(folder: &Path, queue: &mut VerifyQueue<'_>) {
    let unreadable = |why: &std::io::Error| NotVerified::Unreadable(why.to_string());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return refuse(folder, unreadable(&error), queue),
    };
    let mut found = Vec::new();
    for entry in entries {
        let typed = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
        match typed {
            Ok(entry) => found.push(entry),
            Err(error) => refuse(folder, unreadable(&error), queue),
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (path, kind) in found {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if kind.is_dir() {
            if name == EXPORTS && days(&RealDisk, folder).is_ok_and(|days| !days.is_empty()) {
                let why = "copies that were exported; name this folder to verify them".to_owned();
                refuse(&path, NotVerified::PassedOver(why), queue);
            } else if !name.starts_with('.') {
                if is_game_name(&name) {
                    let why = "it is a folder".to_owned();
                    refuse(&path, NotVerified::PassedOver(why), queue);
                }
                verify_folder(&path, queue);
            }
        } else if name.ends_with(BUNDLE_ENDING) {
            verify_file(&path, queue);
        } else if is_game_name(&name) || is_original_name(&name) {
            verify_found(&path, is_game_name(&name), queue);
        }
    }
}

/// The key of the revealed games in captured traffic.
const HISTORY: &[u8] = br#""gameHistory""#;

/// Verifies a file of a folder, or passes it over if it is no list of games.
fn verify_found(path: &Path, is_game: bool, queue: &mut VerifyQueue<'_>) {
    let text = match read_regular(path, MAX_FILE_BYTES) {
        Ok(text) => text,
        Err(why) if why.is_unsuitable() => {
            return refuse(path, NotVerified::PassedOver(why.to_string()), queue);
        }
        Err(why) => return refuse(path, NotVerified::Unreadable(why.to_string()), queue),
    };
    let has_games = match kind_of(&text) {
        FileKind::PythonRecording | FileKind::Revealed | FileKind::Game => true,
        FileKind::Capture => text.windows(HISTORY.len()).any(|bytes| bytes == HISTORY),
        FileKind::Session | FileKind::Index | FileKind::Unknown => false,
    };
    if is_game || has_games {
        verify_games_of(&paths::text(path), &text, queue);
    } else {
        let why = "it is no list of games".to_owned();
        refuse(path, NotVerified::PassedOver(why), queue);
    }
}
