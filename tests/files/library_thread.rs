//! The thread of the library: it lists, opens and rebuilds in order, reports nothing twice, and blocks no caller.

use std::sync::Arc;
use std::time::Instant;

use pianola::library::LibraryEvent;
use pianola::library::{Catalog, Query, RowEntry, RowKind, rows_of};
use pianola::recording::{DayIndex, FolderLock};

use crate::support::files::overwrite;
use crate::support::library_thread::{LIMIT, LibraryClient, date, many_days};
use crate::support::recorded_session::RecordedSession;

#[test]
fn the_days_come_newest_first_and_then_the_pnl_of_the_sessions() {
    let recorded = RecordedSession::new();
    let desk = LibraryClient::new();
    let folder = recorded.folder.path().to_owned();
    assert!(desk.library_worker.list(folder.clone()));
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    assert!(desk.woken() >= all.len() as u64);
    assert!(matches!(&all[0], LibraryEvent::Began(path) if *path == folder));
    let dates: Vec<_> = all.iter().filter_map(date).collect();
    assert!(
        !dates.is_empty() && dates.is_sorted_by(|a, b| a > b),
        "{dates:?}"
    );
    let mut catalog = Catalog::default();
    for event in all {
        match event {
            LibraryEvent::Day(day) => catalog.take(day),
            LibraryEvent::Facts { session, facts } => {
                assert_eq!(session, recorded.path);
                catalog.take_facts(&session, *facts);
            }
            LibraryEvent::Began(_) | LibraryEvent::Listed(_) => {}
            other => panic!("{other:?}"),
        }
    }
    catalog.set_query(Query {
        kind: RowKind::Games,
        played: Some(true),
        ..Query::default()
    });
    let shown = catalog.visible();
    assert!(!shown.is_empty());
    let mut total = rust_decimal::Decimal::ZERO;
    for row in shown.iter() {
        let RowEntry::Game { pnl, .. } = &row.entry else {
            panic!("{row:?}");
        };
        total += pnl.unwrap_or_default();
    }
    let realised = recorded.json()["meta"]["realised_pnl"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(total, realised.parse().unwrap());
}

#[test]
fn another_folder_ends_the_listing_of_the_one_before() {
    let (many, few) = (many_days(60), many_days(2));
    let desk = LibraryClient::new();
    assert!(desk.library_worker.list(many.path().to_owned()));
    assert!(desk.library_worker.list(few.path().to_owned()));
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    let last = all.last().unwrap();
    assert!(
        matches!(last, LibraryEvent::Listed(path) if path == few.path()),
        "{last:?}"
    );
    let second = all
        .iter()
        .position(|event| matches!(event, LibraryEvent::Began(path) if path == few.path()));
    let second = second.unwrap();
    // The receiver was not read: the worker read no more than fits into the queue.
    assert!(all[..second].iter().filter_map(date).count() < 12);
    assert_eq!(all[second..].iter().filter_map(date).count(), 2);
}

#[test]
fn a_file_is_opened_while_a_folder_is_listed() {
    let (many, recorded) = (many_days(60), RecordedSession::new());
    let desk = LibraryClient::new();
    assert!(desk.library_worker.list(many.path().to_owned()));
    assert!(
        desk.library_worker
            .open(recorded.path.clone(), None, None, Arc::default())
    );
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    let opened = all
        .iter()
        .position(|event| matches!(event, LibraryEvent::Opened(_)));
    assert!(opened.is_some_and(|place| place < 14), "{opened:?}");
    assert_eq!(all.iter().filter_map(date).count(), 60);
}

#[test]
fn a_window_that_does_not_look_holds_nothing_up_when_it_goes() {
    let folder = many_days(60);
    let desk = LibraryClient::new();
    assert!(desk.library_worker.list(folder.path().to_owned()));
    let start = Instant::now();
    while desk.woken() < 8 {
        assert!(start.elapsed() < LIMIT);
        std::thread::yield_now();
    }
    // The queue is full now, and the thread waits in the middle of it.
    let woken = desk.woken();
    assert!(woken <= 9, "{woken}");
    drop(desk);
    assert!(start.elapsed() < LIMIT);
}

#[test]
fn a_folder_that_is_recorded_to_is_listed_and_not_rebuilt() {
    let folder = many_days(3);
    let index = folder.path().join("2025-01-02/index.json");
    let good = std::fs::read(&index).unwrap();
    overwrite(&index, b"garbage");
    let desk = LibraryClient::new();
    let lock = FolderLock::acquire(folder.path()).unwrap();
    assert!(desk.library_worker.rebuild(folder.path().to_owned()));
    let LibraryEvent::NotRebuilt(why) = desk.next() else {
        panic!("it was rebuilt");
    };
    let me = format!("process {}", std::process::id());
    assert!(why.contains(&me) && why.contains("stop that one"), "{why}");
    assert_eq!(std::fs::read(&index).unwrap(), b"garbage");
    assert!(desk.library_worker.list(folder.path().to_owned()));
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    let stale = all
        .iter()
        .filter(|event| matches!(event, LibraryEvent::Day(day) if day.stale));
    assert_eq!(stale.count(), 1);
    drop(lock);
    assert!(desk.library_worker.rebuild(folder.path().to_owned()));
    assert!(matches!(desk.next(), LibraryEvent::Rebuilt(path) if path == folder.path()));
    assert_eq!(std::fs::read(&index).unwrap(), good);
    assert!(DayIndex::parse(&good).is_ok());
}

#[test]
fn nothing_is_written_to_a_folder_that_is_none_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("game_1.jsonl");
    overwrite(
        &file,
        br#"{"type":"tick","game_id":"g","tick":3,"price":1.5,"active":true}"#,
    );
    let torn = folder.path().join("torn.game.json");
    overwrite(&torn, b"{");
    let desk = LibraryClient::new();
    assert!(desk.library_worker.rebuild(folder.path().to_owned()));
    let event = desk.next();
    assert!(
        matches!(&event, LibraryEvent::NotRebuilt(why) if why.contains("no days")),
        "{event:?}"
    );
    assert!(desk.library_worker.list(folder.path().to_owned()));
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    let [_, LibraryEvent::Day(day), _] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!((&day.date[..], day.rows.len()), ("", 2));
    let RowEntry::Game { faults, .. } = &day.rows[0].entry else {
        panic!("{day:?}");
    };
    assert!(faults.iter().any(|fault| fault == "joined at tick 3"));
    assert_eq!(day.rows[1].kind(), RowKind::Damaged);
    assert_eq!(day.rows[1].path, torn);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    // A file is no folder.
    assert!(desk.library_worker.list(file.clone()));
    let all =
        desk.until(|event| matches!(event, LibraryEvent::NotListed(_) | LibraryEvent::Listed(_)));
    let last = all.last().unwrap();
    let words = format!("cannot read {}", file.display());
    assert!(
        matches!(last, LibraryEvent::NotListed(why) if why.contains(&words)),
        "{last:?}"
    );
}

#[test]
fn a_day_alone_and_many_loose_files_are_listed_too() {
    let recorded = RecordedSession::new();
    let desk = LibraryClient::new();
    let day = recorded.path.parent().unwrap().parent().unwrap();
    assert!(desk.library_worker.list(day.to_owned()));
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    let dates: Vec<_> = all.iter().filter_map(date).collect();
    assert_eq!(dates, [day.file_name().unwrap().to_str().unwrap()]);
    let LibraryEvent::Day(listed) = &all[1] else {
        panic!("{all:?}");
    };
    assert!(!listed.stale && rows_of(&listed.rows, RowKind::Games).count() > 0);
    let session = rows_of(&listed.rows, RowKind::Sessions).next().unwrap();
    assert_eq!(session.path, recorded.path);

    let loose = tempfile::tempdir().unwrap();
    let games = std::fs::read_dir(day.join("games")).unwrap();
    let game = games.map(|entry| entry.unwrap().path()).next().unwrap();
    for number in 0..120 {
        let copy = loose.path().join(format!("{number:03}.game.json"));
        std::fs::copy(&game, copy).unwrap();
    }
    std::fs::copy(&recorded.path, loose.path().join("a_session.json")).unwrap();
    assert!(desk.library_worker.list(loose.path().to_owned()));
    let mut catalog = Catalog::default();
    let mut parts = 0;
    for event in desk.until(|event| matches!(event, LibraryEvent::Listed(_))) {
        match event {
            LibraryEvent::Day(day) => {
                parts += 1;
                assert_eq!(day.date, "");
                catalog.take(day);
            }
            LibraryEvent::Facts { session, facts } => catalog.take_facts(&session, *facts),
            _ => {}
        }
    }
    assert!(parts > 1);
    assert_eq!(catalog.days().len(), 1);
    assert_eq!(
        (
            catalog.count(RowKind::Games),
            catalog.count(RowKind::Sessions)
        ),
        (120, 1)
    );
    // Nothing is there, and nothing is wrong.
    assert!(desk.library_worker.list(loose.path().join("nowhere")));
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    assert_eq!(all.len(), 2);
}

#[test]
fn a_session_that_was_damaged_behind_the_index_is_not_hidden() {
    let recorded = RecordedSession::new();
    overwrite(&recorded.path, b"{");
    let desk = LibraryClient::new();
    assert!(desk.library_worker.list(recorded.folder.path().to_owned()));
    let all = desk.until(|event| matches!(event, LibraryEvent::Listed(_)));
    let damaged = all.iter().filter_map(|event| match event {
        LibraryEvent::Day(day) => rows_of(&day.rows, RowKind::Damaged).next(),
        _ => None,
    });
    let damaged: Vec<_> = damaged.collect();
    assert_eq!(damaged.len(), 1);
    assert_eq!(damaged[0].path, recorded.path);
    let reason = damaged[0].reason().unwrap();
    assert!(reason.contains("EOF"), "{damaged:?}");
}
