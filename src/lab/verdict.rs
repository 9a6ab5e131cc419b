//! What a run says in one sentence.

use super::report::LabReport;

/// No rule wins on average: the sentence below every result.
const NO_EDGE: &str = "No rule wins on average; what a strategy changes is variance and exposure.";

/// Returns what the run says about winning.
pub fn verdict(report: &LabReport) -> String {
    let traded = report
        .strategies
        .iter()
        .filter_map(|result| result.per_staked);
    let profits: Vec<f64> = traded.map(|ratio| ratio.value).collect();
    let first = if report.sessions == 0 {
        "No session was over."
    } else if profits.is_empty() {
        "No order was placed."
    } else if profits.iter().all(|profit| *profit < 0.0) {
        "In these runs every strategy lost money: the rug takes more than the drift gives."
    } else if profits.iter().all(|profit| *profit >= 0.0) {
        "In these runs no strategy lost money; look at the intervals before you call it skill."
    } else {
        "In these runs not every strategy lost money; look at the intervals before you call it skill."
    };
    format!("{first} {NO_EDGE}")
}
