//! Each fault of the practice table through two processes: what the recording makes of it, and says of it.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/process.rs"]
mod process;

use pianola::fairness::{Mismatch, Status};
use pianola::game::EndReason;
use pianola::recording::GameFile;
use process::{Running, game_files, pianola, run, table};

const GAMES: usize = 3;

/// Records three games of a table with faults; returns the exit code and the files of those games.
fn record(faults: &[&str]) -> (Option<i32>, Vec<GameFile>) {
    let mut args = vec!["--seed", "5", "--speed", "100"];
    args.extend(faults.iter().flat_map(|fault| ["--fault", fault]));
    let (_table, url) = table(&args);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let games = GAMES.to_string();
    let recording =
        Running::start(pianola().args(["record", "--url", &url, "--out", out, "--games", &games]));
    let (code, lines) = recording.end();
    assert!(lines.len() >= GAMES, "{lines:?}");
    let mut files: Vec<GameFile> = game_files(folder.path())
        .iter()
        .map(|path| GameFile::parse(&std::fs::read(path).unwrap()).unwrap())
        .collect();
    files.sort_by_key(|file| file.meta.start_time);
    // The last one may be the game in which we stopped.
    files.truncate(GAMES);
    assert_eq!(files.len(), GAMES);
    let verify = run(&["verify", out]);
    let mismatch = files
        .iter()
        .any(|file| file.meta.proof.status == Status::Mismatch);
    assert_eq!(verify.status.code(), Some(i32::from(mismatch)));
    (code, files)
}

fn all(faults: &[&str], status: Status) -> Vec<GameFile> {
    let (code, files) = record(faults);
    assert_eq!(code, Some(0), "{faults:?}");
    for file in &files {
        let meta = &file.meta;
        assert!(meta.complete, "{faults:?}: {meta:?}");
        assert_eq!(meta.proof.status, status, "{faults:?}: {meta:?}");
        assert_eq!(
            meta.end_reason,
            Some(EndReason::Rug),
            "{faults:?}: {meta:?}"
        );
        // Both are read from the computer's clock: a short game can begin and end in one millisecond.
        assert!(meta.start_time <= meta.end_time, "{meta:?}");
    }
    files
}

#[test]
fn without_a_fault_nothing_is_odd() {
    for file in all(&[], Status::Proven) {
        assert!(file.meta.anomalies.is_empty(), "{:?}", file.meta.anomalies);
        assert_eq!(file.meta.sources.live, file.meta.duration_ticks);
    }
}

#[test]
fn a_reveal_that_comes_one_game_later_is_waited_for() {
    all(&["no-genesis"], Status::Proven);
}

#[test]
fn large_messages_that_are_overtaken_cost_nothing() {
    for fault in ["late-full", "countdown-first"] {
        for file in all(&[fault], Status::Proven) {
            assert!(
                file.meta.anomalies.is_empty(),
                "{fault}: {:?}",
                file.meta.anomalies
            );
        }
    }
    all(&["late-full", "no-genesis"], Status::Proven);
}

#[test]
fn lost_ticks_are_filled_from_the_window() {
    let files = all(&["drop"], Status::Proven);
    assert!(files.iter().any(|file| file.meta.sources.partial > 0));
    assert!(files.iter().all(|file| file.meta.repaired_ticks.is_empty()));
}

#[test]
fn a_hole_is_filled_from_the_history_and_without_that_healed_from_the_seed() {
    let files = all(&["hole"], Status::Proven);
    assert!(
        files.iter().any(|file| file.meta.sources.history == 4),
        "{files:?}"
    );
    let (code, files) = record(&["hole", "no-history-prices"]);
    assert_eq!(code, Some(0));
    let mut repaired = 0;
    for file in files {
        let meta = &file.meta;
        // Games of fewer ticks have no hole.
        let holed = meta.duration_ticks > 12;
        let expected = if holed {
            (Status::Repaired, 4)
        } else {
            (Status::Proven, 0)
        };
        assert_eq!(
            (meta.proof.status, meta.repaired_ticks.len()),
            expected,
            "{meta:?}"
        );
        assert!(meta.complete && meta.sources.seed as usize == meta.repaired_ticks.len());
        repaired += usize::from(holed);
    }
    assert!(repaired > 0);
}

#[test]
fn doubled_and_swapped_messages_change_no_price() {
    for file in all(&["double"], Status::Proven) {
        assert!(file.meta.anomalies.is_empty(), "{:?}", file.meta.anomalies);
    }
    all(&["swap"], Status::Proven);
    all(&["garbage"], Status::Proven);
}

#[test]
fn a_cut_connection_and_a_silence_cost_nothing() {
    // The back-off is real time, so at this speed the rest of the game may be over when we are back: then its history
    // entry has the rest.
    let (code, files) = record(&["cut"]);
    assert_eq!(code, Some(0));
    assert!(
        files.iter().any(|file| file.meta.reconnects > 0),
        "{files:?}"
    );
    for file in files {
        assert!(file.meta.complete, "{:?}", file.meta);
        assert_eq!(file.meta.proof.status, Status::Proven, "{:?}", file.meta);
    }
    all(&["silence"], Status::Proven);
}

#[test]
fn a_commitment_that_does_not_fit_the_seed_is_a_finding() {
    let (code, files) = record(&["bad-hash"]);
    assert_eq!(code, Some(1));
    for file in files {
        assert_eq!(file.meta.proof.status, Status::Mismatch);
        assert!(
            matches!(file.meta.proof.mismatch, Some(Mismatch::Hash { .. })),
            "{:?}",
            file.meta
        );
    }
}

#[test]
fn a_price_that_is_not_the_seeds_is_a_finding_with_its_tick() {
    let (code, files) = record(&["bad-price"]);
    assert_eq!(code, Some(1));
    for file in files.iter().filter(|file| file.meta.duration_ticks > 4) {
        let Some(Mismatch::Tick {
            tick,
            expected,
            seen,
        }) = &file.meta.proof.mismatch
        else {
            panic!("{:?}", file.meta.proof)
        };
        assert_eq!(file.prices[*tick as usize].unwrap().to_string(), *seen);
        assert_ne!(expected, seen);
    }
}

#[test]
fn a_seed_that_never_comes_is_said() {
    let (code, files) = record(&["no-reveal"]);
    assert_eq!(code, Some(0));
    for file in files {
        assert_eq!(file.meta.proof.status, Status::Unverifiable);
        assert_eq!(file.meta.proof.reason.as_deref(), Some("no seed yet"));
        assert!(file.meta.complete && file.meta.server_seed.is_none());
    }
}
