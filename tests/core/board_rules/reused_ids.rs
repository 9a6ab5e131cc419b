//! A hash or version that changes during a game, and ids that come back.

use pianola::fairness::{CommitmentSource, Path, seed_hash};
use pianola::game::{Anomaly, GameEvent};
use pianola::protocol::{Commitment, GameStateUpdate, HistoryEntry, number};

use crate::support::decimal::d;
use crate::support::scripted_board::{ScriptedBoard, cooldown, id, rug, tick};

/// Adds a hash and a version to a message.
fn with_hash(mut update: GameStateUpdate, hash: &str, version: &str) -> GameStateUpdate {
    update.commitment = Some(Commitment {
        hash: hash.to_owned(),
        version: Some(version.to_owned()),
    });
    update
}

#[test]
fn another_hash_or_version_during_the_game_is_named_and_the_first_one_counts() {
    let at = |hash, version, number| with_hash(tick("a", number, "1.1"), hash, version);
    for (second, expected) in [
        (at("h1", "v3", 1), 0),
        (at("h2", "v3", 1), 1),
        (at("h1", "v4", 1), 1),
        (at("h2", "v4", 1), 1),
        // A message that says nothing of it changes nothing.
        (tick("a", 1, "1.1"), 0),
    ] {
        let played = ScriptedBoard::of([
            at("h1", "v3", 0),
            second.clone(),
            second.clone(),
            at("h1", "v3", 2),
        ]);
        let game = played.board.current().unwrap();
        assert_eq!(game.commitment.as_deref(), Some("h1"));
        assert_eq!(game.version.as_deref(), Some("v3"));
        assert_eq!(game.proof.commitment, CommitmentSource::Seen);
        let count = game.anomalies.get(&Anomaly::CommitmentChanged).copied();
        // There and back again are two changes; the same one sent twice is one.
        assert_eq!(count.unwrap_or_default(), 2 * expected, "{second:?}");
    }
    // In the countdown as well; it is reported when the game begins.
    let mut played = ScriptedBoard::of([
        with_hash(cooldown("a", 15_000), "h1", "v3"),
        with_hash(cooldown("a", 14_900), "h2", "v3"),
    ]);
    assert_eq!(played.anomalies(), []);
    played.next(&at("h2", "v3", 0));
    assert_eq!(played.anomalies(), [Anomaly::CommitmentChanged]);
    assert_eq!(
        played.board.current().unwrap().commitment.as_deref(),
        Some("h1")
    );
    // Between the rug and the reveal it is still this game.
    let played = ScriptedBoard::of([
        at("h1", "v3", 0),
        with_hash(rug("a", 1, "0.01"), "h1", "v3"),
        with_hash(rug("a", 2, "0.01"), "h2", "v3"),
    ]);
    assert_eq!(played.anomalies(), [Anomaly::CommitmentChanged]);
}

/// A game with this hash from its countdown to its rug.
fn round(game: &str, hash: &str, price: &str) -> Vec<GameStateUpdate> {
    let of = |update| with_hash(update, hash, "v3");
    vec![
        of(cooldown(game, 15_000)),
        of(tick(game, 0, "1")),
        of(tick(game, 1, price)),
        of(rug(game, 2, "0.01")),
    ]
}

/// The published games as id, hash, price of tick 1 and whether the id was reused.
fn published(
    played: &ScriptedBoard,
) -> Vec<(String, Option<&str>, Option<rust_decimal::Decimal>, bool)> {
    let of = |game: &&pianola::game::Game| game.anomalies.contains_key(&Anomaly::IdReused);
    let completed = played.completed().into_iter();
    completed
        .map(|game| {
            (
                game.id.to_string(),
                game.hash(),
                game.prices.get(1),
                of(&game),
            )
        })
        .collect()
}

#[test]
fn the_id_of_a_known_game_with_another_hash_is_another_game() {
    let one = || ("a".to_owned(), Some("h1"), Some(d("1.1")), false);
    let two = || ("a".to_owned(), Some("h2"), Some(d("1.2")), true);
    let other = || ("b".to_owned(), Some("hb"), Some(d("1.5")), false);
    let stop = |mut played: ScriptedBoard| {
        played.board.stop(&mut played.events);
        played
    };
    // At once, before the reveal of the first one.
    let messages = || [round("a", "h1", "1.1"), round("a", "h2", "1.2")].concat();
    let played = stop(ScriptedBoard::of(messages()));
    assert_eq!(published(&played), [one(), two()]);
    assert_eq!(played.ends().len(), 2);
    assert_eq!(
        played.count(|e| matches!(e, GameEvent::GameStarted { .. })),
        2
    );
    // A game in between.
    let between = [
        round("a", "h1", "1.1"),
        round("b", "hb", "1.5"),
        round("a", "h2", "1.2"),
    ];
    let played = stop(ScriptedBoard::of(between.concat()));
    let mut games = published(&played);
    games.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(games, [one(), two(), other()]);
    // Without a countdown: its tick 0 begins it again, in the middle of the first one.
    let mut first = round("a", "h1", "1.1");
    first.pop();
    let second = round("a", "h2", "1.2").split_off(1);
    let played = stop(ScriptedBoard::of([first, second].concat()));
    assert_eq!(published(&played), [one(), two()]);
    // A late message of the first one goes to neither.
    let mut played = ScriptedBoard::of(messages());
    played.next(&with_hash(rug("a", 5, "0.5"), "h1", "v3"));
    assert_eq!(published(&stop(played)), [one(), two()]);
    // With the same hash, or with none, nothing comes back.
    for again in [
        round("a", "h1", "1.2"),
        vec![tick("a", 0, "1"), tick("a", 1, "1.2")],
    ] {
        let messages = [
            round("a", "h1", "1.1"),
            round("b", "hb", "1.5"),
            round("c", "hc", "1.7"),
            again,
        ];
        let played = stop(ScriptedBoard::of(messages.concat()));
        let of_a = published(&played).into_iter().filter(|game| game.0 == "a");
        assert_eq!(of_a.collect::<Vec<_>>(), [one()]);
    }
}

#[test]
fn after_a_restart_and_after_a_lost_connection_another_hash_is_another_game() {
    let of = |number, hash| with_hash(tick("a", number, "1.1"), hash, "v3");
    let mut lost = ScriptedBoard::of([of(0, "h1"), of(1, "h1")]);
    let crashed = lost.board.open_games().to_vec();
    lost.board.disconnect(&mut lost.events);
    let resumed = ScriptedBoard {
        board: pianola::game::Board::resume(crashed),
        ..ScriptedBoard::default()
    };
    for mut played in [lost, resumed] {
        played.next(&of(2, "h2"));
        played.board.stop(&mut played.events);
        let games = played.completed();
        assert_eq!(games.len(), 2);
        assert_eq!((games[0].prices.len(), games[0].hash()), (2, Some("h1")));
        assert_eq!(
            (games[1].prices.missing(), games[1].hash()),
            (2, Some("h2"))
        );
        assert_eq!(games[1].anomalies[&Anomaly::IdReused], 1);
    }
}

#[test]
fn each_game_of_a_reused_id_gets_its_own_seed() {
    let entry = |seed: &str| HistoryEntry {
        id: id("a"),
        timestamp: None,
        prices: None,
        peak: None,
        seed: Some(seed.to_owned()),
        hash: Some(seed_hash(seed)),
        version: Some("v3".to_owned()),
    };
    // A path whose second price is known: both games have their own.
    let second = |seed: &str| {
        let price = *Path::draw(seed, &id("a")).prices().get(1)?;
        number::shortest(price).map(|price| price.to_string())
    };
    let seeds: Vec<String> = (0..20).map(|n| format!("seed {n}")).collect();
    let mut seeds = seeds
        .iter()
        .filter_map(|seed| Some((seed.as_str(), second(seed)?)));
    let (one, two) = (seeds.next().unwrap(), seeds.next().unwrap());
    let messages = |(seed, price): &(&str, String)| {
        let mut messages = round("a", &seed_hash(seed), price);
        messages.pop();
        messages
    };
    let genesis = |seeds: &[&str]| GameStateUpdate {
        history: Some(seeds.iter().map(|seed| entry(seed)).collect()),
        ..with_hash(cooldown("c", 15_000), "hc", "v3")
    };
    let mut played = ScriptedBoard::of([messages(&one), messages(&two)].concat());
    played.next(&genesis(&[two.0, one.0]));
    let second = played.completed()[1];
    assert_eq!(
        (second.seed.as_deref(), second.hash()),
        (Some(two.0), Some(&*seed_hash(two.0)))
    );
    assert!(second.proof.mismatch.is_none(), "{:?}", second.proof);
    // The first one is published already: an event reports its seed.
    let late_seeds: Vec<_> = played
        .events
        .iter()
        .filter_map(|event| match event {
            GameEvent::Revealed { entry, .. } => entry.seed.as_deref(),
            _ => None,
        })
        .collect();
    assert_eq!(late_seeds, [one.0]);
}
