//! A run that begins after another one stopped in the middle of a game: what it stores and what it announces.

use pianola::fairness::seed_hash;
use pianola::game::{EndReason, Game, GameEvent};
use pianola::protocol::{GameId, HistoryEntry};
use pianola::recording::{FileChange, Origin, Recorder, RecorderEvent};

use crate::support::disk_recorder::{ROOT, published};
use crate::support::made_games::{complete, facts, id};
use crate::support::sim_disk::SimDisk;

const MORNING: &str = "2025-12-15T01:18:00.218Z";

fn open(disk: &SimDisk) -> (Recorder<SimDisk>, Vec<Game>) {
    Recorder::open(disk.clone(), ROOT.into(), Origin::Practice).unwrap()
}

/// Records a game that the run stops in its middle.
fn stop_in_the_middle(disk: &SimDisk, game: &GameId) {
    let (mut recorder, _) = open(disk);
    recorder.take(complete(&facts(game, MORNING, 6), EndReason::Stopped));
    recorder.finish();
}

#[test]
fn a_new_practice_table_has_no_past_that_is_stored() {
    let disk = SimDisk::new();
    stop_in_the_middle(&disk, &id("mine"));
    // A table that starts a minute later lists a game that it invented, which ended after the stored one began.
    let invented = id("invented");
    let closed: pianola::game::Time = "2025-12-15T01:18:30Z".parse().unwrap();
    let entry = HistoryEntry {
        timestamp: Some(closed.timestamp_millis()),
        prices: Some([1, 2, 3].map(|price| Some(price.into())).to_vec()),
        hash: Some(seed_hash("a seed")),
        ..HistoryEntry::of_seed(invented.clone(), "a seed".to_owned())
    };
    let reveal = |listed: &[GameId]| GameEvent::Revealed {
        listed: listed.to_vec(),
        entry: Box::new(entry.clone()),
        at: "2025-12-15T01:19:30Z".parse().unwrap(),
    };
    let (mut recorder, _) = open(&disk);
    recorder.take(reveal(&[invented.clone(), id("older")]));
    recorder.finish();
    assert_eq!(published(&disk).len(), 1);
    // The same table after a reconnect: the stored game is in its list.
    let (mut recorder, _) = open(&disk);
    recorder.take(reveal(&[invented.clone(), id("mine")]));
    recorder.finish();
    assert!(published(&disk).contains_key(&invented));
}

#[test]
fn a_game_that_stopped_in_its_middle_is_announced_again_only_if_something_is_added() {
    let disk = SimDisk::new();
    stop_in_the_middle(&disk, &id("20251215-1a211bfc7caf41d6"));
    let before = published(&disk);
    for _ in 0..2 {
        let (mut recorder, running) = open(&disk);
        assert_eq!(running.len(), 1, "it may still be running");
        recorder.close_recovered(running);
        recorder.finish();
        let changes: Vec<_> = recorder
            .take_events()
            .into_iter()
            .filter_map(|event| match event {
                RecorderEvent::Game(saved) => Some(saved.change),
                _ => None,
            })
            .collect();
        assert_eq!(changes, [FileChange::Unchanged]);
    }
    assert_eq!(published(&disk), before);
}
