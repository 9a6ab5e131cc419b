//! Texts of numbers with a changed digit.

/// The text with each of its digits changed, one at a time.
pub fn digits_changed(text: &str) -> Vec<String> {
    let digits = text.char_indices().filter(|(_, c)| c.is_ascii_digit());
    let changed = digits.map(|(at, c)| {
        let other = (c.to_digit(10).unwrap() + 1) % 10;
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    });
    changed.collect()
}
