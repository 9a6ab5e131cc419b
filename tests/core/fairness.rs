//! The generator and the path against the npm package (`tests/js/vectors.mjs`), and proofs against mutations.

use pianola::fairness::{
    Claim, CommitmentSource, Path, SeedRandom, examine, examine_all, seed_hash,
};
use pianola::protocol::{GameId, number};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../fixtures/vectors.json")).unwrap()
}

#[test]
fn the_generator_draws_the_doubles_of_the_npm_package() {
    let vectors = vectors();
    let mut compared = 0;
    for vector in vectors["doubles"].as_array().unwrap() {
        let text = vector["text"].as_str().unwrap();
        let mut random = SeedRandom::new(text);
        for (n, bits) in vector["bits"].as_array().unwrap().iter().enumerate() {
            let expected = u64::from_str_radix(bits.as_str().unwrap(), 16).unwrap();
            assert_eq!(
                random.next_f64().to_bits(),
                expected,
                "seed {text:?}, draw {n}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 48 * 40);
}

#[test]
fn the_path_is_the_one_of_the_npm_package_bit_for_bit() {
    let vectors = vectors();
    let vectors = vectors["paths"].as_array().unwrap();
    assert_eq!(vectors.len(), 300);
    let text = |vector: &'static str| move |row: &Value| row[vector].as_str().unwrap().to_owned();
    let games: Vec<_> = vectors
        .iter()
        .map(|row| (text("seed")(row), GameId::new(&text("id")(row)).unwrap()))
        .collect();
    let together = Path::draw_all(games.iter().map(|(seed, id)| (seed.as_str(), id)));
    assert_eq!(together.len(), 300);
    for ((vector, (seed, id)), path) in vectors.iter().zip(&games).zip(&together) {
        assert_eq!(&Path::draw(seed, id), path, "{id} alone");
        assert_eq!(
            path.prices().len() as u64,
            vector["ticks"].as_u64().unwrap(),
            "{id}"
        );
        let texts: Vec<_> = path
            .prices()
            .iter()
            .map(|p| number::shortest_text(*p))
            .collect();
        let sha = seed_hash(&texts.join(","));
        assert_eq!(sha, vector["sha"].as_str().unwrap(), "{id}");
        assert_eq!(seed_hash(seed), vector["hash"].as_str().unwrap());
        assert_eq!(
            number::shortest(path.peak().1),
            number::from_json(&vector["peak"]),
            "{id}"
        );
    }
}

proptest! {
    /// However many games are drawn together, and whatever the lengths of their paths: each is the path drawn alone.
    #[test]
    fn games_drawn_together_have_the_paths_of_games_drawn_alone(
        games in prop::collection::vec((".{0,300}", ".{1,20}"), 0..14),
    ) {
        let games: Vec<_> = games
            .iter()
            .map(|(seed, id)| (seed.as_str(), GameId::new(id).unwrap()))
            .collect();
        let together = Path::draw_all(games.iter().map(|(seed, id)| (*seed, id)));
        let alone: Vec<_> = games.iter().map(|(seed, id)| Path::draw(seed, id)).collect();
        prop_assert_eq!(together, alone);
    }
}

#[test]
fn claims_examined_together_have_the_results_of_claims_examined_alone() {
    let games: Vec<_> = (0..9)
        .map(|n| {
            (
                format!("seed {n}"),
                GameId::new(&format!("20251215-{n}")).unwrap(),
            )
        })
        .collect();
    let shown = |price: &f64| number::shortest(*price);
    let prices: Vec<Vec<_>> = games
        .iter()
        .map(|(seed, id)| Path::draw(seed, id).prices().iter().map(shown).collect())
        .collect();
    let hashes: Vec<_> = games.iter().map(|(seed, _)| seed_hash(seed)).collect();
    let claims = games.iter().zip(&prices).zip(&hashes).enumerate();
    let claims: Vec<_> = claims
        .map(|(n, (((seed, id), prices), hash))| Claim {
            game_id: id,
            prices: if n == 4 { &[] } else { prices },
            rug_tick: None,
            peak: (n == 5).then_some(Decimal::TWO),
            version: Some(if n == 3 { "v1" } else { "v3" }),
            commitment: Some(if n == 6 { "another" } else { hash }),
            commitment_seen: CommitmentSource::Seen,
            revealed_hash: None,
            seed: (n != 7).then_some(seed),
            repaired: false,
        })
        .collect();
    let together = examine_all(&claims);
    let alone: Vec<_> = claims.iter().map(examine).collect();
    assert_eq!(together, alone);
    let statuses: Vec<_> = together
        .iter()
        .map(|found| found.proof.status.as_str())
        .collect();
    let (proven, mismatch, unverifiable) = ("proven", "mismatch", "unverifiable");
    let expected = [
        proven,
        proven,
        proven,
        unverifiable,
        unverifiable,
        mismatch,
        mismatch,
        unverifiable,
        proven,
    ];
    assert_eq!(statuses, expected);
}
