//! The chips of a ticket: buttons that build an amount.

use rust_decimal::Decimal;

use super::lamports;

/// What the chips add, in SOL.
pub const CHIP_STEPS: [Decimal; 4] = [
    Decimal::from_parts(1, 0, 0, false, 3),
    Decimal::from_parts(1, 0, 0, false, 2),
    Decimal::from_parts(1, 0, 0, false, 1),
    Decimal::ONE,
];

/// The shares of a position that a button sells, in percent.
pub const SHARES: [u8; 4] = [10, 25, 50, 100];

/// A change of the amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chip {
    /// To zero.
    Clear,
    /// By so much.
    Add(Decimal),
    /// To a half.
    Half,
    /// To the double.
    Double,
    /// To the most that can be bought for.
    Max,
}

impl Chip {
    /// Returns what becomes of an amount: at most 9 decimals, between 0 and the most that can be bought for.
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
