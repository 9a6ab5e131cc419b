//! `pianola verify` on the revealed games of the captures and on files of our own: every change is found.

mod folders;
mod game_files;
mod properties;
mod rows;
mod shapes;

use std::path::Path;

use pianola::fairness::{Mismatch, ProofStatus, SeedRandom};
use pianola::library::{Verdict, verify_path};
use serde_json::Value;

use crate::support::captures;
use crate::support::process::{run, stdout};

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

/// The verdicts on a file with this content.
fn verdicts_of(name: &str, content: &[u8]) -> Vec<Verdict> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    verdicts(&path)
}

/// The lines that the program prints for a file with this content, the last one included, and its exit code.
fn lines_of(name: &str, content: &[u8]) -> (Vec<String>, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let output = run(&["verify", path.to_str().unwrap()]);
    let place = folder.path().to_str().unwrap().to_owned() + "/";
    let text = stdout(&output).replace(&place, "");
    (
        text.lines().map(str::to_owned).collect(),
        output.status.code(),
    )
}

/// Returns a small input that once failed.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

fn verify_rows(rows: impl IntoIterator<Item = String>) -> Vec<Verdict> {
    let text: String = rows.into_iter().map(|row| row + "\n").collect();
    verdicts_of("games.jsonl", text.as_bytes())
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
fn a_changed_digit_of_any_price_is_a_mismatch_unless_it_denotes_the_same_double() {
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
    let mut same = 0;
    for (verdict, (_, changed_tick, digit, text)) in verdicts.iter().zip(&changed) {
        let checked = verdict.result.as_ref().unwrap();
        let double = |text: &str| text.parse::<f64>().unwrap().to_bits();
        if double(text) == double(digit) {
            assert_eq!(
                checked.proof.status,
                ProofStatus::Proven,
                "{text} as {digit}"
            );
            same += 1;
            continue;
        }
        assert_eq!(
            checked.proof.status,
            ProofStatus::Mismatch,
            "{text} as {digit}"
        );
        let Some(Mismatch::Tick {
            tick,
            expected,
            seen,
        }) = &checked.proof.mismatch
        else {
            panic!("{:?}", checked.proof)
        };
        assert_eq!((*tick as usize, expected), (*changed_tick, text), "{digit}");
        assert_eq!(seen, digit);
    }
    assert!(same < changed.len() / 20, "{same} of {}", changed.len());
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
            let right = status_of_number(&text, &digit);
            row["prices"][tick] = serde_json::from_str(&digit).unwrap_or(Value::String(digit));
            changed.push((row.to_string(), right));
        }
    }
    assert!(changed.len() > 1_500, "{}", changed.len());
    assert_statuses(changed);
}

/// What a proof says when a number that is right has these digits instead.
fn status_of_number(right: &str, digits: &str) -> ProofStatus {
    let double = |text: &str| text.parse::<f64>().unwrap().to_bits();
    if double(right) == double(digits) {
        ProofStatus::Proven
    } else {
        ProofStatus::Mismatch
    }
}

fn assert_statuses(rows: Vec<(String, ProofStatus)>) {
    let (rows, statuses): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    for (verdict, right) in verify_rows(rows.clone()).into_iter().zip(statuses) {
        let line: usize = verdict.place.rsplit_once(':').unwrap().1.parse().unwrap();
        let status = verdict.result.unwrap().proof.status;
        assert_eq!(status, right, "{}", rows[line - 1]);
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
                let mut right = ProofStatus::Mismatch;
                row[key] = if row[key].is_string() {
                    Value::String(digit)
                } else {
                    right = status_of_number(&text, &digit);
                    serde_json::from_str(&digit).unwrap_or(Value::String(digit))
                };
                changed.push((row.to_string(), right));
            }
        }
    }
    assert!(changed.len() > 23 * 140, "{}", changed.len());
    assert_statuses(changed);
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
        text.ends_with("1 game: 0 proven, 0 repaired, 1 mismatch, 0 unverifiable\n"),
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
