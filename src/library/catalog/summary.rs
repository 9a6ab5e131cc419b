//! What a day comes to.

use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::library::LibraryDay;

/// What a day comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DaySummary {
    /// The day in UTC, `2025-12-15`; empty for files that lie in no day's folder.
    pub date: String,
    /// Games.
    pub games: usize,
    /// Those that are complete.
    pub complete: usize,
    /// Those whose every tick was received and proven.
    pub proven: usize,
    /// Those that are proven after ticks were computed from the seed.
    pub repaired: usize,
    /// Those that contradict their seed.
    pub mismatches: usize,
    /// The highest peak.
    pub highest_peak: Option<Decimal>,
    /// Sessions.
    pub sessions: usize,
    /// Their actions.
    pub actions: usize,
    /// What they realised, in SOL.
    pub realised_pnl: Decimal,
    /// Files that cannot be read.
    pub damaged: usize,
    /// The index did not agree with the files.
    pub stale: bool,
    peaks: Decimal,
    with_peak: u32,
}

impl DaySummary {
    /// Returns the mean of the peaks that are known.
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

    /// Adds recordings of the day.
    pub(super) fn add(&mut self, day: &LibraryDay) {
        self.games += day.games.len();
        for row in &day.games {
            let game = &row.game;
            self.complete += usize::from(game.complete);
            self.proven += usize::from(game.proof == ProofStatus::Proven);
            self.repaired += usize::from(game.proof == ProofStatus::Repaired);
            self.mismatches += usize::from(game.proof == ProofStatus::Mismatch);
            if let Some(peak) = game.peak_multiplier {
                self.highest_peak = self.highest_peak.max(Some(peak));
                // An absurd one of a damaged file saturates, it does not panic.
                self.peaks = self.peaks.saturating_add(peak);
                self.with_peak += 1;
            }
        }
        self.sessions += day.sessions.len();
        for row in &day.sessions {
            self.actions = self.actions.saturating_add(row.session.total_actions);
            self.realised_pnl = self.realised_pnl.saturating_add(row.session.realised_pnl);
        }
        self.damaged += day.unreadable.len();
        self.stale |= day.stale;
    }
}
