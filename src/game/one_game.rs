//! One game: its facts, applied in order, and what the revealed seed makes of them.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Anomaly, EndReason, GameEvent, Inserted, PriceHistory, Source, Time};
use crate::fairness::{Claim, CommitmentSeen, Proof, Status, prove};
use crate::protocol::{GameId, HistoryEntry, MAX_TICK, Tick};

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
    /// Messages that told a tick a second time with the same price: no anomaly, counted apart.
    pub duplicates: u32,
    /// Ticks for which another price was told, too; each is counted once.
    pub(super) contradicted: BTreeSet<Tick>,
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
            duplicates: 0,
            contradicted: BTreeSet::new(),
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
            GameEvent::AnomalySeen { anomaly, count, .. } => {
                self.anomalies.insert(*anomaly, *count);
            }
            GameEvent::WentOn { .. } if self.end.is_none() => self.end_reason = None,
            GameEvent::ConnectionLost { count, .. } => self.reconnects = *count,
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
            let (anomaly, count) = (*anomaly, *count);
            facts.push(GameEvent::AnomalySeen {
                game_id: game_id(),
                anomaly,
                count,
            });
        }
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
        }
        // A rug whose price nobody told is a hole at the end.
        if let Some(rug) = self.rug_tick {
            self.prices.set_length(rug as usize + 1);
        }
        filled
    }

    /// Adds what another watch of the same game knows and this one does not; what this one knows stays.
    pub fn absorb(&mut self, other: &Self) {
        for (price, tick) in other.prices.as_slice().iter().zip(0..) {
            let source = other.prices.source(tick).unwrap_or(Source::Snapshot);
            // What the other one only computed is computed again below, from its seed.
            if let Some(price) = price.filter(|_| source != Source::Seed) {
                self.prices.insert(tick, price, source);
            }
        }
        self.end = self.end.or(other.end);
        self.rug_tick = self.rug_tick.or(other.rug_tick);
        self.last_live = self.last_live.max(other.last_live);
        self.joined_at_tick = self.joined_at_tick.or(other.joined_at_tick);
        self.commitment = self.commitment.take().or_else(|| other.commitment.clone());
        if self.commitment.is_some() {
            self.proof.commitment = CommitmentSeen::Seen;
        }
        self.version = self.version.take().or_else(|| other.version.clone());
        if self.end.is_some() {
            self.end_reason = Some(EndReason::Rug);
        } else if self.end_reason.is_none() || other.seed.is_some() {
            self.end_reason = other.end_reason;
        }
        for (anomaly, count) in &other.anomalies {
            let slot = self.anomalies.entry(*anomaly).or_default();
            *slot = slot.saturating_add(*count);
        }
        // We were away in between.
        self.reconnects = self
            .reconnects
            .saturating_add(other.reconnects)
            .saturating_add(1);
        if let Some(rug) = self.rug_tick {
            self.prices.set_length(rug as usize + 1);
        }
        if other.seed.is_some() && self.seed.is_none() {
            self.reveal(&HistoryEntry {
                id: self.id.clone(),
                timestamp: None,
                prices: None,
                peak: None,
                seed: other.seed.clone(),
                hash: other.revealed_hash.clone(),
                version: other.version.clone(),
            });
            // A finding of the other one (a stated peak, say) is one here, too.
            if other.proof.status == Status::Mismatch && self.proof.status != Status::Mismatch {
                self.proof = other.proof.clone();
            }
        }
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
        // Tick 0, at most 5,000 more, and the rug.
        let believable = 2..=MAX_TICK as usize + 2;
        let prices = entry.prices.as_ref();
        let Some(prices) = prices.filter(|list| believable.contains(&list.len())) else {
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
                Inserted::Different if self.contradicted.insert(tick) => {
                    let count = self.anomalies.entry(Anomaly::PriceChanged).or_default();
                    *count = count.saturating_add(1);
                }
                Inserted::Different | Inserted::Same | Inserted::Refused => {}
            }
        }
        filled
    }
}
