//! What a killed program leaves behind, compared with what it had printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pianola::recording::SessionFile;
use rust_decimal::Decimal;

use crate::support::files::game_file;
use crate::support::script_run::{is_action_line, line_of};

/// The printed line of a game is in its file. A game that was not over when it was printed may have gone on since, and its
/// seed may have come: then there is more of it.
pub fn assert_game(line: &str) {
    let words: Vec<_> = line.splitn(5, ' ').collect();
    let [id, ticks, peak, proof, path] = words[..] else {
        panic!("{line}");
    };
    let meta = game_file(Path::new(path)).meta;
    assert_eq!(meta.game_id.as_str(), id);
    let peak = peak.trim_start_matches(">=");
    let (ticks, peak): (u32, Decimal) = (ticks.parse().unwrap(), peak.parse().unwrap());
    let now = (meta.duration_ticks, meta.peak_multiplier.unwrap());
    if proof == "unverifiable" {
        assert!(now.0 >= ticks && now.1 >= peak, "{line} {meta:?}");
    } else {
        let status = meta.proof.status.as_str();
        assert_eq!((now, status), ((ticks, peak), proof), "{line}");
    }
}

pub fn is_game_line(line: &str) -> bool {
    !is_action_line(line) && line.ends_with(".game.json") && line.split(' ').count() >= 5
}

/// Every JSON file of the tree parses, and no half-written one is left; returns how many there are.
pub fn assert_json(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut files = 0;
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        assert!(!name.starts_with(".tmp-"), "{}", path.display());
        if path.is_dir() {
            files += assert_json(&path);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            let text = fs::read_to_string(&path).unwrap();
            let read = serde_json::from_str::<serde_json::Value>(&text);
            read.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            files += 1;
        }
    }
    files
}

/// Whether every line is a row of the file.
pub fn holds(file: &SessionFile, lines: &[&String]) -> bool {
    let mut rows = BTreeMap::new();
    for line in file.actions.iter().map(line_of) {
        *rows.entry(line).or_insert(0) += 1;
    }
    lines.iter().all(|line| {
        let left = rows.get_mut(*line).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    })
}
