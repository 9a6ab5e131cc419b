//! The generator and the path against the npm package (`tests/js/vectors.mjs`), and proofs against mutations.

use pianola::fairness::{Path, SeedRandom, seed_hash};
use pianola::protocol::{GameId, number};
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
    let paths = vectors["paths"].as_array().unwrap();
    assert_eq!(paths.len(), 300);
    for vector in paths {
        let (seed, id) = (
            vector["seed"].as_str().unwrap(),
            vector["id"].as_str().unwrap(),
        );
        let path = Path::draw(seed, &GameId::new(id).unwrap());
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
