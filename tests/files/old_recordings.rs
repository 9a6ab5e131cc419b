//! The recordings of the Python original: every line is counted as their README says, no tick is invented, and each
//! problem is named.

use std::path::{Path, PathBuf};

use pianola::disk::RealDisk;
use pianola::fairness::ProofStatus;
use pianola::game::EndReason;
use pianola::library::{
    PythonRecording, RecordingFile, RevealedSeeds, RowEntry, Tier, open, read_library, verify_game,
};
use pianola::replay::Timeline;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::captures;
use crate::support::process::{run, stdout};

pub fn folder() -> Option<PathBuf> {
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

pub fn read(path: &Path) -> PythonRecording {
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

pub fn tick_line(tick: u32, price: &str, rugged: bool) -> String {
    format!(
        r#"{{"type":"tick","game_id":"g","tick":{tick},"price":{price},"active":true,"rugged":{rugged},"timestamp":"2025-10-29T21:21:19.716"}}"#
    )
}

#[test]
fn a_list_of_revealed_seeds_proves_a_recording_and_fills_its_holes() {
    let revealed =
        std::fs::read_to_string(captures::path("revealed-games.jsonl").unwrap()).unwrap();
    let row: Value = revealed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|row| {
            row["gameVersion"] == "v3" && row["prices"].as_array().is_some_and(|p| p.len() > 20)
        })
        .unwrap();
    let prices = row["prices"].as_array().unwrap();
    let last = prices.len() - 1;
    let recording = |left_out: &[usize]| {
        let ticks = prices
            .iter()
            .enumerate()
            .filter(|(tick, _)| !left_out.contains(tick));
        let lines: Vec<_> = ticks
            .map(|(tick, price)| {
                tick_line(
                    u32::try_from(tick).unwrap(),
                    &price.to_string(),
                    tick == last,
                )
                .replace("\"g\"", &row["id"].to_string())
            })
            .collect();
        PythonRecording::parse(lines.join("\n").as_bytes()).unwrap()
    };
    let mut seeds = RevealedSeeds::default();
    assert!(seeds.add_list(revealed.as_bytes()) > 10);
    for (left_out, tier, status) in [
        (&[][..], Tier::A, ProofStatus::Proven),
        (&[7, 8], Tier::C, ProofStatus::Repaired),
        (&[0, 1], Tier::B, ProofStatus::Repaired),
    ] {
        let mut recording = recording(left_out);
        assert_eq!(recording.tier(), tier);
        assert_eq!(recording.file.meta.proof.status, ProofStatus::Unverifiable);
        recording.prove(&seeds);
        let meta = &recording.file.meta;
        assert_eq!(meta.proof.status, status, "{:?}", meta.proof);
        assert!(meta.complete);
        assert_eq!(recording.file.prices.iter().flatten().count(), prices.len());
        assert_eq!(meta.repaired_ticks.len(), left_out.len());
        // Its file says the same when it is proven again.
        assert_eq!(verify_game(&recording.file).proof.status, status);
    }
    // A changed price is a mismatch, and a game without a seed stays as it is.
    let mut changed = recording(&[]);
    changed.file.prices[5] = Some(Decimal::ONE);
    changed.prove(&seeds);
    assert_eq!(changed.file.meta.proof.status, ProofStatus::Mismatch);
    let mut other = recording(&[]);
    let before = other.clone();
    other.prove(&RevealedSeeds::default());
    assert_eq!(other, before);
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
