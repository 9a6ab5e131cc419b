//! How a game is completed (`behaviour.md` 7): its reveal, by its own id and once; healing; recovery; a lost connection.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/played.rs"]
mod played;

use pianola::fairness::{Path, Status, seed_hash};
use pianola::game::{Board, EndReason, Game, GameEvent, Source};
use pianola::protocol::{Commitment, GameStateUpdate, HistoryEntry, number};
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
        (GAME, Status::Proven)
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
    assert_eq!(late("b"), (Status::Proven, 0));
    assert_eq!(late("c"), (Status::Proven, 0));
    // Published without it; whoever keeps the file is told.
    assert_eq!(late("d"), (Status::Unverifiable, 1));
}

#[test]
fn a_hole_is_healed_from_the_path_and_the_rug_price_is_never_invented() {
    let played = Played::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476163")),
        genesis("next", vec![entry(false)]),
    ]);
    let game = played.completed()[0];
    assert_eq!(game.proof.status, Status::Repaired);
    assert_eq!(game.prices.repaired(), [1, 2, 3, 4, 5]);
    assert_eq!((game.rug_tick, game.prices.len()), (Some(7), 8));
    assert_eq!((game.prices.get(7), game.complete()), (None, false));
    assert_eq!(game.end_reason, Some(EndReason::Missed));
}

#[test]
fn a_price_that_is_not_the_seeds_is_a_mismatch_and_nothing_is_healed() {
    let played = Played::of([
        committed(tick(GAME, 0, "1")),
        committed(tick(GAME, 6, "0.7444035858476164")),
        genesis("next", vec![entry(false)]),
    ]);
    let game = played.completed()[0];
    assert_eq!(game.proof.status, Status::Mismatch);
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
        (Status::Unverifiable, Some("no commitment seen"))
    );
}

#[test]
fn a_game_that_recovery_brought_goes_on_or_is_closed_by_the_first_history() {
    let mut crashed = Game::new(id(GAME), "2026-01-01T00:00:00Z".parse().unwrap());
    let (game_id, source) = (id(GAME), Source::Live);
    crashed.apply(&GameEvent::PriceTick {
        game_id,
        tick: 0,
        price: d("1"),
        source,
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
        (Some(EndReason::Crash), Status::Unverifiable)
    );
}

#[test]
fn a_lost_connection_publishes_what_is_over_and_keeps_what_runs() {
    let mut played = Played::of([tick("a", 0, "1"), rug("a", 1, "0.01")]);
    played.board.disconnected(&mut played.events);
    assert_eq!(played.completed().len(), 1);
    played.next(&rug("a", 3, "0.01"));
    played.next(&genesis("b", Vec::new()));
    played.next(&tick("b", 0, "1"));
    played.board.disconnected(&mut played.events);
    assert_eq!(played.completed().len(), 1, "b runs on");
    played.next(&tick("b", 9, "1"));
    assert_eq!(played.board.current().unwrap().reconnects, 1);
    played.board.stopped(&mut played.events);
    assert_eq!(played.completed()[1].end_reason, Some(EndReason::Stopped));
}
