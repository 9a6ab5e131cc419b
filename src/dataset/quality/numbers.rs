//! Numbers as the reports show them.

use super::checks::{Check, CheckKind};
use crate::plural::grouped;

/// Returns an exact amount with its sign.
pub(super) fn signed(amount: &str) -> String {
    match amount.as_bytes().first() {
        Some(b'-') => amount.to_owned(),
        _ => format!("+{amount}"),
    }
}

/// Returns the number of the recordings.
pub(super) fn observed(check: &Check) -> String {
    if check.probability.is_none() {
        return "–".to_owned();
    }
    value(check, check.observed)
}

/// Returns the number of the published algorithm.
pub(super) fn published(check: &Check) -> String {
    if check.probability.is_none() && check.n == 0 {
        return "–".to_owned();
    }
    value(check, check.expected)
}

/// Returns the limits of the number.
pub(super) fn limits(check: &Check) -> Option<String> {
    let (low, high) = (check.low?, check.high?);
    Some(format!("{} to {}", value(check, low), value(check, high)))
}

fn value(check: &Check, value: f64) -> String {
    match check.kind {
        CheckKind::RugHazard | CheckKind::RepeatedSize | CheckKind::SmallMoveMean => {
            percent(value, 4)
        }
        CheckKind::BigMoves | CheckKind::BigMovesUp | CheckKind::OwnSidebets => percent(value, 2),
        CheckKind::RugTicks
        | CheckKind::Sidebets
        | CheckKind::BigMoveSizes
        | CheckKind::SmallMoves => format!("χ² {value:.1}"),
        CheckKind::RepeatedRugTick | CheckKind::GodCandles => decimal(value, 1),
        CheckKind::ImpossibleSteps | CheckKind::RugPrices => whole(value),
    }
}

/// Returns how often chance alone is as far off.
pub(super) fn probability(check: &Check) -> String {
    match check.probability {
        None => "–".to_owned(),
        Some(p) if p <= 0.0 => "never".to_owned(),
        Some(p) if p < 0.001 => format!("{p:.0e}"),
        Some(p) => format!("{p:.3}"),
    }
}

/// Returns a share in percent.
pub(super) fn percent(share: f64, digits: usize) -> String {
    format!("{:.digits$} %", share * 100.0)
}

/// Returns a number with so many decimals and a comma at thousands.
pub(super) fn decimal(value: f64, digits: usize) -> String {
    // Without the 0 an empty sum is shown as -0.
    let text = format!("{:.digits$}", value + 0.0);
    let (whole, rest) = text
        .split_once('.')
        .map_or((&text[..], String::new()), |(whole, rest)| {
            (whole, format!(".{rest}"))
        });
    format!("{}{rest}", grouped(whole))
}

/// Returns a number without decimals.
pub(super) fn whole(value: f64) -> String {
    decimal(value, 0)
}

/// Returns a length of time in its largest fitting unit.
pub(super) fn duration(seconds: f64) -> String {
    if seconds <= 0.0 {
        "–".to_owned()
    } else if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else if seconds < 5_400.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{} h", decimal(seconds / 3_600.0, 1))
    }
}

/// Returns a text without line breaks and control characters: names of files may hold any.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
