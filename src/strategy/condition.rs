//! Conditions of rules: what must hold at a tick for a rule to act. Strategies and auto-sell share them. Pure.

use std::fmt;

use rust_decimal::Decimal;

use crate::named_enum::named_enum;
use crate::protocol::Tick;

/// What the conditions of a rule are decided by: what a player sees at one tick, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// The newest tick.
    pub tick: Tick,
    /// Its price, as a multiplier; `None` for a hole.
    pub price: Option<Decimal>,
    /// The open position.
    pub position: Option<OpenPosition>,
    /// The highest price of the game so far.
    pub game_high: Decimal,
    /// Games that ended since the strategy began.
    pub games: u64,
    /// SOL in the wallet.
    pub balance: Decimal,
    /// SOL earned from the start of the strategy to the end of its newest finished game; negative for a loss.
    pub result: Decimal,
    /// The game before this one, if it was seen from its start to its end.
    pub last_game: Option<LastGame>,
}

/// The open position in a [`Situation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPosition {
    /// The tick at which it was opened.
    pub opened_tick: Tick,
    /// Its average cost, as a multiplier.
    pub average_cost: Decimal,
    /// The highest price since it was opened.
    pub high: Decimal,
}

/// The game before the current one in a [`Situation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastGame {
    /// The tick of its rug.
    pub ticks: Tick,
    /// Its highest price, as a multiplier.
    pub peak: Decimal,
}

named_enum! {
    /// A quantity that a condition compares, with its words in a strategy.
    pub enum Quantity {
        /// The price, as a multiplier.
        Price = "price",
        /// The tick.
        Tick = "tick",
        /// Ticks since the position was opened.
        Held = "held",
        /// What the position has gained at this price, in percent of its average cost.
        Profit = "profit",
        /// Games that ended since the strategy began.
        Games = "games",
        /// SOL in the wallet.
        Balance = "balance",
        /// SOL lost since the strategy began, up to its newest finished game; 0 when it earned.
        Lost = "lost",
        /// SOL earned since the strategy began, up to its newest finished game; 0 when it lost.
        Won = "won",
        /// The tick at which the game before rugged.
        LastTicks = "last ticks",
        /// The highest price of the game before, as a multiplier.
        LastPeak = "last peak",
    }
}

named_enum! {
    /// How a condition compares.
    pub enum Comparator {
        /// At or above.
        AtLeast = ">=",
        /// At or below.
        AtMost = "<=",
        /// Above.
        Above = ">",
        /// Below.
        Below = "<",
        /// Equal.
        Equal = "=",
    }
}

/// A condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Compares a quantity with a number. What is unknown meets no comparison.
    Compare {
        /// The quantity.
        quantity: Quantity,
        /// The comparison.
        comparison: Comparator,
        /// The number, in the unit of the quantity.
        value: Decimal,
    },
    /// The price is this many percent below the highest one, or more.
    FallsFromHigh {
        /// More than 0, less than 100.
        percent: Decimal,
        /// Which prices count.
        since: HighSince,
    },
}

/// The prices among which [`Condition::FallsFromHigh`] finds the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HighSince {
    /// Those since the position was opened: in rules that sell.
    Opened,
    /// All of the game: in rules that buy or place a sidebet.
    GameStart,
}

impl Quantity {
    /// Whether it has a meaning between two games, where `stop when` is decided.
    pub fn is_between_games(self) -> bool {
        match self {
            Self::Price | Self::Tick | Self::Held | Self::Profit => false,
            Self::Games
            | Self::Balance
            | Self::Lost
            | Self::Won
            | Self::LastTicks
            | Self::LastPeak => true,
        }
    }
}

impl Comparator {
    /// Whether it holds between two numbers.
    pub fn holds<N: PartialOrd + Copy>(self, left: N, right: N) -> bool {
        match self {
            Self::AtLeast => left >= right,
            Self::AtMost => left <= right,
            Self::Above => left > right,
            Self::Below => left < right,
            Self::Equal => left == right,
        }
    }
}

impl Condition {
    /// Returns the condition that a quantity is at least this.
    pub fn at_least(quantity: Quantity, value: impl Into<Decimal>) -> Self {
        Self::compare(quantity, Comparator::AtLeast, value)
    }

    /// Returns the condition that a quantity is at most this.
    pub fn at_most(quantity: Quantity, value: impl Into<Decimal>) -> Self {
        Self::compare(quantity, Comparator::AtMost, value)
    }

    /// Returns the condition of a comparison.
    pub fn compare(quantity: Quantity, comparison: Comparator, value: impl Into<Decimal>) -> Self {
        Self::Compare {
            quantity,
            comparison,
            value: value.into(),
        }
    }

    /// Whether it holds.
    pub fn holds(&self, situation: &Situation) -> bool {
        match *self {
            Self::Compare {
                quantity,
                comparison,
                value,
            } => situation
                .sides(quantity, value)
                .is_some_and(|(left, right)| comparison.holds(left, right)),
            Self::FallsFromHigh { percent, since } => {
                let high = match since {
                    HighSince::Opened => situation.position.map(|position| position.high),
                    HighSince::GameStart => Some(situation.game_high),
                };
                situation.price.zip(high).is_some_and(|(price, high)| {
                    let kept = Decimal::ONE_HUNDRED.saturating_sub(percent);
                    price.saturating_mul(Decimal::ONE_HUNDRED) <= high.saturating_mul(kept)
                })
            }
        }
    }
}

impl Situation {
    /// Returns the two numbers to compare for a quantity and its limit; `None` while the quantity is unknown. Nothing is
    /// divided, so no digit is rounded away.
    fn sides(&self, quantity: Quantity, limit: Decimal) -> Option<(Decimal, Decimal)> {
        let value = match quantity {
            Quantity::Price => self.price?,
            Quantity::Tick => self.tick.into(),
            Quantity::Held => self.tick.saturating_sub(self.position?.opened_tick).into(),
            Quantity::Profit => {
                let percent = Decimal::ONE_HUNDRED.saturating_add(limit);
                let limit = self.position?.average_cost.saturating_mul(percent);
                return Some((self.price?.saturating_mul(Decimal::ONE_HUNDRED), limit));
            }
            Quantity::Games => self.games.into(),
            Quantity::Balance => self.balance,
            Quantity::Lost => (-self.result).max(Decimal::ZERO),
            Quantity::Won => self.result.max(Decimal::ZERO),
            Quantity::LastTicks => self.last_game?.ticks.into(),
            Quantity::LastPeak => self.last_game?.peak,
        };
        Some((value, limit))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare {
                quantity,
                comparison,
                value,
            } => {
                let (quantity, comparison) = (quantity.as_str(), comparison.as_str());
                write!(f, "{quantity} {comparison} {}", value.normalize())
            }
            Self::FallsFromHigh { percent, .. } => {
                write!(f, "price falls {}% from high", percent.normalize())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::number;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    /// A position of cost 1.5 bought at tick 10, at tick 30 and 2x, after a high of 3x and 4x.
    fn situation() -> Situation {
        Situation {
            tick: 30,
            price: Some(d("2")),
            position: Some(OpenPosition {
                opened_tick: 10,
                average_cost: d("1.5"),
                high: d("3"),
            }),
            game_high: d("4"),
            games: 7,
            balance: d("0.9"),
            result: d("-0.1"),
            last_game: Some(LastGame {
                ticks: 8,
                peak: d("1.05"),
            }),
        }
    }

    #[test]
    fn each_quantity_is_compared_with_its_own_number() {
        for (quantity, value) in [
            (Quantity::Price, "2"),
            (Quantity::Tick, "30"),
            (Quantity::Held, "20"),
            (Quantity::Games, "7"),
            (Quantity::Balance, "0.9"),
            (Quantity::Lost, "0.1"),
            (Quantity::Won, "0"),
            (Quantity::LastTicks, "8"),
            (Quantity::LastPeak, "1.05"),
        ] {
            let here = situation();
            let holds =
                |comparison, value| Condition::compare(quantity, comparison, value).holds(&here);
            let (value, less, more) = (d(value), d(value) - d("0.001"), d(value) + d("0.001"));
            for (comparison, at_less, at_value, at_more) in [
                (Comparator::AtLeast, true, true, false),
                (Comparator::AtMost, false, true, true),
                (Comparator::Above, true, false, false),
                (Comparator::Below, false, false, true),
                (Comparator::Equal, false, true, false),
            ] {
                let found = [less, value, more].map(|value| holds(comparison, value));
                assert_eq!(
                    found,
                    [at_less, at_value, at_more],
                    "{quantity:?} {comparison:?}"
                );
            }
        }
    }

    #[test]
    fn a_profit_is_decided_without_rounding() {
        // A third more than 1.5 is 2, and no decimal is a third.
        let percent = d("33.333333333333333333333333");
        let profit = |comparison, value| {
            Condition::compare(Quantity::Profit, comparison, value).holds(&situation())
        };
        assert!(profit(Comparator::Above, percent));
        assert!(profit(
            Comparator::Below,
            percent + d("0.000000000000000000000001")
        ));
        assert!(profit(Comparator::AtLeast, d("-20")));
    }

    #[test]
    fn a_fall_counts_from_the_highest_price_of_its_own_span() {
        let falls = |percent: &str, since| {
            let percent = d(percent);
            Condition::FallsFromHigh { percent, since }.holds(&situation())
        };
        assert!(falls("33.3", HighSince::Opened) && !falls("33.4", HighSince::Opened));
        assert!(falls("50", HighSince::GameStart) && !falls("50.1", HighSince::GameStart));
    }

    #[test]
    fn what_is_unknown_meets_no_comparison() {
        let unknown = Situation::default();
        for quantity in [
            Quantity::Price,
            Quantity::Held,
            Quantity::Profit,
            Quantity::LastTicks,
            Quantity::LastPeak,
        ] {
            for comparison in Comparator::ALL {
                let condition = Condition::compare(quantity, *comparison, Decimal::ZERO);
                assert!(!condition.holds(&unknown), "{condition}");
            }
        }
        let falls = Condition::FallsFromHigh {
            percent: d("1"),
            since: HighSince::Opened,
        };
        assert!(!falls.holds(&unknown));
    }
}
