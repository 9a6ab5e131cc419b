//! Text of numbers and times: fixed decimals, so that labels keep their width. The exact value is shown on hover.

use std::cell::Cell;
use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::clock::local;
use crate::paths;
pub use crate::plural::count;
use crate::protocol::number;
use crate::recording::Peak;

/// The decimals of a lamport: no amount has more.
const LAMPORT: u32 = 9;
/// Marks that one letter of a text from outside may have.
const MARKS: usize = 3;
/// Shown in the place of a value that is not known, or does not exist.
pub const NO_VALUE: &str = "–";
/// The minus sign, as wide as the plus.
const MINUS: &str = "\u{2212}";

thread_local! {
    // One for the thread of the window, so that every text is written alike.
    static PLACES: Cell<u32> = const { Cell::new(4) };
}

/// Sets the decimals of amounts of SOL.
pub fn set_places(places: u32) {
    PLACES.set(places);
}

/// Returns the decimals of amounts of SOL.
pub fn places() -> u32 {
    PLACES.get()
}

/// Returns [`exact_multiplier`] of the shortest decimal of a drawn price: the chart and the tables write one price alike.
pub fn multiplier(price: f64) -> String {
    let exact = number::shortest(price);
    exact.map_or_else(|| format!("{price:.1}x"), exact_multiplier)
}

/// Returns a multiplier as `1.83x`, from 100 on with one decimal, below 0.1 with three digits, rounded half to even.
pub fn exact_multiplier(price: Decimal) -> String {
    if price.round_dp(2) >= Decimal::ONE_HUNDRED {
        return rounded(price, 1) + "x";
    }
    if price >= Decimal::new(1, 1) || price < Decimal::new(1, LAMPORT) {
        return rounded(price, 2) + "x";
    }
    // 0.0123 has its first digit in the second place: three digits need four places.
    let zeros = (1..LAMPORT).take_while(|zeros| price < Decimal::new(1, *zeros));
    let text = rounded(price, 3 + u32::try_from(zeros.count()).unwrap_or(0));
    let kept = text.trim_end_matches('0').len().max("0.00".len());
    format!("{}x", &text[..kept])
}

/// Returns the peak of a game as `2.17x`, or `≥ 2.17x` where only a lower bound is known.
pub fn peak(peak: Peak) -> String {
    let Some(price) = peak.multiplier else {
        return NO_VALUE.to_owned();
    };
    if peak.exact {
        return exact_multiplier(price);
    }
    // Truncated: a lower bound that is rounded up would be wrong.
    let places = if price < Decimal::ONE_HUNDRED { 2 } else { 1 };
    let cut = price.round_dp_with_strategy(places, RoundingStrategy::ToZero);
    format!("≥ {}", exact_multiplier(cut))
}

/// Returns a number with a fixed number of decimals, rounded half to even.
fn rounded(value: Decimal, places: u32) -> String {
    number::rounded(value, places).replace('-', MINUS)
}

/// Returns a number with its sign; what rounds to zero has none.
fn with_sign(value: Decimal, places: u32) -> String {
    number::with_sign(value, places).replace('-', MINUS)
}

/// Returns an amount of SOL with the decimals of the settings, rounded half to even.
pub fn sol(amount: Decimal) -> String {
    rounded(amount, PLACES.get())
}

/// Returns whether an amount is shown below, as or above zero.
pub fn shown_sign(amount: Decimal) -> std::cmp::Ordering {
    amount.round_dp(PLACES.get()).cmp(&Decimal::ZERO)
}

/// Returns [`sol`] with its sign, as `+0.0124`. Zero has no sign.
pub fn signed(amount: Decimal) -> String {
    with_sign(amount, PLACES.get())
}

/// Returns [`sol`] of a value, with more decimals where `difference` would be shown as zero with those of the settings.
pub fn sol_apart(value: Decimal, difference: Decimal) -> String {
    rounded(value, places_of_difference(difference))
}

/// Returns a difference that is not zero with its sign, never as zero.
pub fn signed_difference(difference: Decimal) -> String {
    with_sign(difference, places_of_difference(difference))
}

fn places_of_difference(difference: Decimal) -> u32 {
    let (places, exact) = (PLACES.get(), difference.normalize().scale());
    let is_shown = |places: &u32| !difference.round_dp(*places).is_zero();
    let fit = [places, LAMPORT].into_iter().find(is_shown);
    fit.unwrap_or(exact.max(places))
}

/// Returns an amount to the lamport, for hovering.
pub fn exact(amount: Decimal) -> String {
    rounded(amount, LAMPORT) + " SOL"
}

/// Returns a gain or a loss by its name: `profit 0.0176`, `loss 0.0302`.
pub fn profit(amount: Decimal) -> String {
    let word = if amount < Decimal::ZERO {
        "loss"
    } else {
        "profit"
    };
    format!("{word} {}", sol(amount.abs()))
}

/// Returns a percentage with its sign and a thin space, as `+24.8 %`.
pub fn percent(share: Decimal) -> String {
    with_sign(share, 1) + "\u{2009}%"
}

/// Returns a share in whole percent with its sign and a thin space, as `+25 %`.
pub fn whole_percent(share: Decimal) -> String {
    with_sign(share.saturating_mul(Decimal::ONE_HUNDRED), 0) + "\u{2009}%"
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

/// Returns a delay as `214 ms` or `<1 ms`, from ten seconds on as [`seconds`].
pub fn delay(time: Duration) -> String {
    match time.num_milliseconds() {
        ..=0 => "<1 ms".to_owned(),
        millis @ 1..10_000 => format!("{millis} ms"),
        _ => seconds(time),
    }
}

/// Returns [`seconds`] of a standard duration.
pub fn std_seconds(time: std::time::Duration) -> String {
    seconds(Duration::from_std(time).unwrap_or_default())
}

/// Returns the time of day as `18:04:12`.
pub fn clock(at: DateTime<Utc>) -> String {
    local(at).format("%H:%M:%S").to_string()
}

/// Returns the time of day as `18:04`.
pub fn short_clock(at: DateTime<Utc>) -> String {
    local(at).format("%H:%M").to_string()
}

/// Returns when the UTC day of a time begins and ends, as the clock of this computer shows it then, `01:00`: the limits of a
/// day are of that day.
pub fn utc_day(at: DateTime<Utc>) -> [String; 2] {
    let begins = at.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    [begins, begins + Duration::days(1)].map(short_clock)
}

/// Returns the time of a session as `28 Nov, 21:14`.
pub fn date_and_time(at: DateTime<Utc>) -> String {
    local(at).format("%-d %b, %H:%M").to_string()
}

/// Returns a time with its date, as `2026-11-28 21:14:09`.
pub fn date_time(at: DateTime<Utc>) -> String {
    local(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Returns [`date_time`] and the time in UTC, for hovering.
pub fn exact_time(at: DateTime<Utc>) -> String {
    let local = date_time(at);
    format!("{local}\n{} UTC", at.format("%Y-%m-%d %H:%M:%S%.3f"))
}

/// Returns the name of a game, `Game 18:03:41`, by the local time of its start. Several games may start in one minute.
pub fn game_name(start: DateTime<Utc>) -> String {
    local(start).format("Game %H:%M:%S").to_string()
}

/// Returns a path as `~/games` if it is below the home folder, with odd characters escaped.
pub fn short_path(path: &Path) -> String {
    escaped(&path_to_edit(path))
}

/// Returns a path as [`short_path`] does, with its characters as they are: for a field in which it is edited.
pub fn path_to_edit(path: &Path) -> String {
    paths::home_shortened(path).display().to_string()
}

/// Returns text from outside with invisible and direction-changing characters escaped. Quotes and backslashes stay, and
/// so do the marks that belong to a letter (vowels of Arabic, Hindi, Thai), up to [`MARKS`] at each.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // The first one has no letter.
    let mut marks = MARKS;
    for letter in text.chars() {
        if is_mark(letter) && marks < MARKS {
            marks += 1;
            escaped.push(letter);
            continue;
        }
        marks = if letter.is_alphanumeric() { 0 } else { MARKS };
        match letter {
            '\'' | '"' | '\\' => escaped.push(letter),
            _ => escaped.extend(letter.escape_debug()),
        }
    }
    escaped
}

/// Whether a character is drawn over or under the one before it. `char::escape_debug` escapes it because it stands
/// alone; `str::escape_debug` does not behind a letter.
fn is_mark(letter: char) -> bool {
    let mut pair = [0; 8];
    pair[0] = b'a';
    let length = 1 + letter.encode_utf8(&mut pair[1..]).len();
    let pair = std::str::from_utf8(&pair[..length]).unwrap_or_default();
    letter.escape_debug().len() > 1 && pair.escape_debug().eq(pair.chars())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::zone::set_zone;
    use crate::protocol::number::parse;

    fn d(text: &str) -> Decimal {
        parse(text).expect("a decimal")
    }

    #[test]
    fn a_difference_is_never_shown_as_zero() {
        for (difference, text) in [
            ("-0.01", "−0.0100"),
            ("0.000002", "+0.000002000"),
            ("0.00000000012", "+0.00000000012"),
            ("0", "0.0000"),
        ] {
            let difference = parse(difference).expect("a decimal");
            assert_eq!(signed_difference(difference), text);
        }
        let [value, difference] =
            ["0.866203", "0.000002"].map(|text| parse(text).expect("a decimal"));
        assert_eq!(sol_apart(value, difference), "0.866203000");
        assert_eq!(sol_apart(value, value), "0.8662");
    }

    #[test]
    fn prices_have_as_many_digits_as_matter() {
        for (price, text) in [
            (1.8349, "1.83x"),
            (0.1, "0.10x"),
            (0.02, "0.02x"),
            (0.0041, "0.0041x"),
            (0.004_123_4, "0.00412x"),
            (0.098_76, "0.0988x"),
            (0.0, "0.00x"),
            (99.994, "99.99x"),
            (99.996, "100.0x"),
            (1_329.974, "1330.0x"),
            (1e40, "10000000000000000303786028427003666890752.0x"),
        ] {
            assert_eq!(multiplier(price), text);
        }
        // As doubles 2.665 is above and 2.675 below the middle.
        for (price, text) in [("2.665", "2.66x"), ("2.675", "2.68x"), ("100.25", "100.2x")] {
            assert_eq!(exact_multiplier(d(price)), text);
            assert_eq!(multiplier(number::to_f64_lossy(d(price))), text);
        }
        let of = |text: &str, exact| {
            let multiplier = parse(text);
            peak(Peak { multiplier, exact })
        };
        assert_eq!(of("2.17", true), "2.17x");
        assert_eq!(of("2.179", false), "≥ 2.17x");
        assert_eq!(of("1329.974", false), "≥ 1329.9x");
        assert_eq!(peak(Peak::default()), "–");
    }

    #[test]
    fn amounts_are_rounded_half_to_even_and_keep_their_width() {
        for (amount, text) in [
            ("0.98765432", "0.9877"),
            ("0.00005", "0.0000"),
            ("0.00015", "0.0002"),
            ("0.00025", "0.0002"),
            ("0", "0.0000"),
            ("-0.5", "\u{2212}0.5000"),
            ("-0.00004", "0.0000"),
        ] {
            assert_eq!(sol(d(amount)), text, "{amount}");
        }
        assert_eq!(signed(d("0.0124")), "+0.0124");
        assert_eq!(signed(d("-0.5")), "\u{2212}0.5000");
        assert_eq!(signed(d("0.00004")), "0.0000");
        assert_eq!(exact(d("0.00004")), "0.000040000 SOL");
        // A quotient has more digits than an account keeps.
        assert_eq!(exact(Decimal::ONE / Decimal::from(3)), "0.333333333 SOL");
        assert_eq!(profit(d("0.0176")), "profit 0.0176");
        assert_eq!(profit(d("-0.0302")), "loss 0.0302");
        assert_eq!(percent(d("24.76")), "+24.8\u{2009}%");
        assert_eq!(percent(d("-99.32")), "\u{2212}99.3\u{2009}%");
        assert_eq!(percent(d("0.04")), "0.0\u{2009}%");
        set_places(6);
        assert_eq!(signed(d("0.0124")), "+0.012400");
    }

    #[test]
    fn text_from_outside_is_readable_in_any_script_and_hides_nothing() {
        for text in [
            "Zoë O'Brien \"zo\"",
            "王小明",
            "김민준",
            "محمد عليّ",
            "हिन्दी",
            "สวัสดี",
            r"C:\games",
        ] {
            assert_eq!(escaped(text), text);
        }
        assert_eq!(escaped("a\u{202e}b\u{200b}c\n"), r"a\u{202e}b\u{200b}c\n");
        // No tower of marks, and none without a letter.
        assert_eq!(
            escaped(&format!("a{}", "\u{301}".repeat(5)))
                .matches("301")
                .count(),
            2
        );
        assert_eq!(escaped("\u{301}"), r"\u{301}");
    }

    #[test]
    fn a_path_below_the_home_folder_is_short_and_in_any_script() {
        let home = Path::new("/home/ada");
        for (path, shown) in [
            ("/home/ada/pianola/practice", "~/pianola/practice"),
            ("/home/ada", "~/"),
            ("/home/adam/games", "/home/adam/games"),
            ("/home/ada/게임 기록", "~/게임 기록"),
            ("/srv/a\nb", r"/srv/a\nb"),
            ("/srv/a\u{202e}b", r"/srv/a\u{202e}b"),
        ] {
            let short = paths::below_home(Path::new(path), Some(home));
            assert_eq!(escaped(&short.display().to_string()), shown);
        }
        assert_eq!(paths::below_home(home, None), home);
    }

    #[test]
    fn times_are_in_one_zone() {
        set_zone(2);
        let at = DateTime::parse_from_rfc3339("2026-11-28T23:14:09.250Z");
        let at = at.expect("a time").to_utc();
        assert_eq!(clock(at), "01:14:09");
        assert_eq!(date_and_time(at), "29 Nov, 01:14");
        assert_eq!(game_name(at), "Game 01:14:09");
        assert_eq!(utc_day(at), ["02:00", "02:00"]);
        assert_eq!(
            exact_time(at),
            "2026-11-29 01:14:09\n2026-11-28 23:14:09.250 UTC"
        );
        assert_eq!(seconds(Duration::milliseconds(7_449)), "7.4 s");
        assert_eq!(seconds(Duration::seconds(125)), "2 min 5 s");
        assert_eq!(delay(Duration::microseconds(400)), "<1 ms");
        assert_eq!(delay(Duration::milliseconds(214)), "214 ms");
        assert_eq!(delay(Duration::milliseconds(12_340)), "12.3 s");
        assert_eq!(
            count(1, "game") + ", " + &count(0, "trade"),
            "1 game, 0 trades"
        );
    }
}
