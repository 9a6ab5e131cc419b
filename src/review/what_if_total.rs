//! The what-if of a whole session, and its total.

use std::ops::RangeInclusive;

use rust_decimal::Decimal;

use super::session_review::SessionReview;
use super::trip::Trip;
use super::what_if::{Exit, WhatIf, what_if};
use crate::replay::Timeline;

/// The shifts of the exits that the player can compare, in ticks.
pub const SHIFTS: RangeInclusive<i64> = -40..=200;

/// The P&L of the trips that can be computed with another exit, in SOL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WhatIfTotal {
    /// As they were.
    pub mine: Decimal,
    /// With the other exit.
    pub other: Decimal,
    /// How many trips that are.
    pub trips: usize,
}

/// Returns a trip of a session with another exit, as [`what_if`]; the delay is the player's own median.
pub fn what_if_of(
    timeline: &Timeline,
    review: &SessionReview,
    trip: &Trip,
    exit: Exit,
) -> Option<WhatIf> {
    let file = timeline.game(trip.game)?.1.ok()?;
    let prices = file.prices.get(..).filter(|_| file.meta.complete)?;
    what_if(trip, prices, exit, review.median_delay)
}

/// Returns the sum over the trips of a session that can be computed.
pub fn what_if_total(timeline: &Timeline, review: &SessionReview, exit: Exit) -> WhatIfTotal {
    let mut total = WhatIfTotal::default();
    for trip in &review.trips {
        if let Some(other) = what_if_of(timeline, review, trip, exit) {
            total.mine = total.mine.saturating_add(trip.pnl).normalize();
            total.other = total.other.saturating_add(other.pnl).normalize();
            total.trips += 1;
        }
    }
    total
}
