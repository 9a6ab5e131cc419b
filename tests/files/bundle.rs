//! Bundles: what is shared comes back byte for byte, and the commands and the library write and open them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pianola::disk::RealDisk;
use pianola::library::{
    BundleContent, CheckProgress, LibraryEvent, ShareFailure, ShareOptions, SharedBundle,
    open_bundle, save_bundle, share,
};
use pianola::recording::{SessionNotes, write_notes};

use crate::support::library_thread::LibraryClient;
use crate::support::process::{run, stderr, stdout};
use crate::support::python::{python, python_has};
use crate::support::recorded_session::RecordedSession;
use crate::support::sim_disk::{Failure, Plan, SimDisk};
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
        assert_eq!(bundle.content.missing, [""; 0]);
        assert!(bundle.content.has_notes);
        assert_eq!(bundle, shared(&recorded, names), "the same bytes each time");
        let opened = open_bundle(&bundle.bytes).unwrap();
        assert_eq!(opened.games.len(), bundle.content.games);
        assert!(bundle.content.games > 0);
        assert_eq!((opened.names, &opened.changed), (names, &Vec::new()));
        assert_eq!(opened.notes.text, "a long evening");
        assert_eq!(
            opened.timeline.session().unwrap().actions.len(),
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
        format!("{} False", bundle.content.games + 2)
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
        in_files || bundle.content.name.to_lowercase().contains(&text)
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
        stdout(&verified).contains(&format!("{games} game")),
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

/// Shares on the library's thread; returns what it reports.
fn shared_by(client: &LibraryClient, session: &Path, target: &Path) -> ShareResult {
    let (session, target) = (session.to_owned(), target.to_owned());
    let options = ShareOptions::default();
    assert!(client.library_worker.share(session, None, target, options));
    match client.next() {
        LibraryEvent::Shared { result, .. } => result,
        other => panic!("{other:?}"),
    }
}

type ShareResult = Result<(Box<BundleContent>, usize), ShareFailure>;

#[test]
fn the_library_opens_shows_and_writes_bundles() {
    let recorded = with_notes();
    let folder = tempfile::tempdir().unwrap();
    // The folder is made.
    let target = folder.path().join("exports").join("evening.pianola");
    let client = LibraryClient::new();
    let session = recorded.path.clone();
    assert!(client.library_worker.plan_share(session, None));
    let LibraryEvent::SharePlanned { plan, .. } = client.next() else {
        panic!("not planned");
    };
    let (content, bytes) = shared_by(&client, &recorded.path, &target).unwrap();
    assert_eq!(fs::read(&target).unwrap().len(), bytes);
    assert_eq!(content, plan.unwrap(), "what was announced is in it");
    assert!(content.games > 0 && content.missing.is_empty() && content.has_notes);
    // A file of that name is not replaced unless that is wanted.
    let again = shared_by(&client, &recorded.path, &target);
    assert_eq!(again, Err(ShareFailure::Exists));
    assert!(
        client
            .library_worker
            .open(target.clone(), None, None, Arc::default())
    );
    let LibraryEvent::Opened(opened) = client.next() else {
        panic!("not opened");
    };
    assert_eq!(opened.timeline.session().unwrap().meta.username, None);
    let whole = open_bundle(&fs::read(&target).unwrap()).unwrap();
    assert_eq!(opened.faults, whole.faults);
    assert_eq!(
        opened.bundle.as_deref(),
        Some(&whole),
        "with what the check found"
    );
    assert!(client.library_worker.preview(target.clone(), None, None));
    let LibraryEvent::Previewed(preview) = client.next() else {
        panic!("not shown");
    };
    assert!(preview.session.is_some() && preview.game.is_ok());
    let below_a_file = target.join("x.pianola");
    let Err(ShareFailure::Failed(why)) = shared_by(&client, &recorded.path, &below_a_file) else {
        panic!("it was saved");
    };
    assert!(why.starts_with("cannot write "), "{why}");
    let bundle = shared(&recorded, true);
    let named = folder.path().join("exports").join("named.pianola");
    save_bundle(&RealDisk, &named, &bundle, false).unwrap();
    let files = fs::read_dir(folder.path().join("exports")).unwrap().count();
    assert_eq!(files, 2, "no temporary file stays");
}

#[test]
fn a_cancelled_check_reports_nothing_and_the_next_file_is_opened() {
    let recorded = RecordedSession::new();
    let folder = tempfile::tempdir().unwrap();
    let target = put(
        &folder.path().join("x.pianola"),
        &shared(&recorded, false).bytes,
    );
    let client = LibraryClient::new();
    let progress = Arc::new(CheckProgress::default());
    progress.cancel();
    let worker = &client.library_worker;
    assert!(worker.open(target.clone(), None, None, Arc::clone(&progress)));
    let next = Arc::new(CheckProgress::default());
    assert!(worker.open(target.clone(), None, None, Arc::clone(&next)));
    assert!(matches!(client.next(), LibraryEvent::Opened(_)));
    assert!(worker.next_event().unwrap().is_none());
    assert!(progress.is_bundle() && next.is_bundle());
    let games = recorded.games.len();
    assert_eq!(next.games(), Some((games, games)));
    assert_eq!(progress.games(), Some((0, games)), "no game was proven");
    // A session file is no bundle, and is opened as before.
    let progress = Arc::new(CheckProgress::default());
    let path = recorded.path.clone();
    assert!(worker.open(path, None, None, Arc::clone(&progress)));
    let LibraryEvent::Opened(opened) = client.next() else {
        panic!("not opened");
    };
    assert!(opened.bundle.is_none() && !progress.is_bundle());
}

#[test]
fn a_bundle_is_written_completely_or_nothing_of_it_is_left() {
    let recorded = RecordedSession::new();
    let bundle = shared(&recorded, false);
    let target = Path::new("/home/exports/x.pianola");
    for before in [None, Some(&b"another file"[..])] {
        for failure in [Failure::Full, Failure::Broken, Failure::Short] {
            let mut failed = 0;
            for operation in 0.. {
                let disk = SimDisk::new();
                if let Some(bytes) = before {
                    disk.put(target, bytes);
                }
                disk.plan(Plan::Once(operation, failure));
                let saved = save_bundle(&disk, target, &bundle, true);
                let (fired, operations) = (disk.fired(), disk.changes().len());
                disk.repair();
                let there = disk.files().remove(target);
                let others: Vec<_> = disk.files().into_keys().collect();
                assert!(others.iter().all(|path| path == target), "{others:?}");
                match saved {
                    Ok(()) => assert_eq!(there.as_deref(), Some(&bundle.bytes[..])),
                    Err(ShareFailure::Failed(why)) => {
                        failed += 1;
                        // The name may not be durable yet, but what is there is whole.
                        let is_whole = there.as_deref() == Some(&bundle.bytes[..]);
                        let says = if is_whole {
                            "/home/exports/x.pianola: it is written, but a power cut may undo that: "
                        } else {
                            "cannot write /home/exports/x.pianola: "
                        };
                        assert!(why.starts_with(says), "{failure:?} {fired:?}: {why}");
                        assert!(
                            there.as_deref() == before || is_whole,
                            "{failure:?} {fired:?}"
                        );
                    }
                    Err(ShareFailure::Exists) => panic!("it may be replaced"),
                }
                if operations as u64 <= operation {
                    break;
                }
            }
            assert!(failed > 0, "{failure:?}");
        }
    }
    // A folder of that name is not renamed.
    let disk = SimDisk::new();
    disk.put(&target.join("x"), b"");
    let Err(ShareFailure::Failed(why)) = save_bundle(&disk, target, &bundle, true) else {
        panic!("it was saved");
    };
    assert!(why.contains("is a folder"), "{why}");
}

#[test]
fn what_cannot_be_shared_says_why_and_a_missing_game_is_named() {
    let recorded = RecordedSession::new();
    let bundle = shared(&recorded, false);
    let folder = tempfile::tempdir().unwrap();
    let shared_file = put(&folder.path().join("x.pianola"), &bundle.bytes);
    let game = |recorded: &RecordedSession| {
        let games = recorded.path.parent().unwrap().join("../games");
        fs::read_dir(games).unwrap().next().unwrap().unwrap().path()
    };
    for path in [&shared_file, &game(&recorded)] {
        let why = share(&RealDisk, path, None, false).unwrap_err();
        assert!(why.contains("is no session"), "{why}");
    }
    let why = share(&RealDisk, Path::new("/no/such_session.json"), None, false).unwrap_err();
    assert!(why.contains("look whether it was moved"), "{why}");
    // Damaged, then gone.
    let path = game(&recorded);
    for damage in [true, false] {
        if damage {
            put(&path, b"{");
        } else {
            fs::remove_file(&path).unwrap();
        }
        let content = shared(&recorded, false).content;
        assert_eq!(content.games, bundle.content.games - 1);
        assert_eq!(content.missing.len(), 1);
        let why = &content.missing[0];
        let words = if damage { "damaged" } else { "no file of it" };
        assert!(why.starts_with("game ") && why.contains(words), "{why}");
    }
}

/// A file manager's copy, or a name of the player's own: what was shared can be opened.
#[test]
fn files_with_names_of_the_player_are_shared_under_those_of_the_recording() {
    let recorded = with_notes();
    let games = recorded.path.parent().unwrap().join("../games");
    for entry in fs::read_dir(&games).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let copy = name.replace(".game.json", " copy.game.json");
        fs::rename(&path, path.with_file_name(copy)).unwrap();
    }
    let notes = SessionNotes {
        text: "a long evening".to_owned(),
        ..SessionNotes::default()
    };
    let mut session = recorded.path.clone();
    // One with a space, and one that leaves no room for the name of the notes.
    for name in ["last night".to_owned(), "a".repeat(86)] {
        let named = session.with_file_name(format!("{name}_session.json"));
        fs::rename(&session, &named).unwrap();
        session = named;
        write_notes(&RealDisk, &session, &notes).unwrap();
        for names in [false, true] {
            let bundle = share(&RealDisk, &session, None, names).unwrap();
            assert!(bundle.content.games > 0, "{:?}", bundle.content);
            let opened = open_bundle(&bundle.bytes).unwrap();
            assert_eq!(opened.games.len(), bundle.content.games);
            assert_eq!(opened.notes.text, "a long evening");
        }
    }
}
