//! Any content of a file: it is verified or refused, in bounded time, and nothing false is called proven.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fixture, verdicts_of};
use pianola::fairness::ProofStatus;
use pianola::library::Verdict;

fn proven(verdicts: &[Verdict]) -> usize {
    let checked = verdicts
        .iter()
        .filter_map(|verdict| verdict.result.as_ref().ok());
    checked
        .filter(|checked| checked.proof.status == ProofStatus::Proven)
        .count()
}

fn sources() -> [Vec<u8>; 4] {
    let entry = fixture("failing/verify-gamehistory-row.jsonl");
    let value: Value = serde_json::from_slice(&entry).unwrap();
    let array = serde_json::to_vec_pretty(&json!([value, value])).unwrap();
    let event = json!({ "event": "gameStateUpdate", "data": { "gameHistory": [value] } });
    [
        fixture("example.game.json"),
        entry,
        array,
        event.to_string().into_bytes(),
    ]
}

/// JSON of any shape, with the keys that mean something here.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[-+0-9.e_]{0,6}".prop_map(Value::from),
        Just(Value::from("v3")),
        Just(Value::from("tick")),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop::sample::select(vec![
            "id",
            "gameId",
            "game_id",
            "serverSeed",
            "server_seed",
            "serverSeedHash",
            "provablyFair",
            "gameVersion",
            "version",
            "peakMultiplier",
            "prices",
            "meta",
            "actions",
            "games",
            "sessions",
            "event",
            "data",
            "args",
            "type",
            "tick",
            "price",
            "gameHistory",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..8).prop_map(|pairs| {
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_refused_with_words(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let verdicts = verdicts_of("a.jsonl", &bytes);
        prop_assert!(!verdicts.is_empty());
        prop_assert_eq!(proven(&verdicts), 0);
    }

    #[test]
    fn any_json_is_answered_and_never_proven(
        values in prop::collection::vec(any_json(), 1..4),
        pretty in any::<bool>(),
    ) {
        let write = |value: &Value| {
            if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) }
        };
        let lines: Vec<_> = values.iter().map(|value| write(value).unwrap()).collect();
        let verdicts = verdicts_of("a.json", lines.join("\n").as_bytes());
        prop_assert!(!verdicts.is_empty());
        prop_assert_eq!(proven(&verdicts), 0);
    }

    #[test]
    fn a_cut_file_proves_no_more_than_the_whole(which in 0..4usize, share in 0.0..1.0f64) {
        let source = &sources()[which];
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a length")]
        let at = (source.len() as f64 * share) as usize;
        let verdicts = verdicts_of("a", &source[..at]);
        prop_assert!(!verdicts.is_empty());
        prop_assert!(proven(&verdicts) <= proven(&verdicts_of("a", source)));
    }

    #[test]
    fn a_changed_byte_is_answered(which in 0..4usize, place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = sources()[which].clone();
        let at = place.index(text.len());
        text[at] = byte;
        prop_assert!(!verdicts_of("a", &text).is_empty());
    }
}

#[test]
fn no_depth_of_nesting_ends_the_program() {
    for depth in [100, 127, 128, 129, 10_000, 1_000_000] {
        for (open, close) in [
            ("[", "]"),
            ("{\"gameHistory\":[", "]}"),
            ("{\"a\":", "}"),
            ("[\n", "\n]"),
        ] {
            for text in [
                open.repeat(depth),
                open.repeat(depth) + &close.repeat(depth),
            ] {
                let verdicts = verdicts_of("a.json", text.as_bytes());
                assert!(
                    verdicts.iter().all(|verdict| verdict.result.is_err()),
                    "{depth} {open}"
                );
                assert!(!verdicts.is_empty());
            }
        }
    }
}
