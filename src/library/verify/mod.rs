//! Proving recorded games again: game files, folders of them, and lists of revealed games in the shapes that other
//! programs write. What a file is its content decides.

mod game_file;
mod row;
mod text;

use std::path::Path;

use crate::fairness::{ComparedFacts, Proof};
use crate::library::unindexed::is_original_name;
use crate::open_file::read_regular;
use crate::paths;
use crate::protocol::{GameId, Tick};
use crate::recording::Peak;
use crate::recording::files::LONGEST;
use crate::recording::format::index::is_game_name;
use crate::recording::format::kind::{FileKind, kind_of};

/// The result for one game, or for what is no game.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The file, with the line or the place in the array for a list.
    pub place: String,
    /// What was proven, or why nothing was.
    pub result: Result<VerifiedGame, NotVerified>,
}

/// Why nothing was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotVerified {
    /// A file or a row cannot be read, with the reason.
    Unreadable(String),
    /// Something in a folder that is nothing to verify, with the reason.
    PassedOver(String),
    /// A folder without any game, also below it.
    NoGames,
}

/// A game that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedGame {
    /// The game.
    pub game_id: GameId,
    /// Ticks, the rug's included.
    pub ticks: u32,
    /// The stated peak, else the highest price.
    pub peak: Peak,
    /// The proof, made now.
    pub proof: Proof,
    /// What was compared beside the prices.
    pub compared: ComparedFacts,
    /// Whether there are prices, or only hash and peak.
    pub prices: bool,
    /// Whether the prices go to the rug.
    pub ending: Ending,
    /// What a game file says of itself and is not so.
    pub disagreements: Vec<MetaMismatch>,
}

/// Where the prices of a game end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With the rug, as far as it is known.
    Given,
    /// With the last tick before the rug.
    LastTickMissing,
    /// This many ticks earlier.
    TicksMissing(u32),
}

impl Ending {
    /// Returns the ending of the prices of a game that rugged at that tick.
    fn of<P>(prices: &[Option<P>], rug: Tick) -> Self {
        let last = prices.iter().rposition(Option::is_some);
        let given = last.map_or(0, |last| u32::try_from(last + 1).unwrap_or(u32::MAX));
        match (rug + 1).saturating_sub(given) {
            0 => Self::Given,
            1 => Self::LastTickMissing,
            more => Self::TicksMissing(more),
        }
    }
}

/// Something that a game file says of itself, and what is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaMismatch {
    /// The key in the file's `meta`.
    pub key: &'static str,
    /// What the file says.
    pub stored: String,
    /// What is found.
    pub found: String,
}

/// Verifies what is at `path`; `tell` gets each verdict as it comes. An unreadable path is a verdict, too, and so is a
/// folder without a game.
pub fn verify_path(path: &Path, tell: &mut dyn FnMut(Verdict)) {
    if !path.is_dir() {
        return verify_file(path, tell);
    }
    let mut games = 0_u64;
    verify_folder(path, &mut |verdict| {
        games += u64::from(!matches!(verdict.result, Err(NotVerified::PassedOver(_))));
        tell(verdict);
    });
    if games == 0 {
        tell(refused(path, NotVerified::NoGames));
    }
}

fn refused(path: &Path, why: NotVerified) -> Verdict {
    Verdict {
        place: paths::text(path),
        result: Err(why),
    }
}

fn verify_file(path: &Path, tell: &mut dyn FnMut(Verdict)) {
    match read_regular(path, LONGEST) {
        Ok(text) => text::verify_text(&paths::text(path), &text, tell),
        Err(why) => {
            let why = format!("{why}; {}", why.advice());
            tell(refused(path, NotVerified::Unreadable(why)));
        }
    }
}

/// Every game file and list of games in a folder and below, in order of their names; the journal is none of them, and
/// links to folders are not followed (they may go in circles).
fn verify_folder(folder: &Path, tell: &mut dyn FnMut(Verdict)) {
    let unreadable =
        |path: &Path, why: &std::io::Error| refused(path, NotVerified::Unreadable(why.to_string()));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return tell(unreadable(folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let typed = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
        match typed {
            Ok(entry) => found.push(entry),
            Err(error) => tell(unreadable(folder, &error)),
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (path, kind) in found {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if kind.is_dir() {
            if !name.starts_with('.') {
                verify_folder(&path, tell);
            }
        } else if is_game_name(&name) || is_original_name(&name) {
            verify_found(&path, is_game_name(&name), tell);
        }
    }
}

/// Verifies a file that was found in a folder, or passes it over.
fn verify_found(path: &Path, is_game: bool, tell: &mut dyn FnMut(Verdict)) {
    let text = match read_regular(path, LONGEST) {
        Ok(text) => text,
        Err(why) if why.is_unsuitable() => {
            return tell(refused(path, NotVerified::PassedOver(why.to_string())));
        }
        Err(why) => return tell(refused(path, NotVerified::Unreadable(why.to_string()))),
    };
    let has_games = matches!(
        kind_of(&text),
        FileKind::PythonRecording | FileKind::Revealed | FileKind::Game
    );
    if is_game || has_games {
        text::verify_text(&paths::text(path), &text, tell);
    } else {
        let why = "it is no list of games".to_owned();
        tell(refused(path, NotVerified::PassedOver(why)));
    }
}
