//! The keys that were added to game files are verified, too.

use super::verify_path;
use crate::disk::{Disk as _, RealDisk};

const NEW: &str = include_str!("../../../tests/fixtures/example.game.json");
const OLD: &str = include_str!("../../../tests/fixtures/old.game.json");

#[test]
fn new_keys_that_contradict_the_prices_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.game.json");
    let verdict = |text: &str| {
        let written = RealDisk.write(&path, text.as_bytes());
        written.expect("a file");
        let mut verdicts = Vec::new();
        verify_path(&path, &mut |verdict| verdicts.push(verdict.result));
        let checked = verdicts.remove(0).expect("readable");
        format!("{:?}", checked.disagreements)
    };
    assert_eq!(verdict(NEW), "[]");
    assert_eq!(verdict(OLD), "[]");
    let arrivals = verdict(&NEW.replace("1522, 1801]", "1522]"));
    assert!(arrivals.contains("arrivals"), "{arrivals}");
    let hole = NEW.replace("\"0.9799510872982831\", ", "null, ");
    let hole = verdict(&hole.replace("\"complete\": true", "\"complete\": false"));
    assert!(hole.contains("peak_exact"), "{hole}");
}
