//! The rules of the board one by one (`behaviour.md` 6 and 7), with scripted messages.
#![allow(clippy::unwrap_used, missing_docs)]

use chrono::{DateTime, Duration, Utc};
use pianola::fairness::{Path, Status, seed_hash};
use pianola::game::{Anomaly, Board, EndReason, Game, GameEvent, Phase, Source};
use pianola::protocol::{Commitment, GameId, GameStateUpdate, HistoryEntry, PartialPrices, number};
use rust_decimal::Decimal;

fn id(name: &str) -> GameId {
    GameId::new(name).unwrap()
}

fn d(text: &str) -> Decimal {
    number::parse(text).unwrap()
}

fn cooldown(game: &str, millis: i64) -> GameStateUpdate {
    let mut update = GameStateUpdate::new(id(game));
    update.cooldown_timer = Some(millis);
    update.allow_pre_round_buys = Some(millis <= 10_000);
    update
}

fn tick(game: &str, tick: u64, price: &str) -> GameStateUpdate {
    let mut update = GameStateUpdate::new(id(game));
    update.active = Some(true);
    update.rugged = Some(false);
    update.cooldown_timer = Some(0);
    update.tick_count = Some(tick);
    update.price = Some(d(price));
    update
}

fn rug(game: &str, at: u64, price: &str) -> GameStateUpdate {
    GameStateUpdate {
        rugged: Some(true),
        ..tick(game, at, price)
    }
}

fn window(mut update: GameStateUpdate, end: u64, values: &[(u64, &str)]) -> GameStateUpdate {
    let values = values
        .iter()
        .map(|(tick, price)| (*tick, Some(d(price))))
        .collect();
    update.partial_prices = Some(PartialPrices {
        end_tick: Some(end),
        values,
    });
    update
}

/// A board and everything that happened on it.
#[derive(Default)]
struct Played {
    board: Board,
    events: Vec<GameEvent>,
    messages: i64,
}

impl Played {
    fn of(updates: impl IntoIterator<Item = GameStateUpdate>) -> Self {
        let mut played = Self::default();
        for update in updates {
            played.next(&update);
        }
        played
    }

    fn next(&mut self, update: &GameStateUpdate) {
        let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = start + Duration::milliseconds(250 * self.messages);
        self.messages += 1;
        self.board.update(update, at, &mut self.events);
    }

    fn anomalies(&self) -> Vec<Anomaly> {
        let named = self.events.iter().filter_map(|event| match event {
            GameEvent::AnomalySeen { anomaly, .. } => Some(*anomaly),
            _ => None,
        });
        named.collect()
    }

    fn count(&self, which: impl Fn(&GameEvent) -> bool) -> usize {
        self.events.iter().filter(|event| which(event)).count()
    }

    fn ends(&self) -> Vec<(String, EndReason)> {
        let ends = self.events.iter().filter_map(|event| match event {
            GameEvent::GameEnded { game_id, reason } => Some((game_id.to_string(), *reason)),
            _ => None,
        });
        ends.collect()
    }

    fn completed(&self) -> Vec<&Game> {
        let games = self.events.iter().filter_map(|event| match event {
            GameEvent::GameComplete(game) => Some(&**game),
            _ => None,
        });
        games.collect()
    }

    fn phases(&self) -> Vec<Phase> {
        let phases = self.events.iter().filter_map(|event| match event {
            GameEvent::PhaseChanged { to, .. } => Some(*to),
            _ => None,
        });
        phases.collect()
    }
}

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
