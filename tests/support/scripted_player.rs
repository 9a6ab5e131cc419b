//! A player at a scripted server: events by name, presses, answers and the clock through the real decoder, board and
//! trader, and the resulting session.

use chrono::{DateTime, Duration, Utc};
use pianola::account::{
    Action, ActionKind, ActionSource, ActionStatus, LocalWallet, Session, SessionEvent,
};
use pianola::engine::{Command, SessionCore};
use pianola::feed;
use pianola::protocol::Request;
use pianola::recording::{RecorderState, RecordingPolicy};
use pianola::trading::{
    Order, OrderAnswer, OrderLimits, PlayerEvent, Trader, TraderEvent, TraderView,
};
use serde_json::{Value, json};

use crate::support::decimal::d;

pub const GAME: &str = "20251228-242b2d81e73e4f27";
pub const PLAYER: &str = "did:privy:player-0002";

/// The start time of every player.
pub fn start() -> DateTime<Utc> {
    "2025-12-28T02:00:00Z".parse().expect("a time")
}

/// One player: the inputs, and what came out.
pub struct ScriptedPlayer {
    pub core: SessionCore,
    pub now: DateTime<Utc>,
    pub requests: Vec<Request>,
    pub facts: Vec<SessionEvent>,
    pub player_events: Vec<PlayerEvent>,
    /// The messages to a player in the browser.
    pub said: Vec<String>,
    /// The sessions so far; the last one may be running.
    pub sessions: Vec<Session>,
}

impl ScriptedPlayer {
    pub fn at_server() -> Self {
        Self::new(Trader::at_server(OrderLimits::default()))
    }

    /// A player in the browser.
    pub fn in_browser() -> Self {
        Self::new(Trader::in_browser(OrderLimits::default()))
    }

    pub fn local(wallet: LocalWallet) -> Self {
        Self::new(Trader::local(OrderLimits::default(), wallet))
    }

    fn new(trader: Trader) -> Self {
        let now = start();
        let mut core = SessionCore::new(
            RecordingPolicy::everything(),
            Some(trader),
            None,
            Vec::new(),
        );
        core.set_feed_state(&feed::FeedState::Up { since: now });
        core.login_written();
        Self {
            core,
            now,
            requests: Vec::new(),
            facts: Vec::new(),
            player_events: Vec::new(),
            said: Vec::new(),
            sessions: Vec::new(),
        }
    }

    pub fn later(&mut self, millis: i64) {
        self.now += Duration::milliseconds(millis);
    }

    /// Takes an event, 10 ms after the last input.
    pub fn event(&mut self, name: &str, args: &[Value]) {
        self.later(10);
        self.core.event(name, args, self.now);
        self.collect();
    }

    /// Logs the player in with this wallet: first the wallet, then the name, as the real server does.
    pub fn log_in(&mut self, cash: &str, qty: &str, cost: &str) {
        self.update(cash, qty, cost);
        self.name(PLAYER);
    }

    pub fn name(&mut self, id: &str) {
        let status = json!({ "id": id, "hasUsername": true, "username": "player" });
        self.event("usernameStatus", &[status]);
    }

    /// `playerUpdate` with the three numbers that are compared.
    pub fn update(&mut self, cash: &str, qty: &str, cost: &str) {
        self.update_with(cash, qty, cost, &json!({}));
    }

    pub fn update_with(&mut self, cash: &str, qty: &str, cost: &str, more: &Value) {
        let mut update = json!({ "id": PLAYER, "authenticated": true });
        for (key, value) in [("cash", cash), ("positionQty", qty), ("avgCost", cost)] {
            if !value.is_empty() {
                update[key] = serde_json::from_str(value).expect("a number");
            }
        }
        for (key, value) in more.as_object().into_iter().flatten() {
            update[key] = value.clone();
        }
        self.event("playerUpdate", &[update]);
    }

    pub fn presale(&mut self, game: &str) {
        for (timer, open) in [(15_000, false), (10_000, true), (100, true)] {
            let update =
                json!({ "gameId": game, "cooldownTimer": timer, "allowPreRoundBuys": open });
            self.event("gameStateUpdate", &[update]);
        }
    }

    pub fn tick(&mut self, game: &str, tick: u32, price: &str) {
        self.state(game, tick, price, false);
    }

    pub fn rug(&mut self, game: &str, tick: u32, price: &str) {
        self.state(game, tick, price, true);
    }

    fn state(&mut self, game: &str, tick: u32, price: &str, rugged: bool) {
        let price: Value = serde_json::from_str(price).expect("a number");
        let update = json!({
            "gameId": game, "active": true, "rugged": rugged, "tickCount": tick, "price": price,
        });
        self.event("gameStateUpdate", &[update]);
    }

    /// The own trade as in `standard/newTrade`.
    pub fn trade(&mut self, kind: &str, qty: &str, amount: &str, tick: u32, price: &str) {
        let number = |text: &str| serde_json::from_str::<Value>(text).expect("a number");
        let trade = json!({
            "id": format!("trade {kind} {tick} {qty}"), "gameId": GAME, "playerId": PLAYER, "type": kind,
            "qty": number(qty), "amount": number(amount), "price": number(price), "tickIndex": tick,
            "coin": "solana",
        });
        self.event("standard/newTrade", &[trade]);
    }

    /// Presses an order; returns the request that is sent.
    pub fn press(&mut self, order: Order) -> Option<Request> {
        self.press_at(None, order)
    }

    /// Presses an order with this price on the screen.
    pub fn press_at(&mut self, seen: Option<&str>, order: Order) -> Option<Request> {
        self.later(10);
        let seen = seen.map(d);
        let source = ActionSource::Key;
        self.core.command(
            Command::Press {
                order,
                source,
                seen,
            },
            self.now,
        );
        let before = self.requests.len();
        self.collect();
        self.requests.get(before).cloned()
    }

    pub fn buy(&mut self, amount: &str) -> Option<Request> {
        self.press(Order::Buy { amount: d(amount) })
    }

    pub fn sell(&mut self, percent: &str) -> Option<Request> {
        self.press(Order::Sell {
            percent: d(percent),
        })
    }

    pub fn bet(&mut self, stake: &str) -> Option<Request> {
        self.press(Order::Sidebet { stake: d(stake) })
    }

    pub fn ack(&mut self, answer: Value) {
        self.later(10);
        self.core.acked(&[answer], self.now);
        self.collect();
    }

    pub fn answered(&mut self, answer: OrderAnswer) {
        self.later(10);
        self.core.answered(answer, self.now);
        self.collect();
    }

    pub fn clock(&mut self, millis: i64) {
        self.later(millis);
        self.core.clock(self.now);
        self.collect();
    }

    pub fn down(&mut self) {
        self.message(feed::FeedEvent::Down {
            why: feed::DisconnectReason::Closed,
        });
    }

    /// Takes an event of the connection, now.
    pub fn message(&mut self, body: feed::FeedEvent) {
        self.core.message(&feed::FeedMessage {
            generation: 1,
            at: self.now,
            arrived: std::time::Instant::now(),
            event: body,
        });
        self.collect();
    }

    /// The page sends a request, 10 ms after the last input.
    pub fn sent(&mut self, name: &str, payload: Value, id: Option<u64>) {
        self.later(10);
        let args = vec![payload];
        let name = name.to_owned();
        self.message(feed::FeedEvent::Sent { name, args, id });
    }

    /// The page places an order.
    pub fn page_orders(&mut self, order: Order, id: u64) {
        let request = order.request();
        let payload = request.to_args(None).remove(0);
        self.sent(request.name(), payload, Some(id));
    }

    /// The server answers the page.
    pub fn page_acked(&mut self, id: u64, args: &[Value]) {
        self.later(10);
        let args = args.to_vec();
        self.message(feed::FeedEvent::Acked { id, args });
    }

    pub fn stop(&mut self) {
        self.core.stop(self.now);
        self.collect();
    }

    fn collect(&mut self) {
        self.requests.extend(self.core.take_request());
        if self.core.trader().is_some_and(Trader::is_in_browser) {
            self.said.extend(self.core.take_messages());
        }
        for event in self.core.take_trader_events() {
            match event {
                TraderEvent::Player(event) => self.player_events.push(event),
                TraderEvent::Session(fact) => {
                    if let Some(session) = Session::begin(&fact) {
                        self.sessions.push(session);
                    } else {
                        let running = self.sessions.last_mut().expect("a session has begun");
                        running.apply(&fact);
                    }
                    self.facts.push(fact);
                }
            }
        }
    }

    pub fn session(&self) -> &Session {
        self.sessions.last().expect("a session")
    }

    pub fn rows(&self) -> Vec<Action> {
        self.session().actions()
    }

    /// Returns kind, status and wallet of each row.
    pub fn short_rows(&self) -> Vec<(ActionKind, ActionStatus, String)> {
        let short = |row: Action| {
            let balance = row.balance_after.map_or("-".to_owned(), |b| b.to_string());
            (row.action, row.status, balance)
        };
        self.rows().into_iter().map(short).collect()
    }

    pub fn view(&self) -> TraderView {
        let state = feed::FeedState::Up { since: self.now };
        let view = self.core.view(state, RecorderState::default(), self.now);
        view.trader.expect("a player is logged in")
    }

    pub fn drifts(&self) -> u64 {
        self.session().drift_count
    }
}

/// The answer to an executed order.
pub fn ok() -> Value {
    json!({ "success": true })
}

/// A player with 1 SOL at tick 10 of a game, price 1.25.
pub fn playing() -> ScriptedPlayer {
    let mut player = ScriptedPlayer::at_server();
    player.presale(GAME);
    player.log_in("1", "0", "0");
    player.tick(GAME, 0, "1");
    player.tick(GAME, 10, "1.25");
    player
}

/// The same with 0.08 tokens, bought for 0.1 SOL at 1.25.
pub fn holding() -> ScriptedPlayer {
    let mut player = playing();
    player.buy("0.1").expect("it is sent");
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    player.ack(ok());
    player
}

/// The same as [`playing`] in the browser.
pub fn playing_in_browser() -> ScriptedPlayer {
    let mut player = ScriptedPlayer::in_browser();
    player.presale(GAME);
    player.log_in("1", "0", "0");
    player.tick(GAME, 0, "1");
    player.tick(GAME, 10, "1.25");
    player
}
