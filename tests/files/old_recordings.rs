//! The recordings of the Python original: every line is counted as their README says, no tick is invented, and each
//! problem is named.

use std::path::{Path, PathBuf};

use pianola::disk::RealDisk;
use pianola::fairness::ProofStatus;
use pianola::game::EndReason;
use pianola::library::{PythonRecording, RecordingFile, RowEntry, open, read_library};
use pianola::replay::Timeline;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::captures;
use crate::support::process::{run, stdout};

fn folder() -> Option<PathBuf> {
    Some(captures::folder()?.join("original-recordings"))
}

/// The rows of the README's table: the file, then its numbers; `None` where it has a dash.
fn table() -> Option<Vec<(PathBuf, Vec<Option<u32>>)>> {
    let folder = folder()?;
    let text = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let name = cells.next().unwrap().trim_matches('`');
        (
            folder.join(name),
            cells.map(|cell| cell.parse().ok()).collect(),
        )
    });
    Some(rows.collect())
}

fn read(path: &Path) -> PythonRecording {
    match open(&RealDisk, path).unwrap() {
        RecordingFile::PythonRecording(original) => original,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_lines_of_every_file_are_counted_as_its_readme_says() {
    let Some(table) = table() else { return };
    assert_eq!(table.len(), 22);
    for (path, expected) in table {
        let counts = read(&path).counts;
        let some = |number: u32| Some(number);
        let counted = [
            counts.first,
            counts.last,
            some(counts.ticks),
            some(counts.holes),
            some(counts.repeated),
            some(counts.other_price),
            some(counts.broken),
            counts.rug,
            some(counts.ids),
        ];
        assert_eq!(counted[..], expected[..], "{}", path.display());
        assert_eq!(counts.strange, 0, "{}", path.display());
    }
}

/// What the lines of a file say of its game, by another way: the price of each tick of an active line up to the rug.
fn naive(path: &Path) -> Vec<Option<Decimal>> {
    let text = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&text);
    let mut prices: Vec<Option<Decimal>> = Vec::new();
    for line in text.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if line["type"] != "tick" || line["active"] != true {
            continue;
        }
        let tick = usize::try_from(line["tick"].as_u64().unwrap()).unwrap();
        if prices.len() <= tick {
            prices.resize(tick + 1, None);
        }
        let price = pianola::protocol::number::from_json(&line["price"]);
        prices[tick] = prices[tick].or(price);
        if line["rugged"] == true {
            break;
        }
    }
    prices
}

#[test]
fn no_tick_is_invented_and_none_of_the_game_is_lost() {
    let Some(table) = table() else { return };
    for (path, expected) in table {
        let case = path.display();
        let original = read(&path);
        let (file, meta) = (&original.file, &original.file.meta);
        assert_eq!(file.prices, naive(&path), "{case}");
        assert_eq!(meta.duration_ticks as usize, file.prices.len());
        let rug: Option<u32> = expected[7];
        assert_eq!(meta.end_reason == Some(EndReason::Rug), rug.is_some());
        if let Some(rug) = rug {
            assert_eq!(meta.duration_ticks, rug + 1, "{case}");
            assert!(file.prices.last().unwrap().is_some(), "{case}");
        }
        let whole = rug.is_some() && file.prices.iter().all(Option::is_some);
        assert_eq!(meta.complete, whole, "{case}");
        assert_eq!(meta.proof.status, ProofStatus::Unverifiable);
        assert!(meta.proof.reason.as_ref().unwrap().contains("no seed"));
        assert!(meta.start_time.is_some());
        // It can be looked at from end to end.
        let played = Timeline::of_game(file.clone());
        assert_eq!(played.games().len(), 1, "{case}");
    }
}

#[test]
fn the_faults_are_named_in_words() {
    let Some(folder) = folder() else { return };
    let faults = |name: &str| read(&folder.join(name)).faults().join(", ");
    let report = faults("game_20251031_150633.jsonl");
    for words in [
        // One more than the README counts: tick 0 comes from the countdown alone.
        "38 holes",
        "149 repeated ticks",
        "13 lines that are no JSON",
        "the rug was not recorded",
        "no seed",
        "times without a zone",
    ] {
        assert!(report.contains(words), "{words} is not in {report}");
    }
    let report = faults("game_20251029_212119.jsonl");
    // The hole that the README counts lies after the rug.
    assert!(!report.contains("hole"), "{report}");
    assert!(report.contains("1 tick after the rug left out"), "{report}");
    let report = faults("game_20251031_150533.jsonl");
    assert!(
        report.contains("only the countdown was recorded"),
        "{report}"
    );
    let report = faults("game_20251030_075122.jsonl");
    assert!(report.contains("joined at tick 179"), "{report}");
    let report = faults("game_20251108_135236_3faa4dec.jsonl");
    assert!(report.contains("the end line is missing"), "{report}");
}

#[test]
fn a_folder_of_them_is_a_library_and_stays_as_it_was() {
    let Some(folder) = folder() else { return };
    let library = read_library(&RealDisk, &folder);
    assert_eq!(library.rows.len(), 22);
    let mut games = Vec::new();
    for row in library.rows {
        let RowEntry::Game { game, faults, .. } = row.entry else {
            panic!("{row:?}");
        };
        assert!(!faults.is_empty());
        games.push(game);
    }
    let starts: Vec<_> = games.iter().map(|game| game.start_time).collect();
    assert!(starts.is_sorted());
    let args = ["library", "--out", folder.to_str().unwrap()];
    let report = stdout(&run(&args));
    assert!(
        report.contains("game_20251031_150633.jsonl [38 holes, "),
        "{report}"
    );
    let complete = games.iter().filter(|game| game.complete);
    let last = format!(
        "22 games in {}: {} complete, 0 sessions",
        folder.display(),
        complete.count()
    );
    assert_eq!(report.lines().last(), Some(&last[..]));
    assert!(!folder.join(".journal").exists());
}

#[test]
fn every_line_that_is_cut_or_flipped_costs_that_line_at_most() {
    let Some(folder) = folder() else { return };
    let path = folder.join("game_20251102_184626.jsonl");
    let text = std::fs::read(&path).unwrap();
    let whole = PythonRecording::parse(&text).unwrap();
    for cut in (0..text.len()).step_by(97) {
        let Ok(cut) = PythonRecording::parse(&text[..cut]) else {
            continue;
        };
        assert!(cut.counts.broken <= 1);
        let known = |prices: &[Option<Decimal>], tick: usize| prices.get(tick).copied().flatten();
        for tick in 0..cut.file.prices.len() {
            let price = known(&cut.file.prices, tick);
            assert!(price.is_none() || price == known(&whole.file.prices, tick));
        }
    }
    let lines = text.split(|byte| *byte == b'\n').count();
    let start = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for place in (start..text.len()).step_by(101) {
        let mut damaged = text.clone();
        damaged[place] ^= 0x80;
        let read = PythonRecording::parse(&damaged).unwrap();
        assert!(read.counts.broken <= 2, "byte {place} of {lines} lines");
    }
}

proptest! {
    #[test]
    fn whatever_the_lines_are_nothing_panics_and_no_price_is_made_up(
        lines in proptest::collection::vec(
            (0u32..6_000, -1i32..40, any::<bool>(), any::<bool>(), 0u8..6),
            0..60,
        )
    ) {
        let text: Vec<_> = lines.iter().map(|(tick, price, active, rugged, kind)| match kind {
            0 => "{\"type\": \"tick\", \"game_id\": \"g\"".to_owned(),
            1 => "[[[[]]]]".to_owned(),
            2 => format!(r#"{{"type":"tick","game_id":"h","tick":{tick},"price":{price}}}"#),
            3 => r#"{"type":"game_end","game_id":"g","timestamp":"not a time"}"#.to_owned(),
            _ => format!(
                r#"{{"type":"tick","game_id":"g","tick":{tick},"price":{price},"active":{active},"rugged":{rugged},"timestamp":"2025-10-29T21:21:19.716"}}"#
            ),
        }).collect();
        if let Ok(read) = PythonRecording::parse(text.join("\n").as_bytes()) {
            prop_assert!(read.file.prices.len() <= 5_001);
            for price in read.file.prices.iter().flatten() {
                prop_assert!(lines.iter().any(|line| Decimal::from(line.1) == *price));
            }
            prop_assert!(!read.faults().is_empty());
            Timeline::of_game(read.file);
        }
    }
}
