//! A session of 10,000 actions: into the journal and published, on the real disk without its syncs, which measure the
//! disk and not us; and played again from its file. `cargo bench --bench session`

#[path = "support/confirmed_action.rs"]
mod confirmed_action;
#[path = "support/no_sync.rs"]
mod no_sync;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput};
use pianola::account::{Account, AccountEvent, Action, SessionEvent, WalletKind};
use pianola::game::{Game, GameEvent, PriceSource, Time};
use pianola::protocol::{GameId, Tick, number};
use pianola::recording::{GameFile, Origin, Recorder, RecorderEvent, SessionFile};
use pianola::replay::check;
use rust_decimal::Decimal;

use confirmed_action::confirmed_action;
use no_sync::NoSync;

/// Actions of a game: half of them buy, half of them sell.
const ACTIONS_PER_GAME: u32 = 100;

fn main() {
    // `cargo test --benches` only wants to see that it runs.
    let actions = if side_by_side::measuring() {
        10_000
    } else {
        200
    };
    let games: Vec<Game> = (0..actions / ACTIONS_PER_GAME).map(game).collect();
    let facts = session(&games);
    let text = save(&facts);
    let find = |id: &GameId| {
        let game = games.iter().find(|game| game.id == *id);
        let file = game.map(|game| GameFile::new(game, Origin::Practice));
        file.ok_or_else(|| "no such game".to_owned())
    };
    let replay = || {
        let file = SessionFile::parse(&text).expect("a session");
        check(&file, &mut |id| find(id))
    };
    let replayed = replay();
    assert!(replayed.is_right() && replayed.actions == actions as usize);

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("session");
    group.sample_size(20);
    group.throughput(Throughput::Elements(u64::from(actions)));
    let one_fact_a_write = |facts: Vec<SessionEvent>| save(&facts);
    group.bench_function("journal and publish", |b| {
        b.iter_batched(|| facts.clone(), one_fact_a_write, BatchSize::LargeInput);
    });
    group.bench_function("parse and replay", |b| b.iter(|| black_box(replay())));
    group.finish();
    criterion.final_summary();
}

fn start_of(number: u32) -> Time {
    let midnight: Time = "2026-01-01T00:00:00Z".parse().expect("a time");
    midnight + chrono::Duration::seconds(i64::from(number) * 60)
}

/// A game of 200 ticks whose price goes up and down.
fn game(number: u32) -> Game {
    let id = GameId::new(&format!("20260101-{number:016x}")).expect("an id");
    let mut game = Game::new(id.clone(), start_of(number));
    for tick in 0..200 {
        let price = 1.0 + f64::from(tick * 37 % 101) / 701.0;
        game.apply(&GameEvent::PriceTick {
            game_id: id.clone(),
            tick,
            price: number::shortest(price).expect("a decimal"),
            source: PriceSource::Live,
            arrival: None,
        });
    }
    let at = start_of(number) + chrono::Duration::seconds(50);
    game.apply(&GameEvent::Rugged {
        game_id: id,
        tick: 199,
        at,
    });
    game
}

fn session(games: &[Game]) -> Vec<SessionEvent> {
    let mut account = Account::new(Decimal::ONE_HUNDRED, []);
    let mut facts = vec![SessionEvent::Started {
        at: start_of(0),
        player_id: Some("did:privy:bench".to_owned()),
        username: Some("bench".to_owned()),
        wallet: WalletKind::Server,
        balance: account.balance(),
        lots: Vec::new(),
        sidebet: None,
        session_id: None,
        server: None,
    }];
    let mut slot = 0;
    for game in games {
        for tick in 0..ACTIONS_PER_GAME {
            let action = Box::new(row(&mut account, game, tick, slot + 1));
            facts.push(SessionEvent::Action { slot, action });
            slot += 1;
        }
    }
    let at = start_of(slot);
    facts.push(SessionEvent::Ended { at });
    facts
}

/// Buys at even ticks; sells a part at odd ones, and everything at last.
fn row(account: &mut Account, game: &Game, tick: Tick, seq: u32) -> Action {
    let price = game.prices.get(tick).expect("a price");
    let amount = Decimal::new(1, 2);
    let share = if tick + 1 == ACTIONS_PER_GAME {
        100
    } else {
        25
    };
    let percent = Decimal::from(share);
    let event = if tick.is_multiple_of(2) {
        AccountEvent::Buy { amount, price }
    } else {
        AccountEvent::Sell { percent, price }
    };
    confirmed_action(account, &event, &game.id, (tick, price), game.start, seq)
}

/// Records the session into a folder of its own, each fact in a write; returns the text of its file.
fn save(facts: &[SessionEvent]) -> Vec<u8> {
    let root = tempfile::tempdir().expect("a folder");
    let (mut recorder, _open) = open(root.path());
    let mut reported_rows = 0;
    let mut path = None;
    for fact in facts {
        recorder.take(fact.clone());
        recorder.write();
        for news in recorder.take_events() {
            match news {
                RecorderEvent::Session(saved) => path = Some(saved.path),
                RecorderEvent::Action { .. } => reported_rows += 1,
                RecorderEvent::Game(_) => {}
            }
        }
    }
    assert_eq!(reported_rows + 2, facts.len(), "{:?}", recorder.trouble());
    let path = path.expect("it is published");
    std::fs::read(path).expect("the file is there")
}

fn open(root: &Path) -> (Recorder<NoSync>, Vec<Game>) {
    Recorder::open(NoSync::default(), root.to_owned(), Origin::Practice).expect("it opens")
}
