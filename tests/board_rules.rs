//! The rules of the board one by one (`behaviour.md` 6 and 7): phases, ticks, anomalies, with scripted messages.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/played.rs"]
mod played;

use pianola::fairness::{CommitmentSource, Path, seed_hash};
use pianola::game::{Anomaly, EndReason, GameEvent, Phase, PriceSource};
use pianola::protocol::{Commitment, GameStateUpdate, HistoryEntry, number};
use played::{Played, cooldown, d, id, rug, tick, window};

// The three of the seed document, under their names.

#[test]
fn test_game_started_on_cooldown_to_active() {
    let played = Played::of([
        cooldown("a", 14_900),
        tick("a", 0, "1"),
        tick("a", 1, "1.1"),
    ]);
    assert_eq!(
        played.count(|e| matches!(e, GameEvent::GameStarted { .. })),
        1
    );
}

#[test]
fn test_game_ended_on_rug() {
    let played = Played::of([tick("a", 0, "1"), rug("a", 1, "0.01"), rug("a", 2, "0.01")]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Rug)]);
}

#[test]
fn test_game_ended_on_active_to_cooldown() {
    let played = Played::of([
        tick("a", 0, "1"),
        tick("a", 1, "1.1"),
        cooldown("b", 14_900),
    ]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Missed)]);
    assert_eq!(played.anomalies(), [Anomaly::RugMissed]);
}

#[test]
fn a_whole_cycle_goes_through_the_phases_without_an_anomaly() {
    let played = Played::of([
        cooldown("a", 15_000),
        cooldown("a", 10_000),
        tick("a", 0, "1"),
        rug("a", 1, "0.01"),
        cooldown("b", 15_000),
    ]);
    assert_eq!(
        played.phases(),
        [
            Phase::Cooldown,
            Phase::Presale,
            Phase::Active,
            Phase::Rugged,
            Phase::Cooldown
        ]
    );
    assert_eq!(played.anomalies(), []);
}

#[test]
fn flags_outrank_the_timer_and_absent_means_unchanged() {
    let mut odd = tick("a", 0, "1");
    odd.cooldown_timer = Some(5_000);
    let mut played = Played::of([odd]);
    assert_eq!(played.board.phase(), Phase::Active);
    // A message that says nothing of the flags leaves them.
    played.next(&GameStateUpdate::new(id("a")));
    assert_eq!(played.board.phase(), Phase::Active);
    let mut paused = GameStateUpdate::new(id("b"));
    paused.cooldown_paused = Some(true);
    paused.cooldown_timer = Some(0);
    played.next(&rug("a", 1, "0.01"));
    played.next(&paused);
    assert_eq!(played.board.phase(), Phase::Cooldown);
}

#[test]
fn a_jump_over_phases_is_an_illegal_transition_unless_the_connection_is_fresh() {
    let jumped = Played::of([cooldown("a", 15_000), rug("a", 5, "0.01")]);
    assert_eq!(jumped.anomalies(), [Anomaly::IllegalTransition]);
    let vanished = Played::of([
        cooldown("a", 5_000),
        cooldown("b", 15_000),
        tick("b", 0, "1"),
    ]);
    assert_eq!(vanished.anomalies(), [Anomaly::IllegalTransition]);

    let mut fresh = Played::of([cooldown("a", 15_000)]);
    fresh.board.disconnect(&mut fresh.events);
    assert_eq!(fresh.board.phase(), Phase::Unknown);
    fresh.next(&rug("a", 5, "0.01"));
    assert_eq!(fresh.anomalies(), []);
}

#[test]
fn a_repeated_tick_with_the_same_price_is_no_anomaly_and_another_price_is() {
    let played = Played::of([tick("a", 0, "1"), tick("a", 1, "1.1"), tick("a", 1, "1.1")]);
    assert_eq!(played.anomalies(), []);
    assert_eq!(
        played.board.current().unwrap().duplicates,
        1,
        "counted apart"
    );
    let played = Played::of([tick("a", 0, "1"), tick("a", 1, "1.1"), tick("a", 1, "1.2")]);
    assert_eq!(played.anomalies(), [Anomaly::PriceChanged]);
    assert_eq!(
        played.board.current().unwrap().prices.get(1),
        Some(d("1.1")),
        "the first one stays"
    );
}

#[test]
fn ticks_that_go_back_or_jump_are_named() {
    let back = Played::of([tick("a", 0, "1"), tick("a", 2, "1.1"), tick("a", 1, "1.05")]);
    assert_eq!(back.anomalies(), [Anomaly::TickBackwards]);
    assert_eq!(
        back.board.current().unwrap().prices.get(1),
        Some(d("1.05")),
        "and fill the hole"
    );
    assert_eq!(
        Played::of([tick("a", 0, "1"), tick("a", 20, "2")]).anomalies(),
        []
    );
    assert_eq!(
        Played::of([tick("a", 0, "1"), tick("a", 21, "2")]).anomalies(),
        [Anomaly::TickJump]
    );
}

#[test]
fn a_snapshot_with_an_older_tick_is_no_anomaly() {
    let mut snapshot = tick("a", 1, "1.1");
    snapshot.prices = Some(vec![Some(d("1")), Some(d("1.1"))]);
    let played = Played::of([tick("a", 2, "1.2"), snapshot]);
    assert_eq!(played.anomalies(), []);
    let game = played.board.current().unwrap();
    assert_eq!(game.prices.missing(), 0);
    assert_eq!(
        (game.joined_at_tick, game.prices.source(0)),
        (Some(2), Some(PriceSource::Snapshot))
    );
}

#[test]
fn what_is_no_tick_or_no_price_is_named_and_ignored() {
    for (odd, anomaly) in [
        (tick("a", 5_001, "1.1"), Anomaly::BadTick),
        (tick("a", 4_000_000_000, "1.1"), Anomaly::BadTick),
        (tick("a", u64::MAX, "1.1"), Anomaly::BadTick),
        (tick("a", 1, "0"), Anomaly::BadPrice),
        (tick("a", 1, "-3"), Anomaly::BadPrice),
        (
            GameStateUpdate {
                price: None,
                ..tick("a", 1, "1")
            },
            Anomaly::FieldMissing,
        ),
        (
            GameStateUpdate {
                tick_count: None,
                ..tick("a", 1, "1")
            },
            Anomaly::FieldMissing,
        ),
        (
            GameStateUpdate {
                price: None,
                unreadable: vec!["price"],
                ..tick("a", 1, "1")
            },
            Anomaly::BadPrice,
        ),
        (
            window(tick("a", 0, "1"), 9_999, &[(9_999, "2")]),
            Anomaly::BadTick,
        ),
        (
            window(tick("a", 0, "1"), 0, &[(0, "-1")]),
            Anomaly::BadPrice,
        ),
    ] {
        let played = Played::of([tick("a", 0, "1"), odd.clone(), tick("a", 1, "1.5")]);
        assert_eq!(played.anomalies(), [anomaly], "{odd:?}");
        let game = played.board.current().unwrap();
        assert_eq!(
            game.prices.as_slice(),
            [Some(d("1")), Some(d("1.5"))],
            "{odd:?}"
        );
    }
}

#[test]
fn the_window_fills_extends_and_counts_for_the_peak() {
    let values = [(1, "1.1"), (2, "9.5"), (3, "1.3"), (4, "1.2")];
    let played = Played::of([tick("a", 0, "1"), window(tick("a", 4, "1.2"), 4, &values)]);
    let game = played.board.current().unwrap();
    assert_eq!(game.peak(), Some(d("9.5")));
    assert_eq!(
        (game.prices.counts().live, game.prices.counts().partial),
        (2, 3)
    );
    let filled = GameEvent::GapFilled {
        game_id: id("a"),
        first: 1,
        last: 3,
        source: PriceSource::Partial,
    };
    assert!(played.events.contains(&filled));
    // Beyond the tick of its own message, up to its end.
    let ahead = Played::of([window(tick("a", 0, "1"), 2, &[(1, "1.1"), (2, "1.2")])]);
    assert_eq!(ahead.board.current().unwrap().prices.len(), 3);
}

#[test]
fn after_the_rug_no_tick_is_added_and_its_tick_is_where_the_window_ends() {
    let full = window(rug("a", 4, "0.01"), 2, &[(0, "1"), (1, "1.1"), (2, "0.01")]);
    let mut played = Played::of([tick("a", 0, "1"), tick("a", 1, "1.1"), full]);
    let game = played.board.current().unwrap();
    assert_eq!(
        (game.rug_tick, game.prices.len(), game.complete()),
        (Some(2), 3, true)
    );
    played.next(&rug("a", 5, "0.01"));
    played.next(&tick("a", 3, "1.4"));
    assert_eq!(played.board.current().unwrap().prices.len(), 3);
    assert_eq!(played.board.phase(), Phase::Rugged);
}

/// A settlement row of the next game that still carries flag, tick and price of the game before.
fn leftover(game: &str, millis: i64, tick: u64) -> GameStateUpdate {
    GameStateUpdate {
        active: Some(false),
        rugged: Some(true),
        tick_count: Some(tick),
        price: Some(d("0.011")),
        ..cooldown(game, millis)
    }
}

#[test]
fn the_flag_of_the_game_before_ends_nothing_and_the_next_game_opens_with_its_own_tick_0() {
    let mut played = Played::of([
        tick("a", 0, "1"),
        tick("a", 1, "1.1"),
        rug("a", 2, "0.011"),
        leftover("b", 15_000, 2),
        leftover("b", 11_000, 2),
        cooldown("b", 10_000),
    ]);
    assert_eq!(played.board.phase(), Phase::Presale);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Rug)]);
    for (number, price) in (0..).zip(["1", "1.2", "1.3"]) {
        played.next(&tick("b", number, price));
    }
    let game = played.board.current().unwrap();
    assert_eq!((game.joined_at_tick, game.prices.len()), (Some(0), 3));
    assert_eq!((game.ended(), game.prices.missing()), (false, 0));
    assert_eq!(played.anomalies(), []);
    played.next(&rug("b", 3, "0.01"));
    assert_eq!(played.ends().len(), 2);
}

#[test]
fn a_connection_that_begins_with_such_rows_knows_no_game_that_runs() {
    let played = Played::of([leftover("b", 10_900, 25), leftover("b", 10_800, 25)]);
    assert_eq!(played.board.phase(), Phase::Cooldown);
    assert!(played.board.current().is_none());
}

#[test]
fn a_flag_without_active_counts_for_the_running_game_alone() {
    let bare = |game: &str, millis| GameStateUpdate {
        active: None,
        ..leftover(game, millis, 1)
    };
    let mut played = Played::of([tick("a", 0, "1"), bare("a", 0)]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Rug)]);
    // A later one with `active: false` takes nothing back.
    played.next(&leftover("a", 15_000, 1));
    assert_eq!(played.board.phase(), Phase::Rugged);
    played.next(&bare("b", 14_900));
    assert_eq!(played.ends().len(), 1, "b has not even begun");
    assert_eq!(played.board.phase(), Phase::Cooldown);
    // With `active: false` it does not count for the running game either: the rug was missed.
    let played = Played::of([
        tick("a", 0, "1"),
        leftover("a", 15_000, 1),
        leftover("b", 14_600, 1),
    ]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Missed)]);
}

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
        let played = Played::of([
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
        // There and back again are two changes; the same one told twice is one.
        assert_eq!(count.unwrap_or_default(), 2 * expected, "{second:?}");
    }
    // In the countdown as well; it is told when the game begins.
    let mut played = Played::of([
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
    let played = Played::of([
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
fn published(played: &Played) -> Vec<(String, Option<&str>, Option<rust_decimal::Decimal>, bool)> {
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
    let stop = |mut played: Played| {
        played.board.stop(&mut played.events);
        played
    };
    // At once, before the reveal of the first one.
    let messages = || [round("a", "h1", "1.1"), round("a", "h2", "1.2")].concat();
    let played = stop(Played::of(messages()));
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
    let played = stop(Played::of(between.concat()));
    let mut games = published(&played);
    games.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(games, [one(), two(), other()]);
    // Without a countdown: its tick 0 begins it again, in the middle of the first one.
    let mut first = round("a", "h1", "1.1");
    first.pop();
    let second = round("a", "h2", "1.2").split_off(1);
    let played = stop(Played::of([first, second].concat()));
    assert_eq!(published(&played), [one(), two()]);
    // A late message of the first one goes to neither.
    let mut played = Played::of(messages());
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
        let played = stop(Played::of(messages.concat()));
        let of_a = published(&played).into_iter().filter(|game| game.0 == "a");
        assert_eq!(of_a.collect::<Vec<_>>(), [one()]);
    }
}

#[test]
fn after_a_restart_and_after_a_lost_connection_another_hash_is_another_game() {
    let of = |number, hash| with_hash(tick("a", number, "1.1"), hash, "v3");
    let mut lost = Played::of([of(0, "h1"), of(1, "h1")]);
    let crashed = lost.board.open_games().to_vec();
    lost.board.disconnect(&mut lost.events);
    let resumed = Played {
        board: pianola::game::Board::resume(crashed),
        ..Played::default()
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
    let mut played = Played::of([messages(&one), messages(&two)].concat());
    played.next(&genesis(&[two.0, one.0]));
    let second = played.completed()[1];
    assert_eq!(
        (second.seed.as_deref(), second.hash()),
        (Some(two.0), Some(&*seed_hash(two.0)))
    );
    assert!(second.proof.mismatch.is_none(), "{:?}", second.proof);
    // The first one is published already: whoever keeps the file is told.
    let told: Vec<_> = played
        .events
        .iter()
        .filter_map(|event| match event {
            GameEvent::Revealed { entry, .. } => entry.seed.as_deref(),
            _ => None,
        })
        .collect();
    assert_eq!(told, [one.0]);
}
