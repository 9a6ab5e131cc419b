//! How a game is completed (`behaviour.md` 7): its reveal, by its own id and once; healing; recovery; a lost connection.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/played.rs"]
mod played;

use pianola::fairness::{CommitmentSource, Path, ProofStatus, seed_hash};
use pianola::game::{Anomaly, Board, EndReason, Game, GameEvent, PriceSource};
use pianola::protocol::{
    Commitment, Counts, Event, GameId, GameStateUpdate, HistoryEntry, decode, number,
};
use played::{Played, cooldown, d, id, rug, tick};

const SEED: &str = "3ebcc4cd5daa7e41cb996efb2c4b73f0235b8e385617c142f17eee9b685d9a7d";
const GAME: &str = "20251215-1a211bfc7caf41d6";

/// The history entry of a real game of eight ticks.
fn entry(prices: bool) -> HistoryEntry {
    let path = Path::draw(SEED, &id(GAME));
    let mut list: Vec<_> = path.prices().iter().map(|p| number::shortest(*p)).collect();
    list.push(Some(d("0.014782661565813707")));
    HistoryEntry {
        id: id(GAME),
        timestamp: Some(1_765_761_482_000),
        prices: prices.then_some(list),
        peak: Some(d("1")),
        seed: Some(SEED.to_owned()),
        hash: Some(seed_hash(SEED)),
        version: Some("v3".to_owned()),
    }
}

fn genesis(game: &str, history: Vec<HistoryEntry>) -> GameStateUpdate {
    GameStateUpdate {
        active: Some(false),
        history: Some(history),
        ..cooldown(game, 15_000)
    }
}

fn committed(mut update: GameStateUpdate) -> GameStateUpdate {
    update.commitment = Some(Commitment {
        hash: seed_hash(SEED),
        version: Some("v3".to_owned()),
    });
    update
}

#[test]
fn the_history_of_the_rug_message_is_not_taken_for_the_game_itself() {
    let mut other = entry(true);
    other.id = id("20251215-0000000000000000");
    let mut rug_full = committed(rug(GAME, 7, "0.014782661565813707"));
    rug_full.history = Some(vec![other.clone()]);
    let mut played = Played::of([committed(tick(GAME, 0, "1")), rug_full]);
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
        "the other one is told once"
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
        let played = Played::of([
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
        let told = played.count(|e| matches!(e, GameEvent::Revealed { .. }));
        (of_game[0].proof.status, told)
    };
    assert_eq!(late("b"), (ProofStatus::Proven, 0));
    assert_eq!(late("c"), (ProofStatus::Proven, 0));
    // Published without it; whoever keeps the file is told.
    assert_eq!(late("d"), (ProofStatus::Unverifiable, 1));
}

#[test]
fn a_hole_is_healed_from_the_path_and_the_rug_price_is_never_invented() {
    let played = Played::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476163")),
        genesis("next", vec![entry(false)]),
    ]);
    let game = played.completed()[0];
    assert_eq!(game.proof.status, ProofStatus::Repaired);
    assert_eq!(game.prices.repaired(), [1, 2, 3, 4, 5]);
    assert_eq!((game.rug_tick, game.prices.len()), (Some(7), 8));
    assert_eq!((game.prices.get(7), game.complete()), (None, false));
    // Nobody saw its rug; history told where it was.
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
        let mut played = Played::of([running, genesis("next", entries)]);
        played.board.stop(&mut played.events);
        let game = played.completed()[0];
        assert_eq!(game.end_reason, Some(EndReason::Missed));
        assert_eq!(game.rug_tick, None);
    }
    // With the list the last price is known, too.
    let played = Played::of([
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
    let played = Played::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476175")),
        genesis("next", vec![entry(false)]),
    ]);
    let game = played.completed()[0];
    assert_eq!(game.proof.status, ProofStatus::Mismatch);
    assert!(game.prices.repaired().is_empty());
}

#[test]
fn a_commitment_first_seen_with_the_seed_proves_nothing() {
    let played = Played::of([
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
    let resumed = || Played {
        board: Board::resume(vec![crashed.clone()]),
        ..Played::default()
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
    let mut played = Played::of([tick("a", 0, "1"), rug("a", 1, "0.01")]);
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

/// Adds a list with this game's own entry to a message.
fn listed(mut update: GameStateUpdate) -> GameStateUpdate {
    update.history = Some(vec![entry(false)]);
    update
}

const RUG: &str = "0.014782661565813707";

/// Plays these messages, then the rug and the reveal; returns the game as it is published, and what was told.
fn to_its_end(mut played: Played) -> (Game, Vec<GameEvent>) {
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

const UNSEEN: (CommitmentSource, ProofStatus, Option<&str>, u32) = (
    CommitmentSource::File,
    ProofStatus::Unverifiable,
    Some("no commitment seen"),
    1,
);
const SEEN_BUT_EARLY: (CommitmentSource, ProofStatus, Option<&str>, u32) =
    (CommitmentSource::Seen, ProofStatus::Repaired, None, 1);

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
        let played = Played::of(messages);
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
    let played = Played::of([tick(GAME, 0, "1"), listed(committed(rug(GAME, 7, RUG)))]);
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
        let mut lost = Played::of(before.clone());
        lost.board.disconnect(&mut lost.events);
        lost.next(&committed(tick(GAME, 1, "0.9799510872982831")));
        assert_eq!(outcome(&to_its_end(lost).0), expected);

        // A crash: the journal's facts, as they were told, or as the game tells them.
        let crashed = Played::of(before);
        let told = |facts: &[GameEvent]| {
            let mut game = Game::new(id(GAME), "2026-01-01T00:00:00Z".parse().unwrap());
            for fact in facts {
                game.apply(fact);
            }
            game
        };
        let again = told(&crashed.events);
        assert_eq!(again.anomalies, crashed.board.open_games()[0].anomalies);
        for game in [told(&again.facts()), again] {
            let mut resumed = Played {
                board: Board::resume(vec![game]),
                ..Played::default()
            };
            resumed.next(&committed(tick(GAME, 1, "0.9799510872982831")));
            assert_eq!(outcome(&to_its_end(resumed).0), expected);
        }
    }
}

#[test]
fn a_seed_that_is_told_only_early_still_completes_the_game() {
    let mut played = Played::of([
        committed(tick(GAME, 0, "1")),
        listed(tick(GAME, 1, "0.9799510872982831")),
        rug(GAME, 7, RUG),
    ]);
    played.board.disconnect(&mut played.events);
    assert_eq!(outcome(played.completed()[0]), SEEN_BUT_EARLY);
    // Stopped in the middle of it, the file waits for the real reveal.
    let mut stopped = Played::of([
        committed(tick(GAME, 0, "1")),
        listed(tick(GAME, 1, "0.9799510872982831")),
    ]);
    stopped.board.stop(&mut stopped.events);
    let game = stopped.completed()[0];
    assert_eq!((game.seed.as_ref(), game.prices.len()), (None, 2));
    assert_eq!(game.end_reason, Some(EndReason::Stopped));
}

#[test]
fn a_price_list_of_another_length_is_named() {
    let length = |drop: usize, add: usize| {
        let mut entry = entry(true);
        let list = entry.prices.as_mut().unwrap();
        list.truncate(8 - drop);
        list.extend(std::iter::repeat_n(Some(d("0.01")), add));
        let played = Played::of([
            committed(tick(GAME, 0, "1")),
            committed(rug(GAME, 7, RUG)),
            genesis("next", vec![entry]),
        ]);
        let told = played.anomalies();
        let game = played.completed()[0];
        let count = game.anomalies.get(&Anomaly::HistoryLength).copied();
        assert_eq!(told.contains(&Anomaly::HistoryLength), count.is_some());
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
    let played = Played::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476163")),
        genesis("next", vec![short]),
    ]);
    assert_eq!(played.completed()[0].anomalies[&Anomaly::HistoryLength], 1);
}

/// The entry of a game of March 2025, when the server called its generator `v1`.
fn v1_entry() -> serde_json::Value {
    serde_json::from_str(include_str!("fixtures/history-v1-entry.json")).unwrap()
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
        let played = Played::of([running, update]);
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
