//! Each fault of the practice table does what its description says, and nothing else.

use std::collections::BTreeMap;

use pianola::fairness::seed_hash;
use pianola::protocol::{self, Counts};
use pianola::table::{Fault, FaultyStream, GameStep, GameStream, Message, StepKind};
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::table_steps::{shape, updates};

const SEED: u64 = 14;
const STEPS: usize = 1_300;

fn play(faults: &[Fault]) -> Vec<GameStep> {
    let mut stream = FaultyStream::new(GameStream::seeded(SEED), faults);
    (0..STEPS).map(|_| stream.next_step()).collect()
}

fn both(fault: Fault) -> (Vec<GameStep>, Vec<GameStep>) {
    (play(&[]), play(&[fault]))
}

fn messages(steps: &[GameStep]) -> Vec<&Message> {
    steps.iter().flat_map(|step| &step.messages).collect()
}

fn is_tick(step: &GameStep) -> bool {
    matches!(step.kind, StepKind::Tick { .. })
}

/// Steps from one genesis to the next, without what comes before the first.
fn games(steps: &[GameStep]) -> Vec<&[GameStep]> {
    let starts: Vec<_> = (0..steps.len())
        .filter(|i| steps[*i].kind == StepKind::Genesis)
        .collect();
    starts
        .windows(2)
        .map(|pair| &steps[pair[0]..pair[1]])
        .collect()
}

#[test]
fn without_faults_the_stream_is_unchanged() {
    let mut stream = GameStream::seeded(SEED);
    for step in play(&[]) {
        assert_eq!(step, stream.next_step());
    }
}

#[test]
fn a_fault_is_the_same_every_time() {
    let mut plain = FaultyStream::new(GameStream::seeded(SEED), &[]);
    let mut pairs = Fault::ALL.map(|fault| {
        let stream = || FaultyStream::new(GameStream::seeded(SEED), &[fault]);
        (fault, stream(), stream(), false)
    });
    for _ in 0..600 {
        let plain = plain.next_step();
        for (fault, one, other, differs) in &mut pairs {
            let step = one.next_step();
            assert_eq!(step, other.next_step(), "{fault}");
            *differs |= step != plain;
        }
    }
    for (fault, .., differs) in pairs {
        // What only a player meets, from this one on, does nothing to the stream.
        assert_eq!(differs, fault < Fault::Drift, "{fault}");
    }
}

#[test]
fn no_genesis_delays_the_reveal_by_one_game() {
    let (plain, faulty) = both(Fault::NoGenesis);
    for (plain, faulty) in plain.iter().zip(&faulty) {
        match plain.kind {
            StepKind::Genesis => assert!(faulty.messages.is_empty()),
            _ => assert_eq!(plain, faulty),
        }
    }
    // The full message after the next rug still has it.
    let games = games(&plain);
    let settled = |game: &[GameStep]| {
        game.iter()
            .find(|s| s.kind == StepKind::Settled)
            .unwrap()
            .messages[0]
            .args[0]
            .clone()
    };
    let (first, second) = (settled(games[0]), settled(games[1]));
    assert_eq!(second["gameHistory"][0]["id"], first["gameId"]);
}

#[test]
fn late_full_comes_after_the_first_countdown_of_the_next_game() {
    let (plain, faulty) = both(Fault::LateFull);
    let mut seen = 0;
    for window in faulty.windows(3) {
        if window[0].kind != StepKind::Settled {
            continue;
        }
        assert!(window[0].messages.is_empty());
        assert_eq!(
            (window[1].kind, window[2].kind),
            (StepKind::Genesis, StepKind::Countdown(14_900))
        );
        let (countdown, full) = (
            &window[2].messages[0].args[0],
            &window[2].messages[1].args[0],
        );
        assert_eq!((shape(countdown), shape(full)), ("COUNTDOWN", "FULL"));
        assert_ne!(countdown["gameId"], full["gameId"]);
        assert_eq!(full["rugged"], true);
        seen += 1;
    }
    assert!(seen > 1);
    assert_eq!(messages(&plain).len(), messages(&faulty).len());
}

#[test]
fn countdown_first_holds_the_genesis_back() {
    let (_, faulty) = both(Fault::CountdownFirst);
    for game in games(&faulty) {
        let order: Vec<_> = updates(game)
            .take(4)
            .map(|(_, u)| u["cooldownTimer"].as_u64().unwrap())
            .collect();
        assert_eq!(order, [14_900, 14_800, 15_000, 14_700]);
    }
}

#[test]
fn drop_loses_every_seventh_tick_and_the_window_fills_it() {
    let (plain, faulty) = both(Fault::Drop);
    let mut number = 0;
    for (plain, faulty) in plain.iter().zip(&faulty) {
        number += usize::from(is_tick(plain));
        if is_tick(plain) && number % 7 == 0 {
            assert_eq!(updates(std::slice::from_ref(faulty)).count(), 0);
            assert_eq!(plain.messages[1..], faulty.messages);
        } else {
            assert_eq!(plain, faulty);
        }
    }
    assert!(number > 200);
}

#[test]
fn hole_loses_more_ticks_than_the_window_holds() {
    let (_, faulty) = both(Fault::Hole);
    for game in games(&faulty) {
        let rug = game.iter().find_map(|s| match s.kind {
            StepKind::Tick { rug_tick, .. } => Some(u64::from(rug_tick)),
            _ => None,
        });
        let mut known = vec![false; 6_000];
        let mut lost = 0;
        for step in game.iter().filter(|step| is_tick(step)) {
            lost += usize::from(updates(std::slice::from_ref(step)).count() == 0);
        }
        for (_, update) in updates(game) {
            for tick in update["partialPrices"]["values"]
                .as_object()
                .into_iter()
                .flatten()
            {
                known[tick.0.parse::<usize>().unwrap()] = true;
            }
        }
        let Some(rug) = rug.filter(|rug| *rug >= 12) else {
            assert_eq!(lost, 0);
            continue;
        };
        assert_eq!(lost, 8);
        let missing = known[..=usize::try_from(rug).unwrap()]
            .iter()
            .filter(|known| !**known)
            .count();
        assert_eq!(missing, 4);
    }
}

#[test]
fn double_sends_each_message_twice() {
    let (plain, faulty) = both(Fault::Double);
    let plain = messages(&plain);
    let faulty = messages(&faulty);
    assert_eq!(plain.len() * 2, faulty.len());
    for (message, pair) in plain.iter().zip(faulty.chunks(2)) {
        assert_eq!([*message, *message], pair);
    }
}

#[test]
fn swap_exchanges_adjacent_ticks_and_loses_none() {
    let (_, faulty) = both(Fault::Swap);
    let mut swaps = 0;
    for game in games(&faulty) {
        let ticks = updates(game).filter(|(_, u)| shape(u) == "TICK" && u["active"] == true);
        let ticks: Vec<_> = ticks
            .map(|(_, u)| u["tickCount"].as_u64().unwrap())
            .collect();
        let mut sorted = ticks.clone();
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq(1..=ticks.len() as u64));
        swaps += ticks.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert!(
            ticks
                .windows(2)
                .all(|pair| pair[0] <= pair[1] || (pair[0] == pair[1] + 1 && pair[1] % 10 == 0))
        );
    }
    assert!(swaps > 5, "{swaps}");
}

#[test]
fn no_history_prices_is_the_shape_of_february() {
    let (_, faulty) = both(Fault::NoHistoryPrices);
    let full = &faulty[0].messages[0].args[0];
    for entry in full["gameHistory"].as_array().unwrap() {
        assert!(entry.get("prices").is_none() && entry["provablyFair"]["serverSeed"].is_string());
    }
    assert!(full["partialPrices"].is_object());
    let Some(folder) = captures::folder() else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("unauth-schema-2026-02-06.jsonl")).unwrap();
    let real: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(keys(full), keys(&real["data"]));
    assert_eq!(
        keys(&full["gameHistory"][0]),
        keys(&real["data"]["gameHistory"][0])
    );
}

#[test]
fn no_reveal_keeps_the_seeds() {
    let (_, faulty) = both(Fault::NoReveal);
    let all: Vec<_> = messages(&faulty)
        .iter()
        .map(|m| json!(m.args).to_string())
        .collect();
    assert!(all.iter().all(|text| !text.contains("\"serverSeed\"")));
}

#[test]
fn bad_hash_commits_to_another_seed() {
    let (plain, faulty) = both(Fault::BadHash);
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for ((_, plain), (_, faulty)) in updates(&plain).zip(updates(&faulty)) {
        let hash = &faulty["provablyFair"]["serverSeedHash"];
        assert_ne!(hash, &plain["provablyFair"]["serverSeedHash"]);
        let id = faulty["gameId"].as_str().unwrap().to_owned();
        let hash = hash.as_str().unwrap().to_owned();
        assert_eq!(seen.entry(id).or_insert_with(|| hash.clone()), &hash);
        for entry in faulty["gameHistory"].as_array().into_iter().flatten() {
            let fair = &entry["provablyFair"];
            assert_eq!(
                seed_hash(fair["serverSeed"].as_str().unwrap()),
                fair["serverSeedHash"].as_str().unwrap()
            );
        }
    }
}

#[test]
fn bad_price_is_one_price_of_each_game_in_every_message() {
    let (plain, faulty) = both(Fault::BadPrice);
    let mut bad = 0;
    for ((_, plain), (_, faulty)) in updates(&plain).zip(updates(&faulty)) {
        let (was, is) = (
            &plain["partialPrices"]["values"],
            &faulty["partialPrices"]["values"],
        );
        for (tick, price) in is.as_object().into_iter().flatten() {
            let rug = plain["rugged"] == true
                && plain["partialPrices"]["endTick"].as_u64() == tick.parse().ok();
            assert_eq!(*price != was[tick], tick == "3" && !rug, "{faulty}");
            if faulty["tickCount"].as_u64() == tick.parse().ok() {
                assert_eq!(*price, faulty["price"]);
            }
            bad += usize::from(*price != was[tick]);
        }
        for (was, is) in plain["gameHistory"]
            .as_array()
            .into_iter()
            .flatten()
            .zip(faulty["gameHistory"].as_array().into_iter().flatten())
        {
            let pairs = was["prices"]
                .as_array()
                .unwrap()
                .iter()
                .zip(is["prices"].as_array().unwrap());
            let changed: Vec<_> = pairs
                .enumerate()
                .filter(|(_, (was, is))| was != is)
                .map(|(tick, _)| tick)
                .collect();
            let expected: &[usize] = if was["prices"].as_array().unwrap().len() > 4 {
                &[3]
            } else {
                &[]
            };
            assert_eq!(changed, expected);
        }
    }
    assert!(bad > 10);
    // A client that joins later gets the same.
    let mut stream = FaultyStream::new(GameStream::seeded(SEED), &[Fault::BadPrice]);
    let mut sent = None;
    for _ in 0..600 {
        let step = stream.next_step();
        if let Some((_, update)) = updates(std::slice::from_ref(&step))
            .find(|(m, u)| matches!(m, StepKind::Tick { tick: 3, .. }) && u["rugged"] == false)
        {
            sent = Some(update["price"].clone());
            break;
        }
    }
    assert_eq!(sent.as_ref(), stream.greeting()[0].args[0]["prices"].get(3));
}

#[test]
fn garbage_is_counted_and_does_not_panic() {
    let mut counts = Counts::default();
    for message in messages(&play(&[Fault::Garbage])) {
        let _event = protocol::decode(&message.event, &message.args, &mut counts);
    }
    assert!(counts.unknown_events.contains_key("quantumRugUpdate"));
    assert!(counts.malformed_events.contains_key("gameStateUpdate"));
    assert!(counts.malformed_events.contains_key("standard/newTrade"));
    assert!(counts.unknown_keys.contains_key("gameStateUpdate.newKey"));
    assert!(!counts.malformed_keys.is_empty());
}

#[test]
fn cut_and_silence_come_once_in_the_middle_of_each_game() {
    let (_, cut) = both(Fault::Cut);
    let (plain, silent) = both(Fault::Silence);
    for game in games(&cut) {
        let at: Vec<_> = game
            .iter()
            .filter(|step| step.cut)
            .map(|step| step.kind)
            .collect();
        let ticks = game.iter().filter(|step| is_tick(step)).count();
        let [StepKind::Tick { tick, rug_tick }] = at[..] else {
            assert!(at.is_empty() && ticks == 0, "{at:?}");
            continue;
        };
        assert_eq!(tick, (rug_tick / 2).max(1));
    }
    let mut pauses = 0;
    for (plain, silent) in plain.iter().zip(&silent) {
        assert_eq!(plain.messages, silent.messages);
        let longer = silent.delay_micros - plain.delay_micros;
        assert!(longer == 0 || longer == 10_000_000);
        pauses += usize::from(longer > 0);
    }
    assert_eq!(pauses, cut.iter().filter(|step| step.cut).count());
}

#[test]
fn the_announced_delay_is_the_delay_of_the_step() {
    let mut stream = FaultyStream::new(GameStream::seeded(SEED), &Fault::ALL);
    for _ in 0..STEPS {
        let announced = u64::from(stream.next_delay()) * 1_000;
        assert_eq!(stream.next_step().delay_micros, announced);
    }
}
