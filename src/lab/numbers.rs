//! Whole numbers as doubles, and as text.

/// Returns a count as a double. The lab's counts are far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "counts are below 2^53")]
pub(super) fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Returns a whole number with a comma between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
