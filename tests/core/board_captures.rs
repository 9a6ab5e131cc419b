//! The reducer on real traffic: what each capture must give.

use pianola::fairness::ProofStatus;
use pianola::game::{Anomaly, Board, EndReason, Game, GameEvent};

use crate::support::captures;

fn play(name: &str) -> Option<Vec<GameEvent>> {
    let (updates, counts) = captures::updates(name)?;
    assert!(
        !counts.malformed_events.contains_key("gameStateUpdate"),
        "{name}: {counts:?}"
    );
    Some(play_updates(&updates))
}

fn play_updates(updates: &[captures::Timed]) -> Vec<GameEvent> {
    let mut board = Board::default();
    let mut events = Vec::new();
    for (at, update) in updates {
        board.update(update, *at, &mut events);
    }
    board.disconnect(&mut events);
    board.stop(&mut events);
    events
}

/// A game that a capture must give: id, ticks, status.
type Expected = (&'static str, usize, ProofStatus);

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
                ("20251215-a8311c871b0e4bea", 117, ProofStatus::Proven),
                ("20251215-1a211bfc7caf41d6", 8, ProofStatus::Proven),
            ],
        ),
        (
            captures::STREAMS[1],
            &[("20251212-25dcb17086a24ad7", 230, ProofStatus::Unverifiable)],
        ),
        (
            captures::STREAMS[2],
            &[("20251215-0229cacf684f458c", 100, ProofStatus::Proven)],
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

#[test]
fn a_flag_that_is_carried_over_to_the_next_id_ends_nothing() {
    let (updates, _) = captures::updates("rug-carried-over-to-new-id.jsonl").unwrap();
    let events = play_updates(&updates);
    let games = completed(&events);
    let of = |game: &Game| {
        let reason = game.end_reason;
        (
            game.prices.len(),
            game.complete(),
            game.proof.status,
            reason,
        )
    };
    assert_eq!(games.len(), 2);
    assert_eq!(
        of(games[0]),
        (83, true, ProofStatus::Proven, Some(EndReason::Rug))
    );
    assert!(games[0].anomalies.is_empty(), "{:?}", games[0].anomalies);
    // Of this one the connection brought two ticks and no rug; its history entry has all of it.
    assert_eq!(
        of(games[1]),
        (84, true, ProofStatus::Proven, Some(EndReason::History))
    );
    assert_eq!(games[1].joined_at_tick, Some(81));
    assert_eq!(
        games[1].anomalies.keys().collect::<Vec<_>>(),
        [&Anomaly::RugMissed]
    );
}

#[test]
fn the_dialect_of_may_2025_gives_no_mismatch_and_every_logged_tick() {
    let name = "may-2025-excerpt.jsonl";
    let lines = captures::lines(name).unwrap();
    // What the log tells of ticks: in messages of a game that runs.
    let mut logged: Vec<(String, u64, String)> = Vec::new();
    for data in lines.iter().filter_map(|line| line.args.last()) {
        if data["active"] == true && data["rugged"] == false {
            let id = data["gameId"].as_str().unwrap().to_owned();
            logged.push((
                id,
                data["tickCount"].as_u64().unwrap(),
                data["price"].to_string(),
            ));
        }
    }
    logged.dedup();
    assert_eq!(logged.len(), 9);
    let (updates, _) = captures::updates(name).unwrap();
    let events = play_updates(&updates);
    let games = completed(&events);
    let ids: Vec<_> = games.iter().map(|game| game.id.as_str()).collect();
    assert_eq!(
        ids,
        ["20250518-1981f2b0fe9d4fcf", "20250518-70907e4c417c4506"]
    );
    for (id, tick, price) in &logged {
        let game = games.iter().find(|game| game.id.as_str() == id).unwrap();
        let tick = u32::try_from(*tick).unwrap();
        assert_eq!(
            game.prices.get(tick).unwrap().to_string(),
            *price,
            "{id}: {tick}"
        );
        assert_eq!(
            game.prices.source(tick),
            Some(pianola::game::PriceSource::Live)
        );
    }
    // The first one was joined late and its rug came with `active: false`; its seed tells the rest.
    let first = games[0];
    assert_eq!(
        first.proof.status,
        ProofStatus::Repaired,
        "{:?}",
        first.proof
    );
    assert_eq!((first.prices.len(), first.rug_tick), (139, Some(138)));
    assert_eq!(first.prices.get(0).unwrap().to_string(), "1");
    assert_eq!(first.end_reason, Some(EndReason::History));
    // The second one began with leftovers of the first, and opens with its own tick 0.
    let second = games[1];
    assert_eq!((second.joined_at_tick, second.prices.len()), (Some(0), 5));
    assert_eq!((second.prices.missing(), second.end), (0, None));
    assert_eq!(second.proof.reason.as_deref(), Some("no seed yet"));
    assert!(second.anomalies.is_empty(), "{:?}", second.anomalies);
}

/// The game of May 2025 of which the whole log has 98 prices: its leftovers first, then its own ticks.
#[test]
fn a_whole_game_behind_leftovers_has_every_price_that_came() {
    let (mut updates, _) = captures::updates("may-2025-excerpt.jsonl").unwrap();
    let first_tick = updates
        .iter()
        .position(|(_, u)| u.active == Some(true))
        .unwrap();
    let (at, template) = updates[first_tick].clone();
    let reveal = updates.iter().find_map(|(_, u)| u.history.clone()).unwrap();
    let seed = reveal[0].seed.as_deref().unwrap();
    let path = pianola::fairness::Path::draw(seed, &template.game_id);
    let ticks = (0..98).map(|tick| {
        let mut update = template.clone();
        update.tick_count = Some(tick);
        let price = path.prices()[usize::try_from(tick).unwrap()];
        update.price = pianola::protocol::number::shortest(price);
        (at, update)
    });
    updates.splice(first_tick..first_tick, ticks);
    let events = play_updates(&updates);
    let game = completed(&events)[0];
    let live =
        (0..98).all(|tick| game.prices.source(tick) == Some(pianola::game::PriceSource::Live));
    assert_eq!((game.joined_at_tick, live), (Some(0), true));
    assert_eq!(game.proof.status, ProofStatus::Repaired, "{:?}", game.proof);
}
