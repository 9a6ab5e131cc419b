//! Rows of revealed games: what is compared, and what is reported.

mod spellings;
mod versions;

use pianola::fairness::ProofStatus;
use serde_json::Value;

use super::{fixture, verdicts_of};

pub const ID: &str = "20251217-30d3435291e042b4";
const PEAK: &str = "1.0400566615933653";

/// The real game of the fixtures: an entry of a `gameHistory`.
pub fn entry() -> Value {
    serde_json::from_slice(&fixture("failing/verify-gamehistory-row.jsonl")).unwrap()
}

/// The same as a row of a list.
pub fn row() -> Value {
    let mut row: Value =
        serde_json::from_slice(&fixture("failing/verify-no-rug-price.jsonl")).unwrap();
    row["prices"] = entry()["prices"].take();
    row
}

/// The row with other values; `null` removes a key.
fn with(changes: &Value) -> Value {
    let mut row = row();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(row.as_object_mut().unwrap().shift_remove(key)),
            value => row[key] = value.clone(),
        }
    }
    row
}

/// Status and reason (or what differs) of a row.
pub fn outcome(row: &Value) -> (ProofStatus, String) {
    let verdicts = verdicts_of("a.jsonl", row.to_string().as_bytes());
    let [verdict] = &verdicts[..] else {
        panic!("{verdicts:?}")
    };
    let proof = &verdict.result.as_ref().unwrap().proof;
    let words = proof.mismatch.as_ref().map(ToString::to_string);
    let words = words.or_else(|| proof.reason.clone()).unwrap_or_default();
    (proof.status, words)
}

#[track_caller]
pub fn assert_outcome(row: &Value, status: ProofStatus, words: &str) {
    assert_eq!(outcome(row), (status, words.to_owned()), "{row}");
}
