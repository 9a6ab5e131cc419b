//! What can be compared at all: versions, rows without them, games with nothing to compare.

use pianola::fairness::ProofStatus;
use serde_json::{Value, json};

use super::{ID, assert_outcome, entry, outcome, with};

#[test]
fn what_cannot_be_verified_says_why() {
    let unverifiable = ProofStatus::Unverifiable;
    assert_outcome(
        &with(&json!({ "gameVersion": "v4" })),
        unverifiable,
        "unknown version v4",
    );
    assert_outcome(
        &with(&json!({ "serverSeed": null })),
        unverifiable,
        "no seed yet",
    );
    assert_outcome(
        &with(&json!({ "serverSeed": "" })),
        unverifiable,
        "no seed yet",
    );
    assert_outcome(
        &with(&json!({ "serverSeedHash": null })),
        unverifiable,
        "no commitment seen",
    );
}

#[test]
fn nothing_compared_is_nothing_proven() {
    let only = |prices: Value| with(&json!({ "prices": prices, "peakMultiplier": null }));
    let holes = vec![Value::Null; 8];
    let rug = json!(0.020_000_000_000_000_018);
    let only_rug: Vec<_> = holes.iter().cloned().chain([rug]).collect();
    let mut first_too = only_rug.clone();
    first_too[0] = json!(1);
    for prices in [
        json!([]),
        json!([1]),
        json!(holes),
        json!(only_rug),
        json!(first_too),
        json!([null, null, null]),
    ] {
        assert_outcome(
            &only(prices),
            ProofStatus::Unverifiable,
            "nothing to compare",
        );
    }
    // One price that the seed draws is something; what is missing is said.
    assert_outcome(
        &only(json!([1, 1.007_847_156_421_666_2])),
        ProofStatus::Repaired,
        "",
    );
    // And what differs is a finding, however little there is.
    assert_outcome(
        &only(json!([null, 1.5])),
        ProofStatus::Mismatch,
        "tick 1: expected 1.0078471564216662, seen 1.5",
    );
    assert_outcome(
        &only(json!([1.5])),
        ProofStatus::Mismatch,
        "tick 0: expected 1, seen 1.5",
    );
}

/// A game that ends at its first draw has nothing but its length and its peak: both say something.
#[test]
fn a_game_that_rugs_at_tick_1_can_be_proven() {
    use pianola::fairness::{Path, seed_hash};
    use pianola::protocol::GameId;
    let id = GameId::new(ID).unwrap();
    let mut seeds = (0..).map(|n: u32| format!("seed {n}"));
    let seed = seeds
        .find(|seed| Path::draw(seed, &id).rug_tick() == Some(1))
        .unwrap();
    let row = |prices: Value| {
        let hash = seed_hash(&seed);
        with(
            &json!({ "serverSeed": seed, "serverSeedHash": hash, "prices": prices, "peakMultiplier": null }),
        )
    };
    assert_outcome(&row(json!([1, 0.01])), ProofStatus::Proven, "");
    assert_outcome(
        &row(json!([1])),
        ProofStatus::Unverifiable,
        "nothing to compare",
    );
    assert_outcome(
        &row(json!([null, 0.01])),
        ProofStatus::Unverifiable,
        "nothing to compare",
    );
    assert_outcome(
        &row(json!([1, 0.5, 0.01])),
        ProofStatus::Mismatch,
        "tick 1: expected rug, seen 0.5",
    );
}

#[test]
fn the_version_is_read_before_anything_is_compared() {
    let wrong = json!({ "prices": [1, 2, 3], "peakMultiplier": 7, "serverSeedHash": "00" });
    let places = [
        json!({ "gameVersion": "v1" }),
        json!({ "game_version": "v1" }),
        json!({ "version": "v1" }),
        json!({ "provablyFair": { "version": "v1" } }),
        json!({ "provably_fair": { "gameVersion": "v1" } }),
        // Another place says v3: the unknown one decides.
        json!({ "gameVersion": "v3", "provablyFair": { "version": "v1" } }),
    ];
    for place in places {
        for base in [json!({}), wrong.clone()] {
            let mut row = with(&base);
            row.as_object_mut().unwrap().shift_remove("gameVersion");
            for (key, value) in place.as_object().unwrap() {
                row[key] = value.clone();
            }
            assert_outcome(&row, ProofStatus::Unverifiable, "unknown version v1");
        }
    }
    assert_outcome(
        &with(&json!({ "gameVersion": 3 })),
        ProofStatus::Unverifiable,
        "unknown version 3",
    );
    let spelled = with(&json!({ "gameVersion": "V3" }));
    assert_outcome(&spelled, ProofStatus::Unverifiable, "unknown version V3");
}

#[test]
fn a_row_without_a_version_is_proven_or_unverifiable_and_never_a_mismatch() {
    let (proven, unverifiable) = (ProofStatus::Proven, ProofStatus::Unverifiable);
    assert_outcome(
        &with(&json!({ "gameVersion": null })),
        proven,
        "version not stated",
    );
    assert_outcome(
        &with(&json!({ "gameVersion": "" })),
        proven,
        "version not stated",
    );
    for change in [
        json!({ "prices": [1, 2, 3] }),
        json!({ "peakMultiplier": 7 }),
        json!({ "serverSeedHash": "00" }),
        json!({ "serverSeed": "abc" }),
        json!({ "prices": entry()["prices"].as_array().unwrap()[..5] }),
    ] {
        let mut row = with(&change);
        row.as_object_mut().unwrap().shift_remove("gameVersion");
        let (status, words) = outcome(&row);
        if change["prices"]
            .as_array()
            .is_some_and(|prices| prices.len() == 5)
        {
            assert_eq!(
                (status, &words[..]),
                (ProofStatus::Repaired, "version not stated")
            );
        } else {
            assert_eq!(
                (status, &words[..]),
                (unverifiable, "version not stated"),
                "{change}"
            );
        }
    }
}
