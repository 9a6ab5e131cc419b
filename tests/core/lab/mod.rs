//! The lab: its truths, its edges, and its exact account against the practice table's ledger.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "counts are small, and results are exact where they are compared exactly"
)]

mod edges;
mod ledger;
mod random_strategies;
mod truths;

use std::sync::Arc;

use pianola::lab::{LabProgress, LabReport, LabSettings, LabStrategy, StrategyResult, run};
use pianola::strategy::Strategy;

/// A strategy of a text, with a name.
pub fn named(name: &str, text: &str) -> LabStrategy {
    let strategy = Strategy::parse(text).unwrap_or_else(|why| panic!("{text}\n{why}"));
    LabStrategy {
        name: name.to_owned(),
        strategy: Arc::new(strategy),
    }
}

/// A run of some texts with this many sessions of this many games.
pub fn settings(texts: &[&str], (sessions, games): (u64, u64)) -> LabSettings {
    let strategies = texts.iter().map(|text| named(text, text)).collect();
    LabSettings {
        sessions,
        games,
        ..LabSettings::new(strategies, 5)
    }
}

pub fn run_of(settings: &LabSettings) -> LabReport {
    run(settings, &LabProgress::default()).unwrap()
}

/// The only result of a report, whose sample must be the exact one.
pub fn only(report: LabReport) -> StrategyResult {
    let result = report.strategies.into_iter().next().unwrap();
    assert_eq!(
        result.exact_sample.different, 0,
        "{:?}",
        result.exact_sample
    );
    result
}
