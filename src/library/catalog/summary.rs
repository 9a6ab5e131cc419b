//! The summary of a day.

use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::library::row::{LibraryRow, RowEntry};
use crate::recording::{IndexGame, IndexSession};

/// The summary of a day's recordings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DaySummary {
    /// The local day, `2025-12-15`; empty for files without one.
    pub date: String,
    /// Number of games.
    pub games: usize,
    /// Number of complete games.
    pub complete: usize,
    /// Number of games whose ticks were all received and proven.
    pub proven: usize,
    /// Number of games proven after ticks were computed from the seed.
    pub repaired: usize,
    /// Number of games that contradict their seed.
    pub mismatches: usize,
    /// The highest peak of the day.
    pub highest_peak: Option<Decimal>,
    /// Number of sessions.
    pub sessions: usize,
    /// Number of their actions.
    pub actions: usize,
    /// Their realised P&L, in SOL.
    pub realised_pnl: Decimal,
    /// Number of files that cannot be read.
    pub damaged: usize,
    peaks: Decimal,
    with_peak: u32,
}

impl DaySummary {
    /// Returns the mean of the known peaks.
    pub fn average_peak(&self) -> Option<Decimal> {
        self.peaks.checked_div(Decimal::from(self.with_peak))
    }

    /// Returns a day without recordings.
    pub(super) fn of(date: &str) -> Self {
        Self {
            date: date.to_owned(),
            ..Self::default()
        }
    }

    /// Adds a recording of the day.
    pub(super) fn add(&mut self, row: &LibraryRow) {
        match &row.entry {
            RowEntry::Game { game, .. } => self.add_game(game),
            RowEntry::Session { session, .. } => {
                self.sessions += 1;
                self.actions = self.actions.saturating_add(session.total_actions);
                self.realised_pnl = self.realised_pnl.saturating_add(session.realised_pnl);
            }
            RowEntry::Damaged { .. } => self.damaged += 1,
        }
    }

    /// Removes a session of the day that was added.
    pub(super) fn remove(&mut self, session: &IndexSession) {
        self.sessions = self.sessions.saturating_sub(1);
        self.actions = self.actions.saturating_sub(session.total_actions);
        self.realised_pnl = self.realised_pnl.saturating_sub(session.realised_pnl);
    }

    /// Replaces a game of the day: its file was written again.
    pub(super) fn replace(&mut self, before: &IndexGame, game: &IndexGame) {
        self.games -= 1;
        self.complete -= usize::from(before.complete);
        self.proven -= usize::from(before.proof == ProofStatus::Proven);
        self.repaired -= usize::from(before.proof == ProofStatus::Repaired);
        self.mismatches -= usize::from(before.proof == ProofStatus::Mismatch);
        if let Some(peak) = before.peak_multiplier {
            self.peaks = self.peaks.saturating_sub(peak);
            self.with_peak -= 1;
        }
        self.add_game(game);
    }

    fn add_game(&mut self, game: &IndexGame) {
        self.games += 1;
        self.complete += usize::from(game.complete);
        self.proven += usize::from(game.proof == ProofStatus::Proven);
        self.repaired += usize::from(game.proof == ProofStatus::Repaired);
        self.mismatches += usize::from(game.proof == ProofStatus::Mismatch);
        if let Some(peak) = game.peak_multiplier {
            self.highest_peak = self.highest_peak.max(Some(peak));
            // An absurd peak of a damaged file saturates instead of panicking.
            self.peaks = self.peaks.saturating_add(peak);
            self.with_peak += 1;
        }
    }
}
