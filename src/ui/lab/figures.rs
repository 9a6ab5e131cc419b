//! The figures of the lab as text. Pure.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;

use crate::lab::{Estimate, ExactSample, StrategyResult};
use crate::plural::grouped;
use crate::ui::format::{self, count, escaped};

fn decimal(value: f64) -> Decimal {
    Decimal::from_f64(value).unwrap_or_default()
}

/// Returns an amount of SOL with the decimals of the settings.
pub fn sol(amount: f64) -> String {
    format::sol(decimal(amount))
}

/// Returns an amount of SOL with its sign.
pub fn signed_sol(amount: f64) -> String {
    format::signed(decimal(amount))
}

/// Returns a share with its sign, as `−4.71 %`.
pub fn signed_percent(share: f64) -> String {
    let text = percent(share.abs());
    match share {
        _ if text == percent(0.0) => text,
        share if share < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}

/// Returns a share as `4.71 %`.
pub fn percent(share: f64) -> String {
    format!("{:.2}\u{2009}%", share * 100.0)
}

/// Returns a share as `4.7 %`.
pub fn short_percent(share: f64) -> String {
    format!("{:.1}\u{2009}%", share * 100.0)
}

/// Returns half the length of an interval, as `±0.39 %`; nothing where there is none.
pub fn margin(estimate: &Estimate, text: fn(f64) -> String) -> String {
    let margin = estimate.margin();
    margin.map_or(String::new(), |margin| format!("±{}", text(margin)))
}

/// Returns the interval of a share, as `38.1 to 44.0 %`; nothing where there is none.
pub fn interval(share: &Estimate) -> String {
    match (share.low, share.high) {
        (Some(low), Some(high)) => format!("{:.1} to {}", low * 100.0, short_percent(high)),
        _ => String::new(),
    }
}

/// Returns an error of the lab as a sentence.
pub fn as_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// Returns the sentences about one strategy that its row has no room for.
pub fn sentences(result: &StrategyResult) -> Vec<String> {
    let name = escaped(&result.name);
    let mut sentences = vec![format!("{name}: {}", result.kelly_sentence())];
    if let Some(games) = result.ruin.games {
        sentences.push(format!(
            "Half of its ruined sessions were ruined within {:.0} games, the last one after {:.0}.",
            games.median, games.most
        ));
    }
    sentences.extend(sample(&result.exact_sample));
    sentences
}

fn sample(sample: &ExactSample) -> Option<String> {
    let games = count(grouped(sample.games), "game");
    match (sample.games, sample.different) {
        (0, _) => None,
        (_, 0) => Some(format!(
            "Played with the exact account too, the first {games} gave the same bankroll."
        )),
        (_, different) => Some(format!(
            "Of the first {games}, played with the exact account too, {different} end with another bankroll, by at most {:.9} SOL.",
            sample.largest
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_on_what_is_not_zero() {
        for (share, text) in [
            (-0.047_1, "−4.71\u{2009}%"),
            (0.000_5, "+0.05\u{2009}%"),
            (-0.000_001, "0.00\u{2009}%"),
            (0.0, "0.00\u{2009}%"),
        ] {
            assert_eq!(signed_percent(share), text);
        }
        assert_eq!(signed_sol(-0.000_31), "−0.0003");
        assert_eq!(signed_sol(0.0), "0.0000");
        assert_eq!(sol(f64::NAN), "0.0000");
    }

    #[test]
    fn intervals_are_beside_their_value_and_one_number_has_none() {
        let estimate = Estimate {
            value: 0.4,
            low: Some(0.381),
            high: Some(0.44),
        };
        assert_eq!(interval(&estimate), "38.1 to 44.0\u{2009}%");
        assert_eq!(margin(&estimate, percent), "±2.95\u{2009}%");
        let one = Estimate {
            low: None,
            high: None,
            ..estimate
        };
        assert_eq!(
            (interval(&one), margin(&one, percent)),
            (String::new(), String::new())
        );
    }

    #[test]
    fn a_sample_that_differs_says_how_many_and_how_far() {
        let equal = ExactSample {
            games: 1_000,
            ..ExactSample::default()
        };
        let text = sample(&equal).expect("a sample");
        assert!(
            text.contains("1,000 games") && text.ends_with("the same bankroll."),
            "{text}"
        );
        let other = ExactSample {
            different: 3,
            largest: 1e-9,
            ..equal
        };
        let text = sample(&other).expect("a sample");
        assert!(
            text.contains(", 3 end with another bankroll, by at most 0.000000001 SOL"),
            "{text}"
        );
        assert_eq!(sample(&ExactSample::default()), None);
    }
}
