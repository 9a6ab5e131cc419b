//! The same game twice: restarts around its end, tables that repeat their ids, other sources in the same folder. What
//! is recorded stays recorded.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

#[path = "support/process.rs"]
mod process;

use std::path::{Path, PathBuf};

use pianola::disk::RealDisk;
use pianola::fairness::{CommitmentSource, Path as PricePath, ProofStatus, seed_hash};
use pianola::game::{Anomaly, EndReason, Game, GameEvent, PriceSource, Time};
use pianola::library::verify_path;
use pianola::protocol::{GameId, HistoryEntry, number};
use pianola::recording::{GameFile, Origin, Recorder};
use process::{game_files, run};

const SEED: &str = "3ebcc4cd5daa7e41cb996efb2c4b73f0235b8e385617c142f17eee9b685d9a7d";
const ID: &str = "20251215-1a211bfc7caf41d6";

fn id() -> GameId {
    GameId::new(ID).unwrap()
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn entry() -> HistoryEntry {
    HistoryEntry {
        id: id(),
        timestamp: Some(time("2025-12-15T01:18:02Z").timestamp_millis()),
        prices: None,
        peak: Some(number::parse("1").unwrap()),
        seed: Some(SEED.to_owned()),
        hash: Some(seed_hash(SEED)),
        version: Some("v3".to_owned()),
    }
}

/// The game as it was watched from a start on, with these ticks from these sources, up to the rug.
fn watched(start: &str, ticks: impl IntoIterator<Item = (u32, PriceSource)>) -> Game {
    let path = PricePath::draw(SEED, &id());
    let mut game = Game::new(id(), time(start));
    let (hash, version) = (Some(seed_hash(SEED)), Some("v3".to_owned()));
    game.apply(&GameEvent::Committed {
        game_id: id(),
        hash,
        version,
    });
    for (tick, source) in ticks {
        let drawn = path
            .prices()
            .get(tick as usize)
            .and_then(|price| number::shortest(*price));
        let price = drawn
            .or_else(|| number::parse("0.014782661565813707"))
            .unwrap();
        game.apply(&GameEvent::PriceTick {
            game_id: id(),
            tick,
            price,
            source,
            arrival: (source == PriceSource::Live).then_some(tick * 250),
        });
    }
    game.apply(&GameEvent::Rugged {
        game_id: id(),
        tick: 7,
        at: game.start,
    });
    game.apply(&GameEvent::GameEnded {
        game_id: id(),
        reason: EndReason::Rug,
    });
    game
}

/// One run of the recorder that publishes these games.
fn publish(folder: &Path, origin: Origin, games: Vec<Game>) {
    let (mut recorder, _open) = Recorder::open(RealDisk, folder.to_owned(), origin).unwrap();
    for game in games {
        recorder.take(GameEvent::GameComplete(Box::new(game)));
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
}

fn only_file(folder: &Path) -> GameFile {
    let files = game_files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    GameFile::parse(&std::fs::read(&files[0]).unwrap()).unwrap()
}

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
fn what_is_decided_is_never_written_anew() {
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
    assert!(open.is_empty(), "nobody will tell it how that game went on");
    assert_eq!(only_file(folder.path()).meta.origin, Origin::Practice);

    // The late reveal of a game of another origin leaves its origin, too.
    let (mut recorder, _open) =
        Recorder::open(RealDisk, folder.path().to_owned(), Origin::Live).unwrap();
    let at = time("2025-12-15T01:20:00Z");
    recorder.take(GameEvent::Revealed {
        listed: Vec::new(),
        entry: Box::new(entry()),
        at,
    });
    recorder.finish();
    let meta = only_file(folder.path()).meta;
    assert_eq!(
        (meta.origin, meta.server_seed.as_deref()),
        (Origin::Practice, Some(SEED))
    );
}

/// A folder with a game from before the one of these tests, and a recorder on it.
fn with_an_older_game() -> (tempfile::TempDir, Recorder<RealDisk>) {
    let folder = tempfile::tempdir().unwrap();
    let mut newest = watched("2025-12-15T01:00:00Z", [(0, PriceSource::Live)]);
    newest.id = GameId::new("20251215-0000000000000000").unwrap();
    publish(folder.path(), Origin::Live, vec![newest]);
    let (recorder, _open) =
        Recorder::open(RealDisk, folder.path().to_owned(), Origin::Live).unwrap();
    (folder, recorder)
}

#[test]
fn a_list_with_a_time_to_come_stores_nothing() {
    let stored = |closed: &str| {
        let (folder, mut recorder) = with_an_older_game();
        let timestamp = Some(
            closed
                .parse()
                .unwrap_or_else(|_| time(closed).timestamp_millis()),
        );
        let entry = Box::new(HistoryEntry {
            timestamp,
            ..entry()
        });
        recorder.take(GameEvent::Revealed {
            listed: Vec::new(),
            entry,
            at: time("2025-12-15T01:20:00Z"),
        });
        recorder.finish();
        game_files(folder.path()).len() - 1
    };
    assert_eq!(stored("2025-12-15T01:18:02Z"), 1);
    assert_eq!(
        stored("2025-12-15T01:28:00Z"),
        1,
        "clocks may be some minutes apart"
    );
    for closed in [
        "2029-12-31T00:00:00Z",
        "1000000000000000",
        "9223372036854775807",
        "-1",
    ] {
        assert_eq!(stored(closed), 0, "{closed}");
    }
}

#[test]
fn a_missed_game_is_known_by_its_place_in_the_list_whatever_the_clock_of_the_server_says() {
    let stored = |closed: &str, listed: &[&str]| {
        let (folder, mut recorder) = with_an_older_game();
        let entry = Box::new(HistoryEntry {
            timestamp: Some(time(closed).timestamp_millis()),
            ..entry()
        });
        recorder.take(GameEvent::Revealed {
            entry,
            listed: listed.iter().filter_map(|id| GameId::new(id)).collect(),
            at: time("2025-12-15T01:20:00Z"),
        });
        recorder.finish();
        let files = game_files(folder.path());
        let start = |path: &PathBuf| {
            let file = GameFile::parse(&std::fs::read(path).unwrap()).unwrap();
            file.meta.start_time.unwrap()
        };
        let newest = files.iter().map(start).max().unwrap();
        assert!(newest <= time("2025-12-15T01:20:00Z"), "{newest}");
        files.len() - 1
    };
    let (old, own) = ("20251215-0000000000000000", "20251215-1a211bfc7caf41d6");
    let other = "20251215-2222222222222222";
    for closed in ["2000-01-01T00:00:00Z", "2031-01-01T00:00:00Z"] {
        assert_eq!(stored(closed, &[other, own, old]), 1, "{closed}");
        assert_eq!(
            stored(closed, &[old, own]),
            0,
            "{closed}: it is the older one"
        );
        assert_eq!(
            stored(closed, &[other, own]),
            0,
            "{closed}: nothing shows its place"
        );
    }
}

#[test]
fn a_listed_game_of_which_no_tick_is_known_leaves_no_file() {
    let (folder, mut recorder) = with_an_older_game();
    let entry = Box::new(HistoryEntry {
        version: Some("v4".to_owned()),
        ..entry()
    });
    recorder.take(GameEvent::Revealed {
        listed: Vec::new(),
        entry,
        at: time("2025-12-15T01:20:00Z"),
    });
    recorder.finish();
    assert_eq!(game_files(folder.path()).len(), 1);
}

#[test]
fn a_game_read_from_its_file_and_told_again_has_the_same_sources() {
    let ticks = (0..3)
        .map(|tick| (tick, PriceSource::Snapshot))
        .chain([(3, PriceSource::Live), (4, PriceSource::Partial)]);
    let game = watched(
        "2025-12-15T01:18:00Z",
        ticks.chain([(6, PriceSource::Live), (7, PriceSource::Live)]),
    );
    let file = GameFile::new(&game, Origin::Url);
    let read = file.clone().into_game();
    let mut told = Game::new(id(), read.start);
    for fact in read.facts() {
        told.apply(&fact);
    }
    let again = GameFile::new(&told, Origin::Url).meta;
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
fn a_game_that_was_listed_before_it_was_watched_is_filed_as_it_was_watched() {
    let whole = || {
        watched(
            "2025-12-15T01:18:30Z",
            (0..=7).map(|tick| (tick, PriceSource::Live)),
        )
    };
    let list = |recorder: &mut Recorder<RealDisk>| {
        let at = time("2025-12-15T01:18:20Z");
        let entry = Box::new(entry());
        recorder.take(GameEvent::Revealed {
            entry,
            listed: Vec::new(),
            at,
        });
        recorder.finish();
    };
    let filed = |folder: &Path| {
        let files = game_files(folder).into_iter();
        let files = files.map(|path| GameFile::parse(&std::fs::read(path).unwrap()).unwrap());
        let mut files = files.filter(|file| file.meta.game_id == id());
        let file = files.next().unwrap();
        assert!(files.next().is_none());
        file.meta
    };
    for crash in [false, true] {
        let (folder, mut recorder) = with_an_older_game();
        list(&mut recorder);
        assert_eq!(filed(folder.path()).end_reason, Some(EndReason::History));
        for fact in whole().facts() {
            recorder.take(fact);
        }
        let mut game = whole();
        if crash {
            recorder.write();
            drop(recorder); // As a kill does: nothing is finished.
            let root = folder.path().to_owned();
            let (again, mut open) = Recorder::open(RealDisk, root, Origin::Live).unwrap();
            (recorder, game) = (again, open.remove(0));
        }
        game.reveal(&entry());
        recorder.take(GameEvent::GameComplete(Box::new(game)));
        recorder.finish();
        let meta = filed(folder.path());
        assert_eq!((meta.sources.live, meta.complete), (8, true));
        assert_eq!(meta.end_reason, Some(EndReason::Rug));
        assert_eq!(meta.proof.reason.as_deref(), Some("no commitment seen"));
        assert_eq!(meta.proof.commitment, CommitmentSource::File);
        // Once watched it is decided.
        list(&mut recorder);
        assert_eq!(filed(folder.path()), meta);
    }
}

/// The files of a folder, oldest hash first: hash, ticks that are known, whether the id was reused.
fn files(folder: &Path) -> Vec<(String, usize, bool)> {
    let read = |path: &PathBuf| GameFile::parse(&std::fs::read(path).unwrap()).unwrap();
    let of = |file: GameFile| {
        let known = file.prices.iter().flatten().count();
        let reused = file.meta.anomalies.get(&Anomaly::IdReused) == Some(&1);
        (
            file.meta.server_seed_hash.unwrap_or_default(),
            known,
            reused,
        )
    };
    let mut files: Vec<_> = game_files(folder).iter().map(read).map(of).collect();
    files.sort_by_key(|(hash, ..)| *hash != seed_hash(SEED));
    files
}

/// Another game with the id of these tests: two ticks and a rug.
fn impostor(start: &str) -> Game {
    let mut game = Game::new(id(), time(start));
    for fact in watched(
        start,
        [
            (0, PriceSource::Live),
            (1, PriceSource::Live),
            (7, PriceSource::Live),
        ],
    )
    .facts()
    {
        let fact = match fact {
            GameEvent::Committed {
                game_id, version, ..
            } => GameEvent::Committed {
                game_id,
                hash: Some("another hash".to_owned()),
                version,
            },
            fact => fact,
        };
        game.apply(&fact);
    }
    game
}

#[test]
fn a_known_id_with_another_hash_gets_a_file_of_its_own_and_neither_loses_anything() {
    let real = || {
        watched(
            "2025-12-15T01:18:00Z",
            (0..=7).map(|tick| (tick, PriceSource::Live)),
        )
    };
    let sealed = || {
        let mut game = real();
        game.reveal(&entry());
        game
    };
    let expected = [
        (seed_hash(SEED), 8, false),
        ("another hash".to_owned(), 3, true),
    ];
    // With its seed or without, in one run or in two, in the same second, on another day.
    for first in [real(), sealed()] {
        for start in [
            "2025-12-15T01:18:00.500Z",
            "2025-12-15T02:00:00Z",
            "2025-12-16T02:00:00Z",
        ] {
            let one = tempfile::tempdir().unwrap();
            publish(
                one.path(),
                Origin::Url,
                vec![first.clone(), impostor(start)],
            );
            let two = tempfile::tempdir().unwrap();
            publish(two.path(), Origin::Url, vec![first.clone()]);
            publish(two.path(), Origin::Url, vec![impostor(start)]);
            for folder in [one.path(), two.path()] {
                assert_eq!(files(folder), expected, "{start}");
                let name =
                    |path: &PathBuf| path.to_string_lossy().ends_with("_1a211bfc-2.game.json");
                assert_eq!(
                    game_files(folder).iter().filter(|path| name(path)).count(),
                    1
                );
                // Both are found again, each by its hash: nothing is written twice.
                publish(folder, Origin::Url, vec![impostor(start), sealed()]);
                assert_eq!(files(folder), expected, "{start}");
            }
        }
    }
}

#[test]
fn two_watches_of_a_reused_id_are_merged_with_their_own_game_only() {
    let folder = tempfile::tempdir().unwrap();
    let some = |ticks: &[u32]| {
        ticks
            .iter()
            .map(|tick| (*tick, PriceSource::Live))
            .collect::<Vec<_>>()
    };
    publish(
        folder.path(),
        Origin::Url,
        vec![watched("2025-12-15T01:18:00Z", some(&[0, 7]))],
    );
    publish(
        folder.path(),
        Origin::Url,
        vec![impostor("2025-12-15T01:19:00Z")],
    );
    publish(
        folder.path(),
        Origin::Url,
        vec![watched("2025-12-15T01:18:01Z", some(&[3, 4]))],
    );
    assert_eq!(
        files(folder.path()),
        [
            (seed_hash(SEED), 4, false),
            ("another hash".to_owned(), 3, true),
        ]
    );
}

#[test]
fn the_reveal_goes_to_the_file_whose_hash_it_has() {
    let whole = || {
        watched(
            "2025-12-15T01:18:00Z",
            (0..=7).map(|tick| (tick, PriceSource::Live)),
        )
    };
    for games in [
        vec![whole(), impostor("2025-12-15T01:19:00Z")],
        vec![impostor("2025-12-15T01:17:00Z"), whole()],
    ] {
        let folder = tempfile::tempdir().unwrap();
        publish(folder.path(), Origin::Url, games);
        let (mut recorder, _open) =
            Recorder::open(RealDisk, folder.path().to_owned(), Origin::Url).unwrap();
        for _again in 0..2 {
            let at = time("2025-12-15T01:20:00Z");
            recorder.take(GameEvent::Revealed {
                listed: Vec::new(),
                entry: Box::new(entry()),
                at,
            });
        }
        recorder.finish();
        let mut proofs = Vec::new();
        for path in game_files(folder.path()) {
            let meta = GameFile::parse(&std::fs::read(path).unwrap()).unwrap().meta;
            proofs.push((meta.server_seed.is_some(), meta.proof.status));
        }
        proofs.sort_by_key(|(sealed, _)| !sealed);
        assert_eq!(
            proofs,
            [
                (true, ProofStatus::Proven),
                (false, ProofStatus::Unverifiable)
            ]
        );
    }
    // One file alone: a reveal with another hash is a finding about it.
    let folder = tempfile::tempdir().unwrap();
    publish(
        folder.path(),
        Origin::Url,
        vec![impostor("2025-12-15T01:19:00Z")],
    );
    let (mut recorder, _open) =
        Recorder::open(RealDisk, folder.path().to_owned(), Origin::Url).unwrap();
    let at = time("2025-12-15T01:20:00Z");
    recorder.take(GameEvent::Revealed {
        listed: Vec::new(),
        entry: Box::new(entry()),
        at,
    });
    recorder.finish();
    assert_eq!(
        only_file(folder.path()).meta.proof.status,
        ProofStatus::Mismatch
    );
}

#[test]
fn a_kill_between_two_games_of_one_id_costs_neither() {
    // The first one over and not yet published, the second one running: both are in journals.
    let running = |mut game: Game| {
        (game.end, game.rug_tick, game.end_reason) = (None, None, None);
        game
    };
    let first = watched(
        "2025-12-15T01:18:00Z",
        (0..=7).map(|tick| (tick, PriceSource::Live)),
    );
    let second = running(impostor("2025-12-15T01:19:00Z"));
    for published in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let (mut recorder, _open) = Recorder::open(RealDisk, root.clone(), Origin::Url).unwrap();
        for fact in first.facts() {
            recorder.take(fact);
        }
        if published {
            recorder.take(GameEvent::GameComplete(Box::new(first.clone())));
        }
        for fact in second.facts() {
            recorder.take(fact);
        }
        recorder.write();
        recorder.clock(std::time::Duration::from_secs(2));
        assert_eq!(recorder.trouble(), None);
        drop(recorder); // As a kill does: nothing is finished.
        let (mut recorder, open) = Recorder::open(RealDisk, root, Origin::Url).unwrap();
        let ids: Vec<_> = open.iter().map(|game| game.hash()).collect();
        assert_eq!(
            ids,
            [Some("another hash")],
            "only the later one may still run"
        );
        for game in open {
            recorder.take(GameEvent::GameComplete(Box::new(game)));
        }
        recorder.finish();
        // (What is known of the second one's last tick is a tick like any other.)
        let found = files(folder.path());
        assert_eq!(found.len(), 2, "published: {published}");
        assert_eq!(found[0], (seed_hash(SEED), 8, false));
        assert_eq!((found[1].1, found[1].2), (3, true));
        let journals = std::fs::read_dir(folder.path().join(".journal")).unwrap();
        let left = journals.filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().ends_with(".journal")
        });
        assert_eq!(left.count(), 0);
    }
}

#[test]
fn a_first_watch_that_was_told_the_seed_takes_no_later_hash_for_a_commitment() {
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
