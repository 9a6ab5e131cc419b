//! Each fault of the practice table through two processes: what the recording makes of it, and what it reports.

use std::time::{Duration, Instant};

use pianola::disk::{Disk as _, RealDisk};
use pianola::fairness::{Mismatch, ProofStatus};
use pianola::game::{Anomaly, EndReason};
use pianola::recording::GameFile;
use serde_json::{Value, json};

use crate::support::files::game_files;
use crate::support::process::{Running, pianola, run, signal, table, until};

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
        // A game that passed while the connection was away is known from the list alone.
        .filter(|file| file.meta.joined_at_tick.is_some())
        .collect();
    files.sort_by_key(|file| file.meta.start_time);
    // The last one may be the game in which we stopped.
    files.truncate(GAMES);
    assert_eq!(files.len(), GAMES);
    let verify = run(&["verify", out]);
    let mismatch = files
        .iter()
        .any(|file| file.meta.proof.status == ProofStatus::Mismatch);
    assert_eq!(verify.status.code(), Some(i32::from(mismatch)));
    (code, files)
}

fn all(faults: &[&str], status: ProofStatus) -> Vec<GameFile> {
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
    for file in all(&[], ProofStatus::Proven) {
        assert!(file.meta.anomalies.is_empty(), "{:?}", file.meta.anomalies);
        assert_eq!(file.meta.sources.live, file.meta.duration_ticks);
    }
}

#[test]
fn a_reveal_that_comes_one_game_later_is_waited_for() {
    all(&["no-genesis"], ProofStatus::Proven);
}

#[test]
fn large_messages_that_are_overtaken_cost_nothing() {
    for fault in ["late-full", "countdown-first"] {
        for file in all(&[fault], ProofStatus::Proven) {
            assert!(
                file.meta.anomalies.is_empty(),
                "{fault}: {:?}",
                file.meta.anomalies
            );
        }
    }
    all(&["late-full", "no-genesis"], ProofStatus::Proven);
}

#[test]
fn lost_ticks_are_filled_from_the_window() {
    let files = all(&["drop"], ProofStatus::Proven);
    assert!(files.iter().any(|file| file.meta.sources.partial > 0));
    assert!(files.iter().all(|file| file.meta.repaired_ticks.is_empty()));
}

#[test]
fn a_hole_is_filled_from_the_history_and_without_that_healed_from_the_seed() {
    let files = all(&["hole"], ProofStatus::Proven);
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
            (ProofStatus::Repaired, 4)
        } else {
            (ProofStatus::Proven, 0)
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
    for file in all(&["double"], ProofStatus::Proven) {
        assert!(file.meta.anomalies.is_empty(), "{:?}", file.meta.anomalies);
    }
    all(&["swap"], ProofStatus::Proven);
    all(&["garbage"], ProofStatus::Proven);
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
        assert_eq!(
            file.meta.proof.status,
            ProofStatus::Proven,
            "{:?}",
            file.meta
        );
    }
    all(&["silence"], ProofStatus::Proven);
}

#[test]
fn a_commitment_that_does_not_fit_the_seed_is_a_finding() {
    let (code, files) = record(&["bad-hash"]);
    assert_eq!(code, Some(1));
    for file in files {
        assert_eq!(file.meta.proof.status, ProofStatus::Mismatch);
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
        assert_eq!(file.meta.proof.status, ProofStatus::Unverifiable);
        assert_eq!(file.meta.proof.reason.as_deref(), Some("no seed yet"));
        assert!(file.meta.complete && file.meta.server_seed.is_none());
    }
}

/// A made-up capture: one game whose ticks come at irregular times. Returns its text and those times, in milliseconds.
fn irregular_capture() -> (String, Vec<u64>) {
    let line = |ts: u64, data: Value| {
        let line =
            json!({ "ts": 1_765_761_480_000 + ts, "event": "gameStateUpdate", "data": data });
        format!("{line}\n")
    };
    let mut text = line(
        0,
        json!({ "gameId": "g-1", "cooldownTimer": 100, "allowPreRoundBuys": true }),
    );
    let (mut ts, mut random, mut times) = (100, 7_u64, Vec::new());
    for tick in 0..=IRREGULAR_TICKS {
        let (rugged, price) = (tick == IRREGULAR_TICKS, if tick == 0 { 1.0 } else { 1.5 });
        text += &line(
            ts,
            json!({ "gameId": "g-1", "active": true, "rugged": rugged, "tickCount": tick, "price": price }),
        );
        times.push(ts);
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ts += if tick % 100 == 50 {
            700
        } else {
            (random >> 33) % 50
        };
    }
    (text, times)
}

const IRREGULAR_TICKS: u64 = 300;

/// Wakes at these times and returns by how many milliseconds it was late at 99 of 100 of them: what this machine does to
/// any program that waits.
fn lateness_of_this_machine(times: &[u64]) -> u64 {
    let start = Instant::now();
    let mut late: Vec<_> = times
        .iter()
        .map(|at| {
            let due = start + Duration::from_millis(*at);
            while let Some(rest) = due
                .checked_duration_since(Instant::now())
                .filter(|rest| !rest.is_zero())
            {
                std::thread::park_timeout(rest);
            }
            u64::try_from(due.elapsed().as_millis()).unwrap()
        })
        .collect();
    late.sort_unstable();
    late[late.len() * 99 / 100]
}

/// Through two processes: the table's pace, the socket, the feed, the recorder. A machine under load delays each of the
/// four wake-ups on that way, so its own lateness, measured beside it, is allowed for, and it has several tries: a recorder
/// that measures at another place is wrong in each of them.
#[test]
fn a_capture_played_at_speed_1_has_the_arrivals_of_its_own_times() {
    let mut tries = Vec::new();
    for _ in 0..5 {
        let (apart, machine) = arrivals_apart();
        tries.push((apart, machine));
        if apart <= 5 + 4 * machine {
            break;
        }
    }
    eprintln!("99 % of the arrivals within, this machine (ms): {tries:?}");
    let (apart, machine) = tries[tries.len() - 1];
    assert!(apart <= 5 + 4 * machine, "{tries:?}");
}

/// Records a capture that is played at speed 1; returns within how many milliseconds 99 % of its arrivals are those of
/// the capture, and how late this machine was meanwhile.
fn arrivals_apart() -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let (text, times) = irregular_capture();
    let capture = folder.path().join("irregular.jsonl");
    RealDisk.write(&capture, text.as_bytes()).unwrap();
    let (_table, url) = table(&["--capture", capture.to_str().unwrap(), "--speed", "1"]);
    let out = folder.path().join("out");
    let args = ["record", "--url", &url, "--out", out.to_str().unwrap()];
    let mut recording = Running::start(pianola().args(args));
    let machine = lateness_of_this_machine(&times);
    // No seed is ever revealed, so the recording would wait for it.
    let line = recording.line();
    recording.interrupt();
    let (code, _rest) = recording.end();
    assert_eq!((code, line.is_some()), (Some(0), true));
    let file = GameFile::parse(&std::fs::read(&game_files(&out)[0]).unwrap()).unwrap();
    assert_eq!((file.meta.speed, file.meta.seeded), (Some(1.into()), false));
    assert_eq!(file.arrivals.len(), times.len());
    // The first tick may have been late itself: what counts is how the ticks lie to each other.
    let mut apart: Vec<_> = times
        .iter()
        .zip(&file.arrivals)
        .map(|(ts, arrival)| i64::from(arrival.unwrap()) - i64::try_from(ts - times[0]).unwrap())
        .collect();
    apart.sort_unstable();
    let middle = apart[apart.len() / 2];
    let mut apart: Vec<_> = apart
        .iter()
        .map(|apart| (apart - middle).unsigned_abs())
        .collect();
    apart.sort_unstable();
    (apart[apart.len() * 99 / 100], machine)
}

/// The table is seeded and fast, which its `--url` says; the recording process is stopped for longer than a silent
/// connection may last.
#[cfg(unix)]
#[test]
fn after_a_pause_of_the_process_the_late_ticks_are_recorded_and_said() {
    const PAUSE: Duration = Duration::from_secs(9);
    let folder = tempfile::tempdir().unwrap();
    let (_table, url) = table(&["--seed", "7", "--speed", "2"]);
    let (out, log) = (folder.path().join("out"), folder.path().join("log"));
    let args = [
        "record",
        "--url",
        &url,
        "--out",
        out.to_str().unwrap(),
        "--games",
        "1",
    ];
    let stderr = std::fs::File::create(&log).unwrap();
    let recording = Running::start(
        pianola()
            .args(args)
            .env("PIANOLA_LOG", "warn")
            .stderr(stderr),
    );
    until("tick 20", || {
        let journals = std::fs::read_dir(out.join(".journal")).ok()?;
        let mut texts =
            journals.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
        texts
            .any(|text| text.contains("\"tick\":20,"))
            .then_some(())
    });
    signal(&recording.child, "-STOP");
    let stopped = Instant::now();
    until("the end of the pause", || {
        (stopped.elapsed() >= PAUSE).then_some(())
    });
    signal(&recording.child, "-CONT");
    let (code, _lines) = recording.end();
    assert_eq!(code, Some(0));
    let file = GameFile::parse(&std::fs::read(&game_files(&out)[0]).unwrap()).unwrap();
    let meta = &file.meta;
    assert_eq!((meta.speed, meta.seeded), (Some(2.into()), true));
    assert_eq!(meta.proof.status, ProofStatus::Proven, "{meta:?}");
    assert_eq!((meta.reconnects, meta.sources.live), (0, 160), "{meta:?}");
    assert_eq!(
        Vec::from_iter(&meta.anomalies),
        [(&Anomaly::LateArrival, &1)]
    );
    let arrivals: Vec<_> = file.arrivals.iter().flatten().collect();
    assert!(arrivals.is_sorted(), "{arrivals:?}");
    let gap = arrivals.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert!(gap >= Some(8_000), "{arrivals:?}");
    let log = std::fs::read_to_string(&log).unwrap();
    assert_eq!(log.matches("late_arrival").count(), 1, "{log}");
}
