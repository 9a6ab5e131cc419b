//! The board under random sequences: with true messages in any order it states nothing false, with invented ones it
//! neither panics nor grows without limit.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use pianola::game::{Board, Game, GameEvent, Time};
use pianola::protocol::{Commitment, GameId, GameStateUpdate, HistoryEntry, PartialPrices};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::support::table_updates::{self, Timed, Truth, assert_true, truth};

fn stream() -> &'static (Vec<Timed>, BTreeMap<String, Truth>) {
    static STREAM: OnceLock<(Vec<Timed>, BTreeMap<String, Truth>)> = OnceLock::new();
    STREAM.get_or_init(|| {
        let updates = table_updates::updates(7, 3, &[]);
        let truth = truth(&updates);
        (updates, truth)
    })
}

/// One change to the stream.
#[derive(Debug, Clone)]
enum Harm {
    /// So many messages from here are lost.
    Lose(prop::sample::Index, usize),
    Double(prop::sample::Index),
    /// A message comes so many places later.
    Delay(prop::sample::Index, usize),
    /// The connection is lost before this message; a snapshot of that moment follows.
    Reconnect(prop::sample::Index),
    /// We stop before this message, and a new run goes on with what was left open.
    Restart(prop::sample::Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        (place(), 1usize..60).prop_map(|(at, n)| Harm::Lose(at, n)),
        place().prop_map(Harm::Double),
        (place(), 1usize..8).prop_map(|(at, n)| Harm::Delay(at, n)),
        place().prop_map(Harm::Reconnect),
        place().prop_map(Harm::Restart),
    ]
}

#[derive(Debug, Clone, Copy)]
enum Happening<'a> {
    Update(&'a Timed),
    Reconnect(usize),
    Restart(usize),
}

fn disorder<'a>(updates: &'a [Timed], harms: &[Harm]) -> Vec<Happening<'a>> {
    let mut order: Vec<Happening<'a>> = updates.iter().map(Happening::Update).collect();
    for harm in harms {
        match harm {
            Harm::Lose(at, count) => {
                let at = at.index(order.len());
                order.drain(at..(at + count).min(order.len()));
            }
            Harm::Double(at) => {
                let at = at.index(order.len());
                order.insert(at, order[at]);
            }
            Harm::Delay(at, by) => {
                let at = at.index(order.len());
                let moved = order.remove(at);
                order.insert((at + by).min(order.len()), moved);
            }
            Harm::Reconnect(at) => {
                let place = at.index(updates.len());
                order.insert(place.min(order.len()), Happening::Reconnect(place));
            }
            Harm::Restart(at) => {
                let place = at.index(updates.len());
                order.insert(place.min(order.len()), Happening::Restart(place));
            }
        }
        if order.is_empty() {
            break;
        }
    }
    order
}

/// The snapshot of a moment: all prices so far of the game that this message belongs to, and the last history.
fn snapshot(updates: &[Timed], place: usize) -> GameStateUpdate {
    let (_, at) = &updates[place];
    let mut snapshot = GameStateUpdate::new(at.game_id.clone());
    let so_far = updates[..=place]
        .iter()
        .map(|(_, u)| u)
        .filter(|u| u.game_id == at.game_id);
    let mut prices = Vec::new();
    for update in so_far {
        snapshot.active = update.active.or(snapshot.active);
        snapshot.rugged = update.rugged.or(snapshot.rugged);
        snapshot.allow_pre_round_buys = update
            .allow_pre_round_buys
            .or(snapshot.allow_pre_round_buys);
        snapshot.cooldown_timer = update.cooldown_timer.or(snapshot.cooldown_timer);
        for (tick, price) in update
            .partial_prices
            .iter()
            .flat_map(|window| &window.values)
        {
            if usize::try_from(*tick).unwrap() == prices.len() {
                prices.push(*price);
            }
        }
        snapshot.commitment = update.commitment.clone().or(snapshot.commitment);
    }
    snapshot.tick_count = Some(prices.len().saturating_sub(1) as u64);
    snapshot.price = prices.last().copied().flatten().or(Some(Decimal::ONE));
    snapshot.prices = Some(prices);
    snapshot.game_version = Some("v3".to_owned());
    snapshot.history = updates[..=place]
        .iter()
        .rev()
        .find_map(|(_, update)| update.history.clone());
    snapshot
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn true_messages_in_any_disorder_never_make_the_board_lie(harms in prop::collection::vec(harm(), 0..12)) {
        let (updates, truth) = stream();
        let mut board = Board::default();
        let mut events = Vec::new();
        let mut left: Vec<Game> = Vec::new();
        for happening in disorder(updates, &harms) {
            match happening {
                Happening::Update((at, update)) => board.update(update, *at, &mut events),
                Happening::Reconnect(place) => {
                    board.disconnect(&mut events);
                    board.update(&snapshot(updates, place), updates[place].0, &mut events);
                }
                Happening::Restart(place) => {
                    // A crash: no event, the open games come back from the journal.
                    left.clear();
                    left.extend(board.open_games().iter().cloned());
                    board = Board::resume(std::mem::take(&mut left));
                    board.update(&snapshot(updates, place), updates[place].0, &mut events);
                }
            }
        }
        board.stop(&mut events);
        prop_assert!(board.open_games().is_empty());
        for event in &events {
            if let GameEvent::GameComplete(game) = event {
                if let Some(truth) = truth.get(game.id.as_str()) {
                    assert_true(game, truth, "disorder");
                }
                prop_assert!(game.ended());
            }
            if let GameEvent::Revealed { entry, .. } = event {
                prop_assert!(entry.seed.is_some());
            }
        }
        let crashes = harms.iter().any(|harm| matches!(harm, Harm::Restart(_)));
        for id in truth.keys().filter(|_| !crashes) {
            let of_id = |event: &&GameEvent| matches!(event, GameEvent::GameComplete(game) if game.id.as_str() == id);
            prop_assert!(events.iter().filter(of_id).count() <= 1, "{id} completed twice");
        }
    }

    #[test]
    fn invented_messages_never_make_the_board_panic_or_grow(updates in prop::collection::vec(invented(), 0..200)) {
        let mut board = Board::default();
        let mut events = Vec::new();
        let at: Time = "2026-01-01T00:00:00Z".parse().unwrap();
        for update in &updates {
            board.update(update, at, &mut events);
            prop_assert!(board.open_games().len() <= 9);
            prop_assert!(board.open_games().iter().all(|game| game.prices.len() <= 5_002));
        }
        board.stop(&mut events);
        prop_assert!(board.open_games().is_empty());
    }
}

fn price() -> impl Strategy<Value = Option<Decimal>> {
    prop_oneof![
        Just(None),
        (1u32..5_000_000).prop_map(|n| Some(Decimal::new(i64::from(n), 6))),
        prop_oneof![Just(Decimal::ZERO), Just(-Decimal::ONE), Just(Decimal::MAX)].prop_map(Some),
    ]
}

fn tick() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..30, 0u64..6_000, Just(4_000_000_000), Just(u64::MAX)]
}

fn id() -> impl Strategy<Value = GameId> {
    (0u32..12).prop_map(|n| GameId::new(&format!("20260101-{n:016x}")).unwrap())
}

fn entry() -> impl Strategy<Value = HistoryEntry> {
    let prices = prop::option::of(prop::collection::vec(price(), 0..20));
    (
        id(),
        prices,
        price(),
        prop::option::of("[0-9a-f]{64}"),
        prop::option::of(any::<i64>()),
    )
        .prop_map(|(id, prices, peak, seed, timestamp)| HistoryEntry {
            id,
            timestamp,
            prices,
            peak,
            hash: seed.as_deref().map(pianola::fairness::seed_hash),
            seed,
            version: Some("v3".to_owned()),
        })
}

fn invented() -> impl Strategy<Value = GameStateUpdate> {
    let flag = || prop::option::of(any::<bool>());
    let flags = (flag(), flag(), flag(), prop::option::of(-100i64..16_000));
    let window = prop::option::of((
        prop::option::of(tick()),
        prop::collection::vec((tick(), price()), 0..6),
    ));
    let prices = prop::option::weighted(0.2, prop::collection::vec(price(), 0..40));
    let history = prop::option::weighted(0.2, prop::collection::vec(entry(), 0..4));
    (
        id(),
        flags,
        prop::option::of(tick()),
        price(),
        window,
        prices,
        history,
    )
        .prop_map(|(id, flags, tick, price, window, prices, history)| {
            let mut update = GameStateUpdate::new(id);
            (
                update.active,
                update.rugged,
                update.allow_pre_round_buys,
                update.cooldown_timer,
            ) = flags;
            update.tick_count = tick;
            update.price = price;
            update.partial_prices =
                window.map(|(end_tick, values)| PartialPrices { end_tick, values });
            update.prices = prices;
            update.history = history;
            update.commitment = Some(Commitment {
                hash: "a".repeat(64),
                version: None,
            });
            update
        })
}
