//! What the thread of the library opens: a session with its games, a preview, a game, a recording of the Python original.

use std::path::PathBuf;

use pianola::fairness::ProofStatus;
use pianola::library::{LibraryEvent, OpenedReplay};

use crate::support::captures;
use crate::support::files::overwrite;
use crate::support::library_thread::LibraryClient;
use crate::support::recorded_session::RecordedSession;

/// Puts a game of another id that began a little later than the first of the session beside it.
pub fn watched(recorded: &RecordedSession) -> PathBuf {
    let games = recorded
        .path
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("games");
    let mut files: Vec<_> = std::fs::read_dir(&games)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let text = std::fs::read_to_string(&files[0]).unwrap();
    let played = recorded.games[0].id.as_str();
    // A game file is named by its start.
    let start = files[0].file_name().unwrap().to_str().unwrap();
    let path = games.join(format!("{}_watched.game.json", &start[..15]));
    overwrite(&path, text.replace(played, "20991231-watched").as_bytes());
    path
}

#[test]
fn a_session_is_opened_with_the_games_that_were_watched_meanwhile() {
    let recorded = RecordedSession::new();
    let desk = LibraryClient::new();
    let before = desk.open(&recorded.path).unwrap();
    let session = recorded.json();
    assert_eq!(before.path, recorded.path);
    assert_eq!(
        Some(&before.name[..]),
        recorded.path.file_name().unwrap().to_str()
    );
    assert_eq!(before.faults, [""; 0]);
    let replayed = before.timeline.replayed().unwrap();
    assert!(replayed.is_right(), "{:?}", replayed.disagreements);
    assert_eq!(
        replayed.actions,
        session["actions"].as_array().unwrap().len()
    );
    let path = watched(&recorded);
    let games = |opened: &OpenedReplay| {
        let ids = opened
            .timeline
            .games()
            .map(|(id, _)| id.as_str().to_owned());
        ids.collect::<Vec<_>>()
    };
    let after = desk.open(&recorded.path).unwrap();
    let mut expected = games(&before);
    let first = expected
        .iter()
        .position(|id| *id == recorded.games[0].id.as_str());
    let all = games(&after);
    assert_eq!(all.len(), expected.len() + 1);
    assert!(all.contains(&"20991231-watched".to_owned()), "{all:?}");
    assert!(after.timeline.replayed().unwrap().is_right());
    expected.insert(first.unwrap(), "20991231-watched".to_owned());
    // One that was not recorded there is none of it.
    let text = std::fs::read_to_string(&path).unwrap();
    overwrite(&path, text.replace("\"practice\"", "\"live\"").as_bytes());
    assert_eq!(games(&desk.open(&recorded.path).unwrap()), games(&before));
}

#[test]
fn a_preview_has_the_session_and_one_of_its_games_proven_again() {
    let recorded = RecordedSession::new();
    let desk = LibraryClient::new();
    let preview = |game| {
        let path = recorded.path.clone();
        assert!(desk.library_worker.preview(path, None, game));
        match desk.next() {
            LibraryEvent::Previewed(preview) => *preview,
            other => panic!("{other:?}"),
        }
    };
    let shown = preview(None);
    let session = shown.session.unwrap();
    let game = shown.game.unwrap();
    let pnls = session.pnls();
    let own = pnls.iter().find(|(id, _)| *id == game.file.meta.game_id);
    let best = pnls.iter().map(|(_, pnl)| *pnl).max();
    assert_eq!(own.map(|(_, pnl)| *pnl), best);
    assert_eq!(game.verified.proof.status, ProofStatus::Proven);
    let ticks = u32::try_from(game.file.prices.len()).unwrap();
    // Every tick but the rug's.
    assert_eq!(game.verified.proof.checked_ticks, ticks - 1);
    for wanted in &recorded.games {
        let game = preview(Some(wanted.id.clone())).game.unwrap();
        assert_eq!(game.file.meta.game_id, wanted.id);
    }
    let missing = recorded.folder.path().join("missing.game.json");
    assert!(desk.library_worker.preview(missing.clone(), None, None));
    assert!(matches!(desk.next(), LibraryEvent::NotPreviewed { path, .. } if path == missing));
}

#[test]
fn a_game_and_an_old_recording_are_opened_and_other_files_refused() {
    let recorded = RecordedSession::new();
    let desk = LibraryClient::new();
    let day = recorded.path.parent().unwrap().parent().unwrap();
    let game = std::fs::read_dir(day.join("games"))
        .unwrap()
        .next()
        .unwrap();
    let opened = desk.open(&game.unwrap().path()).unwrap();
    assert!(opened.timeline.session().is_none() && opened.faults.is_empty());
    let why = desk.open(day).unwrap_err();
    assert!(why.contains("the library lists"), "{why}");
    for (name, content) in [
        ("a_session.json", &b"{"[..]),
        ("a.game.json", b""),
        ("a.jsonl", b"\xff"),
    ] {
        let path = day.join(name);
        overwrite(&path, content);
        let why = desk.open(&path).unwrap_err();
        assert!(why.contains(name), "{why}");
    }
    // Games without a recording keep their places in a session; a session without rows cannot be opened.
    let mut empty = recorded.json();
    empty["actions"] = serde_json::json!([]);
    empty["drifts"] = serde_json::json!([]);
    let alone = tempfile::tempdir().unwrap();
    let path = alone.path().join("a_session.json");
    overwrite(&path, empty.to_string().as_bytes());
    let why = desk.open(&path).unwrap_err();
    assert!(why.contains("nothing to play"), "{why}");
    if let Some(folder) = captures::folder() {
        let path = folder.join("original-recordings/game_20251031_150633.jsonl");
        let opened = desk.open(&path).unwrap();
        assert!(opened.faults.iter().any(|fault| fault == "38 holes"));
    }
    // It is still there for the next one.
    assert!(desk.open(&recorded.path).is_ok());
}
