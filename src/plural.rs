//! Numbers of things in words, for the window and for commands.

use std::fmt::Display;

/// Returns a count as `1 game` or `2 games`. `n` is an integer, which may be grouped as `1,234`.
pub fn count(n: impl Display, thing: &str) -> String {
    let n = n.to_string();
    let plural = if n == "1" { "" } else { "s" };
    format!("{n} {thing}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_singular() {
        let texts = ["0", "1", "2", "1,001"].map(|n| count(n, "game"));
        assert_eq!(texts, ["0 games", "1 game", "2 games", "1,001 games"]);
    }
}
