//! The reducer with each single message dropped, doubled, or delayed behind the next. The oracle is the seed.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "support/captures.rs"]
mod captures;
#[path = "support/practice.rs"]
mod practice;
#[path = "support/skipped.rs"]
mod skipped;

use std::collections::BTreeMap;

use pianola::fairness::Status;
use pianola::game::{Anomaly, Board, Game, GameEvent};
use practice::{Timed, Truth, assert_true, truth};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Harm {
    Dropped,
    Doubled,
    Delayed,
}

fn harmed(updates: &[Timed], at: usize, harm: Harm) -> Vec<&Timed> {
    let mut order: Vec<&Timed> = updates.iter().collect();
    match harm {
        Harm::Dropped => drop(order.remove(at)),
        Harm::Doubled => order.insert(at, &updates[at]),
        Harm::Delayed if at + 1 < order.len() => order.swap(at, at + 1),
        Harm::Delayed => {}
    }
    order
}

/// Plays the updates and returns the completed games; each id once, each start and end once.
fn play(updates: &[&Timed], what: &str) -> BTreeMap<String, Game> {
    let mut board = Board::default();
    let mut events = Vec::new();
    for (at, update) in updates {
        board.update(update, *at, &mut events);
    }
    board.stopped(&mut events);
    let mut once: BTreeMap<String, [u32; 3]> = BTreeMap::new();
    let mut games = BTreeMap::new();
    for event in events {
        let (id, place) = match &event {
            GameEvent::GameStarted { game_id, .. } => (game_id, 0),
            GameEvent::GameEnded { game_id, .. } => (game_id, 1),
            GameEvent::GameComplete(game) => (&game.id, 2),
            _ => continue,
        };
        once.entry(id.as_str().to_owned()).or_default()[place] += 1;
        if let GameEvent::GameComplete(game) = event {
            games.insert(game.id.as_str().to_owned(), *game);
        }
    }
    for (id, counts) in once {
        assert_eq!(
            counts,
            [1, 1, 1],
            "{what}: started, ended, completed of {id}"
        );
    }
    games
}

fn each_harm(updates: &[Timed], mut check: impl FnMut(usize, Harm, &str, BTreeMap<String, Game>)) {
    for at in 0..updates.len() {
        for harm in [Harm::Dropped, Harm::Doubled, Harm::Delayed] {
            let what = format!("message {at} {harm:?}: {:?}", summary(&updates[at]));
            let games = play(&harmed(updates, at, harm), &what);
            check(at, harm, &what, games);
        }
    }
}

fn summary((_, u): &Timed) -> impl std::fmt::Debug {
    (
        u.game_id.clone(),
        u.tick_count,
        u.active,
        u.rugged,
        u.cooldown_timer,
        u.history.is_some(),
    )
}

#[test]
fn a_practice_game_survives_the_loss_the_doubling_and_the_delay_of_any_message() {
    let updates = practice::updates(short_games(), 3, &[]);
    let truth = truth(&updates);
    let last = updates.last().unwrap().1.game_id.clone();
    let mut harms = 0;
    each_harm(&updates, |at, harm, what, games| {
        harms += 1;
        for (id, truth) in truth.iter().filter(|(id, _)| id.as_str() != last.as_str()) {
            let game = games
                .get(id)
                .unwrap_or_else(|| panic!("{what}: {id} is missing"));
            assert_true(game, truth, what);
            // The very last message is the only one that reveals the last game.
            if at + 1 < updates.len() || harm == Harm::Doubled {
                assert!(game.complete(), "{what}: {:?}", game.prices);
                assert_eq!(
                    game.proof.status,
                    Status::Proven,
                    "{what}: {:?}",
                    game.proof
                );
            }
            let odd = game.anomalies.keys().any(|a| {
                matches!(
                    a,
                    Anomaly::PriceChanged | Anomaly::BadTick | Anomaly::RugMissed
                )
            });
            assert!(!odd, "{what}: {:?}", game.anomalies);
            if harm == Harm::Doubled {
                assert!(game.anomalies.is_empty(), "{what}: {:?}", game.anomalies);
            }
        }
    });
    println!("{harms} harms over {} games", truth.len());
    assert_eq!(harms, updates.len() * 3);
}

/// A seed whose first three games have 8 to 60 ticks, so that the exhaustive test stays short.
fn short_games() -> u64 {
    let fits = |truth: &Truth| (8..60).contains(&truth.prices.len());
    let games = |seed| truth(&practice::updates(seed, 3, &[]));
    (0..10_000)
        .find(|seed| games(*seed).values().all(fits))
        .unwrap()
}

fn capture(name: &str) {
    let Some((updates, _)) = captures::updates(name) else {
        return;
    };
    let truth = truth(&updates);
    let unharmed = play(&updates.iter().collect::<Vec<_>>(), name);
    let mut incomplete = 0;
    let mut unproven = 0;
    each_harm(&updates, |_, harm, what, games| {
        for (id, game) in &games {
            assert_true(game, &truth[id], what);
        }
        for (id, before) in unharmed.iter().filter(|(_, game)| game.complete()) {
            let game = games
                .get(id)
                .unwrap_or_else(|| panic!("{what}: {id} is missing"));
            incomplete += usize::from(!game.complete());
            unproven += usize::from(game.proof.status != before.proof.status);
            if harm != Harm::Dropped {
                assert!(game.complete(), "{what}");
                assert_eq!(game.proof.status, before.proof.status, "{what}");
            }
        }
    });
    // A capture has one snapshot and one reveal a game: only the loss of exactly these may cost something.
    println!(
        "{name}: {} messages, incomplete {incomplete}, unproven {unproven}",
        updates.len()
    );
    assert!(
        incomplete <= 1 && unproven <= unharmed.len(),
        "{name}: {incomplete}, {unproven}"
    );
}

#[test]
fn the_capture_of_two_games_survives_any_single_harm() {
    capture(captures::STREAMS[0]);
}

#[test]
fn the_capture_of_a_late_join_survives_any_single_harm() {
    capture(captures::STREAMS[1]);
}

#[test]
fn the_logged_in_capture_survives_any_single_harm() {
    capture(captures::STREAMS[2]);
}
