//! The running session is read from the journals while the recorder goes on: whole lines count, and the recorder's files
//! are not changed.

use std::path::Path;

use pianola::account::SessionEvent;
use pianola::disk::RealDisk;
use pianola::game::GameEvent;
use pianola::library::LibraryEvent;
use pianola::library::OpenedReplay;
use pianola::protocol::GameId;
use pianola::recording::{Origin, Recorder};

use crate::support::files::{all_below, games as game_files, overwrite};
use crate::support::library_thread::LibraryClient;
use crate::support::session_facts::{a_long_and_another_game, a_session};

fn replay(
    client: &LibraryClient,
    root: &Path,
    game: Option<GameId>,
) -> Result<OpenedReplay, String> {
    assert!(client.library_worker.replay(root.to_owned(), game));
    match client.next() {
        LibraryEvent::Opened(opened) => Ok(*opened),
        LibraryEvent::NotReplayed(why) => Err(why),
        other => panic!("{other:?}"),
    }
}

fn journals(root: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let paths = all_below(&root.join(".journal")).into_iter();
    paths
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn the_running_session_is_replayed_from_its_journal_and_the_recorder_is_not_disturbed() {
    let games = a_long_and_another_game();
    let facts = a_session(&games);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (mut recorder, _) = Recorder::open(RealDisk, root.to_owned(), Origin::Practice).unwrap();
    let client = LibraryClient::new();
    assert!(replay(&client, root, None).is_err(), "nothing runs yet");

    // All of the first game, and half of the second one, without the end of the session.
    recorder.take(GameEvent::GameComplete(Box::new(games[0].clone())));
    let second = games[1].facts();
    let (begun, rest) = second.split_at(second.len() / 2);
    for fact in begun {
        recorder.take(fact.clone());
    }
    let is_end = |fact: &SessionEvent| matches!(fact, SessionEvent::Ended { .. });
    for fact in facts.iter().filter(|fact| !is_end(fact)) {
        recorder.take(fact.clone());
    }
    recorder.write();
    // A torn last line is normal: the recorder may be writing it.
    for (path, mut bytes) in journals(root) {
        bytes.extend_from_slice(b"01234567 {\"Acti");
        overwrite(&path, &bytes);
    }
    let before = journals(root);
    let opened = replay(&client, root, Some(games[1].id.clone())).unwrap();
    assert!(opened.is_running);
    assert_eq!(opened.faults, [""; 0]);
    assert_eq!(opened.game.as_ref(), Some(&games[1].id));
    let timeline = &opened.timeline;
    assert_eq!(timeline.place(&games[0].id), Some(0));
    assert_eq!(timeline.place(&games[1].id), Some(1));
    let session = timeline.session().unwrap();
    let replayed = timeline.replayed().unwrap();
    assert!(session.actions.len() > 10);
    let lengths: Vec<_> = timeline
        .games()
        .map(|(_, file)| file.unwrap().prices.len())
        .collect();
    assert_eq!(lengths[0], games[0].prices.len());
    assert!(
        (1..games[1].prices.len()).contains(&lengths[1]),
        "{lengths:?}"
    );
    // Rows of the second game lie beyond the ticks that are recorded: only these can differ.
    assert!(replayed.agree > 10, "{replayed:?}");
    // The journal is a path that can be opened as well.
    let again = client.open(&opened.path).unwrap();
    assert_eq!(again.timeline.session(), timeline.session());
    assert_eq!(journals(root), before, "only read");

    // The first row of the library.
    assert!(client.library_worker.running(root.to_owned()));
    let LibraryEvent::Running(Some(running)) = client.next() else {
        panic!("no running session");
    };
    let (row, amounts) = *running;
    assert_eq!(row.path, opened.path);
    let entry = row.session().unwrap();
    assert_eq!(
        (entry.games_played, entry.total_actions),
        (2, session.actions.len())
    );
    assert_eq!(amounts.pnls, session.pnls());

    // The recorder goes on as if nothing had been.
    for fact in rest {
        recorder.take(fact.clone());
    }
    recorder.take(GameEvent::GameComplete(Box::new(games[1].clone())));
    for fact in facts.into_iter().filter(is_end) {
        recorder.take(fact);
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    assert_eq!(game_files(root).len(), 2);
    // Now the game is played from its file.
    let opened = replay(&client, root, Some(games[1].id.clone())).unwrap();
    assert!(!opened.is_running);
    let whole: Vec<_> = opened.timeline.games().map(|(id, _)| id.clone()).collect();
    assert_eq!(whole, [games[1].id.clone()]);
    let missing = GameId::new("20000101-ffffffffffffffff").unwrap();
    let why = replay(&client, root, Some(missing)).unwrap_err();
    assert!(why.starts_with("This game was not recorded"), "{why}");
}
