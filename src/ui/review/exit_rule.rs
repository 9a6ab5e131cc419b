//! The rules of the what-if, with the exits of their sliders.

use rust_decimal::Decimal;

use crate::review::{Exit, SHIFTS};
use crate::ui::widgets::Segment;

/// Hundredths of the prices of the slider.
const PRICES: [i64; 38] = [
    110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 220, 240, 260, 280, 300, 325, 350, 375, 400,
    450, 500, 550, 600, 650, 700, 750, 800, 850, 900, 950, 1_000, 1_200, 1_500, 2_000, 2_500,
    3_000, 4_000, 5_000,
];

/// A rule for the exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitRule {
    /// At a price.
    Price,
    /// After a number of ticks.
    Ticks,
    /// When the price falls from its high.
    Fall,
    /// Later than it was, or earlier.
    Shift,
}

impl ExitRule {
    /// All rules.
    pub const ALL: [Self; 4] = [Self::Price, Self::Ticks, Self::Fall, Self::Shift];

    /// Returns the rule as a choice.
    pub fn segment(self) -> Segment<'static, Self> {
        let (name, tip) = match self {
            Self::Price => (
                "At a price",
                "Sell everything at the first price of at least this",
            ),
            Self::Ticks => (
                "After ticks",
                "Sell everything so many ticks after the entry",
            ),
            Self::Fall => (
                "On a fall",
                "Sell everything when the price falls from its high",
            ),
            Self::Shift => (
                "Sold later",
                "Make each of your own sells later, or earlier",
            ),
        };
        Segment::text(self, name).tip(tip)
    }

    /// Returns the exits of the slider, from its left end.
    pub fn exits(self) -> Vec<Exit> {
        match self {
            Self::Price => PRICES
                .map(|price| Exit::AtPrice(Decimal::new(price, 2)))
                .into(),
            Self::Ticks => (1..=200).map(Exit::AfterTicks).collect(),
            Self::Fall => (1..50)
                .map(|half| Exit::Falls(Decimal::from(2 * half)))
                .collect(),
            Self::Shift => SHIFTS.map(Exit::Shift).collect(),
        }
    }

    /// Returns the place on the slider that is chosen first.
    pub fn first(self) -> usize {
        let wanted = match self {
            Self::Price => Exit::AtPrice(Decimal::from(3)),
            Self::Ticks => Exit::AfterTicks(40),
            Self::Fall => Exit::Falls(Decimal::from(20)),
            Self::Shift => Exit::Shift(0),
        };
        let exits = self.exits();
        exits.iter().position(|exit| *exit == wanted).unwrap_or(0)
    }
}
