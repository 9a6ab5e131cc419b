//! How numbers look: fixed decimals, so that nothing jumps; trimmed to what matters, with the whole value on hover.

use chrono::Duration;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::protocol::number;
use crate::recording::Peak;

/// Returns a multiplier, `1.83x`; from 100 on with one decimal.
pub fn multiplier(price: f64) -> String {
    if price < 100.0 {
        format!("{price:.2}x")
    } else {
        format!("{price:.1}x")
    }
}

/// Returns the peak of a game, `2.17x`, or `>= 2.17x` when it was at least so high.
pub fn peak(peak: Peak) -> String {
    let Some(price) = peak.multiplier else {
        return "–".to_owned();
    };
    if peak.exact {
        return multiplier(number::to_f64_lossy(price));
    }
    // Cut, not rounded: a bound that was rounded up would be none.
    let places = if price < Decimal::ONE_HUNDRED { 2 } else { 1 };
    let cut = price.round_dp_with_strategy(places, RoundingStrategy::ToZero);
    format!(">= {}", multiplier(number::to_f64_lossy(cut)))
}

/// Returns an amount of SOL with four decimals, more only where they matter: below 0.01 the first three digits.
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
    // Less than a lamport is nothing.
    let places = if cut.is_zero() { 4 } else { places };
    format!("{cut:.*}", places as usize)
}

/// Returns an amount with its sign, `+0.0124`; zero has none.
pub fn signed(amount: Decimal) -> String {
    if amount > Decimal::ZERO {
        format!("+{}", sol(amount))
    } else {
        sol(amount)
    }
}

/// Returns a share in percent with its sign, `+24.8 %`.
pub fn percent(share: Decimal) -> String {
    let shown = share.round_dp(1);
    let sign = if shown > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{shown:.1} %")
}

/// Returns a time in seconds, `7.4 s`; from a minute on `2 min 5 s`.
pub fn seconds(time: Duration) -> String {
    let tenths = time.num_milliseconds().max(0) / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{} min {} s", tenths / 600, tenths % 600 / 10)
    }
}

/// Returns a delay, `214 ms`; from ten seconds on as [`seconds`].
pub fn delay(time: Duration) -> String {
    let millis = time.num_milliseconds().max(0);
    if millis < 10_000 {
        format!("{millis} ms")
    } else {
        seconds(time)
    }
}

/// Returns how many there are of something, `1 game`, `2 games`.
pub fn count(n: u64, thing: &str) -> String {
    match n {
        1 => format!("1 {thing}"),
        n => format!("{n} {thing}s"),
    }
}

/// Returns a text of the wire with nothing in it that is not seen or moves what is; quotes stay as they are.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\'' | '"' | '\\' => shown.push(letter),
            _ => shown.extend(letter.escape_debug()),
        }
    }
    shown
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
