//! The order limits as texts: parses a typed limit, and reads the limits of the file. A limit that cannot be read is at
//! its strictest value, never off.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Serialize as _, Serializer};
use serde_json::{Map, Value, json};

use super::field_values::{InvalidField, number_of, shown};
use crate::protocol::number::{NumberError, parse_typed};
use crate::trading::OrderLimits;

/// A limit that the player can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Smallest buy in SOL.
    MinBuy,
    /// Largest buy in SOL.
    MaxBuy,
    /// Smallest sidebet in SOL.
    MinSidebet,
    /// Largest sidebet in SOL.
    MaxSidebet,
    /// Largest loss of a day in SOL.
    DailyLoss,
    /// Orders within 60 seconds.
    OrdersPerMinute,
    /// How much worse than on the screen a price may be, in percent.
    Slippage,
}

/// A text is no valid limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// The text is no number.
    #[error("{0}")]
    Number(#[from] NumberError),
    /// The number has a fraction, and the limit is a count.
    #[error("a whole number is needed")]
    NotWhole,
    /// The number is below the lowest value.
    #[error("at least {0}")]
    Below(Decimal),
    /// The number is above the highest value.
    #[error("at most {0}")]
    Above(Decimal),
}

impl Limit {
    /// Every limit, in the order of the settings page and the file.
    pub const ALL: [Self; 7] = [
        Self::MinBuy,
        Self::MaxBuy,
        Self::MinSidebet,
        Self::MaxSidebet,
        Self::DailyLoss,
        Self::OrdersPerMinute,
        Self::Slippage,
    ];

    /// Returns its name in the window.
    pub fn name(self) -> &'static str {
        match self {
            Self::MinBuy => "Minimum buy",
            Self::MaxBuy => "Maximum buy",
            Self::MinSidebet => "Minimum sidebet",
            Self::MaxSidebet => "Maximum sidebet",
            Self::DailyLoss => "Daily loss limit",
            Self::OrdersPerMinute => "Orders per minute",
            Self::Slippage => "Slippage",
        }
    }

    /// Returns its name inside `limits` of the file.
    pub fn key(self) -> &'static str {
        match self {
            Self::MinBuy => "min_buy",
            Self::MaxBuy => "max_buy",
            Self::MinSidebet => "min_sidebet",
            Self::MaxSidebet => "max_sidebet",
            Self::DailyLoss => "max_loss_a_day",
            Self::OrdersPerMinute => "max_orders_a_minute",
            Self::Slippage => "slippage_percent",
        }
    }

    /// Returns a value with its unit, or `no limit`.
    pub fn with_unit(self, value: Option<Decimal>) -> String {
        let Some(value) = value else {
            return "no limit".to_owned();
        };
        let unit = match self {
            Self::OrdersPerMinute => "",
            Self::Slippage => " %",
            _ => " SOL",
        };
        format!("{}{unit}", value.normalize())
    }

    /// Whether the limit can be off.
    pub fn may_be_off(self) -> bool {
        matches!(
            self,
            Self::DailyLoss | Self::OrdersPerMinute | Self::Slippage
        )
    }

    /// Returns the limit that this one must not cross.
    pub fn partner(self) -> Option<Self> {
        match self {
            Self::MinBuy => Some(Self::MaxBuy),
            Self::MaxBuy => Some(Self::MinBuy),
            Self::MinSidebet => Some(Self::MaxSidebet),
            Self::MaxSidebet => Some(Self::MinSidebet),
            _ => None,
        }
    }

    /// Returns the lowest and the highest value.
    pub(super) fn range(self) -> [Decimal; 2] {
        match self {
            Self::OrdersPerMinute => [Decimal::ONE, Decimal::ONE_THOUSAND],
            Self::Slippage => [Decimal::new(1, 2), Decimal::ONE_THOUSAND],
            // From a lamport to a million SOL.
            _ => [Decimal::new(1, 9), Decimal::from(1_000_000)],
        }
    }

    /// Returns its lowest value, which is the strictest of a limit that may be off.
    pub fn lowest(self) -> Decimal {
        self.range()[0]
    }

    /// Returns its value; `None` when it is off.
    pub fn of(self, limits: &OrderLimits) -> Option<Decimal> {
        let risk = &limits.risk;
        match self {
            Self::MinBuy => Some(limits.min_buy),
            Self::MaxBuy => Some(limits.max_buy),
            Self::MinSidebet => Some(limits.min_sidebet),
            Self::MaxSidebet => Some(limits.max_sidebet),
            Self::DailyLoss => risk.max_loss_a_day,
            Self::OrdersPerMinute => risk.max_orders_a_minute.map(Decimal::from),
            Self::Slippage => risk.slippage_percent,
        }
    }

    /// Sets its value; `None` turns off a limit that may be off, and changes nothing else.
    pub fn set(self, limits: &mut OrderLimits, value: Option<Decimal>) {
        let risk = &mut limits.risk;
        let set = |limit: &mut Decimal| *limit = value.unwrap_or(*limit);
        match self {
            Self::MinBuy => set(&mut limits.min_buy),
            Self::MaxBuy => set(&mut limits.max_buy),
            Self::MinSidebet => set(&mut limits.min_sidebet),
            Self::MaxSidebet => set(&mut limits.max_sidebet),
            Self::DailyLoss => risk.max_loss_a_day = value,
            Self::OrdersPerMinute => {
                // A number outside of the type is the strictest, not off.
                let orders = value.map(|value| value.to_u32().unwrap_or(1));
                risk.max_orders_a_minute = orders;
            }
            Self::Slippage => risk.slippage_percent = value,
        }
    }

    /// Returns the value of a typed text; `None`, off, for an empty text of a limit that may be off.
    ///
    /// # Errors
    /// The text is no number in the range.
    pub fn parse_typed(self, text: &str) -> Result<Option<Decimal>, LimitError> {
        match parse_typed(text) {
            Err(NumberError::Empty) if self.may_be_off() => Ok(None),
            number => self.checked(number?).map(Some),
        }
    }

    fn checked(self, number: Decimal) -> Result<Decimal, LimitError> {
        let [lowest, highest] = self.range();
        if number < lowest {
            return Err(LimitError::Below(lowest));
        }
        if number > highest {
            return Err(LimitError::Above(highest));
        }
        if self == Self::OrdersPerMinute && !number.is_integer() {
            return Err(LimitError::NotWhole);
        }
        Ok(number)
    }

    /// Returns the strictest value: the lowest one; for a maximum the minimum, but no more than the default. A minimum
    /// protects nothing, so its strictest value is the default.
    fn strictest(self, limits: &OrderLimits) -> Decimal {
        let default = |limit: Self| limit.of(&OrderLimits::default()).unwrap_or_default();
        match self {
            Self::MinBuy | Self::MinSidebet => default(self),
            Self::MaxBuy => limits.min_buy.min(default(self)),
            Self::MaxSidebet => limits.min_sidebet.min(default(self)),
            _ => self.lowest(),
        }
    }
}

/// Returns the strictest limits, in place of limits that cannot be read at all. A position can still be sold.
pub fn strictest() -> OrderLimits {
    let mut limits = OrderLimits::default();
    for limit in Limit::ALL {
        let value = limit.strictest(&limits);
        limit.set(&mut limits, Some(value));
    }
    limits
}

/// Reads the limits of a file. A missing field has its default, and `null` turns off a limit that may be off. A field that
/// cannot be read has its strictest value, one above its range the highest; both are added to `wrong`.
pub(super) fn read(found: &Value, wrong: &mut Vec<InvalidField>) -> OrderLimits {
    let fields: &Map<String, Value> = match found {
        Value::Object(fields) => fields,
        other => {
            let used = "every limit at its strictest".to_owned();
            wrong.push(InvalidField::new(super::LIMITS, other, used));
            return strictest();
        }
    };
    let mut limits = OrderLimits::default();
    // Minimums come first: the strictest value of a maximum depends on its minimum.
    for limit in Limit::ALL {
        let name = limit.key();
        let Some(value) = fields.get(name) else {
            continue;
        };
        if value.is_null() && limit.may_be_off() {
            limit.set(&mut limits, None);
            continue;
        }
        let number = number_of(value);
        let (used, how) = match number.map(|number| limit.checked(number)) {
            Some(Ok(value)) => {
                limit.set(&mut limits, Some(value));
                continue;
            }
            Some(Err(LimitError::Above(highest))) => (highest, "the highest"),
            Some(Err(LimitError::Below(lowest))) if number > Some(Decimal::ZERO) => {
                (lowest, "the lowest")
            }
            _ if matches!(limit, Limit::MinBuy | Limit::MinSidebet) => {
                (limit.strictest(&limits), "the default")
            }
            _ => (limit.strictest(&limits), "the strictest"),
        };
        limit.set(&mut limits, Some(used));
        let used = format!("{}, {how}", limit.with_unit(Some(used)));
        wrong.push(InvalidField::new(name, value, used));
    }
    // Of two that cross, the maximum counts: it protects the player's money.
    for (min, max) in [
        (Limit::MinBuy, Limit::MaxBuy),
        (Limit::MinSidebet, Limit::MaxSidebet),
    ] {
        let (least, most) = (min.of(&limits), max.of(&limits));
        if least > most {
            min.set(&mut limits, most);
            let found = least.map(shown).unwrap_or_default();
            let used = format!("{}, the maximum", min.with_unit(most));
            wrong.push(InvalidField {
                name: min.key().to_owned(),
                found,
                used,
            });
        }
    }
    limits
}

/// Writes the limits as the file has them: amounts as texts, a count as a number, `null` for a limit that is off.
pub(super) fn write<S: Serializer>(limits: &OrderLimits, serializer: S) -> Result<S::Ok, S::Error> {
    let fields = Limit::ALL.map(|limit| {
        let value = match limit {
            Limit::OrdersPerMinute => json!(limits.risk.max_orders_a_minute),
            _ => json!(limit.of(limits).map(|value| value.normalize().to_string())),
        };
        (limit.key().to_owned(), value)
    });
    Map::from_iter(fields).serialize(serializer)
}

/// Returns the limits with one of them changed. A partner that it would cross is moved to the same value, and returned.
pub fn with_limit(
    mut limits: OrderLimits,
    limit: Limit,
    value: Option<Decimal>,
) -> (OrderLimits, Option<Limit>) {
    limit.set(&mut limits, value);
    let crosses = limits.min_buy > limits.max_buy || limits.min_sidebet > limits.max_sidebet;
    let moved = limit.partner().filter(|_| crosses);
    if let Some(partner) = moved {
        partner.set(&mut limits, value);
    }
    (limits, moved)
}
