//! The rules of the board one by one (`behaviour.md` 6 and 7): phases, ticks, anomalies, with scripted messages.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/played.rs"]
mod played;

use pianola::game::{Anomaly, EndReason, GameEvent, Phase, Source};
use pianola::protocol::GameStateUpdate;
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
    fresh.board.disconnected(&mut fresh.events);
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
        (Some(2), Some(Source::Snapshot))
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
        source: Source::Partial,
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
