//! Decimals in our files: written as text, read exactly from a text. For `#[serde(with = …)]`.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serializer};

use super::{denotes, is_number, parse, shortest};

/// Writes the plain digits.
pub fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// Reads a text or `null`.
pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Decimal>, D::Error> {
    source.deserialize_any(DecimalVisitor(parse))
}

/// Reads a text or `null` with the given parser.
struct DecimalVisitor(fn(&str) -> Option<Decimal>);

impl<'de> Visitor<'de> for DecimalVisitor {
    type Value = Option<Decimal>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number as text, or null")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<Decimal>, E> {
        let number = (self.0)(text);
        number.map(Some).ok_or_else(|| {
            let shown: String = text.chars().take(60).collect();
            E::custom(format!("{shown:?} is not a decimal number"))
        })
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<Decimal>, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Option<Decimal>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<Option<Decimal>, D::Error> {
        source.deserialize_any(self)
    }

    // A JSON number, whose digits are kept as text, arrives as a map.
    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Option<Decimal>, A::Error> {
        Err(de::Error::custom(
            "a decimal number is written as text, in quotes",
        ))
    }
}

/// The same for a number that is always present.
pub mod always {
    use rust_decimal::Decimal;
    use serde::{Deserializer, Serializer, de::Error as _};

    /// Writes the plain digits.
    pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    /// Reads a text.
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Decimal, D::Error> {
        super::deserialize(source)?.ok_or_else(|| D::Error::custom("a number is missing"))
    }
}

/// The prices of a game: the same for a list.
pub mod list {
    use std::str::FromStr as _;

    use serde::Serialize as _;

    use super::{
        Decimal, DecimalVisitor, Deserialize, Deserializer, SeqAccess, Serializer, Visitor, de,
        denotes, fmt, is_number, parse, shortest,
    };

    /// Writes the plain digits of each.
    pub fn serialize<S: Serializer>(
        list: &[Option<Decimal>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let texts: Vec<_> = list.iter().map(|p| p.map(|p| p.to_string())).collect();
        texts.serialize(serializer)
    }

    /// Reads texts or `null`; an error names the place in the list.
    ///
    /// A price is a double: with more digits than a `Decimal` holds, as many as fit are kept if they denote the same
    /// double; otherwise it is read as the shortest decimal that does.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        source: D,
    ) -> Result<Vec<Option<Decimal>>, D::Error> {
        source.deserialize_seq(ListVisitor)
    }

    struct ListVisitor;

    struct Price(Option<Decimal>);

    impl<'de> Deserialize<'de> for Price {
        fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
            source.deserialize_any(DecimalVisitor(price)).map(Self)
        }
    }

    fn price(text: &str) -> Option<Decimal> {
        parse(text).or_else(|| {
            let double: f64 = text.parse().ok().filter(|_| is_number(text))?;
            if double == 0.0 {
                return None; // A number too small for a double is not zero.
            }
            let cut = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
            let cut = cut.ok().filter(|cut| denotes(*cut, double));
            cut.or_else(|| shortest(double))
        })
    }

    impl<'de> Visitor<'de> for ListVisitor {
        type Value = Vec<Option<Decimal>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of prices")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            loop {
                match source.next_element::<Price>() {
                    Ok(Some(price)) => list.push(price.0),
                    Ok(None) => return Ok(list),
                    Err(error) => {
                        let place = list.len();
                        return Err(de::Error::custom(format!("entry {place}: {error}")));
                    }
                }
            }
        }
    }
}
