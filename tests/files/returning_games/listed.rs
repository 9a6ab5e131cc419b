//! Games that are known from the list of finished games alone.

use std::path::{Path, PathBuf};

use pianola::disk::RealDisk;
use pianola::fairness::CommitmentSource;
use pianola::game::{EndReason, GameEvent, PriceSource};
use pianola::protocol::{GameId, HistoryEntry};
use pianola::recording::{GameFile, Origin, Recorder};

use super::{entry, id, publish, reveal, time, watched};
use crate::support::files::game_files;

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
        let entry = HistoryEntry {
            timestamp,
            ..entry()
        };
        reveal(&mut recorder, entry, &[]);
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
        let entry = HistoryEntry {
            timestamp: Some(time(closed).timestamp_millis()),
            ..entry()
        };
        reveal(&mut recorder, entry, listed);
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
    let entry = HistoryEntry {
        version: Some("v4".to_owned()),
        ..entry()
    };
    reveal(&mut recorder, entry, &[]);
    recorder.finish();
    assert_eq!(game_files(folder.path()).len(), 1);
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
