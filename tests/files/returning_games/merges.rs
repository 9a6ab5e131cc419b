//! Several watches of one game: what each of them knows comes together in one file.

use std::path::Path;

use pianola::disk::RealDisk;
use pianola::fairness::{ProofStatus, seed_hash};
use pianola::game::{Anomaly, EndReason, Game, GameEvent, PriceSource};
use pianola::library::verify_path;
use pianola::protocol::{HistoryEntry, number};
use pianola::recording::{GameFile, Origin, Recorder};

use super::{ID, SEED, entry, id, only_file, publish, reveal, time, watched};
use crate::support::files::game_files;
use crate::support::process::run;

#[test]
fn a_restart_between_the_rug_and_the_reveal_keeps_the_first_watch_and_takes_the_proof() {
    let folder = tempfile::tempdir().unwrap();
    let whole = (0..=7).map(|tick| (tick, PriceSource::Live));
    publish(
        folder.path(),
        Origin::Url,
        vec![watched("2025-12-15T01:18:00.218Z", whole)],
    );
    let late = (0..7)
        .map(|tick| (tick, PriceSource::Snapshot))
        .chain([(7, PriceSource::Live)]);
    let mut late = watched("2025-12-15T01:18:03Z", late);
    late.reveal(&entry());
    publish(folder.path(), Origin::Url, vec![late]);
    let meta = only_file(folder.path()).meta;
    assert_eq!(meta.proof.status, ProofStatus::Proven);
    assert_eq!((meta.sources.live, meta.joined_at_tick), (8, Some(0)));
    assert_eq!(meta.start_time, Some(time("2025-12-15T01:18:00.218Z")));
    assert_eq!(meta.end_time, Some(time("2025-12-15T01:18:00.218Z")));
    assert_eq!(
        (meta.reconnects, meta.end_reason),
        (1, Some(EndReason::Rug))
    );
}

#[test]
fn two_watches_of_one_game_fill_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let first = watched(
        "2025-12-15T01:18:00Z",
        [
            (0, PriceSource::Live),
            (1, PriceSource::Live),
            (7, PriceSource::Live),
        ],
    );
    let second = watched(
        "2025-12-15T01:18:01Z",
        (2..=5).map(|tick| (tick, PriceSource::Live)),
    );
    publish(folder.path(), Origin::Url, vec![first]);
    publish(folder.path(), Origin::Url, vec![second]);
    let file = only_file(folder.path());
    assert_eq!(file.meta.sources.live, 7);
    assert_eq!(file.prices.iter().position(Option::is_none), Some(6));
    // Those of the second watch count from the start of the first one, too.
    let arrivals = [0, 250, 1_500, 1_750, 2_000, 2_250].map(Some);
    assert_eq!(file.arrivals[..6], arrivals);
    assert_eq!(file.arrivals[6..], [None, Some(1_750)]);
    assert!(!file.meta.peak_exact);
    assert!(!file.meta.complete);
}

#[test]
fn a_revealed_game_is_never_written_again() {
    let all = || (0..=7).map(|tick| (tick, PriceSource::Live));
    let mut proven = watched("2025-12-15T01:18:00Z", all());
    proven.reveal(&entry());
    let mut wrong = watched("2025-12-15T02:00:00Z", all());
    let (game_id, price) = (id(), number::parse("3").unwrap());
    wrong.prices = Game::new(id(), wrong.start).prices;
    wrong.apply(&GameEvent::PriceTick {
        game_id,
        tick: 3,
        price,
        source: PriceSource::Live,
        arrival: None,
    });
    wrong.reveal(&entry());
    assert_eq!(
        (proven.proof.status, wrong.proof.status),
        (ProofStatus::Proven, ProofStatus::Mismatch)
    );
    for (first, then) in [(&proven, &wrong), (&wrong, &proven)] {
        let folder = tempfile::tempdir().unwrap();
        publish(folder.path(), Origin::Url, vec![first.clone()]);
        let before = only_file(folder.path());
        publish(folder.path(), Origin::Url, vec![then.clone()]);
        assert_eq!(only_file(folder.path()), before);
    }
}

#[test]
fn the_same_seed_of_the_table_twice_is_the_same_files_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let args = [
        "record",
        "--practice",
        "--seed",
        "7",
        "--speed",
        "500",
        "--games",
        "2",
        "--out",
        out,
    ];
    assert_eq!(run(&args).status.code(), Some(0));
    // Not even written again: what a newer program added to it would be lost.
    let read = || -> Vec<_> {
        let files = game_files(folder.path()).into_iter();
        let written = |path: &Path| std::fs::metadata(path).unwrap().modified().unwrap();
        files
            .map(|path| (std::fs::read(&path).unwrap(), written(&path), path))
            .take(2)
            .collect()
    };
    let before = read();
    assert_eq!(run(&args).status.code(), Some(0));
    assert_eq!(read(), before);
}

#[test]
fn a_game_in_the_journal_keeps_its_origin_when_the_next_run_watches_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let (mut recorder, _open) = Recorder::open(RealDisk, root.clone(), Origin::Practice).unwrap();
    for fact in watched("2025-12-15T01:18:00Z", [(0, PriceSource::Live)]).facts() {
        recorder.take(fact);
    }
    recorder.write();
    drop(recorder); // As a kill does: nothing is finished.
    let (_recorder, open) = Recorder::open(RealDisk, root, Origin::Live).unwrap();
    assert!(open.is_empty(), "that game does not continue here");
    assert_eq!(only_file(folder.path()).meta.origin, Origin::Practice);

    // The late reveal of a game of another origin leaves its origin, too.
    let (mut recorder, _open) =
        Recorder::open(RealDisk, folder.path().to_owned(), Origin::Live).unwrap();
    reveal(&mut recorder, entry(), &[]);
    recorder.finish();
    let meta = only_file(folder.path()).meta;
    assert_eq!(
        (meta.origin, meta.server_seed.as_deref()),
        (Origin::Practice, Some(SEED))
    );
}

#[test]
fn a_game_read_from_its_file_and_applied_again_has_the_same_sources() {
    let ticks = (0..3)
        .map(|tick| (tick, PriceSource::Snapshot))
        .chain([(3, PriceSource::Live), (4, PriceSource::Partial)]);
    let game = watched(
        "2025-12-15T01:18:00Z",
        ticks.chain([(6, PriceSource::Live), (7, PriceSource::Live)]),
    );
    let file = GameFile::new(&game, Origin::Url);
    let read = file.clone().into_game();
    let mut replayed = Game::new(id(), read.start);
    for fact in read.facts() {
        replayed.apply(&fact);
    }
    let again = GameFile::new(&replayed, Origin::Url).meta;
    assert_eq!(
        (again.sources, again.joined_at_tick),
        (file.meta.sources, Some(3))
    );
}

#[test]
fn absurd_counts_in_a_file_do_not_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut game = watched("2025-12-15T01:18:00Z", [(0, PriceSource::Live)]);
    (game.end, game.end_reason, game.rug_tick) = (None, Some(EndReason::Stopped), None);
    game.reconnects = u32::MAX;
    game.anomalies.insert(Anomaly::TickJump, u32::MAX);
    publish(folder.path(), Origin::Url, vec![game]);
    let (_recorder, open) =
        Recorder::open(RealDisk, folder.path().to_owned(), Origin::Url).unwrap();
    assert_eq!(open[0].reconnects, u32::MAX);
    // Counts that the prices deny: nothing underflows when the length changes.
    let path = game_files(folder.path()).remove(0);
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("\"repaired_ticks\": []", "\"repaired_ticks\": [0]");
    let mut game = GameFile::parse(text.as_bytes()).unwrap().into_game();
    game.prices.set_length(0);
    assert_eq!(game.prices.counts().seed, 0);
}

#[test]
fn a_recorded_finding_stays_one_when_the_file_alone_would_prove() {
    let folder = tempfile::tempdir().unwrap();
    let mut game = watched(
        "2025-12-15T01:18:00Z",
        (0..=7).map(|tick| (tick, PriceSource::Live)),
    );
    game.reveal(&HistoryEntry {
        peak: Some(number::parse("1.5").unwrap()),
        ..entry()
    });
    assert_eq!(game.proof.status, ProofStatus::Mismatch);
    publish(folder.path(), Origin::Url, vec![game]);
    let mut statuses = Vec::new();
    verify_path(folder.path(), &mut |verdict| {
        statuses.push(verdict.result.unwrap().proof.status);
    });
    assert_eq!(statuses, [ProofStatus::Mismatch]);
}

#[test]
#[cfg(unix)]
fn links_that_go_in_circles_do_not_hold_verify_up() {
    let folder = tempfile::tempdir().unwrap();
    publish(
        folder.path(),
        Origin::Url,
        vec![watched("2025-12-15T01:18:00Z", [(0, PriceSource::Live)])],
    );
    std::os::unix::fs::symlink(".", folder.path().join("circle")).unwrap();
    let mut seen = 0;
    verify_path(folder.path(), &mut |_| seen += 1);
    assert_eq!(seen, 1);
}

#[test]
fn one_line_that_is_no_text_costs_that_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.jsonl");
    let row = format!(
        r#"{{"id":"{ID}","gameVersion":"v3","serverSeed":"{SEED}","serverSeedHash":"{}"}}"#,
        seed_hash(SEED)
    );
    std::fs::write(
        &path,
        [row.as_bytes(), b"\n\xff\xfe\n", row.as_bytes()].concat(),
    )
    .unwrap();
    let mut results = Vec::new();
    verify_path(&path, &mut |verdict| results.push(verdict.result.is_ok()));
    assert_eq!(results, [true, false, true]);
}

#[test]
fn a_first_watch_that_knew_the_seed_takes_no_later_hash_for_a_commitment() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Game::new(id(), time("2025-12-15T01:18:00Z"));
    let (game_id, seed) = (id(), SEED.to_owned());
    first.apply(&GameEvent::SeedSeen {
        game_id,
        seed,
        hash: None,
        version: None,
    });
    for fact in watched("2025-12-15T01:18:00Z", [(0, PriceSource::Live)]).facts() {
        if !matches!(fact, GameEvent::Rugged { .. }) {
            first.apply(&fact);
        }
    }
    first.anomalies.insert(Anomaly::EarlyReveal, 1);
    first.end_reason = Some(EndReason::Stopped);
    publish(folder.path(), Origin::Url, vec![first]);
    let mut second = watched(
        "2025-12-15T01:18:01Z",
        (1..=7).map(|tick| (tick, PriceSource::Live)),
    );
    second.reveal(&entry());
    assert_eq!(second.proof.status, ProofStatus::Repaired);
    publish(folder.path(), Origin::Url, vec![second]);
    let meta = only_file(folder.path()).meta;
    assert_eq!(meta.proof.reason.as_deref(), Some("no commitment seen"));
    assert_eq!(meta.anomalies[&Anomaly::EarlyReveal], 1);
}
