//! The public state of the running game, and the five shapes of `gameStateUpdate` that show it. Pure.

use serde_json::{Map, Value, json};

use super::history::{History, prices};
use super::message::Message;
use super::side_events::royale_status;
use crate::fairness::GeneratedGame;
use crate::protocol::number::double_to_json;

/// Ticks in `partialPrices`.
const WINDOW: u32 = 5;

/// The state as of the last message. Each shape shows a part of it.
#[derive(Debug, Clone)]
pub(super) struct PublicState {
    pub active: bool,
    pub rugged: bool,
    pub timer: u32,
    pub tick: u32,
    pub leaderboard: Value,
    pub connected: u32,
}

impl PublicState {
    /// Returns the state of a game that opens, with the leaderboard of the one before.
    pub fn genesis(leaderboard: Value, connected: u32) -> Self {
        Self {
            active: false,
            rugged: false,
            timer: 15_000,
            tick: 0,
            leaderboard,
            connected,
        }
    }

    /// Whether buys before the start are open: from timer 10000 to 100.
    pub fn is_presale(&self) -> bool {
        !self.active && self.timer <= 10_000
    }

    /// Returns the shape FULL; after a rug `tick_count` runs ahead of the window.
    pub fn full(&self, game: &GeneratedGame, history: &History, tick_count: u32) -> Message {
        let mut all = front(history);
        self.write_state(&mut all, game, tick_count);
        self.write_tail(&mut all, game);
        all.insert("gameVersion".into(), "v3".into());
        all.insert("partialPrices".into(), self.window(game));
        finish(all, game)
    }

    /// Returns the shape SNAPSHOT: every price so far in place of the window.
    pub fn snapshot(&self, game: &GeneratedGame, history: &History) -> Message {
        let mut all = front(history);
        self.write_state(&mut all, game, self.tick);
        self.write_tail(&mut all, game);
        all.insert("gameVersion".into(), "v3".into());
        let known = game.prices.get(..=self.tick as usize);
        all.insert("prices".into(), prices(known.unwrap_or(&game.prices)));
        finish(all, game)
    }

    /// Returns the shape TICK, also of the message that opens the presale.
    pub fn tick(
        &self,
        game: &GeneratedGame,
        history: &History,
        trades: u32,
        rugpool: Value,
    ) -> Message {
        let mut all = Map::new();
        all.insert("active".into(), self.active.into());
        all.insert("price".into(), double_to_json(game.price(self.tick)));
        all.insert("partialPrices".into(), self.window(game));
        all.insert("tradeCount".into(), trades.into());
        all.insert("rugged".into(), self.rugged.into());
        all.insert("tickCount".into(), self.tick.into());
        self.write_timer(&mut all);
        history.write_statistics(&mut all);
        self.write_tail(&mut all, game);
        all.insert("rugpool".into(), rugpool);
        all.insert("rugRoyale".into(), royale_status());
        finish(all, game)
    }

    /// Returns the shape START, tick 0.
    pub fn start(&self, game: &GeneratedGame) -> Message {
        let mut all = Map::new();
        self.write_state(&mut all, game, self.tick);
        self.write_tail(&mut all, game);
        all.insert("gameVersion".into(), "v3".into());
        all.insert("partialPrices".into(), self.window(game));
        finish(all, game)
    }

    /// Returns the shape COUNTDOWN.
    pub fn countdown(&self, game: &GeneratedGame) -> Message {
        let mut all = Map::new();
        all.insert("gameId".into(), game.id.as_str().into());
        all.insert("cooldownTimer".into(), self.timer.into());
        all.insert("cooldownPaused".into(), false.into());
        all.insert("allowPreRoundBuys".into(), self.is_presale().into());
        all.insert("leaderboard".into(), self.leaderboard.clone());
        all.insert("connectedPlayers".into(), self.connected.into());
        finish(all, game)
    }

    fn write_state(&self, all: &mut Map<String, Value>, game: &GeneratedGame, tick_count: u32) {
        all.insert("active".into(), self.active.into());
        all.insert("price".into(), double_to_json(game.price(self.tick)));
        all.insert("rugged".into(), self.rugged.into());
        all.insert("tickCount".into(), tick_count.into());
        self.write_timer(all);
    }

    fn write_timer(&self, all: &mut Map<String, Value>) {
        all.insert("cooldownTimer".into(), self.timer.into());
        all.insert("cooldownPaused".into(), false.into());
        all.insert("pauseMessage".into(), "".into());
        all.insert("allowPreRoundBuys".into(), self.is_presale().into());
    }

    fn write_tail(&self, all: &mut Map<String, Value>, game: &GeneratedGame) {
        all.insert("leaderboard".into(), self.leaderboard.clone());
        all.insert("gameId".into(), game.id.as_str().into());
        all.insert("connectedPlayers".into(), self.connected.into());
    }

    fn window(&self, game: &GeneratedGame) -> Value {
        let first = (self.tick + 1).saturating_sub(WINDOW);
        let values: Map<String, Value> = (first..=self.tick)
            .map(|tick| (tick.to_string(), double_to_json(game.price(tick))))
            .collect();
        json!({ "startTick": first, "endTick": self.tick, "values": values })
    }
}

fn finish(mut all: Map<String, Value>, game: &GeneratedGame) -> Message {
    all.insert(
        "provablyFair".into(),
        json!({ "serverSeedHash": game.hash, "version": "v3" }),
    );
    Message::plain("gameStateUpdate", Value::Object(all))
}

/// Returns the first keys of the two large shapes: the finished games.
fn front(history: &History) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("gameHistory".into(), history.entries());
    history.write_statistics(&mut all);
    history.write_records(&mut all);
    all.insert(
        "availableShitcoins".into(),
        json!([{ "address": "0xPractice", "ticker": "FREE", "name": "Practice SOL", "max_bet": 10_000, "max_win": 100_000 }]),
    );
    all
}
