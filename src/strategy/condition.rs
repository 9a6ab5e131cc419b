//! Conditions of rules: what must hold at a tick for a rule to act. Pure.

use rust_decimal::Decimal;

use crate::protocol::Tick;

/// What the conditions of a rule are decided by: what a player sees at one tick, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// The newest tick.
    pub tick: Tick,
    /// Its price, as a multiplier.
    pub price: Decimal,
    /// The tick at which the position was opened.
    pub opened_tick: Tick,
}

impl Situation {
    /// Returns the ticks since the position was opened.
    pub fn held_ticks(&self) -> Tick {
        self.tick.saturating_sub(self.opened_tick)
    }
}

/// A condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The price is at or above this multiplier.
    PriceAtLeast(Decimal),
    /// The price is at or below this multiplier.
    PriceAtMost(Decimal),
    /// The position was opened this many ticks ago, or earlier.
    HeldAtLeast(Tick),
}

impl Condition {
    /// Whether it holds.
    pub fn holds(&self, situation: &Situation) -> bool {
        match *self {
            Self::PriceAtLeast(limit) => situation.price >= limit,
            Self::PriceAtMost(limit) => situation.price <= limit,
            Self::HeldAtLeast(ticks) => situation.held_ticks() >= ticks,
        }
    }
}
