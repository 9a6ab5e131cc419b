//! Text of numbers: fixed decimals, so that labels keep their width. The exact value is shown on hover.

use std::fmt::Display;

use chrono::{DateTime, Duration, Local, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::protocol::number;
use crate::recording::Peak;

/// Returns a multiplier as `1.83x`, from 100 on with one decimal.
pub fn multiplier(price: f64) -> String {
    if price < 100.0 {
        format!("{price:.2}x")
    } else {
        format!("{price:.1}x")
    }
}

/// Returns [`multiplier`] of an exact price.
pub fn exact_multiplier(price: Decimal) -> String {
    multiplier(number::to_f64_lossy(price))
}

/// Returns the peak of a game as `2.17x`, or `>= 2.17x` where only a lower bound is known.
pub fn peak(peak: Peak) -> String {
    let Some(price) = peak.multiplier else {
        return "–".to_owned();
    };
    if peak.exact {
        return exact_multiplier(price);
    }
    // Truncated: a lower bound that is rounded up would be wrong.
    let places = if price < Decimal::ONE_HUNDRED { 2 } else { 1 };
    let cut = price.round_dp_with_strategy(places, RoundingStrategy::ToZero);
    format!(">= {}", exact_multiplier(cut))
}

/// Returns an amount of SOL with four decimals; below 0.01 with six, below 0.0001 with nine.
pub fn sol(amount: Decimal) -> String {
    let size = amount.abs();
    let places = if size.is_zero() || size >= Decimal::new(1, 2) {
        4
    } else if size >= Decimal::new(1, 4) {
        6
    } else {
        9
    };
    let cut = amount.round_dp_with_strategy(places, RoundingStrategy::ToZero);
    // Less than a lamport is zero.
    let places = if cut.is_zero() { 4 } else { places };
    format!("{cut:.*}", places as usize)
}

/// Returns an amount with its sign, as `+0.0124`. Zero has no sign.
pub fn signed(amount: Decimal) -> String {
    if amount > Decimal::ZERO {
        format!("+{}", sol(amount))
    } else {
        sol(amount)
    }
}

/// Returns a percentage with its sign, as `+24.8 %`.
pub fn percent(share: Decimal) -> String {
    let shown = share.round_dp(1);
    let sign = if shown > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{shown:.1} %")
}

/// Returns a time span as `7.4 s`, from a minute on as `2 min 5 s`.
pub fn seconds(time: Duration) -> String {
    let tenths = time.num_milliseconds().max(0) / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{} min {} s", tenths / 600, tenths % 600 / 10)
    }
}

/// Returns a delay as `214 ms`, from ten seconds on as [`seconds`].
pub fn delay(time: Duration) -> String {
    let millis = time.num_milliseconds().max(0);
    if millis < 10_000 {
        format!("{millis} ms")
    } else {
        seconds(time)
    }
}

/// Returns [`seconds`] of a standard duration.
pub fn std_seconds(time: std::time::Duration) -> String {
    seconds(Duration::from_std(time).unwrap_or_default())
}

/// Returns the local time of day as `18:04:12`.
pub fn clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%H:%M:%S").to_string()
}

/// Returns the name of a game, `Game 18:03`, by the local time of its start.
pub fn game_name(start: DateTime<Utc>) -> String {
    start.with_timezone(&Local).format("Game %H:%M").to_string()
}

/// Returns a count as `1 game` or `2 games`. `n` is an integer.
pub fn count(n: impl Display, thing: &str) -> String {
    let n = n.to_string();
    let plural = if n == "1" { "" } else { "s" };
    format!("{n} {thing}{plural}")
}

/// Returns text from outside with invisible and direction-changing characters escaped. Quotes and backslashes stay.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\'' | '"' | '\\' => escaped.push(letter),
            _ => escaped.extend(letter.escape_debug()),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::number::parse;

    fn d(text: &str) -> Decimal {
        parse(text).expect("a decimal")
    }

    #[test]
    fn numbers_have_as_many_decimals_as_matter() {
        assert_eq!(multiplier(1.8349), "1.83x");
        assert_eq!(multiplier(0.02), "0.02x");
        assert_eq!(multiplier(1_329.974), "1330.0x");
        let of = |text: &str, exact| {
            let multiplier = parse(text);
            peak(Peak { multiplier, exact })
        };
        assert_eq!(of("2.17", true), "2.17x");
        assert_eq!(of("2.17", false), ">= 2.17x");
        assert_eq!(of("2.179", false), ">= 2.17x");
        assert_eq!(of("1329.974", false), ">= 1329.9x");
        assert_eq!(peak(Peak::default()), "–");
        assert_eq!(sol(d("0.98765432")), "0.9876");
        assert_eq!(sol(d("0")), "0.0000");
        assert_eq!(sol(d("0.001234567")), "0.001234");
        assert_eq!(sol(d("-0.000001234")), "-0.000001234");
        assert_eq!(signed(d("0.0124")), "+0.0124");
        assert_eq!(signed(d("-0.5")), "-0.5000");
        assert_eq!(percent(d("24.76")), "+24.8 %");
        assert_eq!(percent(d("-99.32")), "-99.3 %");
        assert_eq!(seconds(Duration::milliseconds(7_449)), "7.4 s");
        assert_eq!(seconds(Duration::seconds(125)), "2 min 5 s");
        assert_eq!(delay(Duration::milliseconds(214)), "214 ms");
        assert_eq!(delay(Duration::milliseconds(12_340)), "12.3 s");
        assert_eq!(
            count(1, "game") + ", " + &count(0, "move"),
            "1 game, 0 moves"
        );
    }
}
