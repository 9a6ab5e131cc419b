//! A board that gets scripted messages, and the resulting events.

use chrono::{DateTime, Duration, Utc};
use pianola::game::{Anomaly, Board, EndReason, Game, GameEvent, Phase};
use pianola::protocol::{GameId, GameStateUpdate, PartialPrices};

use crate::support::decimal::d;

pub fn id(name: &str) -> GameId {
    GameId::new(name).unwrap()
}

pub fn cooldown(game: &str, millis: i64) -> GameStateUpdate {
    let mut update = GameStateUpdate::new(id(game));
    update.cooldown_timer = Some(millis);
    update.allow_pre_round_buys = Some(millis <= 10_000);
    update
}

pub fn tick(game: &str, tick: u64, price: &str) -> GameStateUpdate {
    let mut update = GameStateUpdate::new(id(game));
    update.active = Some(true);
    update.rugged = Some(false);
    update.cooldown_timer = Some(0);
    update.tick_count = Some(tick);
    update.price = Some(d(price));
    update
}

pub fn rug(game: &str, at: u64, price: &str) -> GameStateUpdate {
    GameStateUpdate {
        rugged: Some(true),
        ..tick(game, at, price)
    }
}

pub fn window(mut update: GameStateUpdate, end: u64, values: &[(u64, &str)]) -> GameStateUpdate {
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
pub struct ScriptedBoard {
    pub board: Board,
    pub events: Vec<GameEvent>,
    pub messages: i64,
}

impl ScriptedBoard {
    pub fn of(updates: impl IntoIterator<Item = GameStateUpdate>) -> Self {
        let mut played = Self::default();
        for update in updates {
            played.next(&update);
        }
        played
    }

    pub fn next(&mut self, update: &GameStateUpdate) {
        let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = start + Duration::milliseconds(250 * self.messages);
        self.messages += 1;
        self.board.update(update, at, &mut self.events);
    }

    pub fn anomalies(&self) -> Vec<Anomaly> {
        let named = self.events.iter().filter_map(|event| match event {
            GameEvent::AnomalySeen { anomaly, .. } => Some(*anomaly),
            _ => None,
        });
        named.collect()
    }

    pub fn count(&self, which: impl Fn(&GameEvent) -> bool) -> usize {
        self.events.iter().filter(|event| which(event)).count()
    }

    pub fn ends(&self) -> Vec<(String, EndReason)> {
        let ends = self.events.iter().filter_map(|event| match event {
            GameEvent::GameEnded { game_id, reason } => Some((game_id.to_string(), *reason)),
            _ => None,
        });
        ends.collect()
    }

    pub fn completed(&self) -> Vec<&Game> {
        let games = self.events.iter().filter_map(|event| match event {
            GameEvent::GameComplete(game) => Some(&**game),
            _ => None,
        });
        games.collect()
    }

    pub fn phases(&self) -> Vec<Phase> {
        let phases = self.events.iter().filter_map(|event| match event {
            GameEvent::PhaseChanged { to, .. } => Some(*to),
            _ => None,
        });
        phases.collect()
    }
}
