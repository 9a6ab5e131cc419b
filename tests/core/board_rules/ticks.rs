//! Ticks and prices as they arrive: repeated, late, absurd, in the window of recent prices.

use pianola::game::{Anomaly, GameEvent, Phase, PriceSource};
use pianola::protocol::GameStateUpdate;

use crate::support::decimal::d;
use crate::support::scripted_board::{ScriptedBoard, id, rug, tick, window};

#[test]
fn a_repeated_tick_with_the_same_price_is_no_anomaly_and_another_price_is() {
    let played = ScriptedBoard::of([tick("a", 0, "1"), tick("a", 1, "1.1"), tick("a", 1, "1.1")]);
    assert_eq!(played.anomalies(), []);
    assert_eq!(
        played.board.current().unwrap().duplicates,
        1,
        "counted apart"
    );
    let played = ScriptedBoard::of([tick("a", 0, "1"), tick("a", 1, "1.1"), tick("a", 1, "1.2")]);
    assert_eq!(played.anomalies(), [Anomaly::PriceChanged]);
    assert_eq!(
        played.board.current().unwrap().prices.get(1),
        Some(d("1.1")),
        "the first one stays"
    );
}

#[test]
fn ticks_that_go_back_or_jump_are_named() {
    let back = ScriptedBoard::of([tick("a", 0, "1"), tick("a", 2, "1.1"), tick("a", 1, "1.05")]);
    assert_eq!(back.anomalies(), [Anomaly::TickBackwards]);
    assert_eq!(
        back.board.current().unwrap().prices.get(1),
        Some(d("1.05")),
        "and fill the hole"
    );
    assert_eq!(
        ScriptedBoard::of([tick("a", 0, "1"), tick("a", 20, "2")]).anomalies(),
        []
    );
    assert_eq!(
        ScriptedBoard::of([tick("a", 0, "1"), tick("a", 21, "2")]).anomalies(),
        [Anomaly::TickJump]
    );
}

#[test]
fn a_snapshot_with_an_older_tick_is_no_anomaly() {
    let mut snapshot = tick("a", 1, "1.1");
    snapshot.prices = Some(vec![Some(d("1")), Some(d("1.1"))]);
    let played = ScriptedBoard::of([tick("a", 2, "1.2"), snapshot]);
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
        let played = ScriptedBoard::of([tick("a", 0, "1"), odd.clone(), tick("a", 1, "1.5")]);
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
    let played = ScriptedBoard::of([tick("a", 0, "1"), window(tick("a", 4, "1.2"), 4, &values)]);
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
    let ahead = ScriptedBoard::of([window(tick("a", 0, "1"), 2, &[(1, "1.1"), (2, "1.2")])]);
    assert_eq!(ahead.board.current().unwrap().prices.len(), 3);
}

#[test]
fn after_the_rug_no_tick_is_added_and_its_tick_is_where_the_window_ends() {
    let full = window(rug("a", 4, "0.01"), 2, &[(0, "1"), (1, "1.1"), (2, "0.01")]);
    let mut played = ScriptedBoard::of([tick("a", 0, "1"), tick("a", 1, "1.1"), full]);
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
