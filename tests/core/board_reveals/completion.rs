//! When a game is complete: its reveal, by its own id and once; healing; recovery; a lost connection.

use pianola::fairness::{ProofStatus, seed_hash};
use pianola::game::{Anomaly, Board, EndReason, Game, GameEvent, PriceSource};
use pianola::protocol::{Commitment, HistoryEntry};

use super::{GAME, RUG, SEED, committed, entry, genesis};
use crate::support::decimal::d;
use crate::support::scripted_board::{ScriptedBoard, id, rug, tick};

#[test]
fn the_history_of_the_rug_message_is_not_taken_for_the_game_itself() {
    let mut other = entry(true);
    other.id = id("20251215-0000000000000000");
    let mut rug_full = committed(rug(GAME, 7, "0.014782661565813707"));
    rug_full.history = Some(vec![other.clone()]);
    let mut played = ScriptedBoard::of([committed(tick(GAME, 0, "1")), rug_full]);
    assert!(played.completed().is_empty(), "it waits for its own entry");
    played.next(&genesis("next", vec![entry(true), other]));
    let games = played.completed();
    assert_eq!(games.len(), 1);
    assert_eq!(
        (games[0].id.as_str(), games[0].proof.status),
        (GAME, ProofStatus::Proven)
    );
    assert_eq!(games[0].prices.counts().history, 6);
    assert_eq!(
        played.count(|e| matches!(e, GameEvent::Revealed { .. })),
        1,
        "the other game has one reveal event"
    );
}

#[test]
fn a_reveal_one_game_later_still_completes_and_after_that_it_is_given_up() {
    let late = |reveal_at: &str| {
        let history = |game: &str| {
            if game == reveal_at {
                vec![entry(true)]
            } else {
                Vec::new()
            }
        };
        let played = ScriptedBoard::of([
            committed(tick(GAME, 0, "1")),
            committed(rug(GAME, 7, "0.014782661565813707")),
            genesis("b", history("b")),
            tick("b", 0, "1"),
            rug("b", 1, "0.01"),
            genesis("c", history("c")),
            tick("c", 0, "1"),
            rug("c", 1, "0.01"),
            genesis("d", history("d")),
        ]);
        let of_game: Vec<_> = played
            .completed()
            .into_iter()
            .filter(|g| g.id == id(GAME))
            .cloned()
            .collect();
        assert_eq!(of_game.len(), 1, "exactly one completion");
        let revealed = played.count(|e| matches!(e, GameEvent::Revealed { .. }));
        (of_game[0].proof.status, revealed)
    };
    assert_eq!(late("b"), (ProofStatus::Proven, 0));
    assert_eq!(late("c"), (ProofStatus::Proven, 0));
    // Published without it: an event reports the late reveal.
    assert_eq!(late("d"), (ProofStatus::Unverifiable, 1));
}

#[test]
fn a_hole_is_healed_from_the_path_and_the_rug_price_is_never_invented() {
    let played = ScriptedBoard::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476163")),
        genesis("next", vec![entry(false)]),
    ]);
    let game = played.completed()[0];
    assert_eq!(game.proof.status, ProofStatus::Repaired);
    assert_eq!(game.prices.repaired(), [1, 2, 3, 4, 5]);
    assert_eq!((game.rug_tick, game.prices.len()), (Some(7), 8));
    assert_eq!((game.prices.get(7), game.complete()), (None, false));
    // The rug was not seen; its tick comes from history.
    assert_eq!(game.end_reason, Some(EndReason::History));
    assert_eq!(game.anomalies[&Anomaly::RugMissed], 1);
}

#[test]
fn a_missed_rug_that_history_does_not_tell_stays_missed() {
    let unknown = HistoryEntry {
        version: Some("v4".to_owned()),
        ..entry(false)
    };
    for entries in [Vec::new(), vec![unknown]] {
        let mut running = tick(GAME, 0, "1");
        running.commitment = Some(Commitment {
            hash: seed_hash(SEED),
            version: None,
        });
        let mut played = ScriptedBoard::of([running, genesis("next", entries)]);
        played.board.stop(&mut played.events);
        let game = played.completed()[0];
        assert_eq!(game.end_reason, Some(EndReason::Missed));
        assert_eq!(game.rug_tick, None);
    }
    // With the list the last price is known, too.
    let played = ScriptedBoard::of([
        committed(tick(GAME, 0, "1")),
        genesis("next", vec![entry(true)]),
    ]);
    let game = played.completed()[0];
    assert_eq!(game.end_reason, Some(EndReason::History));
    assert_eq!(
        (game.complete(), game.proof.status),
        (true, ProofStatus::Proven)
    );
}

#[test]
fn a_price_that_is_not_the_seeds_is_a_mismatch_and_nothing_is_healed() {
    let played = ScriptedBoard::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476175")),
        genesis("next", vec![entry(false)]),
    ]);
    let game = played.completed()[0];
    assert_eq!(game.proof.status, ProofStatus::Mismatch);
    assert!(game.prices.repaired().is_empty());
}

#[test]
fn a_game_that_recovery_brought_goes_on_or_is_closed_by_the_first_history() {
    let mut crashed = Game::new(id(GAME), "2026-01-01T00:00:00Z".parse().unwrap());
    let (game_id, source) = (id(GAME), PriceSource::Live);
    crashed.apply(&GameEvent::PriceTick {
        game_id,
        tick: 0,
        price: d("1"),
        source,
        arrival: None,
    });
    let resumed = || ScriptedBoard {
        board: Board::resume(vec![crashed.clone()]),
        ..ScriptedBoard::default()
    };

    let mut goes_on = resumed();
    goes_on.next(&committed(tick(GAME, 1, "0.9799510872982831")));
    let game = goes_on.board.current().unwrap();
    assert_eq!((game.prices.len(), game.reconnects), (2, 1));
    assert_eq!(
        goes_on.count(|e| matches!(e, GameEvent::GameStarted { .. })),
        0
    );

    let mut closed = resumed();
    closed.next(&genesis("next", vec![entry(true)]));
    let game = closed.completed()[0];
    assert_eq!(
        (game.end_reason, game.complete()),
        (Some(EndReason::Crash), true)
    );

    let mut forgotten = resumed();
    forgotten.next(&genesis("next", Vec::new()));
    let game = forgotten.completed()[0];
    assert_eq!(
        (game.end_reason, game.proof.status),
        (Some(EndReason::Crash), ProofStatus::Unverifiable)
    );
}

#[test]
fn a_lost_connection_publishes_what_is_over_and_keeps_what_runs() {
    let mut played = ScriptedBoard::of([tick("a", 0, "1"), rug("a", 1, "0.01")]);
    played.board.disconnect(&mut played.events);
    assert_eq!(played.completed().len(), 1);
    played.next(&rug("a", 3, "0.01"));
    played.next(&genesis("b", Vec::new()));
    played.next(&tick("b", 0, "1"));
    played.board.disconnect(&mut played.events);
    assert_eq!(played.completed().len(), 1, "b runs on");
    played.next(&tick("b", 9, "1"));
    assert_eq!(played.board.current().unwrap().reconnects, 1);
    played.board.stop(&mut played.events);
    assert_eq!(played.completed()[1].end_reason, Some(EndReason::Stopped));
}

#[test]
fn a_price_list_of_another_length_is_named() {
    let length = |drop: usize, add: usize| {
        let mut entry = entry(true);
        let list = entry.prices.as_mut().unwrap();
        list.truncate(8 - drop);
        list.extend(std::iter::repeat_n(Some(d("0.01")), add));
        let played = ScriptedBoard::of([
            committed(tick(GAME, 0, "1")),
            committed(rug(GAME, 7, RUG)),
            genesis("next", vec![entry]),
        ]);
        let reported = played.anomalies();
        let game = played.completed()[0];
        let count = game.anomalies.get(&Anomaly::HistoryLength).copied();
        assert_eq!(reported.contains(&Anomaly::HistoryLength), count.is_some());
        (count, game.prices.len(), game.proof.status)
    };
    assert_eq!(length(0, 0), (None, 8, ProofStatus::Proven));
    assert_eq!(length(0, 1), (Some(1), 8, ProofStatus::Proven));
    assert_eq!(length(0, 6_000), (Some(1), 8, ProofStatus::Repaired));
    assert_eq!(length(8, 0), (Some(1), 8, ProofStatus::Repaired));
    // The ticks that the short list does not tell come from the seed.
    assert_eq!(length(3, 0), (Some(1), 8, ProofStatus::Repaired));
    // A rug that was missed, and a list that ends before what was seen.
    let mut short = entry(true);
    short.prices.as_mut().unwrap().truncate(3);
    let played = ScriptedBoard::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476163")),
        genesis("next", vec![short]),
    ]);
    assert_eq!(played.completed()[0].anomalies[&Anomaly::HistoryLength], 1);
}
