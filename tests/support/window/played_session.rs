//! A session that was played through the reducer: ten games with gains, losses, rugs and sidebets, or one with a drift.
#![allow(dead_code, reason = "each program uses a part of it")]

use chrono::Duration;
use pianola::account::{ActionSource, LocalWallet};
use pianola::engine::{Command, SessionCore, View};
use pianola::feed;
use pianola::game::Time;
use pianola::recording::{RecorderState, RecordingPolicy};
use pianola::trading::{Order, OrderLimits, Trader};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::decimal::d;

/// Games of [`ten_games`].
pub const GAMES: usize = 10;

/// The id of a game of [`ten_games`].
pub fn id(game: usize) -> String {
    format!("20261130-00000000000000{game:02}")
}

/// A player at a scripted server.
struct Script {
    core: SessionCore,
    now: Time,
}

impl Script {
    fn new(trader: Trader) -> Self {
        let now = "2026-11-30T17:41:03Z".parse().expect("a time");
        let policy = RecordingPolicy::everything();
        let mut core = SessionCore::new(policy, Some(trader), None, Vec::new());
        core.set_feed_state(&feed::FeedState::Up { since: now });
        core.login_written();
        Self { core, now }
    }

    fn event(&mut self, name: &str, value: Value) {
        self.core.event(name, &[value], self.now);
    }

    fn presale(&mut self, game: &str) {
        self.now += Duration::seconds(100);
        let update = json!({ "gameId": game, "cooldownTimer": 9_000, "allowPreRoundBuys": true });
        self.event("gameStateUpdate", update);
    }

    fn tick(&mut self, game: &str, tick: u32, price: &Value, rugged: bool) {
        self.now += Duration::milliseconds(250);
        let update = json!({
            "gameId": game, "active": true, "rugged": rugged, "tickCount": tick, "price": price,
        });
        self.event("gameStateUpdate", update);
    }

    fn press(&mut self, order: Order, source: ActionSource) {
        self.now += Duration::milliseconds(20);
        let seen = None;
        self.core.command(
            Command::Press {
                order,
                source,
                seen,
            },
            self.now,
        );
        // The request leaves.
        self.core.take_request();
    }

    fn account(&mut self, cash: &str, qty: &str, cost: &str) {
        let number = |text: &str| serde_json::from_str::<Value>(text).expect("a number");
        let update = json!({
            "id": "did:1", "authenticated": true, "cash": number(cash), "positionQty": number(qty),
            "avgCost": number(cost),
        });
        self.event("playerUpdate", update);
    }

    fn view(&self) -> View {
        let up = feed::FeedState::Up { since: self.now };
        self.core.view(up, RecorderState::default(), self.now)
    }
}

/// Returns the view of ten games with a paper balance; the last one runs, with a position and a sidebet decided. Every
/// second sale is auto-sell's, one buy is refused.
pub fn ten_games() -> View {
    let mut script = Script::new(Trader::local(
        OrderLimits::default(),
        LocalWallet::new(Decimal::ONE),
    ));
    let mut noise = 77_u32;
    for game in 0..GAMES {
        let name = id(game);
        script.presale(&name);
        let stake = d("0.01");
        if game == 3 || game == 9 {
            script.press(Order::Sidebet { stake }, ActionSource::Key);
        }
        let mut price = 1.0_f64;
        let length = 60 + u32::try_from(game).expect("few") * 25;
        for tick in 0..length {
            let shown = (price * 1e6).round() / 1e6;
            script.tick(&name, tick, &json!(shown), false);
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let step = f64::from(noise % 2_001) / 1_000.0 - 1.0;
            price = (price * (1.0 + 0.05 * step + 0.006)).max(0.3);
            if tick == 12 || (tick == 80 && game == 9) {
                let amount = d("0.05");
                script.press(Order::Buy { amount }, ActionSource::Key);
            }
            if tick == 40 && game % 3 != 1 {
                let percent = if game == 9 { d("25") } else { d("100") };
                let by = [ActionSource::Auto, ActionSource::Mouse][game % 2];
                script.press(Order::Sell { percent }, by);
            }
            if tick == 150 && game == 9 {
                let amount = Decimal::from(5);
                script.press(Order::Buy { amount }, ActionSource::Key);
                let stake = d("0.02");
                script.press(Order::Sidebet { stake }, ActionSource::Key);
            }
        }
        if game < GAMES - 1 {
            script.tick(&name, length, &json!(0.0123), true);
        }
    }
    script.view()
}

/// Returns the view of a game in which the server took 0.01 SOL at tick 30.
pub fn with_drift() -> View {
    let mut script = Script::new(Trader::at_server(OrderLimits::default()));
    let game = id(0);
    script.presale(&game);
    script.account("1", "0", "0");
    let status = json!({ "id": "did:1", "hasUsername": true, "username": "player" });
    script.event("usernameStatus", status);
    script.tick(&game, 0, &json!(1), false);
    script.tick(&game, 1, &json!(1.25), false);
    let amount = d("0.1");
    script.press(Order::Buy { amount }, ActionSource::Key);
    let trade = json!({
        "id": "t1", "gameId": game, "playerId": "did:1", "type": "buy", "qty": 0.08, "amount": 0.1,
        "price": 1.25, "tickIndex": 1, "coin": "solana",
    });
    script.event("standard/newTrade", trade);
    script.account("0.9", "0.08", "1.25");
    let now = script.now;
    script.core.acked(&[json!({ "success": true })], now);
    for tick in 2..40 {
        let price = 1.25 + f64::from(tick % 9) * 0.07 - f64::from(tick) * 0.01;
        script.tick(&game, tick, &json!(price), false);
        if tick == 30 {
            script.account("0.89", "0.08", "1.25");
            script.account("0.89", "0.08", "1.25");
        }
    }
    script.view()
}
