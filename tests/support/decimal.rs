//! Exact numbers from texts.

use pianola::protocol::number;
use rust_decimal::Decimal;

/// Returns the number of a text.
pub fn d(text: &str) -> Decimal {
    number::parse(text).unwrap()
}
