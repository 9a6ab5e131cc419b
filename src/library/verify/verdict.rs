//! The results of a verification.

use crate::fairness::{ComparedFacts, Proof};
use crate::protocol::{GameId, Tick};
use crate::recording::Peak;

/// The result for one game, or for a path or row without one.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The file, with the line or the place in the array for a list.
    pub place: String,
    /// The verified game, or why nothing was verified.
    pub result: Result<VerifiedGame, NotVerified>,
}

/// Why nothing was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotVerified {
    /// A file or a row cannot be read, with the reason.
    Unreadable(String),
    /// A file of a folder that holds no games, with the reason.
    PassedOver(String),
    /// A folder without any game in it or below.
    NoGames,
}

/// A game with its new proof.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedGame {
    /// The game.
    pub game_id: GameId,
    /// The number of ticks, including the rug.
    pub ticks: u32,
    /// The stated peak, or the highest price.
    pub peak: Peak,
    /// The new proof.
    pub proof: Proof,
    /// What was compared besides the prices.
    pub compared: ComparedFacts,
    /// Whether there are prices and not only hash and peak.
    pub prices: bool,
    /// Where the prices end.
    pub ending: Ending,
    /// Statements in the file's `meta` that are wrong.
    pub disagreements: Vec<MetaMismatch>,
    /// The seed, if a row of a list states it.
    pub revealed: Option<RevealedSeed>,
}

/// A seed that a row of a list states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevealedSeed {
    /// The seed.
    pub seed: String,
    /// The hash in the same row.
    pub hash: Option<String>,
    /// The version of the generator, if it is stated.
    pub version: Option<String>,
}

/// Where the prices of a game end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With the rug, as far as known.
    Given,
    /// With the last tick before the rug.
    LastTickMissing,
    /// This many ticks before the rug.
    TicksMissing(u32),
}

impl Ending {
    /// Returns the ending of the prices of a game with this rug.
    pub(super) fn of<P>(prices: &[Option<P>], rug: Tick) -> Self {
        let last = prices.iter().rposition(Option::is_some);
        let given = last.map_or(0, |last| u32::try_from(last + 1).unwrap_or(u32::MAX));
        match (rug + 1).saturating_sub(given) {
            0 => Self::Given,
            1 => Self::LastTickMissing,
            more => Self::TicksMissing(more),
        }
    }
}

/// A statement in a game file's `meta` that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaMismatch {
    /// Its key.
    pub key: &'static str,
    /// The stated value.
    pub stored: String,
    /// The right value.
    pub found: String,
}
