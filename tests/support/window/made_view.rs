//! A view of a running game, made by hand with any number of ticks and orders, and the window that shows it.
#![allow(dead_code, reason = "each program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "of tests and benches")]

use std::sync::Arc;

use pianola::account::{Action, ActionKind, ActionSource, ActionStatus, LocalWallet};
use pianola::engine::{Command, Notice, PastGame, PriceSeries, SeenGame, SessionCore, View};
use pianola::fairness::ProofStatus;
use pianola::feed;
use pianola::game::{Phase, Time};
use pianola::host::RunningSource;
use pianola::protocol::{GameId, Last100, Tick};
use pianola::recording::{Origin, Peak, RecorderState, RecordingPolicy};
use pianola::trading::{OrderLimits, Trader};
use pianola::ui::{LivePage, Theme};
use rust_decimal::Decimal;
use serde_json::json;
use tokio::sync::{mpsc, watch};

pub const GAME: &str = "20251228-242b2d81e73e4f27";

/// The window's clock does not move.
pub fn noon() -> Time {
    Time::UNIX_EPOCH
}

fn game() -> GameId {
    GameId::new(GAME).expect("an id")
}

/// Returns what is shown before anything was heard.
pub fn nothing() -> View {
    let trader = Trader::local(OrderLimits::default(), LocalWallet::new(Decimal::ONE));
    let core = SessionCore::new(
        RecordingPolicy::everything(),
        Some(trader),
        None,
        Vec::new(),
    );
    let up = feed::FeedState::Up { since: noon() };
    core.view(up, RecorderState::default(), noon())
}

/// A price that wanders as a game does, the same each time.
pub fn prices(ticks: usize) -> Vec<Option<f64>> {
    let mut noise = 0x2545_f491_u32;
    let mut price = 1.0;
    let mut all = Vec::with_capacity(ticks);
    for _ in 0..ticks {
        all.push(Some(price));
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let step = f64::from(noise % 2_001) / 1_000.0 - 1.0;
        price = (price * (1.0 + 0.02 * step + 0.003)).max(0.3);
        // Kept within what is usual: a hundredfold is rare.
        if price > 60.0 {
            price *= 0.5;
        }
    }
    all
}

/// Returns a running game of so many ticks.
pub fn running(ticks: usize) -> View {
    let trader = Trader::local(OrderLimits::default(), LocalWallet::new(Decimal::ONE));
    let mut core = SessionCore::new(
        RecordingPolicy::everything(),
        Some(trader),
        None,
        Vec::new(),
    );
    let up = feed::FeedState::Up { since: noon() };
    core.set_feed_state(&up);
    let update =
        json!({ "gameId": GAME, "active": true, "rugged": false, "tickCount": 0, "price": 1 });
    core.event("gameStateUpdate", &[update], noon());
    let mut view = core.view(up, RecorderState::default(), noon());
    view.tick = Some(Tick::try_from(ticks - 1).expect("a tick"));
    view.series = Arc::new(PriceSeries {
        game_id: Some(game()),
        prices: prices(ticks),
        rug_tick: None,
        hash: Some("6fc1".repeat(16)),
    });
    view.price = view
        .series
        .newest()
        .and_then(|(_, price)| Decimal::from_f64_retain(price));
    // As at the practice table.
    view.has_odds = true;
    let past = Arc::make_mut(&mut view.past);
    let peaks = [210, 104, 4_520, 131, 1_000, 318, 100, 150, 999, 12_345];
    past.games = peaks
        .iter()
        .zip([143, 12, 618, 31, 402, 210, 1, 66, 5, 900])
        .map(|(peak, ticks)| PastGame {
            game_id: GameId::new(&format!("20251228-{peak:016x}")).expect("an id"),
            peak: Peak {
                multiplier: Some(Decimal::new(*peak, 2)),
                exact: true,
            },
            ticks: Some(ticks).filter(|ticks| *ticks != 5),
            ended: Some(noon()),
        })
        .collect();
    let watched = past.games.iter().filter(|game| game.ticks > Some(100));
    let watched = watched.map(|game| SeenGame {
        ended: true,
        proof: Some(ProofStatus::Proven),
        recorded: true,
        ..SeenGame::new(game.game_id.clone(), noon())
    });
    let running = SeenGame::new(game(), noon());
    view.games = Arc::new(watched.chain([running]).collect());
    past.last_100 = Last100 {
        average: Some(Decimal::new(824, 2)),
        reached_2x: Some(48),
        reached_10x: Some(9),
        reached_50x: Some(2),
        reached_100x: Some(1),
    };
    past.highest_today = Some(Decimal::new(4_121, 1));
    view
}

/// The same, rugged at its last tick.
pub fn rugged(ticks: usize) -> View {
    let mut view = running(ticks);
    let series = Arc::make_mut(&mut view.series);
    series.rug_tick = Tick::try_from(ticks - 1).ok();
    series.prices[ticks - 1] = Some(0.02);
    view.phase = Phase::Rugged;
    view
}

/// Returns a move of this game at a tick, at the price of that tick.
pub fn done(view: &View, seq: u32, action: ActionKind, tick: Tick) -> Action {
    let price = view.series.prices[tick as usize].and_then(Decimal::from_f64_retain);
    let price = price.map(|price| price.round_dp(6));
    Action {
        game_id: game(),
        tick,
        timestamp: noon(),
        action,
        amount: Some(Decimal::new(10, 3)),
        price,
        balance_after: Some(Decimal::ONE),
        position_qty_after: None,
        entry_price: None,
        pnl: None,
        seq,
        phase: Phase::Active,
        status: ActionStatus::Confirmed,
        qty: None,
        sell_percent: None,
        source: ActionSource::Mouse,
        confirmed_at: Some(noon()),
        executed_tick: Some(tick),
        executed_price: price,
        acked_at: Some(noon()),
        reason_code: None,
        reason: None,
    }
}

/// Adds `count` moves, spread over the game: entries, exits and sidebets in turns.
pub fn with_moves(view: &mut View, count: u32) {
    let last = view.series.prices.len() - 1;
    let mut rows = Vec::new();
    for i in 0..count {
        let tick = Tick::try_from(last).expect("a tick") * i / count;
        let kind = match i % 5 {
            0 | 1 => ActionKind::Buy,
            2 => ActionKind::SidebetPlace,
            3 => ActionKind::Sell,
            _ => ActionKind::SidebetLose,
        };
        let mut row = done(view, i + 1, kind, tick);
        row.entry_price = row.price.filter(|_| i % 5 < 3);
        row.pnl = (kind == ActionKind::Sell).then(|| Decimal::new(i64::from(i % 3) - 1, 3));
        rows.push(row);
    }
    view.actions = Arc::new(rows);
}

/// An app, and the ends that an engine would hold.
pub struct Shown {
    pub page: LivePage,
    pub view: watch::Sender<View>,
    pub commands: mpsc::Receiver<Command>,
    pub notices: mpsc::Sender<Notice>,
}

/// Returns the window of a view.
pub fn window(view: View) -> Shown {
    // As the host names it.
    let name = match &view.trader {
        Some(trader) if trader.page.is_some() => "BROWSER 127.0.0.1:9222",
        _ => "PRACTICE TABLE",
    };
    let (view_in, view) = watch::channel(view);
    let (commands, commands_out) = mpsc::channel(64);
    let (notices_in, notices) = mpsc::channel(64);
    let source = RunningSource {
        view,
        commands,
        notices,
        name: name.to_owned(),
        host: "backend.rugs.fun".to_owned(),
        origin: Origin::Practice,
        at_table: true,
        folder: "/recordings".into(),
    };
    Shown {
        page: LivePage::new(source, noon),
        view: view_in,
        commands: commands_out,
        notices: notices_in,
    }
}

/// Puts fonts and colours in.
pub fn themed(ctx: &egui::Context) {
    Theme::install(ctx);
}
