//! Numbers as they are spelled, missing ticks, stated peaks.

use pianola::fairness::{Mismatch, ProofStatus};
use pianola::library::Ending;
use serde_json::{Value, json};

use super::{ID, PEAK, assert_outcome, entry, row, with};
use crate::verify::{fixture, lines_of, verdicts_of};

/// The table of the README of the failing inputs.
#[test]
fn each_input_that_failed_once_has_its_right_line() {
    let all_good = "1 game: 1 proven, 0 repaired, 0 mismatch, 0 unverifiable";
    let nothing = "[hash only] [nothing to compare]";
    let v1 = "unverifiable 20250323-868565e16a2244a1 295 2.269956197773539 [nothing] [unknown version v1]";
    for (name, lines, code) in [
        (
            "verify-empty-claim.jsonl",
            vec![
                format!("unverifiable 20260101-0000000000000000 0 - {nothing}"),
                format!("unverifiable 20260101-0000000000000001 0 - {nothing}"),
                format!("unverifiable 20260101-0000000000000002 2 - {nothing}"),
                format!("unverifiable 20260101-0000000000000003 1 1 {nothing}"),
                "4 games: 0 proven, 0 repaired, 0 mismatch, 4 unverifiable".to_owned(),
            ],
            0,
        ),
        (
            "verify-18-digits.jsonl",
            vec![
                format!("proven {ID} 9 1.04005666159336529 [8 prices, peak, rug tick, hash in the file]"),
                all_good.to_owned(),
            ],
            0,
        ),
        (
            "verify-gamehistory-row.jsonl",
            vec![
                format!("proven {ID} 9 {PEAK} [8 prices, peak, rug tick, hash in the file]"),
                all_good.to_owned(),
            ],
            0,
        ),
        (
            "verify-prng-export-row.jsonl",
            vec![
                format!("proven {ID} 9 {PEAK} [hash and peak only] [version not stated]"),
                all_good.to_owned(),
            ],
            0,
        ),
        (
            "verify-no-rug-price.jsonl",
            vec![
                format!("proven {ID} 9 {PEAK} [8 prices, peak, hash in the file, last tick not given]"),
                all_good.to_owned(),
            ],
            0,
        ),
        (
            "history-v1-entry.json",
            vec![
                v1.to_owned(),
                "1 game: 0 proven, 0 repaired, 0 mismatch, 1 unverifiable".to_owned(),
            ],
            0,
        ),
        (
            "spell_plus.game.json",
            vec![
                "unreadable spell_plus.game.json [entry 5: \"+1.0254177228644397\" is not a decimal number at line 1 column 879]".to_owned(),
                "0 games: 0 proven, 0 repaired, 0 mismatch, 0 unverifiable, 1 unreadable".to_owned(),
            ],
            1,
        ),
        (
            "spell_underscore.game.json",
            vec![
                "unreadable spell_underscore.game.json [entry 5: \"1.02_54177228644397\" is not a decimal number at line 1 column 879]".to_owned(),
                "0 games: 0 proven, 0 repaired, 0 mismatch, 0 unverifiable, 1 unreadable".to_owned(),
            ],
            1,
        ),
    ] {
        let (found, exit) = lines_of(name, &fixture(&format!("failing/{name}")));
        assert_eq!((found, exit), (lines, Some(code)), "{name}");
    }
}

#[test]
fn a_price_is_the_double_that_its_digits_denote() {
    let prices = entry()["prices"].as_array().unwrap().clone();
    let doubles = prices.iter().map(|price| price.as_f64().unwrap());
    let doubles: Vec<f64> = doubles.collect();
    let spelled = |spell: &dyn Fn(f64) -> String| {
        let numbers: Vec<_> = doubles.iter().map(|double| spell(*double)).collect();
        let plain = format!("[{}]", numbers.join(","));
        let quoted = format!("[\"{}\"]", numbers.join("\",\""));
        [plain, quoted].map(|list| {
            let peak = spell(PEAK.parse().unwrap());
            with(&json!({ "prices": "here", "peakMultiplier": "there" }))
                .to_string()
                .replace("\"here\"", &list)
                .replace("\"there\"", &peak)
        })
    };
    let spellings: [&dyn Fn(f64) -> String; 6] = [
        &|double| format!("{double}"),
        &|double| format!("{double:.17e}"),
        &|double| {
            format!("{double:.18e}")
                .replace("e0", "e+00")
                .replace("e-2", "e-02")
        },
        &|double| format!("{double:.20}"),
        // More digits than a decimal of ours holds.
        &|double| format!("{double:.60}"),
        &|double| format!("{:.17E}", double.next_up()),
    ];
    for (number, spell) in spellings.into_iter().enumerate() {
        // The last spelling is that of the next doubles.
        let exact = doubles
            .iter()
            .all(|double| spell(*double).parse() == Ok(*double));
        let right = if exact {
            ProofStatus::Proven
        } else {
            ProofStatus::Mismatch
        };
        assert_eq!(exact, number < 5, "{number}");
        for text in spelled(spell) {
            let verdicts = verdicts_of("a.jsonl", text.as_bytes());
            let proof = &verdicts[0].result.as_ref().unwrap().proof;
            assert_eq!(proof.status, right, "{text}");
        }
    }
}

#[test]
fn a_number_without_the_grammar_makes_its_row_unreadable() {
    for wrong in [
        "+1.02", "1.02_54", "1.", ".5", "1e", "0x10", "inf", "NaN", " 1", "1,02", "",
    ] {
        let mut row = row();
        row["prices"][3] = json!(wrong);
        let verdicts = verdicts_of("a.jsonl", row.to_string().as_bytes());
        let why = format!("{:?}", verdicts[0].result.as_ref().unwrap_err());
        assert!(why.contains("prices, entry 3: "), "{wrong}: {why}");
        let row = with(&json!({ "peakMultiplier": wrong }));
        let verdicts = verdicts_of("a.jsonl", row.to_string().as_bytes());
        assert!(verdicts[0].result.is_err(), "{wrong}");
    }
}

#[test]
fn absurd_numbers_are_other_prices_and_cost_no_time() {
    let digits = "9".repeat(100_000);
    let long = format!("0.{digits}");
    for absurd in [
        "1e999999999",
        "1e-999999999",
        "-1e99999999999999999999",
        "1e308",
        "5e-324",
        &digits,
        &long,
    ] {
        let text = row()
            .to_string()
            .replace("1.008909996964257,", &format!("{absurd},"));
        let verdicts = verdicts_of("a.jsonl", text.as_bytes());
        let proof = &verdicts[0].result.as_ref().unwrap().proof;
        let Some(Mismatch::Tick { tick: 3, seen, .. }) = &proof.mismatch else {
            panic!("{proof:?}")
        };
        assert!(seen.chars().count() <= 61, "{seen}");
        let seen = seen.trim_end_matches('…').replace('+', "");
        assert!(absurd.starts_with(&seen), "{seen}");
    }
}

#[test]
fn a_stated_peak_that_differs_is_a_finding_of_its_own() {
    let words = "peak: stated 1.05, computed 1.0400566615933653";
    assert_outcome(
        &with(&json!({ "peakMultiplier": 1.05 })),
        ProofStatus::Mismatch,
        words,
    );
    // Also without a price, and in the export of others.
    let alone = with(&json!({ "peakMultiplier": "1.05", "prices": null }));
    assert_outcome(&alone, ProofStatus::Mismatch, words);
    // A price that differs comes first.
    let mut both = with(&json!({ "peakMultiplier": 1.05 }));
    both["prices"][2] = json!(1.5);
    assert_outcome(
        &both,
        ProofStatus::Mismatch,
        "tick 2: expected 1.0104257642239476, seen 1.5",
    );

    let row = with(&json!({ "peakMultiplier": 1.05 })).to_string();
    let (lines, code) = lines_of("a.jsonl", row.as_bytes());
    assert_eq!(code, Some(1));
    assert_eq!(
        lines[0],
        format!("mismatch {ID} 9 1.05 [8 prices, hash in the file] [{words}]")
    );
}

#[test]
fn a_missing_or_added_tick_is_a_mismatch_and_what_is_not_given_is_said() {
    let prices = entry()["prices"].as_array().unwrap().clone();
    let edit = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut prices = prices.clone();
        change(&mut prices);
        let row = with(&json!({ "prices": prices }));
        let verdicts = verdicts_of("a.jsonl", row.to_string().as_bytes());
        let checked = verdicts[0].result.as_ref().unwrap();
        (checked.proof.status, checked.ending)
    };
    let (proven, repaired, mismatch) = (
        ProofStatus::Proven,
        ProofStatus::Repaired,
        ProofStatus::Mismatch,
    );
    let given = Ending::Given;
    assert_eq!(edit(&|_| ()), (proven, given));
    assert_eq!(edit(&|prices| drop(prices.remove(5))), (mismatch, given));
    assert_eq!(edit(&|prices| prices.push(json!(0.01))), (mismatch, given));
    assert_eq!(edit(&|prices| prices.push(Value::Null)), (mismatch, given));
    assert_eq!(edit(&|prices| prices.swap(3, 4)), (mismatch, given));
    // The rug's price in the place of a tick before it.
    assert_eq!(
        edit(&|prices| prices.truncate(7)),
        (repaired, Ending::TicksMissing(2))
    );
    assert_eq!(
        edit(&|prices| {
            prices.truncate(7);
            prices.push(json!(0.01));
        }),
        (mismatch, given)
    );
    assert_eq!(
        edit(&|prices| drop(prices.pop())),
        (proven, Ending::LastTickMissing)
    );
    assert_eq!(
        edit(&|prices| prices[8] = Value::Null),
        (proven, Ending::LastTickMissing)
    );
    assert_eq!(edit(&|prices| prices[5] = Value::Null), (repaired, given));
}
