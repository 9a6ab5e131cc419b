//! One game: its facts, applied in order. What the revealed seed makes of them is in `reveal`.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Anomaly, EndReason, GameEvent, PriceHistory, ServerInfo, Source, TICK_MILLIS, Time};
use crate::fairness::{CommitmentSeen, Proof, Status};
use crate::protocol::{GameId, HistoryEntry, Tick};

/// Everything that is known of one game.
#[derive(Debug, Clone, PartialEq)]
pub struct Game {
    /// The server's id.
    pub id: GameId,
    /// Arrival of tick 0 (late join: of the first message of this game).
    pub start: Time,
    /// Arrival of the first rugged message.
    pub end: Option<Time>,
    /// Prices by tick.
    pub prices: PriceHistory,
    /// The last tick; known from the rugged message, from the game's history entry or from the seed.
    pub rug_tick: Option<Tick>,
    /// The first tick that arrived in its own message.
    pub joined_at_tick: Option<Tick>,
    /// The last tick that arrived in its own message.
    pub last_live: Option<Tick>,
    /// The hash seen during the game, before the reveal.
    pub commitment: Option<String>,
    /// The hash that came beside the seed.
    pub revealed_hash: Option<String>,
    /// The revealed seed.
    pub seed: Option<String>,
    /// The seed that was told before the game was known to be over, with what came beside it.
    pub(super) early: Option<Box<HistoryEntry>>,
    /// The last hash and version that a message of this game told.
    pub(super) told: (Option<String>, Option<String>),
    /// Version of the price generator.
    pub version: Option<String>,
    /// How the end is known; `None` while the game runs.
    pub end_reason: Option<EndReason>,
    /// Odd things, counted by name.
    pub anomalies: BTreeMap<Anomaly, u32>,
    /// Messages that told a tick a second time with the same price: no anomaly, counted apart.
    pub duplicates: u32,
    /// Ticks for which another price was told, too; each is counted once.
    pub(super) contradicted: BTreeSet<Tick>,
    /// How often the connection was lost during the game.
    pub reconnects: u32,
    /// The server that it is played at; `None` while nobody asked.
    pub server: Option<ServerInfo>,
    /// What was proven so far.
    pub proof: Proof,
}

impl Game {
    /// Returns a game of which only the start is known.
    pub fn new(id: GameId, start: Time) -> Self {
        Self {
            id,
            start,
            end: None,
            prices: PriceHistory::default(),
            rug_tick: None,
            joined_at_tick: None,
            last_live: None,
            commitment: None,
            revealed_hash: None,
            seed: None,
            early: None,
            told: (None, None),
            version: None,
            end_reason: None,
            anomalies: BTreeMap::new(),
            duplicates: 0,
            contradicted: BTreeSet::new(),
            reconnects: 0,
            server: None,
            proof: Proof {
                status: Status::Unverifiable,
                commitment: CommitmentSeen::None,
                checked_ticks: 0,
                reason: Some("no seed yet".to_owned()),
                mismatch: None,
            },
        }
    }

    /// Returns a game known from `gameHistory` alone: no message of it was seen.
    ///
    /// Its start is an estimate, the server's closing time less 250 ms a tick; nothing better exists. `None` without
    /// that time.
    pub fn from_history(entry: &HistoryEntry) -> Option<Self> {
        let closed = Time::from_timestamp_millis(entry.timestamp?)?;
        let mut game = Self::new(entry.id.clone(), closed);
        game.end_reason = Some(EndReason::History);
        game.reveal(entry);
        let ticks = i64::try_from(game.prices.len()).unwrap_or(0);
        game.start =
            closed.checked_sub_signed(chrono::Duration::milliseconds(ticks * TICK_MILLIS))?;
        Some(game)
    }

    /// Lets a fact happen to this game and tells it.
    pub(super) fn tell(
        &mut self,
        out: &mut Vec<GameEvent>,
        fact: impl FnOnce(GameId) -> GameEvent,
    ) {
        let event = fact(self.id.clone());
        self.apply(&event);
        out.push(event);
    }

    /// Counts something odd. A server can be odd for ever: every time is counted, but only the first ten times and
    /// then every doubling are told, so that neither journal nor log grows with it.
    pub(super) fn odd(&mut self, anomaly: Anomaly, out: &mut Vec<GameEvent>) {
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

    /// The game is over, and its prices are all that the live messages will bring.
    pub(super) fn over(&mut self, reason: EndReason, out: &mut Vec<GameEvent>) {
        self.tell(out, |game_id| GameEvent::GameEnded { game_id, reason });
        out.push(GameEvent::PricesComplete {
            game_id: self.id.clone(),
            missing: self.prices.missing(),
            duplicates: self.duplicates,
        });
    }

    /// Notes the server that the game is played at from here on.
    pub(super) fn played_at(&mut self, server: ServerInfo, out: &mut Vec<GameEvent>) {
        let server = self.server.map_or(server, |before| before.then(server));
        if self.server != Some(server) {
            self.tell(out, |game_id| GameEvent::ServerKnown { game_id, server });
        }
    }

    /// Counts a lost connection.
    pub(super) fn connection_lost(&mut self, out: &mut Vec<GameEvent>) {
        let count = self.reconnects.saturating_add(1);
        self.tell(out, |game_id| GameEvent::ConnectionLost { game_id, count });
    }

    /// Applies a fact of this game; facts of other games and anything else are passed over.
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
            } => self.take_early(seed, hash, version),
            GameEvent::PriceTick {
                tick,
                price,
                source,
                arrival,
                ..
            } => {
                self.prices.insert(*tick, *price, *source);
                if *source == Source::Live {
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
            // A rug that was seen stays the reason.
            GameEvent::GameEnded { reason, .. } if self.end.is_none() => {
                self.end_reason = Some(*reason);
            }
            GameEvent::AnomalySeen { anomaly, count, .. } => {
                self.anomalies.insert(*anomaly, *count);
            }
            GameEvent::WentOn { .. } if self.end.is_none() => self.end_reason = None,
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
        // A hash commits to the seed only if it comes before what tells of the seed.
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
        facts.extend(self.early_fact());
        for (price, tick) in self.prices.as_slice().iter().zip(0..) {
            let Some(price) = *price else { continue };
            let source = self.prices.source(tick).unwrap_or(Source::Live);
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

    /// Whether the game is over, however that is known.
    pub fn ended(&self) -> bool {
        self.end_reason.is_some()
    }

    /// Whether every tick from 0 to the rug is known and the rug price was received.
    pub fn complete(&self) -> bool {
        let rug = self.rug_tick.map(|tick| tick as usize + 1);
        rug == Some(self.prices.len()) && self.prices.missing() == 0
    }

    /// Whether the highest known price is the highest there was: every tick before the rug is known. The rug itself
    /// is no peak.
    pub fn peak_exact(&self) -> bool {
        let before_rug = match self.rug_tick {
            Some(rug) => rug as usize,
            // Without a rug more ticks may have followed.
            None => return false,
        };
        let known = self.prices.as_slice().iter().take(before_rug);
        self.prices.len() >= before_rug && known.flatten().count() == before_rug
    }

    /// Returns the highest known price.
    pub fn peak(&self) -> Option<Decimal> {
        self.prices.peak()
    }

    /// Returns the hash to be filed: the one seen before the reveal, else the one beside the seed.
    pub fn hash(&self) -> Option<&str> {
        self.commitment.as_deref().or(self.revealed_hash.as_deref())
    }
}
