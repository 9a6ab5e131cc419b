use super::*;
use crate::game::{Anomaly, EndReason, PriceSource};
use crate::protocol::{GameId, number};

fn journal() -> (Vec<GameEvent>, Vec<u8>) {
    let game_id = GameId::new("20251215-1a211bfc7caf41d6").expect("an id");
    let at = "2025-12-15T01:18:00.218Z".parse().expect("a time");
    let mut facts = vec![GameEvent::GameStarted {
        game_id: game_id.clone(),
        at,
    }];
    for (tick, price) in (0..).zip(["1", "0.9799510872982831", "0.020000000000000018"]) {
        let price = number::parse(price).expect("a price");
        let (game_id, source) = (game_id.clone(), PriceSource::Live);
        facts.push(GameEvent::PriceTick {
            game_id,
            tick,
            price,
            source,
            arrival: (tick != 1).then_some(tick * 250),
        });
    }
    facts.push(GameEvent::GameEnded {
        game_id,
        reason: EndReason::Missed,
    });
    let journal = Journal::with_facts(PathBuf::from("j"), Origin::Live, &facts);
    (facts, journal.bytes)
}

#[test]
fn a_written_journal_is_read_back() {
    let (facts, bytes) = journal();
    let read = read::<GameEvent>(&bytes).expect("a journal");
    assert_eq!(read.damaged, 0);
    assert_eq!(read.subject.facts()[..4], facts[..4]);
    assert_eq!(read.subject.prices.len(), 3);
    assert_eq!(read.subject.prices.arrivals(), [Some(0), None, Some(500)]);
    assert_eq!(read.subject.end_reason, Some(EndReason::Missed));
}

#[test]
fn every_anomaly_has_its_word_in_files_and_outlives_a_crash() {
    use Anomaly::{
        BadPrice, BadTick, CommitmentChanged, EarlyReveal, FieldMissing, FieldTooLong,
        HistoryLength, IdReused, IllegalTransition, LateArrival, PriceChanged, RugMissed,
        TickBackwards, TickJump,
    };
    let game_id = GameId::new("g-1").expect("an id");
    let at = "2026-01-01T00:00:00Z".parse().expect("a time");
    for anomaly in [
        IllegalTransition,
        TickBackwards,
        PriceChanged,
        RugMissed,
        TickJump,
        FieldMissing,
        BadPrice,
        BadTick,
        CommitmentChanged,
        EarlyReveal,
        HistoryLength,
        LateArrival,
        IdReused,
        FieldTooLong,
    ] {
        let word = serde_json::to_value(anomaly).expect("a word");
        assert_eq!(word, anomaly.as_str());
        let game_id = game_id.clone();
        let start = GameEvent::GameStarted {
            game_id: game_id.clone(),
            at,
        };
        let seen = GameEvent::AnomalySeen {
            game_id,
            anomaly,
            count: 3,
        };
        let journal = Journal::with_facts(PathBuf::from("j"), Origin::Live, &[start, seen]);
        let read = read::<GameEvent>(&journal.bytes).expect("a journal");
        assert_eq!(read.subject.anomalies, [(anomaly, 3)].into());
        let again = Journal::with_facts(PathBuf::from("j"), Origin::Live, &read.subject.facts());
        assert_eq!(again.bytes, journal.bytes);
    }
}

#[test]
fn hash_and_seed_keep_their_order_in_a_journal() {
    let game_id = || GameId::new("g-1").expect("an id");
    let at = "2026-01-01T00:00:00Z".parse().expect("a time");
    let started = GameEvent::GameStarted {
        game_id: game_id(),
        at,
    };
    let seed = GameEvent::SeedSeen {
        game_id: game_id(),
        seed: "seed".to_owned(),
        hash: None,
        version: None,
    };
    let hash = GameEvent::Committed {
        game_id: game_id(),
        hash: Some("hash".to_owned()),
        version: Some("v3".to_owned()),
    };
    for (facts, seen) in [
        ([started.clone(), hash.clone(), seed.clone()], true),
        ([started, seed, hash], false),
    ] {
        let journal = Journal::with_facts(PathBuf::from("j"), Origin::Live, &facts);
        let once = read::<GameEvent>(&journal.bytes)
            .expect("a journal")
            .subject;
        let again = Journal::with_facts(PathBuf::from("j"), Origin::Live, &once.facts());
        let twice = read::<GameEvent>(&again.bytes).expect("a journal").subject;
        for game in [once, twice] {
            assert_eq!(game.commitment.is_some(), seen);
            assert_eq!(game.hash(), Some("hash"));
        }
    }
}

/// Returns the prices of a journal.
fn prices(bytes: &[u8]) -> Vec<Option<rust_decimal::Decimal>> {
    read::<GameEvent>(bytes).map_or_else(Vec::new, |read| read.subject.prices.as_slice().to_vec())
}

#[test]
fn a_cut_journal_has_every_whole_line() {
    let (_, bytes) = journal();
    let all = prices(&bytes);
    for length in 0..=bytes.len() {
        let whole = bytes[..length].split(|byte| *byte == b'\n').count() - 1;
        let read = prices(&bytes[..length]);
        assert_eq!(read[..], all[..read.len()], "cut at {length}");
        // The first four lines are origin and start; the last one counts without its newline if its checksum is there.
        assert!(
            read.len() >= whole.saturating_sub(4).min(all.len()),
            "cut at {length}"
        );
    }
}

#[test]
fn any_flipped_bit_costs_at_most_two_lines_and_never_invents_a_price() {
    let (_, bytes) = journal();
    let all = prices(&bytes);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            let read = prices(&damaged);
            let known = read.iter().zip(&all).filter(|(price, _)| price.is_some());
            assert!(
                known.clone().all(|(read, price)| read == price),
                "byte {place} bit {bit}"
            );
            assert!(known.count() + 2 >= all.len(), "byte {place} bit {bit}");
        }
    }
}
