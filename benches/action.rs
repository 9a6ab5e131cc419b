//! One action from the press to the journal: order, own trade, wallet and answer through decoder, trader and verifier,
//! the rows into the journal on the real disk without its syncs. `cargo bench --bench action`

#[path = "support/no_sync.rs"]
mod no_sync;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use pianola::account::{ActionSource, SessionEvent};
use pianola::engine::{Command, SessionCore};
use pianola::feed;
use pianola::game::Time;
use pianola::recording::{Origin, Recorder, RecorderState, RecordingPolicy};
use pianola::trading::{Order, OrderLimits, Trader, TraderEvent};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use no_sync::NoSync;

const GAME: &str = "20251228-242b2d81e73e4f27";
const PLAYER: &str = "did:privy:player-0002";

/// A player in the middle of a game who buys and sells in turns, answered as the real server does.
struct ActionBench {
    core: SessionCore,
    at: Time,
    holds: bool,
    trades: u64,
}

impl ActionBench {
    fn new() -> Self {
        let trader = Trader::at_server(OrderLimits::default());
        let mut core = SessionCore::new(
            RecordingPolicy::everything(),
            Some(trader),
            None,
            Vec::new(),
        );
        let at = Time::UNIX_EPOCH;
        core.set_feed_state(&feed::FeedState::Up { since: at });
        core.login_written();
        core.event(
            "gameStateUpdate",
            &[json!({ "gameId": GAME, "cooldownTimer": 10000, "allowPreRoundBuys": true })],
            at,
        );
        core.event("gameStateUpdate", &[json!({ "gameId": GAME, "active": true, "rugged": false, "tickCount": 0, "price": 1 })], at);
        core.event(
            "playerUpdate",
            &[json!({ "cash": 1, "positionQty": 0, "avgCost": 0 })],
            at,
        );
        core.event(
            "usernameStatus",
            &[json!({ "id": PLAYER, "username": "player" })],
            at,
        );
        Self {
            core,
            at,
            holds: false,
            trades: 0,
        }
    }

    /// Plays one action; returns the facts for the recorder.
    fn action(&mut self) -> Vec<SessionEvent> {
        let (order, trade, wallet) = if self.holds {
            (
                Order::Sell {
                    percent: Decimal::ONE_HUNDRED,
                },
                "sell",
                json!({ "cash": 1, "positionQty": 0, "avgCost": 0 }),
            )
        } else {
            (
                Order::Buy {
                    amount: Decimal::new(1, 2),
                },
                "buy",
                json!({ "cash": 0.99, "positionQty": 0.01, "avgCost": 1 }),
            )
        };
        self.holds = !self.holds;
        self.trades += 1;
        self.at += chrono::Duration::milliseconds(200);
        let source = ActionSource::Key;
        self.core.command(
            Command::Press {
                order,
                source,
                seen: None,
            },
            self.at,
        );
        black_box(self.core.take_request()).expect("it is sent");
        let trade = json!({
            "id": self.trades.to_string(), "gameId": GAME, "playerId": PLAYER, "type": trade, "qty": 0.01, "amount": 0.01,
            "price": 1, "tickIndex": 0,
        });
        self.send("standard/newTrade", trade);
        self.send("playerUpdate", wallet);
        self.core.acked(&[json!({ "success": true })], self.at);
        let events = self.core.take_trader_events().into_iter();
        let facts = events.filter_map(|event| match event {
            TraderEvent::Session(fact) => Some(fact),
            TraderEvent::Player(_) => None,
        });
        facts.collect()
    }

    fn send(&mut self, name: &str, payload: Value) {
        self.core.event(name, &[payload], self.at);
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("action");
    group.throughput(Throughput::Elements(1));
    let mut bench = ActionBench::new();
    group.bench_function("trader and verifier", |b| {
        b.iter(|| black_box(bench.action()));
    });

    let folder = tempfile::tempdir().expect("a folder");
    let opened = Recorder::open(
        NoSync::default(),
        folder.path().to_owned(),
        Origin::Practice,
    );
    let (mut recorder, _open) = opened.expect("an empty folder opens");
    let mut bench = ActionBench::new();
    group.bench_function("trader, verifier and journal", |b| {
        b.iter(|| {
            for fact in bench.action() {
                recorder.take(fact);
            }
            recorder.write();
            black_box(recorder.take_events())
        });
    });
    group.finish();
    let view = bench
        .core
        .view(feed::FeedState::Stopped, RecorderState::default(), bench.at);
    let trader = view.trader.expect("a player is logged in");
    assert!(
        trader
            .verification
            .is_some_and(|v| v.verified && v.drift_count == 0)
    );
    criterion.final_summary();
}
