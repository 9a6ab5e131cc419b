//! The limits of a player's orders.

use rust_decimal::Decimal;

use super::risk::RiskLimits;

/// The limits of a player's orders, in SOL. [`super::check()`] applies them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLimits {
    /// Smallest buy.
    pub min_buy: Decimal,
    /// Largest buy.
    pub max_buy: Decimal,
    /// Smallest sidebet.
    pub min_sidebet: Decimal,
    /// Largest sidebet.
    pub max_sidebet: Decimal,
    /// Limits beyond a single order.
    pub risk: RiskLimits,
}

impl Default for OrderLimits {
    fn default() -> Self {
        let thousandth = Decimal::new(1, 3);
        Self {
            min_buy: thousandth,
            max_buy: Decimal::ONE,
            min_sidebet: thousandth,
            max_sidebet: Decimal::from(5),
            risk: RiskLimits::default(),
        }
    }
}
