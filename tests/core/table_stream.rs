//! The practice table's stream without a socket: its grammar, its numbers and its secrecy.

use std::collections::{BTreeMap, BTreeSet};

use pianola::fairness::{Path, UNSEEDED_RUG_MAX, seed_hash};
use pianola::protocol::GameId;
use pianola::protocol::number::{double_to_json, from_json, shortest};
use pianola::table::{GameStream, StepKind};
use serde_json::{Value, json};

use crate::support::table_steps::{keys, shape, steps, updates};

#[test]
fn a_seed_gives_the_same_stream_every_time() {
    assert_eq!(steps(5, 2), steps(5, 2));
    assert_ne!(steps(5, 1), steps(6, 1));
    let unseeded = |entropy| GameStream::unseeded(entropy, 1_765_761_431_000).next_step();
    assert_ne!(unseeded("a"), unseeded("b"));
    assert_eq!(unseeded("a"), unseeded("a"));
}

#[test]
fn asking_for_the_delay_first_changes_nothing() {
    let mut asked = GameStream::seeded(5);
    for step in steps(5, 2) {
        assert_eq!(u64::from(asked.next_delay()) * 1_000, step.delay_micros);
        let _same = (asked.next_delay(), asked.greeting());
        assert_eq!(asked.next_step(), step);
    }
}

#[test]
fn everything_of_a_seeded_table_belongs_to_the_first_of_january_2000() {
    for (_, update) in updates(&steps(9, 2)) {
        assert!(update["gameId"].as_str().unwrap().starts_with("20000101-"));
        for entry in update["gameHistory"].as_array().into_iter().flatten() {
            assert!(entry["id"].as_str().unwrap().starts_with("20000101-"));
            let days = entry["timestamp"].as_i64().unwrap() / 86_400_000;
            assert!((10_956..=10_957).contains(&days), "{entry}");
        }
    }
}

#[test]
fn prices_follow_the_path_and_the_seed_is_revealed_one_game_later() {
    let steps = steps(3, 8);
    let mut committed: BTreeMap<String, String> = BTreeMap::new();
    let mut live: BTreeMap<String, BTreeMap<u64, Value>> = BTreeMap::new();
    let mut revealed = 0;
    for (mark, update) in updates(&steps) {
        let id = update["gameId"].as_str().unwrap().to_owned();
        let hash = update["provablyFair"]["serverSeedHash"].as_str().unwrap();
        assert_eq!(update["provablyFair"]["version"], "v3");
        assert_eq!(keys(&update["provablyFair"]).len(), 2);
        assert_eq!(
            committed
                .entry(id.clone())
                .or_insert_with(|| hash.to_owned()),
            hash
        );
        if let Some(window) = update["partialPrices"]["values"].as_object() {
            for (tick, price) in window {
                let known = live.entry(id.clone()).or_default();
                let known = known
                    .entry(tick.parse().unwrap())
                    .or_insert_with(|| price.clone());
                assert_eq!(known, price, "{id} tick {tick}");
            }
        }
        if mark != StepKind::Genesis {
            continue;
        }
        let finished = &update["gameHistory"][0];
        let finished_id = finished["id"].as_str().unwrap();
        let Some(prices) = live.get(finished_id) else {
            continue; // the game before the first
        };
        let seed = finished["provablyFair"]["serverSeed"].as_str().unwrap();
        assert_eq!(seed_hash(seed), committed[finished_id]);
        assert_eq!(
            finished["provablyFair"]["serverSeedHash"],
            committed[finished_id].as_str()
        );
        let path = Path::draw(seed, &GameId::new(finished_id).unwrap());
        let all = finished["prices"].as_array().unwrap();
        assert_eq!(all.len(), path.prices().len() + 1);
        for (tick, price) in path.prices().iter().enumerate() {
            assert_eq!(
                all[tick],
                double_to_json(*price),
                "{finished_id} tick {tick}"
            );
        }
        let rug = all.last().unwrap().as_f64().unwrap();
        assert!(rug > 0.004 && rug <= UNSEEDED_RUG_MAX, "{rug}");
        assert_eq!(finished["peakMultiplier"], double_to_json(path.peak().1));
        assert!(prices.values().eq(all.iter()), "{finished_id}");
        revealed += 1;
    }
    assert_eq!(revealed, 8);
}

#[test]
fn no_message_of_a_running_game_holds_its_seed() {
    let steps = steps(4, 3);
    let seeds: BTreeMap<String, String> = updates(&steps)
        .filter_map(|(_, update)| update["gameHistory"].get(0))
        .map(|entry| {
            let seed = entry["provablyFair"]["serverSeed"].as_str().unwrap();
            (entry["id"].as_str().unwrap().to_owned(), seed.to_owned())
        })
        .collect();
    for (_, update) in updates(&steps) {
        let id = update["gameId"].as_str().unwrap();
        if let Some(seed) = seeds.get(id) {
            assert!(!update.to_string().contains(seed), "{id}");
        }
    }
}

#[test]
#[allow(
    clippy::too_many_lines,
    reason = "one game from its beginning to its end"
)]
fn the_messages_of_a_game_come_in_the_order_of_the_real_server() {
    let all = steps(8, 6);
    let mut history_before = Value::Null;
    let mut at = 0;
    let mut take = || {
        at += 1;
        all.get(at - 1)
    };
    while let Some(genesis) = take() {
        assert_eq!(genesis.kind, StepKind::Genesis);
        let full = &genesis.messages[0].args[0];
        assert_eq!(
            (
                shape(full),
                &full["cooldownTimer"],
                &full["price"],
                &full["tickCount"]
            ),
            ("FULL", &json!(15_000), &json!(1), &json!(0))
        );
        assert_eq!(
            (&full["active"], &full["rugged"]),
            (&json!(false), &json!(false))
        );
        assert_eq!(full["gameHistory"].as_array().unwrap().len(), 10);
        assert_eq!(
            full["partialPrices"],
            json!({"startTick": 0, "endTick": 0, "values": {"0": 1}})
        );
        if history_before.is_array() {
            assert_eq!(full["gameHistory"][1], history_before[0]);
            let delay = genesis.delay_micros / 1_000;
            assert!((240..=530).contains(&delay), "{delay}");
        }
        for timer in (100..=14_900).rev().step_by(100) {
            let Some(step) = take() else { return };
            assert_eq!(
                (step.kind, step.delay_micros),
                (StepKind::Countdown(timer), 100_000)
            );
            let shapes: Vec<_> = updates(std::slice::from_ref(step))
                .map(|(_, u)| shape(u))
                .collect();
            let expected: &[_] = if timer == 10_000 {
                &["TICK", "COUNTDOWN"]
            } else {
                &["COUNTDOWN"]
            };
            assert_eq!(shapes, expected);
            for (_, update) in updates(std::slice::from_ref(step)) {
                assert_eq!(update["cooldownTimer"], timer);
                assert_eq!(update["allowPreRoundBuys"], timer <= 10_000);
                assert_eq!(update["gameId"], full["gameId"]);
            }
            if timer == 10_000 {
                let update = &step.messages[0].args[0];
                assert_eq!(
                    (&update["active"], &update["leaderboard"]),
                    (&json!(false), &json!([]))
                );
            }
        }
        let start = take().unwrap();
        let update = &start.messages[0].args[0];
        assert_eq!((start.kind, shape(update)), (StepKind::Start, "START"));
        assert!((20..=320).contains(&(start.delay_micros / 1_000)));
        assert_eq!(
            (
                &update["price"],
                &update["tickCount"],
                &update["leaderboard"]
            ),
            (&json!(1), &json!(0), &json!([]))
        );
        let mut tick = 0;
        let rug = loop {
            tick += 1;
            let step = take().unwrap();
            assert_eq!(step.delay_micros, 250_000);
            let update = &step.messages[0].args[0];
            assert_eq!(
                (shape(update), &update["tickCount"]),
                ("TICK", &json!(tick))
            );
            assert_eq!(update["active"], true);
            let window = &update["partialPrices"];
            assert_eq!(window["endTick"], tick);
            assert_eq!(window["startTick"], (tick + 1_u64).saturating_sub(5));
            let values = window["values"].as_object().unwrap();
            assert_eq!(values.len() as u64, (tick + 1).min(5));
            assert_eq!(values[&tick.to_string()], update["price"]);
            if step.kind == StepKind::Rug {
                break update;
            }
            assert_eq!(update["rugged"], false);
        };
        assert_eq!(rug["rugged"], true);
        let settled = take().unwrap();
        let full = &settled.messages[0].args[0];
        assert_eq!((settled.kind, shape(full)), (StepKind::Settled, "FULL"));
        assert!((600..=1_800).contains(&(settled.delay_micros / 1_000)));
        assert_eq!(
            (&full["rugged"], &full["active"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(full["partialPrices"], rug["partialPrices"]);
        assert_eq!(full["price"], rug["price"]);
        let ahead = full["tickCount"].as_u64().unwrap() - tick;
        assert!((1..=3).contains(&ahead));
        history_before = full["gameHistory"].clone();
        assert!(
            history_before
                .as_array()
                .unwrap()
                .iter()
                .all(|e| e["id"] != full["gameId"])
        );
    }
}

#[test]
fn earlier_games_are_made_in_the_same_way() {
    let full = &steps(50, 1)[0].messages[0].args[0];
    let ids: BTreeSet<_> = full["gameHistory"]
        .as_array()
        .unwrap()
        .iter()
        .map(|game| {
            let (id, seed) = (
                game["id"].as_str().unwrap(),
                game["provablyFair"]["serverSeed"].as_str().unwrap(),
            );
            let path = Path::draw(seed, &GameId::new(id).unwrap());
            assert_eq!(
                seed_hash(seed),
                game["provablyFair"]["serverSeedHash"].as_str().unwrap()
            );
            let prices = game["prices"].as_array().unwrap();
            assert_eq!(prices.len(), path.prices().len() + 1);
            assert_eq!(
                from_json(&prices[prices.len() - 2]),
                shortest(*path.prices().last().unwrap())
            );
            id.to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 10);
}
