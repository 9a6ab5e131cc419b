//! Whether a hash was a commitment: it came before the seed.

use pianola::fairness::{CommitmentSource, ProofStatus};
use pianola::game::{Anomaly, Board, EndReason, Game, GameEvent};
use pianola::protocol::{Commitment, Counts, Event, GameId, GameStateUpdate, decode};

use super::{GAME, RUG, SEEN_BUT_EARLY, UNSEEN, committed, entry, genesis};
use crate::support::decimal::d;
use crate::support::scripted_board::{ScriptedBoard, cooldown, id, rug, tick};

#[test]
fn a_commitment_first_seen_with_the_seed_proves_nothing() {
    let played = ScriptedBoard::of([
        tick(GAME, 0, "1"),
        rug(GAME, 7, "0.014782661565813707"),
        genesis("next", vec![entry(true)]),
    ]);
    let proof = &played.completed()[0].proof;
    assert_eq!(
        (proof.status, proof.reason.as_deref()),
        (ProofStatus::Unverifiable, Some("no commitment seen"))
    );
}

/// Adds a list with this game's own entry to a message.
fn listed(mut update: GameStateUpdate) -> GameStateUpdate {
    update.history = Some(vec![entry(false)]);
    update
}

/// Plays these messages, then the rug and the reveal; returns the published game and the events.
fn to_its_end(mut played: ScriptedBoard) -> (Game, Vec<GameEvent>) {
    played.next(&committed(rug(GAME, 7, RUG)));
    played.next(&genesis("next", vec![entry(false)]));
    let completed = played.completed();
    assert_eq!(completed.len(), 1);
    assert_eq!(played.ends(), [(GAME.to_owned(), EndReason::Rug)]);
    (completed[0].clone(), played.events.clone())
}

/// Commitment, status and reason of a proof, and how often the seed came early.
fn outcome(game: &Game) -> (CommitmentSource, ProofStatus, Option<&str>, u32) {
    let proof = &game.proof;
    let early = game.anomalies.get(&Anomaly::EarlyReveal).copied();
    (
        proof.commitment,
        proof.status,
        proof.reason.as_deref(),
        early.unwrap_or_default(),
    )
}

#[test]
fn a_hash_is_a_commitment_only_if_it_came_in_a_message_before_the_seed() {
    let countdown = || committed(cooldown(GAME, 15_000));
    let playing = || committed(tick(GAME, 0, "1"));
    let later = || committed(tick(GAME, 1, "0.9799510872982831"));
    for (messages, expected) in [
        // In one message, first of all: a connect snapshot in the middle of the game.
        (vec![listed(playing()), later()], UNSEEN),
        // In one message, in the countdown.
        (vec![listed(countdown()), playing()], UNSEEN),
        // The seed first.
        (vec![listed(tick(GAME, 0, "1")), later()], UNSEEN),
        (
            vec![
                listed(cooldown(GAME, 15_000)),
                cooldown(GAME, 14_900),
                playing(),
            ],
            UNSEEN,
        ),
        // The list came in a message of another game, before this one began.
        (
            vec![genesis("other", vec![entry(false)]), countdown(), playing()],
            UNSEEN,
        ),
        // The hash first.
        (vec![playing(), listed(later())], SEEN_BUT_EARLY),
        (vec![countdown(), listed(playing())], SEEN_BUT_EARLY),
        // Again and again: it is one early reveal.
        (
            vec![playing(), listed(later()), listed(later()), later()],
            SEEN_BUT_EARLY,
        ),
    ] {
        let first: Vec<_> = messages.iter().map(|m| m.tick_count).collect();
        let played = ScriptedBoard::of(messages);
        assert!(played.completed().is_empty(), "{first:?}: it still runs");
        let (game, events) = to_its_end(played);
        assert_eq!(outcome(&game), expected, "{first:?}");
        assert_eq!(
            game.prices.get(7),
            Some(d(RUG)),
            "{first:?}: nothing is lost"
        );
        let warned = |e: &&GameEvent| matches!(e, GameEvent::AnomalySeen { anomaly, count: 1, .. } if *anomaly == Anomaly::EarlyReveal);
        assert_eq!(events.iter().filter(warned).count(), 1, "{first:?}");
    }
}

#[test]
fn hash_and_seed_in_the_message_of_the_rug_are_no_commitment_and_no_early_reveal() {
    let played = ScriptedBoard::of([tick(GAME, 0, "1"), listed(committed(rug(GAME, 7, RUG)))]);
    let (_, status, reason, early) = outcome(played.completed()[0]);
    assert_eq!((status, reason, early), (UNSEEN.1, UNSEEN.2, 0));
    assert_eq!(
        played.completed()[0].proof.commitment,
        CommitmentSource::File
    );
}

#[test]
fn the_order_of_hash_and_seed_outlives_a_crash_and_a_lost_connection() {
    let hash_first = || vec![committed(tick(GAME, 0, "1")), listed(tick(GAME, 0, "1"))];
    let seed_first = || vec![listed(tick(GAME, 0, "1")), tick(GAME, 0, "1")];
    for (before, expected) in [(hash_first(), SEEN_BUT_EARLY), (seed_first(), UNSEEN)] {
        let mut lost = ScriptedBoard::of(before.clone());
        lost.board.disconnect(&mut lost.events);
        lost.next(&committed(tick(GAME, 1, "0.9799510872982831")));
        assert_eq!(outcome(&to_its_end(lost).0), expected);

        // A crash: the journal's facts, as they were written, or as the game returns them.
        let crashed = ScriptedBoard::of(before);
        let replay = |facts: &[GameEvent]| {
            let mut game = Game::new(id(GAME), "2026-01-01T00:00:00Z".parse().unwrap());
            for fact in facts {
                game.apply(fact);
            }
            game
        };
        let again = replay(&crashed.events);
        assert_eq!(again.anomalies, crashed.board.open_games()[0].anomalies);
        for game in [replay(&again.facts()), again] {
            let mut resumed = ScriptedBoard {
                board: Board::resume(vec![game]),
                ..ScriptedBoard::default()
            };
            resumed.next(&committed(tick(GAME, 1, "0.9799510872982831")));
            assert_eq!(outcome(&to_its_end(resumed).0), expected);
        }
    }
}

#[test]
fn a_seed_that_came_only_early_still_completes_the_game() {
    let mut played = ScriptedBoard::of([
        committed(tick(GAME, 0, "1")),
        listed(tick(GAME, 1, "0.9799510872982831")),
        rug(GAME, 7, RUG),
    ]);
    played.board.disconnect(&mut played.events);
    assert_eq!(outcome(played.completed()[0]), SEEN_BUT_EARLY);
    // Stopped in the middle of it, the file waits for the real reveal.
    let mut stopped = ScriptedBoard::of([
        committed(tick(GAME, 0, "1")),
        listed(tick(GAME, 1, "0.9799510872982831")),
    ]);
    stopped.board.stop(&mut stopped.events);
    let game = stopped.completed()[0];
    assert_eq!((game.seed.as_ref(), game.prices.len()), (None, 2));
    assert_eq!(game.end_reason, Some(EndReason::Stopped));
}

/// The entry of a game of March 2025, when the server called its generator `v1`.
fn v1_entry() -> serde_json::Value {
    serde_json::from_str(include_str!("../../fixtures/history-v1-entry.json")).unwrap()
}

/// Reads a genesis message with this entry.
fn genesis_with(entry: &serde_json::Value) -> GameStateUpdate {
    let update = serde_json::json!({
        "gameId": "next", "active": false, "cooldownTimer": 15_000, "gameHistory": [entry]
    });
    match decode("gameStateUpdate", &[update], &mut Counts::default()) {
        Some(Event::GameState(update)) => *update,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_game_of_version_1_is_unverifiable_wherever_its_entry_says_the_version() {
    let v1 = v1_entry();
    for place in ["version", "gameVersion", "provablyFair"] {
        let mut entry = v1.clone();
        let object = entry.as_object_mut().unwrap();
        object.remove("version");
        object["provablyFair"]
            .as_object_mut()
            .unwrap()
            .remove("version");
        match place {
            "provablyFair" => object["provablyFair"]["version"] = "v1".into(),
            key => drop(object.insert(key.to_owned(), "v1".into())),
        }
        let game_id: GameId = id(v1["id"].as_str().unwrap());
        let update = genesis_with(&entry);
        let known = update.history.as_ref().unwrap()[0].clone();
        assert_eq!(known.version.as_deref(), Some("v1"), "{place}");
        let alone = Game::from_history(&known).unwrap();
        // Seen live, in a time in which messages did not say the version.
        let mut running = tick(game_id.as_str(), 0, "1");
        let hash = known.hash.clone().unwrap();
        running.commitment = Some(Commitment {
            hash,
            version: None,
        });
        let played = ScriptedBoard::of([running, update]);
        for game in [&alone, played.completed()[0]] {
            let proof = &game.proof;
            assert_eq!(
                proof.status,
                ProofStatus::Unverifiable,
                "{place}: {proof:?}"
            );
            assert_eq!(
                proof.reason.as_deref(),
                Some("unknown version v1"),
                "{place}"
            );
            assert_eq!(game.prices.missing(), 0, "{place}: its prices are kept");
        }
    }
}

#[test]
fn a_game_known_from_the_list_alone_has_no_commitment_that_was_seen() {
    let game = Game::from_history(&entry(true)).unwrap();
    let (commitment, status, reason, early) = outcome(&game);
    assert_eq!((commitment, status, reason), (UNSEEN.0, UNSEEN.1, UNSEEN.2));
    assert_eq!((early, game.end_reason), (0, Some(EndReason::History)));
}
