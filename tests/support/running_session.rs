//! The recorded rows of the running session, read while it runs.

use std::collections::BTreeMap;
use std::path::Path;

use pianola::account::{Action, ActionKind, ActionStatus};
use serde_json::Value;

/// Returns the rows of the session that runs, in press order, each as far as it has come.
pub fn rows(out: &Path) -> Vec<Action> {
    let entries = std::fs::read_dir(out.join(".journal"))
        .into_iter()
        .flatten();
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let session = paths.find(|path| path.extension().is_some_and(|ending| ending == "session"));
    let text = session.and_then(|path| std::fs::read_to_string(path).ok());
    let mut slots = BTreeMap::new();
    for line in text.unwrap_or_default().lines() {
        // A checksum precedes each fact; the last line may be half written.
        let fact = line.split_once(' ').map_or("", |(_, fact)| fact);
        let fact: Value = serde_json::from_str(fact).unwrap_or_default();
        let action = &fact["Action"];
        if let (Some(slot), Ok(row)) = (
            action["slot"].as_u64(),
            serde_json::from_value(action["action"].clone()),
        ) {
            slots.insert(slot, row);
        }
    }
    slots.into_values().collect()
}

/// Returns the same in short.
pub fn short(out: &Path) -> Vec<(ActionKind, ActionStatus)> {
    let rows = rows(out);
    rows.iter().map(|row| (row.action, row.status)).collect()
}

/// Whether so many rows are there and done.
pub fn done(out: &Path, rows: usize) -> bool {
    let seen = short(out);
    let confirmed = |(_, status): &(ActionKind, ActionStatus)| *status == ActionStatus::Confirmed;
    seen.len() == rows && seen.iter().all(confirmed)
}
