//! The player's part in the games of a catalog.

use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::library::row::LibraryRow;
use crate::recording::IndexGame;

/// The player's part in a game.
#[derive(Debug, Clone, Default)]
pub(super) struct PlayedGame {
    pub is_played: bool,
    /// The sum of its results; `None` without any.
    pub pnl: Option<Decimal>,
    /// The number of its results.
    results: usize,
    /// Places of the game's rows.
    pub rows: Vec<u32>,
    /// Places of the sessions that list it.
    pub sessions: Vec<u32>,
}

impl PlayedGame {
    /// Adds the result of a session.
    pub fn add_result(&mut self, pnl: Decimal) {
        self.results += 1;
        self.pnl = Some(self.pnl.unwrap_or_default().saturating_add(pnl));
    }

    /// Removes a result that was added.
    pub fn remove_result(&mut self, pnl: Decimal) {
        self.results = self.results.saturating_sub(1);
        let left = self.pnl.filter(|_| self.results > 0);
        self.pnl = left.map(|left| left.saturating_sub(pnl));
    }

    /// Returns the entry of its first file, if one is listed.
    pub fn entry<'a>(&self, games: &'a [LibraryRow]) -> Option<&'a IndexGame> {
        games.get(*self.rows.first()? as usize)?.game()
    }
}

/// Whether a game is proven, or was made whole by its proof.
pub(super) fn is_proven(game: &IndexGame) -> bool {
    matches!(game.proof, ProofStatus::Proven | ProofStatus::Repaired)
}
