//! Games with the id of another game: each keeps its own file.

use std::path::PathBuf;

use pianola::disk::RealDisk;
use pianola::fairness::{ProofStatus, seed_hash};
use pianola::game::{Game, GameEvent, PriceSource};
use pianola::recording::{GameFile, Origin, Recorder};

use super::{SEED, entry, files, id, only_file, publish, reveal, time, watched};
use crate::support::files::game_files;

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
            reveal(&mut recorder, entry(), &[]);
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
    reveal(&mut recorder, entry(), &[]);
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
