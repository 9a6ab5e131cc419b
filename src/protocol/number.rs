//! Exact numbers: reads and writes decimal text, and converts doubles to text.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Number, Value};

/// The reason why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is empty.
    #[error("enter a number, for example 0.05")]
    Empty,
    /// The text has several commas, or a comma and a point.
    #[error("no thousands separators")]
    Separators,
    /// The text does not have the grammar of a number.
    #[error("not a number; for example 0.05")]
    NotANumber,
    /// A `Decimal` cannot hold the number exactly.
    #[error("too large, or too many digits")]
    TooManyDigits,
}

/// So many digits always fit into a `u64`.
const U64_DIGITS: usize = 19;

/// The parts of a text that has the grammar of a number.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    /// The digits after the point; empty without a point.
    fraction: &'a str,
    /// The exponent with its sign; empty without an exponent.
    exponent: &'a str,
}

impl<'a> Parts<'a> {
    /// Splits a text; `None` if it does not have the grammar.
    fn split(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix('-');
        let (whole, rest) = split_digits(unsigned.unwrap_or(text));
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(after) => Some(split_digits(after)).filter(|(digits, _)| !digits.is_empty())?,
            None => ("", rest),
        };
        let exponent = rest.strip_prefix(['e', 'E']);
        let is_complete = match exponent {
            Some(exponent) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                let (digits, rest) = split_digits(digits);
                !digits.is_empty() && rest.is_empty()
            }
            None => rest.is_empty(),
        };
        (is_complete && !whole.is_empty()).then_some(Self {
            negative: unsigned.is_some(),
            whole,
            fraction,
            exponent: exponent.unwrap_or_default(),
        })
    }

    /// Returns the exact value; `None` if a `Decimal` cannot hold it.
    fn value(&self) -> Option<Decimal> {
        // Trailing zeros are only counted, so that any number of them fits.
        let (mut digits, mut zeros) = (0_i128, 0_u32);
        for digit in self.whole.bytes().chain(self.fraction.bytes()) {
            if digit == b'0' {
                zeros += u32::from(digits != 0);
            } else {
                digits = digits.checked_mul(10_i128.checked_pow(zeros + 1)?)?;
                digits = digits.checked_add(i128::from(digit - b'0'))?;
                zeros = 0;
            }
        }
        let exponent: i64 = match self.exponent {
            "" => 0,
            text => text.parse::<i32>().ok()?.into(),
        };
        let last_place = exponent - i64::try_from(self.fraction.len()).ok()?;
        if digits == 0 {
            let places = (-last_place).clamp(0, i64::from(Decimal::MAX_SCALE));
            return Some(Decimal::new(0, u32::try_from(places).ok()?));
        }
        if self.negative {
            digits = -digits;
        }
        let last_digit = last_place + i64::from(zeros);
        let with_places = |places: i64| {
            let power = u32::try_from(last_digit + places).ok()?;
            let mantissa = digits.checked_mul(10_i128.checked_pow(power)?)?;
            Decimal::try_from_i128_with_scale(mantissa, u32::try_from(places).ok()?).ok()
        };
        with_places((-last_place).max(0)).or_else(|| with_places((-last_digit).max(0)))
    }
}

/// Splits off the ASCII digits at the start.
fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Whether a text has the grammar of a number: `-?digits[.digits][e[+-]digits]`, in ASCII, `E` as well as `e`.
///
/// It has no leading plus sign, no space, underscore or thousands separator, and a digit on both sides of a point. A
/// `Decimal` need not be able to hold the number.
pub fn is_number(text: &str) -> bool {
    Parts::split(text).is_some()
}

/// Returns the exact value of a text with the grammar of [`is_number`]; `None` for any other text, and for a number
/// that a `Decimal` cannot hold exactly. Nothing is rounded; trailing zeros of the fraction are kept where they fit.
pub fn parse(text: &str) -> Option<Decimal> {
    parse_short(text.as_bytes()).or_else(|| Parts::split(text)?.value())
}

/// Returns the value of a positive number without exponent whose digits fit into a `u64`, in one pass: nearly every number
/// of the wire and of the files. `None` means only that the whole grammar must decide.
#[inline]
fn parse_short(text: &[u8]) -> Option<Decimal> {
    let point = text.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = match point {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, &text[..0]),
    };
    let has_digits = !whole.is_empty() && (point.is_none() || !fraction.is_empty());
    if !has_digits || whole.len() + fraction.len() > U64_DIGITS {
        return None;
    }
    let mut value = 0_u64;
    for part in [whole, fraction] {
        for byte in part {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value * 10 + u64::from(digit);
        }
    }
    let places = u32::try_from(fraction.len()).ok()?;
    Decimal::try_from_i128_with_scale(i128::from(value), places).ok()
}

/// Returns the value of a text that a person typed: the grammar of [`is_number`], with a decimal comma allowed and
/// surrounding spaces ignored.
///
/// # Errors
/// The text is not such a number, or a `Decimal` cannot hold it exactly.
pub fn parse_typed(text: &str) -> Result<Decimal, NumberError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    let commas = text.bytes().filter(|byte| *byte == b',').count();
    if commas > 1 || commas == 1 && text.contains('.') {
        return Err(NumberError::Separators);
    }
    let pointed = text.replace(',', ".");
    let parts = Parts::split(&pointed).ok_or(NumberError::NotANumber)?;
    parts.value().ok_or(NumberError::TooManyDigits)
}

/// Returns a whole number from 0 to [`u64::MAX`] in any spelling of the grammar of [`is_number`]; `None` for any other text.
pub fn parse_whole(text: &str) -> Option<u64> {
    let number = parse(text).filter(Decimal::is_integer)?;
    number.to_u64()
}

/// Returns the exact value of a JSON number; `None` for anything else, also for a number in a string.
pub fn from_json(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => parse(number.as_str()),
        _ => None,
    }
}

/// Returns the JSON number with exactly the digits of the decimal.
pub fn to_json(value: Decimal) -> Value {
    Number::from_str(&value.to_string()).map_or(Value::Null, Value::Number)
}

/// Returns the text that JavaScript writes for a finite double: the shortest decimal that denotes it.
pub fn shortest_text(double: f64) -> String {
    let size = double.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        return format!("{double:e}");
    }
    format!("{double}")
}

/// Returns the JSON number that JavaScript would write for a finite double.
pub fn double_to_json(double: f64) -> Value {
    Number::from_str(&shortest_text(double)).map_or(Value::Null, Value::Number)
}

/// Returns the shortest decimal that denotes the double; `None` outside the range of `Decimal`.
pub fn shortest(double: f64) -> Option<Decimal> {
    double.is_finite().then(|| parse(&shortest_text(double)))?
}

/// Whether the digits of the decimal denote the double, so that every JSON parser reads them as this double.
pub fn denotes(value: Decimal, double: f64) -> bool {
    Distance::between(value, double).is_some_and(|distance| distance.denotes())
        || to_f64_lossy(value).to_bits() == double.to_bits()
}

/// Whether the decimal is, digit for digit, the shortest one that denotes the double.
pub fn is_shortest(value: Decimal, double: f64) -> bool {
    let same = |shortest: Decimal| shortest == value && shortest.scale() == value.scale();
    Distance::between(value, double).is_some_and(|distance| distance.is_shortest())
        || shortest(double).is_some_and(same)
}

/// The distance between a decimal `d * 10^-s` and a double `m * 2^-b`, in units of `10^-s * 2^(s-b)`. A digit in the last
/// place is `2^(b-s)` of them, half the distance to the next double `5^s / 2`.
///
/// Where it shows something, integer arithmetic decides alone: writing and reading the text takes twenty times as long,
/// and nearly every recorded price is right. Where it shows nothing, the text must decide.
struct Distance {
    off: i128,
    five: i128,
    digits: u64,
    last_digit: i64,
}

impl Distance {
    #[inline]
    fn between(value: Decimal, double: f64) -> Option<Self> {
        const FRACTION: u64 = (1 << 52) - 1;
        let bits = double.to_bits();
        // Negative, zero, subnormal, infinite, or a power of two, below which doubles are denser.
        let (exponent, fraction) = (bits >> 52, bits & FRACTION);
        if !(1..0x7ff).contains(&exponent) || fraction == 0 {
            return None;
        }
        let (binary_places, places) = (1_075 - exponent.cast_signed(), value.scale());
        let last_digit = binary_places - i64::from(places);
        let digits = u64::try_from(value.mantissa());
        let (Ok(digits), 1..=27, 0..=62) = (digits, places, last_digit) else {
            return None;
        };
        let five = i128::from(POWERS_OF_FIVE[places as usize]);
        let exact = i128::from(fraction | (FRACTION + 1)) * five;
        Some(Self {
            off: (i128::from(digits) << last_digit) - exact,
            five,
            digits,
            last_digit,
        })
    }

    fn denotes(&self) -> bool {
        2 * self.off.abs() < self.five
    }

    /// Whether it denotes the double, no other decimal with as many places is nearer, and neither neighbour with one place
    /// less denotes it.
    fn is_shortest(&self) -> bool {
        let digit = 1i128 << self.last_digit;
        let last = i128::from(self.digits % 10);
        last != 0
            && self.denotes()
            && 2 * self.off.abs() < digit
            && 2 * (self.off - last * digit).abs() > self.five
            && 2 * (self.off + (10 - last) * digit).abs() > self.five
    }
}

/// Powers of five up to the highest one below 2^64.
const POWERS_OF_FIVE: [u64; 28] = {
    let mut powers = [1; 28];
    let mut places = 1;
    while places < powers.len() {
        powers[places] = powers[places - 1] * 5;
        places += 1;
    }
    powers
};

/// Returns the double that the decimal's text denotes (correctly rounded, as every JSON parser reads it).
pub fn to_f64_lossy(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// Returns a number with a fixed number of decimals, rounded half to even. What rounds to zero has no sign.
///
/// The only way to write a [`Decimal`] with fixed decimals: the precision of a format (`{:.4}`) panics from `1e28` on,
/// since more digits than a `Decimal` has do not fit into the text that it is written to.
pub fn rounded(value: Decimal, places: u32) -> String {
    let rounded = value.round_dp(places);
    let mut text = if rounded.is_zero() {
        "0".to_owned()
    } else {
        rounded.to_string()
    };
    let written = text.find('.').map(|point| text.len() - point - 1);
    if written.is_none() && places > 0 {
        text.push('.');
    }
    let missing = (places as usize).saturating_sub(written.unwrap_or(0));
    text.extend(std::iter::repeat_n('0', missing));
    text
}

/// Returns [`rounded`] with a plus before what is above zero.
pub fn with_sign(value: Decimal, places: u32) -> String {
    let plus = if value.round_dp(places) > Decimal::ZERO {
        "+"
    } else {
        ""
    };
    plus.to_owned() + &rounded(value, places)
}

/// Decimals in our files that are JSON numbers, `null` for none. For `#[serde(with = …)]`.
pub mod plain {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::{Decimal, Value, from_json, to_json};

    /// Writes the plain digits without trailing zeros.
    pub fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value
            .map(|value| to_json(value.normalize()))
            .serialize(serializer)
    }

    /// Reads a number or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Decimal>, D::Error> {
        match Value::deserialize(source)? {
            Value::Null => Ok(None),
            value => match from_json(&value) {
                Some(number) => Ok(Some(number)),
                None => Err(D::Error::custom(format!("{value} is not a number"))),
            },
        }
    }
}

/// Decimals in our files: written and read as text, exactly. For `#[serde(with = …)]`.
pub mod text;

#[cfg(test)]
mod tests;
