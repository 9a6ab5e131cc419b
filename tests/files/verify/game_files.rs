//! Game files: their own statements against what is found, and the grammar of their numbers.

use pianola::fairness::{Mismatch, ProofStatus};
use pianola::library::{MetaMismatch, VerifiedGame};
use serde_json::{Value, json};

use super::{fixture, lines_of, verdicts_of};

use crate::support::process;

/// The real game of the format's example: proven, 8 ticks.
fn file() -> Value {
    serde_json::from_slice(&fixture("example.game.json")).unwrap()
}

fn checked(file: &Value) -> VerifiedGame {
    let text = serde_json::to_string_pretty(file).unwrap();
    let mut verdicts = verdicts_of("a.game.json", text.as_bytes());
    assert_eq!(verdicts.len(), 1);
    verdicts.remove(0).result.unwrap()
}

/// The file with another value at a place like `/meta/proof/status`.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut file = file();
    for (place, value) in changes {
        *file.pointer_mut(place).unwrap() = value.clone();
    }
    file
}

#[track_caller]
fn assert_names(changes: &[(&str, Value)], named: &[(&str, &str, &str)]) -> VerifiedGame {
    let checked = checked(&with(changes));
    let found: Vec<_> = checked
        .disagreements
        .iter()
        .map(|MetaMismatch { key, stored, found }| (*key, &stored[..], &found[..]))
        .collect();
    assert_eq!(found, named, "{changes:?}");
    checked
}

#[test]
fn a_true_file_has_no_disagreement() {
    let checked = assert_names(&[], &[]);
    assert_eq!(checked.proof.status, ProofStatus::Proven);
    let (lines, code) = lines_of("a.game.json", &fixture("example.game.json"));
    assert_eq!(code, Some(0));
    assert_eq!(
        lines[0],
        "proven 20251215-1a211bfc7caf41d6 8 1 [7 prices, peak, rug tick, hash seen before the reveal]"
    );
}

#[test]
fn each_false_word_of_a_file_is_named() {
    let proven = |changes: &[(&str, Value)], named: &[(&str, &str, &str)]| {
        let checked = assert_names(changes, named);
        assert_eq!(checked.proof.status, ProofStatus::Proven, "{changes:?}");
    };
    proven(
        &[("/meta/proof/status", json!("repaired"))],
        &[("proof.status", "repaired", "proven")],
    );
    proven(
        &[("/meta/proof/status", json!("unverifiable"))],
        &[("proof.status", "unverifiable", "proven")],
    );
    // A finding without a word about what it was.
    proven(
        &[("/meta/proof/status", json!("mismatch"))],
        &[("proof.status", "mismatch", "proven")],
    );
    proven(
        &[("/meta/proof/checked_ticks", json!(400))],
        &[("proof.checked_ticks", "400", "7")],
    );
    proven(
        &[("/meta/sources/live", json!(9))],
        &[("sources", "9", "8")],
    );
    proven(
        &[
            ("/meta/sources/live", json!(7)),
            ("/meta/sources/seed", json!(1)),
        ],
        &[("sources.seed", "1", "0")],
    );
    proven(
        &[("/meta/duration_ticks", json!(9))],
        &[("duration_ticks", "9", "8")],
    );
    proven(
        &[("/meta/complete", json!(false))],
        &[("complete", "false", "true")],
    );
}

#[test]
fn repaired_ticks_make_a_game_repaired_and_count_no_more_than_they_are() {
    let repaired = [
        ("/meta/repaired_ticks", json!([3, 4])),
        ("/meta/sources/live", json!(6)),
        ("/meta/sources/seed", json!(2)),
        ("/meta/proof/status", json!("repaired")),
        ("/meta/proof/checked_ticks", json!(5)),
    ];
    let found = assert_names(&repaired, &[]);
    assert_eq!(found.proof.status, ProofStatus::Repaired);
    // The ticks are there, but the file says that it is proven.
    let mut said = repaired.clone();
    said[3].1 = json!("proven");
    assert_names(&said, &[("proof.status", "proven", "repaired")]);
    let mut twice = repaired.clone();
    twice[0].1 = json!([3, 4, 4, 900]);
    assert_names(&twice, &[("repaired_ticks", "4", "2")]);
}

#[test]
fn a_commitment_counts_only_if_the_file_says_that_it_was_seen() {
    let changes = [
        ("/meta/proof/commitment", json!("file")),
        ("/meta/proof/status", json!("unverifiable")),
        ("/meta/proof/reason", json!("no commitment seen")),
    ];
    let found = assert_names(&changes, &[]);
    assert_eq!(found.proof.status, ProofStatus::Unverifiable);
    assert_eq!(found.proof.reason.as_deref(), Some("no commitment seen"));
    // Its file says the same as a file that claims more.
    let found = assert_names(&changes[..1], &[("proof.status", "proven", "unverifiable")]);
    assert_eq!(found.proof.status, ProofStatus::Unverifiable);
    assert_names(
        &[("/meta/server_seed_hash", Value::Null)],
        &[
            ("proof.status", "proven", "unverifiable"),
            ("proof.commitment", "seen", "none"),
        ],
    );
}

#[test]
fn a_changed_price_is_a_mismatch_and_the_stored_proof_is_named() {
    let found = assert_names(
        &[("/prices/3", json!("1.5"))],
        &[
            ("proof.status", "proven", "mismatch"),
            ("peak_multiplier", "1", "1.5"),
        ],
    );
    let expected = Mismatch::Tick {
        tick: 3,
        expected: "0.9644098183444202".to_owned(),
        seen: "1.5".to_owned(),
    };
    assert_eq!(found.proof.mismatch, Some(expected));
    // A stored finding about another tick.
    let stored = json!({ "tick": 5, "expected": "1", "seen": "2" });
    assert_names(
        &[
            ("/prices/3", json!("0.5")),
            ("/meta/proof/status", json!("mismatch")),
            ("/meta/proof/mismatch", stored),
            ("/meta/proof/checked_ticks", json!(4)),
        ],
        &[(
            "proof.mismatch",
            "tick 5: expected 1, seen 2",
            "tick 3: expected 0.9644098183444202, seen 0.5",
        )],
    );
}

#[test]
fn a_stated_peak_that_differs_is_a_finding_of_its_own() {
    let found = assert_names(
        &[("/meta/peak_multiplier", json!("1.5"))],
        &[("proof.status", "proven", "mismatch")],
    );
    let peak = Mismatch::Peak {
        stated: "1.5".to_owned(),
        computed: "1".to_owned(),
    };
    assert_eq!(found.proof.mismatch.as_ref(), Some(&peak));
    let text = serde_json::to_string(&peak).unwrap();
    assert_eq!(text, r#"{"peak":{"stated":"1.5","computed":"1"}}"#);
    // It can be stored, and is read again.
    let stored = with(&[
        ("/meta/proof/mismatch", serde_json::from_str(&text).unwrap()),
        ("/meta/proof/status", json!("mismatch")),
    ]);
    let found = checked(&stored);
    assert_eq!(found.proof.mismatch, Some(peak));
    assert_eq!(found.disagreements, []);
    // Without a seed only the file's own prices speak.
    assert_names(
        &[
            ("/meta/peak_multiplier", json!("1.5")),
            ("/meta/server_seed", Value::Null),
        ],
        &[
            ("proof.status", "proven", "unverifiable"),
            ("peak_multiplier", "1.5", "1"),
        ],
    );
}

#[test]
fn holes_are_no_complete_game() {
    let found = assert_names(
        &[("/prices/3", Value::Null)],
        &[
            ("proof.status", "proven", "repaired"),
            ("sources", "8", "7"),
            ("complete", "true", "false"),
            ("peak_exact", "true", "false"),
        ],
    );
    assert_eq!(found.proof.checked_ticks, 6);
}

#[test]
fn nothing_compared_is_nothing_proven_in_a_game_file() {
    let mut empty = file();
    for tick in 1..7 {
        empty["prices"][tick] = Value::Null;
    }
    for stated in [json!("1"), Value::Null] {
        empty["meta"]["peak_multiplier"] = stated;
        let proof = checked(&empty).proof;
        assert_eq!(proof.status, ProofStatus::Unverifiable);
        assert_eq!(proof.reason.as_deref(), Some("nothing to compare"));
    }
}

#[test]
fn another_version_is_never_a_mismatch() {
    for wrong in [
        &[("/prices/3", json!("1.5"))][..],
        &[("/meta/server_seed_hash", json!("00"))],
    ] {
        let mut file = with(wrong);
        file["meta"]["game_version"] = json!("v1");
        let proof = checked(&file).proof;
        assert_eq!(proof.status, ProofStatus::Unverifiable);
        assert_eq!(proof.reason.as_deref(), Some("unknown version v1"));
        file["meta"]["game_version"] = Value::Null;
        let proof = checked(&file).proof;
        assert_eq!(proof.status, ProofStatus::Unverifiable);
        assert_eq!(proof.reason.as_deref(), Some("version not stated"));
    }
}

#[test]
fn a_wrong_number_ends_with_exit_code_1_and_is_named_in_line_and_json() {
    let text = with(&[("/meta/proof/checked_ticks", json!(400))]).to_string();
    let (lines, code) = lines_of("a.game.json", text.as_bytes());
    assert_eq!(code, Some(1));
    assert_eq!(
        lines,
        [
            "proven 20251215-1a211bfc7caf41d6 8 1 [7 prices, peak, rug tick, hash seen before the reveal] [proof.checked_ticks: stored 400, found 7]",
            "1 game: 1 proven, 0 repaired, 0 mismatch, 0 unverifiable"
        ]
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.game.json");
    std::fs::write(&path, text).unwrap();
    let output = super::run(&["verify", "--json", path.to_str().unwrap()]);
    let rows: Vec<Value> = super::stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        rows[0]["disagreements"],
        json!([{ "key": "proof.checked_ticks", "stored": "400", "found": "7" }])
    );
    assert_eq!(rows[1]["disagreeing"], 1);
    let said = process::stderr(&output);
    assert!(said.contains("with wrong values"), "{said}");
}

#[test]
fn numbers_of_our_format_are_text_with_one_grammar() {
    let wrong = [
        json!("+1.02"),
        json!("1.02_54"),
        json!("1."),
        json!(".5"),
        json!(" 1"),
        json!("1,5"),
        json!("inf"),
        json!(""),
        json!(1.02),
        json!(1),
        json!([]),
        json!({}),
        json!(true),
    ];
    for wrong in wrong {
        for place in ["/prices/3", "/meta/peak_multiplier"] {
            let text = with(&[(place, wrong.clone())]).to_string();
            let verdicts = verdicts_of("a.game.json", text.as_bytes());
            assert_eq!(verdicts.len(), 1);
            let why = format!("{:?}", verdicts[0].result.as_ref().unwrap_err());
            assert!(
                place != "/prices/3" || why.contains("entry 3: "),
                "{wrong}: {why}"
            );
        }
    }
    for same in [
        "0.9644098183444202",
        "0.96440981834442020",
        "9.644098183444202e-1",
        "9644098183444202E-16",
        "0.9644098183444201700000000000000000000001",
    ] {
        let found = assert_names(&[("/prices/3", json!(same))], &[]);
        assert_eq!(found.proof.status, ProofStatus::Proven, "{same}");
    }
    // Recorded text keeps its digits, wherever they fit.
    let text = with(&[("/prices/3", json!("0.96440981834442020"))]).to_string();
    let file = pianola::recording::GameFile::parse(text.as_bytes()).unwrap();
    let again = String::from_utf8(file.to_text().unwrap()).unwrap();
    assert!(again.contains("\"0.96440981834442020\""), "{again}");
}

#[test]
fn absurd_exponents_in_a_file_are_refused_at_once() {
    for absurd in [
        "1e999999999",
        "1e-999999999",
        "1e99999999999999999999999",
        "1e308",
    ] {
        let text = with(&[("/prices/3", json!(absurd))]).to_string();
        let verdicts = verdicts_of("a.game.json", text.as_bytes());
        assert_eq!(verdicts.len(), 1);
        assert!(verdicts[0].result.is_err(), "{absurd}: {verdicts:?}");
    }
}
