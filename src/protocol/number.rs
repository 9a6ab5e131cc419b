//! Exact numbers: decimal text in, decimal text out, and the one place where a double becomes text.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// The largest exponent that is expanded; a `Decimal` ends at 28 places on either side.
const MAX_EXPONENT: i32 = 60;

/// Returns the exact value of a decimal text, exponent or not; `None` if a `Decimal` cannot hold it exactly.
pub fn parse(text: &str) -> Option<Decimal> {
    let Some(at) = text.find(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    let (mantissa, exponent) = (&text[..at], text[at + 1..].parse::<i32>().ok()?);
    if !(-MAX_EXPONENT..=MAX_EXPONENT).contains(&exponent) {
        return None;
    }
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let plain = if point <= 0 {
        format!("{sign}0.{}{all}", "0".repeat(point.unsigned_abs() as usize))
    } else {
        let point = point.unsigned_abs() as usize;
        if point >= all.len() {
            format!("{sign}{all}{}", "0".repeat(point - all.len()))
        } else {
            format!("{sign}{}.{}", &all[..point], &all[point..])
        }
    };
    Decimal::from_str_exact(&plain).ok()
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

/// Returns the text that JavaScript writes for a finite double: the shortest one that denotes it.
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

/// Whether the decimal is the shortest one that denotes the double, however many zeros end it.
pub fn is_shortest(value: Decimal, double: f64) -> bool {
    is_plainly_shortest(value, double) || shortest(double) == Some(value)
}

/// Whether whole numbers alone show that the decimal is the shortest one of the double. False only means that it takes
/// the text to know: writing and reading it takes twenty times as long, and nearly every recorded price is right.
///
/// With the double `m * 2^-b` and the decimal `d * 10^-s` all distances are in units of `10^-s * 2^(s-b)`: a digit in the
/// last place is `2^(b-s)` of them, half the distance to the next double `5^s / 2`.
fn is_plainly_shortest(value: Decimal, double: f64) -> bool {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = double.to_bits();
    // Negative, zero, subnormal, infinite, or a power of two, below which doubles are denser.
    let (exponent, fraction) = (bits >> 52, bits & FRACTION);
    if !(1..0x7ff).contains(&exponent) || fraction == 0 {
        return false;
    }
    let (binary_places, places) = (1_075 - exponent.cast_signed(), value.scale());
    let last_digit = binary_places - i64::from(places);
    let digits = u64::try_from(value.mantissa());
    let (Ok(digits), 1..=27, 0..=62) = (digits, places, last_digit) else {
        return false;
    };
    let five = i128::from(POWERS_OF_FIVE[places as usize]);
    let exact = i128::from(fraction | (FRACTION + 1)) * five;
    let off = (i128::from(digits) << last_digit) - exact;
    let digit = 1i128 << last_digit;
    let last = i128::from(digits % 10);
    // It denotes the double, no other decimal of as many places is nearer, and neither of its neighbours with one
    // place less denotes it.
    last != 0
        && 2 * off.abs() < five
        && 2 * off.abs() < digit
        && 2 * (off - last * digit).abs() > five
        && 2 * (off + (10 - last) * digit).abs() > five
}

/// Up to the highest one below 2^64.
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

/// Decimals in our files that are JSON numbers, `null` for none. For `#[serde(with = …)]`.
pub mod plain {
    use serde::{Deserializer, Serialize as _, Serializer};

    use super::{Decimal, to_json};

    /// Writes the plain digits, without zeros at the end.
    pub fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value
            .map(|value| to_json(value.normalize()))
            .serialize(serializer)
    }

    /// Reads a number, a text or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Decimal>, D::Error> {
        super::text::deserialize(source)
    }
}

/// Decimals in our files: written as text, read exactly from a text or a number. For `#[serde(with = …)]`.
pub mod text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::{Decimal, Value, from_json, parse};

    /// Writes the plain digits.
    pub fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a text, a number or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Decimal>, D::Error> {
        read(&Value::deserialize(source)?).map_err(D::Error::custom)
    }

    fn read(value: &Value) -> Result<Option<Decimal>, String> {
        let number = match value {
            Value::Null => return Ok(None),
            Value::String(text) => parse(text),
            other => from_json(other),
        };
        number
            .map(Some)
            .ok_or_else(|| format!("{value} is not a decimal number"))
    }

    /// The same for a number that is always there.
    pub mod always {
        use serde::{Deserializer, Serializer, de::Error as _};

        use super::Decimal;

        /// Writes the plain digits.
        pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(value)
        }

        /// Reads a text or a number.
        pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Decimal, D::Error> {
            super::deserialize(source)?.ok_or_else(|| D::Error::custom("a number is missing"))
        }
    }

    /// The same for a list.
    pub mod list {
        use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

        use super::{Decimal, Value, read};

        /// Writes the plain digits of each.
        pub fn serialize<S: Serializer>(
            list: &[Option<Decimal>],
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let texts: Vec<_> = list.iter().map(|p| p.map(|p| p.to_string())).collect();
            texts.serialize(serializer)
        }

        /// Reads texts, numbers or `null`; an error names the place in the list.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            source: D,
        ) -> Result<Vec<Option<Decimal>>, D::Error> {
            let values = Vec::<Value>::deserialize(source)?;
            let each = values.iter().enumerate().map(|(place, value)| {
                read(value).map_err(|why| D::Error::custom(format!("entry {place}: {why}")))
            });
            each.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exponents_become_plain_digits() {
        for (wire, plain) in [
            ("1.6263e-05", "0.000016263"),
            ("5e-9", "0.000000005"),
            ("1", "1"),
            ("1.0", "1.0"),
            ("1.5e3", "1500"),
            ("-2.25E+1", "-22.5"),
            ("12e-1", "1.2"),
            ("0.020000000000000018", "0.020000000000000018"),
        ] {
            assert_eq!(
                parse(wire).map(|d| d.to_string()).as_deref(),
                Some(plain),
                "{wire}"
            );
        }
    }

    #[test]
    fn what_a_decimal_cannot_hold_is_refused_and_never_rounded() {
        for text in [
            "1e40",
            "5e-324",
            "0.00000000000000000000000000000123",
            "1e999999999999",
            "1e",
            "",
            "abc",
            "1e-2147483648",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(from_json(&Value::String("1".into())), None);
    }

    #[test]
    fn nearly_every_price_takes_only_the_quick_look() {
        let prices = (1..2_000).map(|n| f64::from(n).sqrt() / 7.0);
        let slow = prices.filter(|p| !shortest(*p).is_some_and(|d| is_plainly_shortest(d, *p)));
        assert!(slow.count() < 20);
    }

    #[test]
    fn doubles_are_written_as_javascript_writes_them() {
        for (double, text) in [
            (1.0, "1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (5e-9, "5e-9"),
            (1e-6, "0.000001"),
            (0.0, "0"),
            (1e21, "1e21"),
        ] {
            assert_eq!(shortest_text(double), text);
        }
    }

    proptest! {
        #[test]
        fn the_shortest_decimal_denotes_its_double(double in 1e-9f64..1e9) {
            let decimal = shortest(double).expect("inside the range of Decimal");
            prop_assert_eq!(to_f64_lossy(decimal).to_bits(), double.to_bits());
        }

        #[test]
        fn the_quick_look_at_the_shortest_decimal_agrees_with_its_text(
            double in prop_oneof![1e-9f64..1e9, 0.01f64..10.0, any::<u32>().prop_map(|n| f64::from(n) / 1_000.0)],
            off in -12i64..=12,
            zeros in 0u32..3,
        ) {
            let exact = shortest(double).expect("inside the range of Decimal");
            let step = |places| Decimal::new(off, places);
            let mut longer = exact;
            longer.rescale(exact.scale() + zeros);
            let shorter = exact.round_dp(exact.scale().saturating_sub(1));
            let candidates = [
                exact, longer, shorter, exact + step(exact.scale()), exact + step(exact.scale() + 1),
                -exact, Decimal::new(off, 3),
            ];
            for value in candidates {
                let right = value == exact;
                prop_assert!(right || !is_plainly_shortest(value, double), "{value} for {double}");
                prop_assert_eq!(is_shortest(value, double), right, "{} for {}", value, double);
            }
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[-0-9.eE+]{0,40}") {
            let _value = parse(&text);
        }
    }
}
