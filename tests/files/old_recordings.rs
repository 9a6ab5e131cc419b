//! The recordings of the Python original: every line is counted as their README says, no tick is invented, and each
//! problem is named.

use std::path::{Path, PathBuf};

use pianola::disk::RealDisk;
use pianola::fairness::ProofStatus;
use pianola::game::{EndReason, millis};
use pianola::library::{
    PythonRecording, RecordingFile, RevealedSeeds, RowEntry, Tier, TimeRule, open, read_library,
    verify_game,
};
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

/// Counted by `tests/python/tiers.py`, which shares no code with the program: tier, first tick, rug, ticks, missing ticks
/// before the end, ticks after the rug, and the UTC time of the first tick.
type Counted = (
    Tier,
    Option<u32>,
    Option<u32>,
    usize,
    u32,
    u32,
    &'static str,
);
#[rustfmt::skip]
const COUNTED: [(&str, Counted); 22] = {
    use Tier::{A, B, C, D};
    [
        ("game_20251029_212119", (A, Some(0), Some(358), 359, 0, 1, "2025-10-30T01:21:32.802Z")),
        ("game_20251030_075122", (D, Some(179), None, 61, 0, 0, "2025-10-30T11:51:22.910Z")),
        ("game_20251030_123256_30434754", (D, None, None, 0, 0, 0, "")),
        ("game_20251030_152253_ccaf4f0b", (B, Some(128), Some(239), 112, 0, 1, "2025-10-30T19:22:53.093Z")),
        ("game_20251030_164052_c156493e", (A, Some(0), Some(179), 180, 0, 1, "2025-10-30T20:41:07.140Z")),
        ("game_20251030_195717_94f146ee", (B, Some(6), Some(190), 185, 0, 1, "2025-10-30T23:57:17.016Z")),
        ("game_20251031_090848", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_100400_f1974c06", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_110837_a9084337", (B, Some(13), Some(209), 197, 0, 1, "2025-10-31T15:08:37.255Z")),
        ("game_20251031_111741_41654a7b", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_150533", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_150633", (D, Some(13), None, 14, 38, 0, "2025-10-31T19:06:51.390Z")),
        ("game_20251031_151531", (D, Some(2), None, 34, 68, 0, "2025-10-31T19:15:46.646Z")),
        ("game_20251031_152108", (C, Some(2), Some(55), 21, 35, 1, "2025-10-31T19:21:23.490Z")),
        ("game_20251102_184626", (A, Some(0), Some(12), 13, 0, 1, "2025-11-02T23:46:41.558Z")),
        ("game_20251102_184909", (A, Some(0), Some(91), 92, 0, 1, "2025-11-02T23:49:24.060Z")),
        ("game_20251102_201949", (A, Some(0), Some(174), 175, 0, 1, "2025-11-03T01:20:03.288Z")),
        ("game_20251103_091421", (B, Some(955), Some(961), 7, 0, 1, "2025-11-03T14:14:21.323Z")),
        ("game_20251103_105301", (A, Some(0), Some(93), 94, 0, 1, "2025-11-03T15:53:16.233Z")),
        ("game_20251108_120935_6c404176", (D, Some(46), None, 1, 0, 0, "2025-11-08T17:09:35.373Z")),
        ("game_20251108_125459_106d4042", (A, Some(0), Some(492), 493, 0, 1, "2025-11-08T17:55:14.002Z")),
        ("game_20251108_135236_3faa4dec", (D, Some(0), None, 13, 0, 0, "2025-11-08T18:52:51.346Z")),
    ]
};

#[test]
fn the_tiers_are_those_counted_by_another_program() {
    let Some(folder) = folder() else { return };
    for (name, counted) in COUNTED {
        let recording = read(&folder.join(format!("{name}.jsonl")));
        let (meta, counts) = (&recording.file.meta, recording.counts);
        let prices = &recording.file.prices;
        let first = prices.iter().position(Option::is_some);
        let start = meta.start_time.filter(|_| first.is_some());
        let found = (
            recording.tier(),
            first.map(|tick| u32::try_from(tick).unwrap()),
            counts.rug,
            prices.iter().flatten().count(),
            counts.holes_before_end,
            counts.after_rug,
            start.map_or(String::new(), millis::text),
        );
        let (tier, first, rug, ticks, holes, after, start) = counted;
        let counted = (tier, first, rug, ticks, holes, after, start.to_owned());
        assert_eq!(found, counted, "{name}");
        assert_eq!(counts.impossible_steps, 0, "{name}");
        assert_eq!(recording.time_rule, TimeRule::NewYork, "{name}");
        // The day in the id is the UTC day on which the server made the game.
        let day = meta.start_time.unwrap().format("%Y%m%d-").to_string();
        assert!(meta.game_id.as_str().starts_with(&day), "{name}");
    }
}

fn tick_line(tick: u32, price: &str, rugged: bool) -> String {
    format!(
        r#"{{"type":"tick","game_id":"g","tick":{tick},"price":{price},"active":true,"rugged":{rugged},"timestamp":"2025-10-29T21:21:19.716"}}"#
    )
}

#[test]
fn the_worst_fault_decides_the_tier() {
    let clean = [
        tick_line(0, "1", false),
        tick_line(1, "1.02", false),
        tick_line(2, "0.01", true),
    ];
    let tier = |lines: &[String]| {
        PythonRecording::parse(lines.join("\n").as_bytes())
            .unwrap()
            .tier()
    };
    assert_eq!(tier(&clean), Tier::A);
    assert_eq!(tier(&clean[1..]), Tier::B);
    assert_eq!(tier(&[clean[0].clone(), clean[2].clone()]), Tier::C);
    assert_eq!(tier(&clean[..2]), Tier::D);
    for odd in [
        // Another price of the same tick; steps that no draw makes; another start; two games.
        tick_line(1, "1.03", false),
        tick_line(2, "1.12", false),
        tick_line(2, "0.5", false),
        tick_line(0, "1.5", false),
        clean[0].replace("\"g\"", "\"h\""),
    ] {
        assert_eq!(
            tier(&[&clean[..2], std::slice::from_ref(&odd), &clean[2..]].concat()),
            Tier::E,
            "{odd}"
        );
    }
    // What follows the first rugged line is no part of the game.
    let after = [tick_line(4, "3", true), tick_line(5, "7", false)];
    let recording = PythonRecording::parse([&clean[..], &after].concat().join("\n").as_bytes());
    let recording = recording.unwrap();
    assert_eq!((recording.tier(), recording.counts.after_rug), (Tier::A, 2));
    assert_eq!(recording.file.prices.len(), 3);
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
