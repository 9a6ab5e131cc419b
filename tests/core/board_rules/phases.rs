//! Phases: which one a message begins, and which changes are anomalies.

use pianola::game::{Anomaly, EndReason, GameEvent, Phase};
use pianola::protocol::GameStateUpdate;

use crate::support::decimal::d;
use crate::support::scripted_board::{ScriptedBoard, cooldown, id, rug, tick};

// The three of the seed document, under their names.

#[test]
fn test_game_started_on_cooldown_to_active() {
    let played = ScriptedBoard::of([
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
    let played = ScriptedBoard::of([tick("a", 0, "1"), rug("a", 1, "0.01"), rug("a", 2, "0.01")]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Rug)]);
}

#[test]
fn test_game_ended_on_active_to_cooldown() {
    let played = ScriptedBoard::of([
        tick("a", 0, "1"),
        tick("a", 1, "1.1"),
        cooldown("b", 14_900),
    ]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Missed)]);
    assert_eq!(played.anomalies(), [Anomaly::RugMissed]);
}

#[test]
fn a_whole_cycle_goes_through_the_phases_without_an_anomaly() {
    let played = ScriptedBoard::of([
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
    let mut played = ScriptedBoard::of([odd]);
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
    let jumped = ScriptedBoard::of([cooldown("a", 15_000), rug("a", 5, "0.01")]);
    assert_eq!(jumped.anomalies(), [Anomaly::IllegalTransition]);
    let vanished = ScriptedBoard::of([
        cooldown("a", 5_000),
        cooldown("b", 15_000),
        tick("b", 0, "1"),
    ]);
    assert_eq!(vanished.anomalies(), [Anomaly::IllegalTransition]);

    let mut fresh = ScriptedBoard::of([cooldown("a", 15_000)]);
    fresh.board.disconnect(&mut fresh.events);
    assert_eq!(fresh.board.phase(), Phase::Unknown);
    fresh.next(&rug("a", 5, "0.01"));
    assert_eq!(fresh.anomalies(), []);
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
    let mut played = ScriptedBoard::of([
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
    let played = ScriptedBoard::of([leftover("b", 10_900, 25), leftover("b", 10_800, 25)]);
    assert_eq!(played.board.phase(), Phase::Cooldown);
    assert!(played.board.current().is_none());
}

#[test]
fn a_flag_without_active_counts_for_the_running_game_alone() {
    let bare = |game: &str, millis| GameStateUpdate {
        active: None,
        ..leftover(game, millis, 1)
    };
    let mut played = ScriptedBoard::of([tick("a", 0, "1"), bare("a", 0)]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Rug)]);
    // A later one with `active: false` takes nothing back.
    played.next(&leftover("a", 15_000, 1));
    assert_eq!(played.board.phase(), Phase::Rugged);
    played.next(&bare("b", 14_900));
    assert_eq!(played.ends().len(), 1, "b has not even begun");
    assert_eq!(played.board.phase(), Phase::Cooldown);
    // With `active: false` it does not count for the running game either: the rug was missed.
    let played = ScriptedBoard::of([
        tick("a", 0, "1"),
        leftover("a", 15_000, 1),
        leftover("b", 14_600, 1),
    ]);
    assert_eq!(played.ends(), [("a".to_owned(), EndReason::Missed)]);
}
