//! The facts of one game: emits them, applies them in order, and lists those that rebuild the game.

use super::anomaly::Anomaly;
use super::event::GameEvent;
use super::one_game::{EndReason, Game};
use super::prices::PriceSource;
use super::server::ServerInfo;
use crate::protocol::{GameId, HistoryEntry};

impl Game {
    /// Applies a fact to this game and appends it to `out`.
    pub(super) fn emit(
        &mut self,
        out: &mut Vec<GameEvent>,
        fact: impl FnOnce(GameId) -> GameEvent,
    ) {
        let event = fact(self.id.clone());
        self.apply(&event);
        out.push(event);
    }

    /// Counts an anomaly. Events are emitted for the first ten occurrences and then for every doubling, so that neither
    /// journal nor log grows without end.
    pub(super) fn note_anomaly(&mut self, anomaly: Anomaly, out: &mut Vec<GameEvent>) {
        let count = self
            .anomalies
            .get(&anomaly)
            .copied()
            .unwrap_or_default()
            .saturating_add(1);
        let game_id = self.id.clone();
        let event = GameEvent::AnomalySeen {
            game_id,
            anomaly,
            count,
        };
        self.apply(&event);
        if count <= 10 || count.is_power_of_two() {
            out.push(event);
        }
    }

    /// Ends the game unless it has ended.
    pub(super) fn end_if_open(&mut self, reason: EndReason, out: &mut Vec<GameEvent>) {
        if !self.ended() {
            self.emit(out, |game_id| GameEvent::GameEnded { game_id, reason });
        }
    }

    /// Ends the game: live messages will add no more prices.
    pub(super) fn end_with(&mut self, reason: EndReason, out: &mut Vec<GameEvent>) {
        self.emit(out, |game_id| GameEvent::GameEnded { game_id, reason });
        out.push(GameEvent::PricesComplete {
            game_id: self.id.clone(),
            missing: self.prices.missing(),
            duplicates: self.duplicates,
        });
    }

    /// Sets the server of the game from here on.
    pub(super) fn set_server(&mut self, server: ServerInfo, out: &mut Vec<GameEvent>) {
        let server = self.server.map_or(server, |before| before.then(server));
        if self.server != Some(server) {
            self.emit(out, |game_id| GameEvent::ServerKnown { game_id, server });
        }
    }

    /// Counts a lost connection.
    pub(super) fn connection_lost(&mut self, out: &mut Vec<GameEvent>) {
        let count = self.reconnects.saturating_add(1);
        self.emit(out, |game_id| GameEvent::ConnectionLost { game_id, count });
    }

    /// Applies a fact of this game. Facts of other games and other events are ignored.
    pub fn apply(&mut self, event: &GameEvent) {
        if event.fact_of() != Some(&self.id) {
            return;
        }
        match event {
            GameEvent::Committed { hash, version, .. } => {
                self.take_hash(hash.as_deref());
                if self.version.is_none() {
                    self.version.clone_from(version);
                }
            }
            GameEvent::SeedSeen {
                seed,
                hash,
                version,
                ..
            } => self.take_early_reveal(HistoryEntry {
                hash: hash.clone(),
                version: version.clone(),
                ..HistoryEntry::of_seed(self.id.clone(), seed.clone())
            }),
            GameEvent::PriceTick {
                tick,
                price,
                source,
                arrival,
                ..
            } => {
                self.prices.insert(*tick, *price, *source);
                if *source == PriceSource::Live {
                    self.joined_at_tick = self.joined_at_tick.or(Some(*tick));
                    self.last_live = self.last_live.max(Some(*tick));
                    if let Some(millis) = *arrival {
                        self.prices.set_arrival(*tick, millis);
                    }
                }
            }
            GameEvent::Rugged { tick, at, .. } => {
                self.end = Some(*at);
                self.rug_tick = Some(*tick);
                self.end_reason = Some(EndReason::Rug);
                self.prices.set_length(*tick as usize + 1);
            }
            // A received rug remains the reason.
            GameEvent::GameEnded { reason, .. } if self.end.is_none() => {
                self.end_reason = Some(*reason);
            }
            GameEvent::AnomalySeen { anomaly, count, .. } => {
                self.anomalies.insert(*anomaly, *count);
            }
            GameEvent::Resumed { .. } if self.end.is_none() => self.end_reason = None,
            GameEvent::ConnectionLost { count, .. } => self.reconnects = *count,
            GameEvent::ServerKnown { server, .. } => self.server = Some(*server),
            _ => {}
        }
    }

    /// Returns the facts that rebuild this game.
    pub fn facts(&self) -> Vec<GameEvent> {
        let game_id = || self.id.clone();
        let mut facts = vec![GameEvent::GameStarted {
            game_id: game_id(),
            at: self.start,
        }];
        if let Some(server) = self.server {
            facts.push(GameEvent::ServerKnown {
                game_id: game_id(),
                server,
            });
        }
        // A hash commits to the seed only if it arrives before the seed.
        let committed = (self.hash().is_some() || self.version.is_some()).then(|| {
            let (hash, version) = (self.hash().map(str::to_owned), self.version.clone());
            let game_id = game_id();
            GameEvent::Committed {
                game_id,
                hash,
                version,
            }
        });
        let (before, after) = if self.commitment.is_some() {
            (committed, None)
        } else {
            (None, committed)
        };
        facts.extend(before);
        facts.extend(self.early_seed_fact());
        for (price, tick) in self.prices.as_slice().iter().zip(0..) {
            let Some(price) = *price else { continue };
            let source = self.prices.source(tick).unwrap_or(PriceSource::Live);
            facts.push(GameEvent::PriceTick {
                game_id: game_id(),
                tick,
                price,
                source,
                arrival: self.prices.arrival(tick),
            });
        }
        for (anomaly, count) in &self.anomalies {
            let (anomaly, count) = (*anomaly, *count);
            facts.push(GameEvent::AnomalySeen {
                game_id: game_id(),
                anomaly,
                count,
            });
        }
        facts.extend(after);
        if self.reconnects > 0 {
            facts.push(GameEvent::ConnectionLost {
                game_id: game_id(),
                count: self.reconnects,
            });
        }
        if let (Some(tick), Some(at)) = (self.rug_tick, self.end) {
            facts.push(GameEvent::Rugged {
                game_id: game_id(),
                tick,
                at,
            });
        }
        facts
    }
}
