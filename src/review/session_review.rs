//! The review of one session.

use rust_decimal::Decimal;

use super::course::Course;
use super::expected::OddsExpectation;
use super::sidebets::SidebetTrip;
use super::trip::Trip;
use crate::account::ValueRange;
use crate::protocol::{Tick, number};

/// A session as round trips and sidebets. Money in SOL.
///
/// The change of the wallet is exactly the P&L of the trips and of the decided sidebets, and `unexplained`, less `opened`.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionReview {
    /// The round trips, in the order in which they ended.
    pub trips: Vec<Trip>,
    /// The sidebets, in the order of their results.
    pub sidebets: Vec<SidebetTrip>,
    /// What the odds expected of the same risks.
    pub expected: OddsExpectation,
    /// The total value: what the session has earned, everything open at the newest price, at every tick at which something
    /// was open. Its deepest fall is the max drawdown.
    pub value: ValueRange,
    /// The same value after each change, thinned for a plot.
    pub course: Course,
    /// What the games with known odds earned. What drifts and bets from before the session changed in them is left out.
    pub(super) by_odds: Decimal,
    /// The median of the ticks from the press of a sell to its execution; 0 without any.
    pub median_delay: Tick,
    /// Wallet at the end less wallet at the start.
    pub change: Decimal,
    /// What drifts changed.
    pub unexplained: Decimal,
    /// Cost of the position and stake open at the end, less those open at the start.
    pub opened: Decimal,
}

impl SessionReview {
    /// Returns what the session earned, everything open at its last price.
    pub fn earned(&self) -> Decimal {
        self.value.end()
    }

    /// Whether the max drawdown is a bound: prices are missing while a position was open, or the file of a game is.
    pub fn fall_is_bound(&self) -> bool {
        self.expected.missing_games > 0 || self.trips.iter().any(|trip| trip.missing_ticks > 0)
    }

    /// Returns the part of the result that the odds do not expect, in SOL. What drifts changed, games without known odds,
    /// and a bet from before the session are left out.
    pub fn luck(&self) -> f64 {
        self.earned_by_odds() - self.expected.total()
    }

    /// Returns the result that the odds are compared with, in SOL.
    pub(super) fn earned_by_odds(&self) -> f64 {
        number::to_f64_lossy(self.by_odds)
    }

    /// Returns the P&L of the trips: what their exits realised.
    pub fn trip_pnl(&self) -> Decimal {
        let all = self.trips.iter().map(|trip| trip.pnl);
        all.fold(Decimal::ZERO, Decimal::saturating_add).normalize()
    }

    /// Returns the P&L of the decided sidebets.
    pub fn sidebet_pnl(&self) -> Decimal {
        let all = self.sidebets.iter().filter_map(SidebetTrip::pnl);
        all.fold(Decimal::ZERO, Decimal::saturating_add).normalize()
    }
}
