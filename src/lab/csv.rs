//! The results of a run as CSV, for spreadsheets.

use super::estimate::{Estimate, Spread};
use super::report::{LabReport, StrategyResult};
use crate::csv_field::csv_field;

/// The quantiles of a fan, by their names.
const QUANTILES: [&str; 5] = ["5", "25", "50", "75", "95"];

/// Returns the results as CSV: a line for each figure of each strategy, with its 95 % interval where it has one. Amounts are
/// SOL, shares 0 to 1. The bankroll is there at each point of its fan, with the number of games before it.
pub fn csv(report: &LabReport) -> String {
    let mut text = "strategy,figure,game,value,low,high\n".to_owned();
    for result in &report.strategies {
        for line in figures(result) {
            text.push_str(&csv_field(&result.name));
            text.push(',');
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

fn figures(result: &StrategyResult) -> Vec<String> {
    let mut lines = vec![
        number("games", result.games),
        number("traded", result.traded),
    ];
    for (name, value) in [
        ("profit_per_game", result.per_game),
        ("profit_per_sol_staked", result.per_staked),
        ("cost_of_a_session", Some(result.house_cost)),
        ("sessions_in_profit", Some(result.in_profit)),
        ("ruined", Some(result.ruin.probability)),
    ] {
        lines.extend(value.map(|value| estimate(name, value)));
    }
    for (name, value) in [
        ("games_until_ruin", result.ruin.games),
        ("drawdown", Some(result.drawdown)),
        ("losing_run", Some(result.losing_run)),
    ] {
        let parts = value.into_iter().flat_map(|Spread { median, p95, most }| {
            [("median", median), ("95", p95), ("most", most)]
        });
        lines.extend(parts.map(|(part, value)| number(&format!("{name}_{part}"), value)));
    }
    lines.push(number("kelly", result.kelly.share));
    let fan = &result.fan;
    for (game, quantiles) in fan.games.iter().zip(&fan.quantiles) {
        let quantiles = QUANTILES.iter().zip(quantiles);
        lines.extend(quantiles.map(|(name, value)| format!("bankroll_{name},{game},{value},,")));
    }
    lines
}

fn number(name: &str, value: impl std::fmt::Display) -> String {
    format!("{name},,{value},,")
}

fn estimate(name: &str, Estimate { value, low, high }: Estimate) -> String {
    let end = |end: Option<f64>| end.map_or(String::new(), |end| end.to_string());
    format!("{name},,{value},{},{}", end(low), end(high))
}
