//! The reducer on real traffic: what each capture must give.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "support/captures.rs"]
mod captures;
#[path = "support/skipped.rs"]
mod skipped;

use pianola::fairness::Status;
use pianola::game::{Board, EndReason, Game, GameEvent};

fn play(name: &str) -> Option<Vec<GameEvent>> {
    let (updates, counts) = captures::updates(name)?;
    assert!(
        !counts.malformed_events.contains_key("gameStateUpdate"),
        "{name}: {counts:?}"
    );
    let mut board = Board::default();
    let mut events = Vec::new();
    for (at, update) in &updates {
        board.update(update, *at, &mut events);
    }
    board.disconnected(&mut events);
    board.stopped(&mut events);
    Some(events)
}

/// A game that a capture must give: id, ticks, status.
type Expected = (&'static str, usize, Status);

fn completed(events: &[GameEvent]) -> Vec<&Game> {
    let games = events.iter().filter_map(|event| match event {
        GameEvent::GameComplete(game) => Some(&**game),
        _ => None,
    });
    games.collect()
}

#[test]
fn each_complete_game_of_the_captures_is_gap_free_and_proven_where_the_seed_is() {
    let expected: [(&str, &[Expected]); 3] = [
        (
            captures::STREAMS[0],
            &[
                ("20251215-a8311c871b0e4bea", 117, Status::Proven),
                ("20251215-1a211bfc7caf41d6", 8, Status::Proven),
            ],
        ),
        (
            captures::STREAMS[1],
            &[("20251212-25dcb17086a24ad7", 230, Status::Unverifiable)],
        ),
        (
            captures::STREAMS[2],
            &[("20251215-0229cacf684f458c", 100, Status::Proven)],
        ),
    ];
    for (name, games) in expected {
        let Some(events) = play(name) else { return };
        let done = completed(&events);
        for game in &done {
            println!(
                "{name}: {game:?}",
                game = (
                    &game.id,
                    game.prices.len(),
                    game.prices.counts(),
                    &game.proof,
                    &game.anomalies
                )
            );
        }
        assert_eq!(done.len(), games.len(), "{name}");
        for (game, (id, ticks, status)) in done.iter().zip(games) {
            assert_eq!(
                (game.id.as_str(), game.prices.len()),
                (*id, *ticks),
                "{name}"
            );
            assert_eq!(game.proof.status, *status, "{name}: {:?}", game.proof);
            assert!(game.complete(), "{name}: {id}");
            assert!(game.anomalies.is_empty(), "{name}: {:?}", game.anomalies);
            assert_eq!(game.end_reason, Some(EndReason::Rug));
        }
    }
}
