//! The notes of a session that ends: they are saved with it, and never under another one.

use std::path::Path;

use pianola::library::{read_library, review_session, share};
use pianola::recording::{
    Origin, RecorderEvent, SessionNotes, edit_notes, read_notes, running_session,
};

use crate::notes::{edits, notes};
use crate::support::sim_disk::SimDisk;
use crate::support::worked_example::{ROOT, ended, open, started, worked_example};

#[test]
fn a_session_with_a_note_and_no_action_is_saved_and_keeps_the_note() {
    for with_note in [false, true] {
        let disk = SimDisk::new();
        let mut recorder = open(disk.clone(), Path::new(ROOT), Origin::Practice);
        recorder.take(started("2025-12-15T01:17:55Z", Some("Dutch")));
        recorder.write();
        let running = running_session(&disk, Path::new(ROOT)).unwrap().unwrap();
        if with_note {
            for edit in edits(1) {
                edit_notes(&disk, &running.journal, edit).unwrap();
            }
        }
        recorder.take(ended("2025-12-15T01:18:10Z"));
        recorder.finish();
        let events = recorder.take_events().into_iter();
        let mut saved = events.filter_map(|event| match event {
            RecorderEvent::Session(saved) => Some(saved.path),
            _ => None,
        });
        let saved = saved.next();
        assert_eq!(saved.is_some(), with_note);
        if let Some(path) = saved {
            let read = read_notes(&disk, &path).words;
            let session_id = running.file.meta.session_id;
            assert!(session_id.is_some());
            let expected = SessionNotes {
                session_id,
                ..notes(1)
            };
            assert_eq!(read, expected);
            // Without a game there is nothing to review, to share or to replay.
            assert!(matches!(review_session(&disk, &path, None), Ok(None)));
            let why = share(&disk, &path, None, false).unwrap_err();
            assert!(why.contains("no game"), "{why}");
            let library = read_library(&disk, Path::new(ROOT));
            let row = library.rows.iter().find(|row| row.path == path).unwrap();
            assert!(!row.has_games());
        }
    }
}

#[test]
fn sessions_of_one_second_each_keep_their_own_notes() {
    let disk = SimDisk::new();
    let mut recorder = open(disk.clone(), Path::new(ROOT), Origin::Practice);
    let mut saved = Vec::new();
    // The first one has neither an action nor a note, so it leaves no file; the others have both.
    for number in 0..4 {
        let first = started(&format!("2025-12-15T01:17:55.00{number}Z"), Some("Dutch"));
        let mut facts = worked_example();
        facts[0] = first;
        if number == 0 {
            facts = vec![facts.remove(0), facts.remove(4)];
        }
        let (last, facts) = facts.split_last().unwrap();
        for fact in facts {
            recorder.take(fact.clone());
        }
        recorder.write();
        if number > 0 {
            let running = running_session(&disk, Path::new(ROOT)).unwrap().unwrap();
            let [whole, _] = edits(number);
            edit_notes(&disk, &running.journal, whole).unwrap();
        }
        recorder.take(last.clone());
        recorder.write();
        let events = recorder.take_events().into_iter();
        saved.extend(events.filter_map(|event| match event {
            RecorderEvent::Session(saved) => Some(saved.path),
            _ => None,
        }));
    }
    recorder.finish();
    let events = recorder.take_events().into_iter();
    saved.extend(events.filter_map(|event| match event {
        RecorderEvent::Session(saved) => Some(saved.path),
        _ => None,
    }));
    assert_eq!(saved.len(), 3);
    for (number, path) in (1..).zip(&saved) {
        let read = read_notes(&disk, path).words;
        assert_eq!(read.text, notes(number).text, "{}", path.display());
    }
}
