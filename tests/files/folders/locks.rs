//! Folders that cannot be used, or are used by another program.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use pianola::game::{EndReason, GameEvent};
use pianola::recording::{FolderLock, RecorderEvent, UnsavedGames, Writer};

use super::{DAY, MORNING, RECORD, assert_refused, expected_index, games, index, open, pianola};
use crate::support::files::overwrite;
use crate::support::made_games::{complete, facts, id};

#[test]
fn a_folder_that_cannot_be_made_is_refused_at_the_start_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    overwrite(&file, b"something else");
    assert_refused(&pianola(&RECORD, &file), &file, "cannot record to");
    let below = file.join("recordings");
    let words = format!("{} is no folder", file.display());
    assert_refused(&pianola(&RECORD, &below), &below, &words);
    assert_eq!(fs::read(&file).unwrap(), b"something else");
    if cfg!(target_os = "linux") {
        let nowhere = Path::new("/proc/pianola");
        assert_refused(&pianola(&RECORD, nowhere), nowhere, "cannot record to");
    }
}

#[test]
fn a_second_instance_is_refused_with_the_name_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let lock = FolderLock::acquire(folder.path()).unwrap();
    let holder = format!("process {}", std::process::id());
    let refused = pianola(&RECORD, folder.path());
    assert_refused(&refused, folder.path(), &holder);
    let rebuild = pianola(&["library", "--rebuild", "--out"], folder.path());
    assert_refused(&rebuild, folder.path(), &holder);
    let said = String::from_utf8_lossy(&refused.stderr);
    let (_, since) = said.split_once(", since ").unwrap();
    let since: pianola::game::Time = since.split(';').next().unwrap().parse().unwrap();
    let ago = chrono::Utc::now() - since;
    assert!((0..600).contains(&ago.num_seconds()), "{said}");
    drop(lock);
    // A process that another test is starting just now has a copy of the lock for a moment.
    wait("the lock", || FolderLock::acquire(folder.path()).is_ok());
}

#[test]
fn a_file_in_the_place_of_the_folder_is_trouble_until_it_is_gone_and_then_everything_is_there() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (recorder, _) = open(&folder);
    fs::remove_dir_all(&folder).unwrap();
    overwrite(&folder, b"in the way");
    let (saved_in, mut saved) = tokio::sync::mpsc::channel(8);
    let mut writer = Writer::start(recorder, saved_in).unwrap();
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    let events = game.iter().cloned();
    for event in events.chain([complete(&game, EndReason::Rug)]) {
        assert!(writer.send(event));
    }
    let state = writer.state();
    // First that the folder is gone, then why it cannot be made again.
    let says = |words: &str| {
        let trouble = state.borrow().trouble.clone();
        trouble.is_some_and(|trouble| trouble.contains(words))
    };
    wait("trouble", || says("remove or rename what is there"));
    fs::remove_file(&folder).unwrap();
    wait("the game", || state.borrow().saved_games == 1);
    wait("the end of the trouble", || {
        state.borrow().trouble.is_none()
    });
    let ended = writer.stop();
    assert_eq!((ended.trouble, ended.lost_games), (None, 0));
    let RecorderEvent::Game(saved) = saved.blocking_recv().unwrap() else {
        panic!("it is a game");
    };
    assert_eq!(saved.path, games(&folder)[0]);
    assert_eq!(index(&folder).games, expected_index(&folder));
}

/// Polls until it is so.
fn wait(what: &str, so: impl Fn() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(10), "no {what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_stop_while_the_disk_takes_nothing_returns_with_the_reason() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (recorder, _) = open(&folder);
    fs::remove_dir_all(&folder).unwrap();
    overwrite(&folder, b"in the way");
    let (saved, _) = tokio::sync::mpsc::channel(8);
    let mut writer = Writer::start(recorder, saved).unwrap();
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    writer.send(complete(&game, EndReason::Rug));
    assert!(writer.stop().trouble.is_some());
    let late = GameEvent::ConnectionLost {
        game_id: id("x"),
        count: 1,
    };
    assert!(!writer.send(late), "nothing is taken after the end");
    assert_eq!(writer.state().borrow().refused_events, 1);
}

/// The count that the user sees while the program ends.
#[test]
fn the_games_without_a_file_are_counted_until_each_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, _) = open(folder.path());
    let unsaved = UnsavedGames::default();
    recorder.count_unsaved_in(unsaved.clone());
    let games: Vec<_> = (10..40)
        .map(|number| {
            let game = id(&format!("{DAY}-{number}211bfc7caf41d6"));
            facts(&game, &format!("{DAY}T01:18:{number}.218Z"), 3)
        })
        .collect();
    for fact in games.iter().flatten() {
        recorder.take(fact.clone());
    }
    recorder.write();
    assert_eq!(unsaved.games(), 30);
    for game in &games[..10] {
        recorder.take(complete(game, EndReason::Rug));
    }
    recorder.write();
    assert_eq!(unsaved.games(), 20);
    assert!(!unsaved.is_over());
    for game in &games[10..] {
        recorder.take(complete(game, EndReason::Stopped));
    }
    recorder.finish();
    assert_eq!(unsaved.games(), 0);
}
