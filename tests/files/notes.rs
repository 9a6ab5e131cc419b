//! The player's notes: beside the session, whole through every power cut and full disk, and never at the cost of a
//! recording.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use pianola::disk::{Disk, RealDisk};
use pianola::library::worker::LibraryWorker;
use pianola::library::{LibraryEvent, Query, RowKind};
use pianola::recording::{
    NoteEdit, NotePlace, PlacedNote, SessionNotes, edit_notes, notes_path, read_diary, read_notes,
    write_diary, write_notes,
};

use crate::support::files::all_below;
use crate::support::library_thread::LibraryClient;
use crate::support::process::{run, stdout};
use crate::support::recorded_session::RecordedSession;
use crate::support::sim_disk::{FLAVOURS, Failure, Plan, SimDisk};

const SESSION: &str = "/r/2025-12-15/sessions/20251215T011755_dutch_session.json";

pub fn notes(number: u32) -> SessionNotes {
    let mut notes = SessionNotes {
        starred: number % 2 == 1,
        text: format!("note {number} {}", "long ".repeat(200)),
        tags: vec!["tilt".to_owned(), format!("n{number}")],
        ..SessionNotes::default()
    };
    notes.put(PlacedNote {
        place: NotePlace::Trip { seq: number },
        starred: false,
        text: "too late".to_owned(),
        tags: Vec::new(),
    });
    notes
}

/// The changes that make these notes of none.
pub fn edits(number: u32) -> [NoteEdit; 2] {
    let notes = notes(number);
    let whole = NoteEdit::Session {
        starred: notes.starred,
        text: notes.text,
        tags: notes.tags,
    };
    [whole, NoteEdit::Place(notes.places[0].clone())]
}

/// The notes that the program writes for a session: with the key of the session.
fn of(recorded: &RecordedSession, number: u32) -> SessionNotes {
    let id = recorded.json()["meta"]["session_id"].clone();
    SessionNotes {
        session_id: Some(serde_json::from_value(id).unwrap()),
        ..notes(number)
    }
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 12, day).unwrap()
}

/// A disk with a session, and with notes if `number` is not 0.
fn disk_with(number: u32) -> SimDisk {
    let disk = SimDisk::new();
    disk.put(Path::new(SESSION), b"the recorded session");
    if number > 0 {
        write_notes(&disk, Path::new(SESSION), &notes(number)).unwrap();
        write_diary(&disk, Path::new("/r"), day(number), "calm").unwrap();
    }
    disk
}

/// What is done: new notes, then none, then the diary.
fn write_all(disk: &SimDisk) -> usize {
    let session = Path::new(SESSION);
    let steps: [&dyn Fn() -> Result<(), String>; 3] = [
        &|| write_notes(disk, session, &notes(2)),
        &|| write_diary(disk, Path::new("/r"), day(2), "wild"),
        &|| write_notes(disk, session, &SessionNotes::default()),
    ];
    steps.iter().take_while(|step| step().is_ok()).count()
}

#[test]
fn a_power_cut_at_any_operation_leaves_the_old_notes_or_the_new_ones_and_the_recording() {
    for first in [0, 1] {
        let whole = disk_with(first);
        whole.plan(Plan::PowerCut(u64::MAX, FLAVOURS[0]));
        assert_eq!(write_all(&whole), 3);
        let operations = whole.changes().len() as u64;
        assert!(operations > 8, "{operations}");
        for flavour in FLAVOURS {
            for operation in 0..operations {
                let disk = disk_with(first);
                disk.plan(Plan::PowerCut(operation, flavour));
                let done = write_all(&disk);
                disk.reboot();
                let case = format!("{first} {flavour:?} {operation} {done}");
                assert_eq!(
                    disk.read(Path::new(SESSION)).unwrap(),
                    b"the recorded session",
                    "{case}"
                );
                let read = read_notes(&disk, Path::new(SESSION));
                assert_eq!(read.fault, None, "{case}");
                let old = if first == 0 {
                    SessionNotes::default()
                } else {
                    notes(1)
                };
                // What was reported is durable; the step that the cut ended may be.
                let possible = match done {
                    0 => vec![old, notes(2)],
                    1 => vec![notes(2)],
                    2 => vec![notes(2), SessionNotes::default()],
                    _ => vec![SessionNotes::default()],
                };
                assert!(possible.contains(&read.words), "{case}: {:?}", read.words);
                let diary = read_diary(&disk, Path::new("/r"));
                assert_eq!(diary.fault, None, "{case}");
                let line = diary.words.days.get(&day(2)).map(String::as_str);
                assert!(done == 0 || done == 1 || line == Some("wild"), "{case}");
                assert!(
                    first == 0 || diary.words.days.contains_key(&day(1)),
                    "{case}"
                );
            }
        }
    }
}

#[test]
fn a_disk_that_fails_is_said_and_the_old_notes_stay() {
    for failure in [Failure::Full, Failure::Broken, Failure::Short] {
        for operation in 0..6 {
            let disk = disk_with(1);
            disk.plan(Plan::Once(operation, failure));
            let written = write_notes(&disk, Path::new(SESSION), &notes(2));
            let fired = disk.fired();
            disk.repair();
            let read = read_notes(&disk, Path::new(SESSION));
            assert_eq!(read.fault, None);
            match written {
                Ok(()) => assert_eq!(read.words, notes(2)),
                Err(why) => {
                    assert!(why.starts_with("cannot ") && why.contains("; "), "{why}");
                    assert!([notes(1), notes(2)].contains(&read.words), "{fired:?}");
                }
            }
            // The next one succeeds.
            write_notes(&disk, Path::new(SESSION), &notes(3)).unwrap();
            assert_eq!(read_notes(&disk, Path::new(SESSION)).words, notes(3));
        }
    }
}

#[test]
fn an_edit_keeps_the_older_notes_whatever_operation_fails() {
    for operation in 0..8 {
        let disk = disk_with(1);
        write_diary(&disk, Path::new("/r"), day(1), "old").unwrap();
        let [_, edit] = edits(2);
        disk.plan(Plan::Once(operation, Failure::Broken));
        edit_notes(&disk, Path::new(SESSION), edit).ok();
        disk.repair();
        let read = read_notes(&disk, Path::new(SESSION));
        assert_eq!(read.fault, None);
        assert_eq!(read.words.text, notes(1).text, "operation {operation}");

        disk.plan(Plan::Once(operation, Failure::Broken));
        write_diary(&disk, Path::new("/r"), day(2), "new").ok();
        disk.repair();
        let diary = &disk.files()[Path::new("/r/diary.json")];
        let diary = String::from_utf8_lossy(diary);
        assert!(diary.contains("\"old\""), "operation {operation}: {diary}");
    }
}

#[test]
fn damaged_notes_are_said_and_keep_their_content_under_another_name() {
    let recorded = RecordedSession::new();
    let path = notes_path(&recorded.path);
    for (copy, damaged) in [(1, &b"{\"format\":1, \"tags\": 5}"[..]), (2, b"\0\0\0")] {
        fs::write(&path, damaged).unwrap();
        let read = read_notes(&RealDisk, &recorded.path);
        assert_eq!(read.words, SessionNotes::default());
        let fault = read.fault.unwrap();
        assert!(fault.contains("cannot read the notes"), "{fault}");
        assert_eq!(fs::read(&path).unwrap(), damaged, "reading changes nothing");
        write_notes(&RealDisk, &recorded.path, &notes(1)).unwrap();
        let aside = PathBuf::from(format!("{}.damaged-{copy}", path.display()));
        assert_eq!(fs::read(aside).unwrap(), damaged);
        assert_eq!(read_notes(&RealDisk, &recorded.path).words, notes(1));
    }
    // Far longer than notes can be: it is not read into memory, and kept aside, too.
    fs::write(&path, vec![b' '; 9 << 20]).unwrap();
    assert!(read_notes(&RealDisk, &recorded.path).fault.is_some());
    write_notes(&RealDisk, &recorded.path, &notes(2)).unwrap();
    assert!(
        path.with_file_name(format!(
            "{}.damaged-3",
            path.file_name().unwrap().to_str().unwrap()
        ))
        .exists()
    );
    let too_long = SessionNotes {
        text: "x".repeat(4_001),
        ..notes(4)
    };
    let why = write_notes(&RealDisk, &recorded.path, &too_long).unwrap_err();
    assert!(why.contains("more than 4000"), "{why}");
    assert_eq!(read_notes(&RealDisk, &recorded.path).words, notes(2));
}

#[test]
fn recordings_stay_byte_for_byte_and_every_command_passes_the_notes_over() {
    let recorded = RecordedSession::new();
    let root = recorded.folder.path();
    let before: Vec<_> = all_below(root)
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| (fs::read(&path).unwrap(), path))
        .collect();
    let library = ["library", "--out", root.to_str().unwrap()];
    let listed = stdout(&run(&library));
    write_notes(&RealDisk, &recorded.path, &notes(1)).unwrap();
    write_diary(&RealDisk, root, day(1), "calm").unwrap();
    for (content, path) in before {
        assert_eq!(fs::read(&path).unwrap(), content, "{}", path.display());
    }
    assert_eq!(stdout(&run(&library)), listed);
    for command in ["verify", "review"] {
        let output = run(&[command, root.to_str().unwrap()]);
        assert!(
            !stdout(&output).contains("notes.json"),
            "{}",
            stdout(&output)
        );
    }
    assert_eq!(
        stdout(&run(&[
            "library",
            "--rebuild",
            "--out",
            root.to_str().unwrap()
        ])),
        listed
    );
    assert_eq!(read_notes(&RealDisk, &recorded.path).words, notes(1));
}

#[test]
fn the_library_reads_writes_and_finds_notes() {
    let recorded = RecordedSession::new();
    let client = LibraryClient::new();
    let worker = &client.library_worker;
    let [whole, trip] = edits(1);
    assert!(worker.edit_notes(recorded.path.clone(), whole));
    assert!(matches!(client.next(), LibraryEvent::Notes { .. }));
    assert!(worker.edit_notes(recorded.path.clone(), trip));
    let LibraryEvent::Notes {
        session,
        notes: read,
        fault: None,
    } = client.next()
    else {
        panic!("no notes");
    };
    assert_eq!((session, *read), (recorded.path.clone(), of(&recorded, 1)));
    let root = recorded.folder.path().to_owned();
    assert!(worker.save_diary(root.clone(), day(3), "calm".to_owned()));
    let LibraryEvent::Diary { diary, .. } = client.next() else {
        panic!("no diary");
    };
    assert_eq!(diary.days.get(&day(3)).map(String::as_str), Some("calm"));
    let too_long = NoteEdit::Session {
        starred: false,
        text: String::new(),
        tags: vec!["x".repeat(33)],
    };
    assert!(worker.edit_notes(recorded.path.clone(), too_long));
    assert!(matches!(client.next(), LibraryEvent::NotSaved { .. }));
    assert!(worker.list(root));
    let mut catalog = pianola::library::Catalog::default();
    for event in client.until(|event| matches!(event, LibraryEvent::Listed(_))) {
        match event {
            LibraryEvent::Day(day) => catalog.take(day),
            LibraryEvent::Notes { session, notes, .. } => catalog.take_notes(&session, *notes),
            _ => {}
        }
    }
    let mut found = |query: Query| {
        catalog.set_query(Query {
            kind: RowKind::Sessions,
            ..query
        });
        catalog
            .visible()
            .iter()
            .filter_map(|row| row.notes().cloned())
            .collect::<Vec<_>>()
    };
    let text = |text: &str| Query {
        text: text.to_owned(),
        ..Query::default()
    };
    let tag = |tag: &str| Query {
        tag: Some(tag.to_owned()),
        ..Query::default()
    };
    for query in [
        text("too LATE"),
        text("tilt"),
        tag("n1"),
        Query {
            starred: true,
            ..Query::default()
        },
    ] {
        assert_eq!(found(query.clone()), [of(&recorded, 1)], "{query:?}");
    }
    for query in [text("nowhere"), tag("n2")] {
        assert_eq!(found(query), []);
    }
}

#[test]
fn what_was_written_before_the_window_closed_is_saved() {
    let recorded = RecordedSession::new();
    let worker = LibraryWorker::start(std::sync::Arc::new(|| {})).unwrap();
    // The thread is busy when the window closes.
    for _ in 0..8 {
        assert!(worker.preview(recorded.path.clone(), None, None));
    }
    for edit in edits(1) {
        assert!(worker.edit_notes(recorded.path.clone(), edit));
    }
    drop(worker);
    assert_eq!(
        read_notes(&RealDisk, &recorded.path).words,
        of(&recorded, 1)
    );
}
