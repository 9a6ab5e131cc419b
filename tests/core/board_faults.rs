//! The reducer with each single message dropped, doubled, or delayed behind the next. The oracle is the seed.

use std::collections::BTreeMap;
use std::time::Duration;

use pianola::fairness::ProofStatus;
use pianola::game::{Anomaly, Arrival, Board, Game, GameEvent, ServerInfo, Time};
use pianola::protocol::GameStateUpdate;

use crate::support::captures;
use crate::support::decimal::d;
use crate::support::scripted_board::{ScriptedBoard, cooldown, rug, tick, window};
use crate::support::seeds::seed_of;
use crate::support::table_updates::{self, Timed, assert_true, truth};

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
    play_on(Board::default(), Vec::new(), updates, what)
}

/// The same on a board that has given these events already.
fn play_on(
    mut board: Board,
    mut events: Vec<GameEvent>,
    updates: &[&Timed],
    what: &str,
) -> BTreeMap<String, Game> {
    for (at, update) in updates {
        board.update(update, *at, &mut events);
    }
    board.stop(&mut events);
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
    // What comes before the harm is played once for all.
    let (mut board, mut events) = (Board::default(), Vec::new());
    for (at, message) in updates.iter().enumerate() {
        for harm in [Harm::Dropped, Harm::Doubled, Harm::Delayed] {
            let what = format!("message {at} {harm:?}: {:?}", summary(message));
            let rest = harmed(&updates[at..], 0, harm);
            let games = play_on(board.clone(), events.clone(), &rest, &what);
            check(at, harm, &what, games);
        }
        board.update(&message.1, message.0, &mut events);
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
    // Short games: every message is harmed three times.
    let seed = seed_of(1, &[8..60, 8..60, 8..60]);
    let updates = table_updates::updates(seed, 3, &[]);
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
                    ProofStatus::Proven,
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

/// The arrival of a message so many milliseconds after the first one, by two clocks that agree.
fn arrival(millis: u64) -> Arrival {
    let start: Time = "2026-01-01T00:00:00Z".parse().unwrap();
    Arrival {
        at: start + Duration::from_millis(millis),
        monotonic: Some(Duration::from_millis(7_777 + millis)),
    }
}

#[test]
fn arrivals_are_those_of_the_ticks_own_messages() {
    let mut played = ScriptedBoard::default();
    let update = |played: &mut ScriptedBoard, update: &GameStateUpdate, at: Arrival| {
        let events = &mut played.events;
        played.board.update(update, at, events);
    };
    update(&mut played, &cooldown("a", 10_000), arrival(0));
    update(&mut played, &tick("a", 0, "1"), arrival(10_000));
    update(&mut played, &tick("a", 1, "1.1"), arrival(10_257));
    // Tick 2 was lost and is in the window of tick 3.
    let three = window(tick("a", 3, "1.3"), 3, &[(2, "1.2"), (3, "1.3")]);
    update(&mut played, &three, arrival(10_761));
    // The wall clock is set back by an hour.
    let mut later = arrival(11_010);
    later.at -= Duration::from_hours(1);
    update(&mut played, &tick("a", 4, "1.4"), later);
    // A repeated tick arrived when it came first.
    later.monotonic = later.monotonic.map(|at| at + Duration::from_millis(90));
    update(&mut played, &tick("a", 4, "1.4"), later);
    later.monotonic = later.monotonic.map(|at| at + Duration::from_millis(159));
    update(&mut played, &rug("a", 5, "0.01"), later);
    played.board.stop(&mut played.events);
    let game = played.completed()[0];
    let live = [
        Some(0),
        Some(257),
        None,
        Some(761),
        Some(1_010),
        Some(1_259),
    ];
    assert_eq!(game.prices.arrivals(), live);
    assert_eq!(game.prices.counts().live, 5);
    assert!(game.peak_exact());
}

#[test]
fn a_game_that_was_joined_late_counts_from_its_first_message_and_its_peak_is_a_bound() {
    let mut joined = tick("a", 40, "1.2");
    joined.prices = Some(
        [None]
            .repeat(39)
            .into_iter()
            .chain([Some(d("3.5")), Some(d("1.2"))])
            .collect(),
    );
    let mut played = ScriptedBoard::of([joined, tick("a", 41, "1.3"), rug("a", 42, "0.01")]);
    played.board.stop(&mut played.events);
    let game = played.completed()[0];
    assert_eq!(
        game.prices.arrivals()[38..],
        [None, None, Some(0), Some(250), Some(500)]
    );
    assert_eq!((game.peak(), game.peak_exact()), (Some(d("3.5")), false));
}

/// A pause of the process of 40 s: 160 ticks arrive at once.
#[test]
fn ticks_that_arrive_in_a_burst_after_a_pause_are_one_late_arrival() {
    let played = |server: Option<ServerInfo>| {
        let mut played = ScriptedBoard::default();
        if let Some(server) = server {
            played.board.set_server(server, &mut played.events);
        }
        for number in 0..300 {
            let due = number * 250;
            let came = if (10_000..50_000).contains(&due) {
                50_000
            } else {
                due
            };
            let update = tick("a", number, "1.5");
            played
                .board
                .update(&update, arrival(came), &mut played.events);
        }
        played
    };
    let late = played(Some(ServerInfo::REAL));
    assert_eq!(late.anomalies(), [Anomaly::LateArrival]);
    let game = late.board.current().unwrap();
    let burst = game.prices.arrivals()[40..200].iter();
    assert!(
        burst.clone().all(|arrival| *arrival == Some(50_000)),
        "{burst:?}"
    );
    // At a server of an unknown speed a burst says nothing.
    assert_eq!(played(None).anomalies(), []);
}

#[test]
fn a_game_is_of_the_speed_it_ran_at_and_of_none_when_that_changed() {
    let fast = ServerInfo {
        speed: Some(d("20")),
        seeded: true,
    };
    let mut played = ScriptedBoard::default();
    let facts = |played: &ScriptedBoard| {
        let known = played.events.iter().filter_map(|event| match event {
            GameEvent::ServerKnown { game_id, server } => Some((game_id.to_string(), *server)),
            _ => None,
        });
        known.collect::<Vec<_>>()
    };
    played.board.set_server(fast, &mut played.events);
    played.next(&tick("a", 0, "1"));
    played.next(&rug("a", 1, "0.01"));
    // Changed between two games: the one that is over ran at the old speed.
    played
        .board
        .set_server(ServerInfo::REAL, &mut played.events);
    played.next(&tick("b", 0, "1"));
    played
        .board
        .set_server(ServerInfo::REAL, &mut played.events);
    assert_eq!(
        facts(&played),
        [("a".into(), fast), ("b".into(), ServerInfo::REAL)]
    );
    // Changed in the middle: no single speed is its own. And once seeded, its prices will come again.
    let unknown = ServerInfo {
        speed: None,
        seeded: true,
    };
    played.board.set_server(fast, &mut played.events);
    played
        .board
        .set_server(ServerInfo::REAL, &mut played.events);
    assert_eq!(facts(&played)[2..], [("b".into(), unknown)]);
    // Changed after the rug: it concerns the next game only.
    played.next(&tick("c", 0, "1"));
    played.next(&rug("c", 1, "0.01"));
    played.board.set_server(fast, &mut played.events);
    assert_eq!(facts(&played)[3..], [("c".into(), ServerInfo::REAL)]);
}
