//! Bundles: what is shared comes back byte for byte, and the commands and the library write and open them.

use std::fs;
use std::path::{Path, PathBuf};

use pianola::disk::RealDisk;
use pianola::library::{LibraryEvent, SharedBundle, open_bundle, share, write_bundle};
use pianola::recording::{SessionNotes, write_notes};

use crate::support::library_thread::LibraryClient;
use crate::support::process::{run, stderr, stdout};
use crate::support::python::{python, python_has};
use crate::support::recorded_session::RecordedSession;
use crate::support::zip_archive::unzip;

/// Shares a session.
pub fn shared(recorded: &RecordedSession, names: bool) -> SharedBundle {
    share(&RealDisk, &recorded.path, None, names).unwrap()
}

/// A session with notes beside it.
pub fn with_notes() -> RecordedSession {
    let recorded = RecordedSession::new();
    let notes = SessionNotes {
        text: "a long evening".to_owned(),
        tags: vec!["calm".to_owned()],
        ..SessionNotes::default()
    };
    write_notes(&RealDisk, &recorded.path, &notes).unwrap();
    recorded
}

fn put(path: &Path, bytes: &[u8]) -> PathBuf {
    crate::support::files::overwrite(path, bytes);
    path.to_owned()
}

#[test]
fn what_is_shared_comes_back_and_is_shared_again_byte_for_byte() {
    let recorded = with_notes();
    for names in [false, true] {
        let bundle = shared(&recorded, names);
        assert_eq!(bundle.missing, [""; 0]);
        assert_eq!(bundle, shared(&recorded, names), "the same bytes each time");
        let opened = open_bundle(&bundle.bytes).unwrap();
        assert_eq!(opened.games.len(), bundle.games);
        assert!(bundle.games > 0);
        assert_eq!((opened.names, &opened.changed), (names, &Vec::new()));
        assert_eq!(opened.notes.text, "a long evening");
        assert_eq!(
            opened.session.actions.len(),
            recorded.json()["actions"].as_array().unwrap().len()
        );
        // Unpacked by another program, the files are recordings, and the bundle of them is the same one.
        let folder = tempfile::tempdir().unwrap();
        let mut session = None;
        for (name, content) in unzip(&bundle.bytes) {
            if name.starts_with("games/") {
                let of = recorded.path.parent().unwrap().join("..").join(&name);
                assert_eq!(content, fs::read(of).unwrap(), "{name}");
            }
            let path = folder.path().join("2026-01-01").join(&name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            put(&path, &content);
            if name.ends_with("_session.json") {
                session = Some(path);
            }
        }
        let again = share(&RealDisk, &session.unwrap(), None, names).unwrap();
        assert!(again.bytes == bundle.bytes, "{names}");
    }
}

#[test]
fn another_program_reads_a_bundle_and_finds_the_hashes_of_its_manifest() {
    const CHECK: &str = "\
import hashlib, json, sys, zipfile
bundle = zipfile.ZipFile(sys.argv[1])
assert bundle.testzip() is None
manifest = json.loads(bundle.read('manifest.json'))
assert [f['name'] for f in manifest['files']] == bundle.namelist()[1:]
for f in manifest['files']:
    content = bundle.read(f['name'])
    assert len(content) == f['bytes'] and hashlib.sha256(content).hexdigest() == f['sha256']
print(len(manifest['files']), manifest['names'])";
    if !python_has(&["zipfile"]) {
        return;
    }
    let recorded = with_notes();
    let bundle = shared(&recorded, false);
    let folder = tempfile::tempdir().unwrap();
    let path = put(&folder.path().join("x.pianola"), &bundle.bytes);
    let output = python().args(["-c", CHECK]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(
        stdout(&output).trim(),
        format!("{} False", bundle.games + 2)
    );
}

#[test]
fn names_and_ids_are_left_out_unless_they_are_wanted() {
    let recorded = RecordedSession::new();
    let meta = recorded.json()["meta"].clone();
    let own =
        [&meta["username"], &meta["player_id"]].map(|value| value.as_str().unwrap().to_owned());
    let is_in = |bundle: &SharedBundle, text: &str| {
        let text = text.to_lowercase();
        let in_files = unzip(&bundle.bytes).into_iter().any(|(name, content)| {
            name.to_lowercase().contains(&text)
                || String::from_utf8(content)
                    .unwrap()
                    .to_lowercase()
                    .contains(&text)
        });
        in_files || bundle.name.to_lowercase().contains(&text)
    };
    for text in own {
        assert!(!is_in(&shared(&recorded, false), &text), "{text}");
        assert!(is_in(&shared(&recorded, true), &text), "{text}");
    }
}

#[test]
fn the_commands_write_verify_replay_and_review_a_bundle() {
    let recorded = with_notes();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("evening.pianola");
    let path = target.to_str().unwrap();
    let output = run(&["share", recorded.path_text(), "--out", path]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains(" games, "), "{}", stdout(&output));
    assert_eq!(fs::read(&target).unwrap(), shared(&recorded, false).bytes);
    let again = run(&["share", recorded.path_text(), "--out", path]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("exists"), "{}", stderr(&again));
    let replayed = run(&["replay", path]);
    let of_session = run(&["replay", recorded.path_text()]);
    assert_eq!(stdout(&replayed), stdout(&of_session));
    let verified = run(&["verify", path]);
    let games = open_bundle(&fs::read(&target).unwrap())
        .unwrap()
        .games
        .len();
    assert!(
        stdout(&verified).contains(&format!("{games} games: ")),
        "{}",
        stdout(&verified)
    );
    let in_folder = run(&["verify", folder.path().to_str().unwrap()]);
    assert_eq!(stdout(&in_folder), stdout(&verified));
    let lines = |args: &[&str]| {
        stdout(&run(args))
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&["review", path]),
        lines(&["review", recorded.path_text()])
    );
    // A changed one is a finding of each.
    let mut bytes = fs::read(&target).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    put(&target, &bytes);
    for command in ["verify", "replay", "review"] {
        assert_eq!(run(&[command, path]).status.code(), Some(1), "{command}");
    }
    let of_game = run(&["share", path]);
    assert_eq!(of_game.status.code(), Some(1));
}

#[test]
fn the_library_opens_shows_and_writes_bundles() {
    let recorded = with_notes();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("evening.pianola");
    let client = LibraryClient::new();
    assert!(
        client
            .library_worker
            .share(recorded.path.clone(), None, target.clone(), false)
    );
    let LibraryEvent::Shared { games, missing, .. } = client.next() else {
        panic!("not shared");
    };
    assert!(games > 0 && missing.is_empty());
    assert!(client.library_worker.open(target.clone(), None));
    let LibraryEvent::Opened(opened) = client.next() else {
        panic!("not opened");
    };
    assert_eq!(opened.timeline.session().unwrap().meta.username, None);
    let whole = open_bundle(&fs::read(&target).unwrap()).unwrap();
    assert_eq!(opened.faults, whole.faults);
    assert!(client.library_worker.preview(target, None, None));
    let LibraryEvent::Previewed(preview) = client.next() else {
        panic!("not shown");
    };
    assert!(preview.session.is_some() && preview.game.is_ok());
    let nowhere = folder.path().join("missing").join("x.pianola");
    assert!(
        client
            .library_worker
            .share(recorded.path.clone(), None, nowhere, false)
    );
    let LibraryEvent::NotSaved { why, .. } = client.next() else {
        panic!("it was saved");
    };
    assert!(why.starts_with("cannot write "), "{why}");
    let bundle = shared(&recorded, true);
    write_bundle(&RealDisk, &folder.path().join("named.pianola"), &bundle).unwrap();
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "no temporary file stays"
    );
}
