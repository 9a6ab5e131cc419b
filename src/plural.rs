//! Numbers of things in words, and grouped, for the window and for commands.

use std::fmt::Display;

/// Returns a count as `1 game` or `2 games`. `n` is an integer, which may be grouped as `1,234`.
pub fn count(n: impl Display, thing: &str) -> String {
    let n = n.to_string();
    let plural = if n == "1" { "" } else { "s" };
    format!("{n} {thing}{plural}")
}

/// Returns a whole number with a comma between thousands. `number` is an integer, or its text.
pub fn grouped(number: impl Display) -> String {
    let number = number.to_string();
    let digits = number.trim_start_matches('-');
    let mut text = number[..number.len() - digits.len()].to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_a_comma() {
        let texts = [0, 12, 999, 1_000, -1_000, -999, 1_234_567].map(grouped);
        let expected = ["0", "12", "999", "1,000", "-1,000", "-999", "1,234,567"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn one_thing_is_singular() {
        let texts = ["0", "1", "2", "1,001"].map(|n| count(n, "game"));
        assert_eq!(texts, ["0 games", "1 game", "2 games", "1,001 games"]);
    }
}
