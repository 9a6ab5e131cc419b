//! A game with its proof.

use super::verify::{VerifiedGame, verify_game};
use crate::recording::GameFile;

/// A game file with its proof, which was made again.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvenGame {
    /// The game.
    pub file: GameFile,
    /// Its proof.
    pub verified: VerifiedGame,
}

impl From<GameFile> for ProvenGame {
    fn from(file: GameFile) -> Self {
        Self {
            verified: verify_game(&file),
            file,
        }
    }
}
