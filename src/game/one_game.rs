//! One game: its facts, applied in order, and what the revealed seed makes of them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Anomaly, EndReason, GameEvent, Inserted, PriceHistory, Source, Time};
use crate::fairness::{Claim, CommitmentSeen, Proof, Status, prove};
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
    /// Version of the price generator.
    pub version: Option<String>,
    /// How the end is known; `None` while the game runs.
    pub end_reason: Option<EndReason>,
    /// Odd things, counted by name.
    pub anomalies: BTreeMap<Anomaly, u32>,
    /// How often the connection was lost during the game.
    pub reconnects: u32,
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
            version: None,
            end_reason: None,
            anomalies: BTreeMap::new(),
            reconnects: 0,
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
        const TICK_MILLIS: i64 = 250;
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

    /// Applies a fact of this game; facts of other games and anything else are passed over.
    pub fn apply(&mut self, event: &GameEvent) {
        if event.fact_of() != Some(&self.id) {
            return;
        }
        match event {
            GameEvent::Committed { hash, version, .. } => {
                // The first commitment counts: a later, other one would be chosen after the fact.
                if self.commitment.is_none() && hash.is_some() {
                    self.commitment.clone_from(hash);
                    self.proof.commitment = CommitmentSeen::Seen;
                }
                if self.version.is_none() {
                    self.version.clone_from(version);
                }
            }
            GameEvent::PriceTick {
                tick,
                price,
                source,
                ..
            } => {
                self.prices.insert(*tick, *price, *source);
                if *source == Source::Live {
                    self.joined_at_tick = self.joined_at_tick.or(Some(*tick));
                    self.last_live = self.last_live.max(Some(*tick));
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
            GameEvent::AnomalySeen { anomaly, .. } => {
                *self.anomalies.entry(*anomaly).or_default() += 1;
            }
            GameEvent::WentOn { .. } if self.end.is_none() => self.end_reason = None,
            GameEvent::ConnectionLost { .. } => self.reconnects += 1,
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
        if self.commitment.is_some() || self.version.is_some() {
            let (hash, version) = (self.commitment.clone(), self.version.clone());
            facts.push(GameEvent::Committed {
                game_id: game_id(),
                hash,
                version,
            });
        }
        for (price, tick) in self.prices.as_slice().iter().zip(0..) {
            let Some(price) = *price else { continue };
            let source = self.prices.source(tick).unwrap_or(Source::Live);
            facts.push(GameEvent::PriceTick {
                game_id: game_id(),
                tick,
                price,
                source,
            });
        }
        for (anomaly, count) in &self.anomalies {
            let seen = GameEvent::AnomalySeen {
                game_id: game_id(),
                anomaly: *anomaly,
            };
            facts.extend((0..*count).map(|_| seen.clone()));
        }
        let lost = GameEvent::ConnectionLost { game_id: game_id() };
        facts.extend((0..self.reconnects).map(|_| lost.clone()));
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

    /// Returns the highest known price.
    pub fn peak(&self) -> Option<Decimal> {
        self.prices.peak()
    }

    /// Returns the hash to be filed: the one seen before the reveal, else the one beside the seed.
    pub fn hash(&self) -> Option<&str> {
        self.commitment.as_deref().or(self.revealed_hash.as_deref())
    }

    /// Takes the game's own history entry: fills holes from its prices, proves, fills the rest from the path.
    ///
    /// Returns the ticks that were filled. An entry without a seed reveals nothing and is passed over, and so is
    /// a second reveal.
    pub fn reveal(&mut self, entry: &HistoryEntry) -> Vec<(Tick, Source)> {
        if entry.id != self.id || entry.seed.is_none() || self.seed.is_some() {
            return Vec::new();
        }
        self.seed.clone_from(&entry.seed);
        self.revealed_hash.clone_from(&entry.hash);
        if self.version.is_none() {
            self.version.clone_from(&entry.version);
        }
        let mut filled = self.fill_from_history(entry);
        let (proof, holes) = self.prove(entry.peak);
        self.proof = proof;
        let path_was_drawn = self.proof.checked_ticks > 0 || !holes.is_empty();
        for (tick, price) in holes {
            self.prices.insert(tick, price, Source::Seed);
            filled.push((tick, Source::Seed));
        }
        if path_was_drawn && self.rug_tick.is_none() && self.proof.status != Status::Mismatch {
            // Healed up to the last tick of the path: the next one is the rug, whose price nobody told.
            self.rug_tick = Tick::try_from(self.prices.len()).ok();
            self.prices.set_length(self.prices.len() + 1);
        }
        filled
    }

    /// Proves what is known now against the revealed seed.
    fn prove(&self, stated_peak: Option<Decimal>) -> (Proof, Vec<(Tick, Decimal)>) {
        prove(&Claim {
            game_id: &self.id,
            prices: self.prices.as_slice(),
            rug_tick: self.rug_tick,
            peak: stated_peak,
            version: self.version.as_deref(),
            commitment: self.commitment.as_deref(),
            commitment_seen: CommitmentSeen::Seen,
            revealed_hash: self.revealed_hash.as_deref(),
            seed: self.seed.as_deref(),
            repaired: self.prices.counts().seed > 0,
        })
    }

    /// Takes the prices of the entry, the rug price as the last one; another price for a known tick is an anomaly.
    fn fill_from_history(&mut self, entry: &HistoryEntry) -> Vec<(Tick, Source)> {
        let mut filled = Vec::new();
        let Some(prices) = entry.prices.as_ref().filter(|list| list.len() > 1) else {
            return filled;
        };
        let rug = Tick::try_from(prices.len() - 1).unwrap_or(Tick::MAX);
        if self.rug_tick.is_none() && self.prices.len() <= prices.len() {
            self.rug_tick = Some(rug);
        }
        for (price, tick) in prices.iter().zip(0..) {
            if self.rug_tick.is_some_and(|last| tick > last) {
                break;
            }
            let Some(price) = price.filter(|p| *p > Decimal::ZERO) else {
                continue;
            };
            match self.prices.insert(tick, price, Source::History) {
                Inserted::New => filled.push((tick, Source::History)),
                Inserted::Different => {
                    *self.anomalies.entry(Anomaly::PriceChanged).or_default() += 1;
                }
                Inserted::Same | Inserted::Refused => {}
            }
        }
        filled
    }
}
