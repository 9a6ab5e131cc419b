//! Game files as rows, and their proof at the build.

#![allow(clippy::unwrap_used, reason = "tests")]

mod damaged;

use serde_json::{Value, json};

use crate::dataset::finding::FindingKind;
use crate::dataset::read::game::bucket;
use crate::dataset::read::{GameRecord, read_game};
use crate::dataset::rows::{GameTicks, StartKind, TickRow, TickSource};
use crate::fairness::{CommitmentSource, ProofStatus};
use crate::game::EndReason;

const NAME: &str = "2025-12-15/games/20251215T011800_1a211bfc.game.json";
const EXAMPLE: &str = include_str!("../../../tests/fixtures/example.game.json");
const OLD: &str = include_str!("../../../tests/fixtures/old.game.json");

fn read(text: &str) -> GameRecord {
    read_game(text.as_bytes(), NAME).unwrap()
}

impl GameRecord {
    /// Returns the rows of the table `ticks`, one by one.
    pub(in crate::dataset) fn ticks(&self) -> Vec<TickRow> {
        let ticks = GameTicks {
            path: self.path.clone(),
            sources: self.sources.clone(),
            rug_tick: self.game.rug_tick,
        };
        ticks.rows()
    }
}

/// The example with some keys of `meta` or whole lists replaced.
fn changed(change: impl FnOnce(&mut Value)) -> GameRecord {
    let mut file: Value = serde_json::from_str(EXAMPLE).unwrap();
    change(&mut file);
    read(&file.to_string())
}

fn kinds(record: &GameRecord) -> Vec<(FindingKind, String)> {
    let findings = record.findings.iter();
    findings
        .map(|finding| (finding.kind, finding.text.clone()))
        .collect()
}

#[test]
fn a_proven_game_has_the_facts_of_its_file() {
    let record = read(EXAMPLE);
    let game = &record.game;
    assert_eq!(game.game_id, "20251215-1a211bfc7caf41d6");
    assert_eq!(
        (game.source_origin, game.seeded, game.time_scale),
        ("live", false, Some(1.0))
    );
    assert_eq!(
        game.start_time.unwrap().timestamp_millis(),
        1_765_761_480_218
    );
    assert_eq!(game.end_time.unwrap().timestamp_millis(), 1_765_761_482_019);
    assert_eq!(game.start_kind, StartKind::Arrival);
    assert_eq!((game.n_ticks, game.rug_tick), (8, Some(7)));
    assert_eq!((game.entry_tick, game.exit_tick, game.event), (0, 7, true));
    assert_eq!(game.rug_price, Some(0.014_782_661_565_813_707));
    assert_eq!(
        (game.peak, game.peak_tick, game.peak_exact),
        (Some(1.0), Some(0), true)
    );
    assert_eq!(
        (game.end_reason, game.complete),
        (Some(EndReason::Rug), true)
    );
    assert_eq!(
        (game.proof, game.proof_now),
        (ProofStatus::Proven, ProofStatus::Proven)
    );
    assert_eq!(
        (game.commitment, game.checked_ticks),
        (CommitmentSource::Seen, 7)
    );
    assert!(game.trainable && record.path.trainable);
    assert_eq!(
        (game.missing_ticks, game.from_live, game.anomalies_n),
        (0, 8, 0)
    );
    assert_eq!((game.v3_violations, game.long_prices_n), (Some(0), 0));
    assert_eq!(
        (game.joined_at_tick, game.source_files_n, game.format),
        (Some(0), 1, 1)
    );
    assert_eq!(game.file, NAME);
    assert_eq!(record.findings, []);
    let prices = [1.0, 0.979_951_087_298_283_1, 0.977_745_638_763_575_5];
    assert_eq!(record.path.prices[..3], prices.map(Some));
    assert_eq!(record.path.arrival_ms.last(), Some(&Some(1801)));
    assert_eq!(record.sources, [TickSource::Live; 8]);
    assert_eq!(
        record
            .ticks()
            .iter()
            .filter(|row| row.is_rug)
            .map(|row| row.tick)
            .collect::<Vec<_>>(),
        [7]
    );
}

#[test]
fn the_hash_of_the_file_is_that_of_its_bytes() {
    let hash = |text: &str| read(text).game.file_sha256;
    assert_eq!(hash(EXAMPLE).len(), 64);
    assert_ne!(hash(EXAMPLE), hash(&format!("{EXAMPLE} ")));
}

/// 32 bits of `printf %s ID | sha256sum`, modulo 100.
#[test]
fn a_bucket_is_made_of_the_id_alone() {
    assert_eq!(bucket("20251215-1a211bfc7caf41d6"), 45);
    let mut counts = [0; 100];
    for n in 0..10_000 {
        counts[usize::try_from(bucket(&format!("20251215-{n:016x}"))).unwrap()] += 1;
    }
    assert!(
        counts.iter().all(|count| (50..160).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn a_price_that_was_changed_is_a_mismatch_and_never_trains() {
    let record = changed(|file| file["prices"][3] = json!("0.9644098183444203"));
    let game = &record.game;
    assert_eq!(
        (game.proof, game.proof_now),
        (ProofStatus::Proven, ProofStatus::Mismatch)
    );
    assert_eq!(game.mismatch_tick, Some(3));
    assert_eq!(
        game.mismatch_expected.as_deref(),
        Some("0.9644098183444202")
    );
    assert_eq!(game.mismatch_seen.as_deref(), Some("0.9644098183444203"));
    assert!(!game.trainable && !record.path.trainable);
    let kinds = kinds(&record);
    assert!(kinds.contains(&(
        FindingKind::Mismatch,
        "tick 3: expected 0.9644098183444202, seen 0.9644098183444203".to_owned()
    )));
    let differs = "proof.status: the file says proven, computed now: mismatch".to_owned();
    assert!(
        kinds.contains(&(FindingKind::ProofDiffers, differs)),
        "{kinds:?}"
    );
    // The price of the file is in the tables, not that of the path.
    assert_eq!(record.path.prices[3], Some(0.964_409_818_344_420_3));
}

#[test]
fn a_file_that_claims_a_proof_is_not_believed() {
    let other = "3ebcc4cd5daa7e41cb996efb2c4b73f0235b8e385617c142f17eee9b685d9a7e";
    let record = changed(|file| file["meta"]["server_seed"] = json!(other));
    assert_eq!(record.game.proof_now, ProofStatus::Mismatch);
    assert_eq!(record.game.mismatch_tick, None);
    assert_eq!(record.game.mismatch_expected, record.game.server_seed_hash);
    let none = changed(|file| file["meta"]["server_seed"] = Value::Null);
    assert_eq!(none.game.proof_now, ProofStatus::Unverifiable);
    assert!(
        kinds(&none)
            .iter()
            .any(|(kind, _)| *kind == FindingKind::ProofDiffers)
    );
    let late = changed(|file| file["meta"]["proof"]["status"] = json!("unverifiable"));
    assert_eq!(
        (late.game.proof, late.game.proof_now),
        (ProofStatus::Unverifiable, ProofStatus::Proven)
    );
    assert!(late.game.trainable, "the proof of today counts");
}

#[test]
fn only_whole_proven_games_train() {
    let trains = |change: fn(&mut Value)| changed(change).game.trainable;
    assert!(trains(|_| {}));
    assert!(trains(|file| file["meta"]["origin"] = json!("practice")));
    assert!(!trains(|file| file["meta"]["seeded"] = json!(true)));
    assert!(!trains(|file| file["meta"]["complete"] = json!(false)));
    assert!(!trains(|file| file["meta"]["game_version"] = json!("v4")));
    assert!(!trains(
        |file| file["meta"]["proof"]["commitment"] = json!("file")
    ));
    // A hole counts also if the file claims to be complete.
    assert!(!trains(|file| file["prices"][3] = Value::Null));
    assert!(!trains(|file| file["prices"][7] = Value::Null));
    // A tick of the path in place of the missed one is as good.
    assert!(trains(|file| {
        file["meta"]["repaired_ticks"] = json!([3]);
        file["meta"]["proof"]["status"] = json!("repaired");
        file["arrivals"][3] = Value::Null;
    }));
    let record = read(EXAMPLE);
    assert!(record.game.trainable && record.path.trainable);
    assert!(record.ticks().iter().all(|row| row.trainable));
}

#[test]
fn repaired_ticks_are_from_the_seed_and_others_from_where_the_file_counts_them() {
    use TickSource::{Live, Missing, Partial, Seed, Unknown};
    let sources = |change: fn(&mut Value)| changed(change).sources;
    let repaired = sources(|file| {
        file["meta"]["repaired_ticks"] = json!([2]);
        file["arrivals"][2] = Value::Null;
    });
    assert_eq!(repaired[1..4], [Live, Seed, Live]);
    let partial = sources(|file| {
        file["meta"]["sources"] =
            json!({"live": 6, "partial": 2, "snapshot": 0, "history": 0, "seed": 0});
        file["arrivals"][2] = Value::Null;
        file["arrivals"][3] = Value::Null;
    });
    assert_eq!(partial[1..5], [Live, Partial, Partial, Live]);
    let unclear = sources(|file| {
        file["meta"]["sources"] =
            json!({"live": 6, "partial": 1, "snapshot": 1, "history": 0, "seed": 0});
        file["arrivals"][2] = Value::Null;
        file["arrivals"][3] = Value::Null;
        file["prices"][5] = Value::Null;
    });
    assert_eq!(unclear[1..6], [Live, Unknown, Unknown, Live, Missing]);
    // A file from before arrivals.
    assert!(read(OLD).sources.iter().all(|source| *source == Live));
    assert_eq!(
        read(OLD).path.arrival_ms,
        vec![None; read(OLD).path.prices.len()]
    );
}

/// Entry, exit and event: what a survival estimator needs.
#[test]
fn the_time_under_observation_begins_where_the_recorder_joined_and_ends_where_it_stopped() {
    let observed = |change: fn(&mut Value)| {
        let game = changed(change).game;
        (
            game.start_kind,
            game.entry_tick,
            game.exit_tick,
            game.event,
            game.rug_tick,
        )
    };
    let late = observed(|file| {
        file["meta"]["joined_at_tick"] = json!(3);
        file["meta"]["sources"] =
            json!({"live": 5, "partial": 0, "snapshot": 3, "history": 0, "seed": 0});
        for tick in 0..3 {
            file["arrivals"][tick] = Value::Null;
        }
    });
    assert_eq!(late, (StartKind::LateJoin, 3, 7, true, Some(7)));
    let stopped = |file: &mut Value| {
        file["meta"]["end_reason"] = json!("stopped");
        file["meta"]["end_time"] = Value::Null;
        file["meta"]["complete"] = json!(false);
    };
    let cut = changed(|file| {
        stopped(file);
        file["meta"]["server_seed"] = Value::Null;
        file["prices"] = json!(["1", "0.9799510872982831", "0.9777456387635755"]);
        file["arrivals"] = json!([0, 257, 512]);
    });
    let game = cut.game;
    assert_eq!(
        (game.entry_tick, game.exit_tick, game.event, game.rug_tick),
        (0, 2, false, None)
    );
    assert_eq!(game.rug_price, None);
    // The seed came later: the rug is known, but it was not observed.
    let revealed = changed(|file| {
        stopped(file);
        file["prices"][5] = json!("0.7391330782906848");
        file["meta"]["repaired_ticks"] = json!([3, 4, 5, 6]);
        file["prices"][7] = Value::Null;
        file["arrivals"] = json!([0, 257, 512, null, null, null, null, null]);
    });
    let game = revealed.game;
    assert_eq!(
        (game.exit_tick, game.event, game.rug_tick),
        (2, false, Some(7))
    );
    let history = observed(|file| {
        file["meta"]["end_reason"] = json!("history");
        file["meta"]["end_time"] = Value::Null;
        file["meta"]["joined_at_tick"] = Value::Null;
        file["meta"]["sources"] =
            json!({"live": 0, "partial": 0, "snapshot": 0, "history": 8, "seed": 0});
        file["arrivals"] = json!([null, null, null, null, null, null, null, null]);
    });
    assert_eq!(history, (StartKind::Estimate, 0, 7, true, Some(7)));
    // Only the rug was received.
    let over = observed(|file| {
        file["meta"]["joined_at_tick"] = Value::Null;
        file["meta"]["sources"] =
            json!({"live": 0, "partial": 0, "snapshot": 8, "history": 0, "seed": 0});
        file["arrivals"] = json!([null, null, null, null, null, null, null, null]);
    });
    assert_eq!(over, (StartKind::LateJoin, 7, 7, true, Some(7)));
}

#[test]
fn impossible_steps_are_counted_without_a_seed() {
    let count = |change: fn(&mut Value)| {
        let record = changed(|file| {
            file["meta"]["server_seed"] = Value::Null;
            change(file);
        });
        record.game.v3_violations
    };
    assert_eq!(count(|_| {}), Some(0));
    // 13 % up and down is neither a small nor a big move.
    assert_eq!(count(|file| file["prices"][4] = json!("1.09")), Some(2));
    assert_eq!(count(|file| file["prices"][0] = json!("1.001")), Some(1));
    // No step leads over a hole, and the rug is no step.
    assert_eq!(count(|file| file["prices"][3] = Value::Null), Some(0));
    assert_eq!(
        count(|file| file["meta"]["game_version"] = json!("v1")),
        None
    );
}

/// The digit test: a text that is not the shortest decimal of its double is counted, and its double is right.
#[test]
fn prices_with_more_digits_than_their_double_needs_are_counted() {
    let read = |text: &str| {
        let record = changed(|file| file["prices"][2] = json!(text));
        assert_eq!(record.path.prices[2], Some(text.parse().unwrap()), "{text}");
        (record.game.long_prices_n, record.game.proof_now)
    };
    assert_eq!(read("0.9777456387635755"), (0, ProofStatus::Proven));
    for longer in [
        "0.97774563876357550",
        "0.977745638763575500001",
        "0.9777456387635754",
    ] {
        assert_eq!(read(longer), (1, ProofStatus::Proven), "{longer}");
    }
    // Far more digits than an exact decimal of the program has.
    let exact = "0.977745638763575453111798196914605796337127685546875";
    assert_eq!(read(exact), (1, ProofStatus::Proven));
    assert_eq!(read("0.9777456387635753"), (0, ProofStatus::Mismatch));
    let rug = |text: &str| {
        let record = changed(|file| file["prices"][7] = json!(text));
        (record.game.rug_price, record.game.long_prices_n)
    };
    assert_eq!(
        rug("0.020000000000000018"),
        (Some(0.020_000_000_000_000_018), 0)
    );
    assert_eq!(
        rug("0.02000000000000001800"),
        (Some(0.020_000_000_000_000_018), 1)
    );
}
