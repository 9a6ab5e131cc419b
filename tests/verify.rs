//! `pianola verify` on the revealed games of the captures and on files of our own: nothing changed goes unseen.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/captures.rs"]
mod captures;
#[path = "support/process.rs"]
mod process;
#[path = "support/skipped.rs"]
mod skipped;

use std::path::Path;

use pianola::fairness::{Mismatch, SeedRandom, Status};
use pianola::recording::{Verdict, verify_path};
use process::{run, stdout};
use serde_json::Value;

fn verdicts(path: &Path) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    verify_path(path, &mut |verdict| verdicts.push(verdict));
    verdicts
}

fn rows() -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(captures::path("revealed-games.jsonl")?).unwrap();
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

fn verify_rows(rows: impl IntoIterator<Item = String>) -> Vec<Verdict> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("games.jsonl");
    let text: String = rows.into_iter().map(|row| row + "\n").collect();
    std::fs::write(&path, text).unwrap();
    verdicts(&path)
}

/// Returns the text with the digit at `place` replaced by another one.
fn other_digit(text: &str, place: usize, by: u32) -> Option<String> {
    let old = text.chars().nth(place)?.to_digit(16)?;
    let radix = if text.len() == 64 { 16 } else { 10 };
    let new = char::from_digit((old + by) % radix, radix)?;
    Some(
        text.chars()
            .enumerate()
            .map(|(at, c)| if at == place { new } else { c })
            .collect(),
    )
}

#[test]
fn the_revealed_games_of_the_captures_are_all_proven() {
    let Some(path) = captures::path("revealed-games.jsonl") else {
        return;
    };
    let output = run(&["verify", path.to_str().unwrap()]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0));
    let last = "23 games: 23 proven, 0 repaired, 0 mismatch, 0 unverifiable";
    assert_eq!(text.lines().last(), Some(last));
    assert_eq!(text.lines().count(), 24);
    assert_eq!(
        text.lines()
            .filter(|line| line.contains(" prices, "))
            .count(),
        18
    );
    assert_eq!(
        text.lines()
            .filter(|line| line.contains("[hash and peak only]"))
            .count(),
        5
    );
}

/// One digit of every price, at a random place; the rug price is the one number that no seed determines.
#[test]
fn a_changed_digit_of_any_price_is_a_mismatch_that_names_tick_expected_and_seen() {
    let Some(rows) = rows() else { return };
    let mut random = SeedRandom::new("digits");
    let mut changed = Vec::new();
    for row in rows.iter().filter(|row| row["prices"].is_array()) {
        let prices = row["prices"].as_array().unwrap();
        for (tick, price) in prices[..prices.len() - 1].iter().enumerate() {
            let text = price.to_string();
            let places = text.len();
            let digit = (0..20).find_map(|_| {
                other_digit(
                    &text,
                    random.below(u32::try_from(places).unwrap()) as usize,
                    1 + random.below(9),
                )
            });
            let digit = digit.unwrap();
            let mut row = row.clone();
            row["prices"][tick] =
                serde_json::from_str(&digit).unwrap_or(Value::String(digit.clone()));
            changed.push((row.to_string(), tick, digit, text));
        }
    }
    assert!(changed.len() > 3_000, "{} prices", changed.len());
    let verdicts = verify_rows(changed.iter().map(|(row, ..)| row.clone()));
    assert_eq!(verdicts.len(), changed.len());
    for (verdict, (_, changed_tick, digit, text)) in verdicts.iter().zip(&changed) {
        let checked = verdict.result.as_ref().unwrap();
        assert_eq!(checked.proof.status, Status::Mismatch, "{text} as {digit}");
        let Some(Mismatch::Tick {
            tick,
            expected,
            seen,
        }) = &checked.proof.mismatch
        else {
            panic!("{:?}", checked.proof)
        };
        assert_eq!((*tick as usize, expected), (*changed_tick, text), "{digit}");
        assert_eq!(
            seen.parse::<f64>().unwrap().to_bits(),
            digit.parse::<f64>().unwrap().to_bits()
        );
    }
}

#[test]
fn every_digit_of_every_price_of_a_short_game_counts() {
    let Some(rows) = rows() else { return };
    let row = rows
        .iter()
        .find(|row| row["prices"].as_array().is_some_and(|p| p.len() == 14))
        .unwrap();
    let mut changed = Vec::new();
    for tick in 0..13 {
        let text = row["prices"][tick].to_string();
        for (place, by) in (0..text.len()).flat_map(|place| (1..10).map(move |by| (place, by))) {
            let Some(digit) = other_digit(&text, place, by) else {
                continue;
            };
            let mut row = row.clone();
            row["prices"][tick] = serde_json::from_str(&digit).unwrap_or(Value::String(digit));
            changed.push(row.to_string());
        }
    }
    assert!(changed.len() > 1_500, "{}", changed.len());
    for verdict in verify_rows(changed.clone()) {
        assert_eq!(
            verdict.result.unwrap().proof.status,
            Status::Mismatch,
            "{}",
            verdict.place
        );
    }
}

#[test]
fn every_digit_of_seed_hash_and_peak_counts() {
    let Some(rows) = rows() else { return };
    let mut changed = Vec::new();
    for row in &rows {
        for key in ["serverSeed", "serverSeedHash", "peakMultiplier"] {
            let text = row[key]
                .as_str()
                .map_or_else(|| row[key].to_string(), str::to_owned);
            for place in 0..text.len() {
                let Some(digit) = other_digit(&text, place, 1) else {
                    continue;
                };
                let mut row = row.clone();
                row[key] = match &row[key] {
                    Value::String(_) => Value::String(digit),
                    _ => serde_json::from_str(&digit).unwrap_or(Value::String(digit)),
                };
                changed.push(row.to_string());
            }
        }
    }
    assert!(changed.len() > 23 * 140, "{}", changed.len());
    for verdict in verify_rows(changed) {
        assert_eq!(
            verdict.result.unwrap().proof.status,
            Status::Mismatch,
            "{}",
            verdict.place
        );
    }
}

#[test]
fn a_mismatch_ends_with_exit_code_1_and_names_what_differs() {
    let Some(rows) = rows() else { return };
    let mut row = rows[0].clone();
    row["prices"][7] = serde_json::json!(1.5);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.jsonl");
    std::fs::write(&path, row.to_string()).unwrap();
    let output = run(&["verify", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("tick 7: expected 1.0319983332296871, seen 1.5"),
        "{text}"
    );
    assert!(
        text.ends_with("1 games: 0 proven, 0 repaired, 1 mismatch, 0 unverifiable\n"),
        "{text}"
    );

    let output = run(&["verify", "--json", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let rows: Vec<Value> = stdout(&output)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows[0]["status"], "mismatch");
    assert_eq!(rows[0]["mismatch"]["tick"], 7);
    assert_eq!(rows[1]["mismatch"], 1);
}

#[test]
fn what_cannot_be_verified_says_why() {
    let Some(rows) = rows() else { return };
    let with = |key: &str, value: Value| {
        let mut row = rows[0].clone();
        row[key] = value;
        row.to_string()
    };
    let changed = [
        with("gameVersion", "v4".into()),
        with("gameVersion", Value::Null),
        with("serverSeed", Value::Null),
        with("serverSeedHash", Value::Null),
    ];
    let reasons = [
        "unknown version v4",
        "version not known",
        "no seed yet",
        "no commitment seen",
    ];
    for (verdict, reason) in verify_rows(changed).into_iter().zip(reasons) {
        let proof = verdict.result.unwrap().proof;
        assert_eq!(
            (proof.status, proof.reason.as_deref()),
            (Status::Unverifiable, Some(reason))
        );
    }
}

#[test]
fn a_missing_or_added_tick_is_a_mismatch_and_a_hole_is_none() {
    let Some(rows) = rows() else { return };
    let edit = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut row = rows[0].clone();
        change(row["prices"].as_array_mut().unwrap());
        row.to_string()
    };
    let rug = rows[0]["prices"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    let changed = [
        edit(&|prices| drop(prices.remove(5))),
        edit(&|prices| drop(prices.pop())),
        edit(&|prices| prices.push(rug.clone())),
        edit(&|prices| prices.swap(3, 4)),
        edit(&|prices| prices[5] = Value::Null),
    ];
    let statuses: Vec<_> = verify_rows(changed)
        .into_iter()
        .map(|v| v.result.unwrap().proof.status)
        .collect();
    assert_eq!(
        statuses,
        [
            Status::Mismatch,
            Status::Mismatch,
            Status::Mismatch,
            Status::Mismatch,
            Status::Repaired
        ]
    );
}
