//! Chips: the buttons of an order ticket that build an amount.

use rust_decimal::Decimal;

use super::position::lamports;

/// The amounts that chips add, in SOL.
pub const CHIP_STEPS: [Decimal; 4] = [
    Decimal::from_parts(1, 0, 0, false, 3),
    Decimal::from_parts(1, 0, 0, false, 2),
    Decimal::from_parts(1, 0, 0, false, 1),
    Decimal::ONE,
];

/// The shares of a position that buttons select, in percent.
pub const SHARES: [u8; 4] = [10, 25, 50, 100];

/// A chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chip {
    /// Sets the amount to zero.
    Clear,
    /// Adds to it.
    Add(Decimal),
    /// Halves it.
    Half,
    /// Doubles it.
    Double,
    /// Sets it to the largest amount that can be spent.
    Max,
}

impl Chip {
    /// Returns the amount after a press: at most 9 decimals, between 0 and the largest amount that can be spent.
    pub fn press(self, amount: Decimal, most: Decimal) -> Decimal {
        let changed = match self {
            Self::Clear => Decimal::ZERO,
            Self::Add(step) => amount.saturating_add(step),
            Self::Half => amount / Decimal::TWO,
            Self::Double => amount.saturating_mul(Decimal::TWO),
            Self::Max => most,
        };
        let most = most.max(Decimal::ZERO);
        lamports(changed.clamp(Decimal::ZERO, most)).normalize()
    }
}
