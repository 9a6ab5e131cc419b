//! The commitment of a game and the reveal of its seed: their order, the proof, and the merge of two watches.

use rust_decimal::Decimal;

use super::anomaly::Anomaly;
use super::event::GameEvent;
use super::hole_filling::{emit_gaps, fill_from_history, fill_from_path};
use super::one_game::{EndReason, Game};
use super::prices::{InsertResult, PriceSource};
use crate::fairness::{Claim, CommitmentSource, Proof, ProofStatus, prove};
use crate::protocol::{GameStateUpdate, HistoryEntry, Tick};

impl Game {
    /// Takes the hash and the version that a message of this game states. The first ones count: later ones could be chosen
    /// after the fact, so each change is an anomaly.
    pub(super) fn commit(&mut self, update: &GameStateUpdate, out: &mut Vec<GameEvent>) {
        let commitment = update.commitment.as_ref();
        let hash = commitment.map(|c| c.hash.as_str());
        let stated = commitment.and_then(|c| c.version.as_deref());
        let version = update.game_version.as_deref().or(stated);
        let last_hash = self.last_stated.0.as_deref().or(self.hash());
        let last_version = self.last_stated.1.as_deref().or(self.version.as_deref());
        let other = |last: Option<&str>, now: Option<&str>| {
            last.is_some() && now.is_some_and(|now| last != Some(now))
        };
        let changed = other(last_hash, hash) || other(last_version, version);
        let first =
            self.hash().is_none() && hash.is_some() || self.version.is_none() && version.is_some();
        if changed {
            self.note_anomaly(Anomaly::CommitmentChanged, out);
        }
        if changed || first {
            let (hash, version) = (hash.map(str::to_owned), version.map(str::to_owned));
            self.last_stated.0 = hash.clone().or(self.last_stated.0.take());
            self.last_stated.1 = version.clone().or(self.last_stated.1.take());
            if first {
                self.emit(out, |game_id| GameEvent::Committed {
                    game_id,
                    hash,
                    version,
                });
            }
        }
    }

    /// Whether this is the first or the last hash that a message of this game stated.
    pub(super) fn has_stated(&self, hash: &str) -> bool {
        self.hash() == Some(hash) || self.last_stated.0.as_deref() == Some(hash)
    }

    /// Takes a stated hash. It is a commitment only while the seed is unknown.
    pub(super) fn take_hash(&mut self, hash: Option<&str>) {
        let Some(hash) = hash.filter(|_| self.hash().is_none()) else {
            return;
        };
        if self.seed_is_known() {
            self.revealed_hash = Some(hash.to_owned());
            self.proof.commitment = CommitmentSource::File;
        } else {
            self.commitment = Some(hash.to_owned());
            self.proof.commitment = CommitmentSource::Seen;
        }
    }

    fn seed_is_known(&self) -> bool {
        // A game read from its file keeps only the anomaly.
        let early = self.anomalies.contains_key(&Anomaly::EarlyReveal);
        self.seed.is_some() || self.early_reveal.is_some() || early
    }

    /// Notes that `entry` states the seed of this open game. While the game is `running`, that is an anomaly.
    pub(super) fn note_seed(
        &mut self,
        entry: &HistoryEntry,
        running: bool,
        out: &mut Vec<GameEvent>,
    ) {
        let first = self.seed.is_none() && self.early_reveal.is_none();
        let Some(seed) = entry.seed.clone().filter(|_| first) else {
            return;
        };
        let was_known = self.seed_is_known();
        let (hash, version) = (entry.hash.clone(), entry.version.clone());
        self.emit(out, |game_id| GameEvent::SeedSeen {
            game_id,
            seed,
            hash,
            version,
        });
        if running && !was_known {
            self.note_anomaly(Anomaly::EarlyReveal, out);
        }
    }

    /// Stores an entry that stated the seed before the game was known to be over.
    pub(super) fn take_early_reveal(&mut self, entry: HistoryEntry) {
        if self.early_reveal.is_some() {
            return;
        }
        let early = self.early_reveal.insert(Box::new(entry));
        let (hash, version) = (early.hash.clone(), early.version.clone());
        self.take_hash(hash.as_deref());
        self.version = self.version.take().or(version);
    }

    /// Returns the fact that rebuilds the early reveal.
    pub(super) fn early_seed_fact(&self) -> Option<GameEvent> {
        let entry = self.early_reveal.as_ref()?;
        Some(GameEvent::SeedSeen {
            game_id: self.id.clone(),
            seed: entry.seed.clone()?,
            hash: entry.hash.clone(),
            version: entry.version.clone(),
        })
    }

    /// Reveals an ended game with its early reveal, if no later entry did.
    pub(super) fn reveal_from_early(&mut self, out: &mut Vec<GameEvent>) {
        let over = self.end.is_some() || self.end_reason == Some(EndReason::Missed);
        if let Some(entry) = self.early_reveal.take_if(|_| over) {
            out.extend(self.reveal(&entry));
        }
    }

    /// Takes the game's own history entry: fills holes from its prices, proves the game, fills the rest from the path.
    ///
    /// Returns the events: filled gaps and anomalies. An entry without a seed and a second reveal are ignored.
    pub fn reveal(&mut self, entry: &HistoryEntry) -> Vec<GameEvent> {
        let mut out = Vec::new();
        if entry.id != self.id || entry.seed.is_none() || self.seed.is_some() {
            return out;
        }
        let rug_was_known = self.rug_tick.is_some();
        self.seed.clone_from(&entry.seed);
        self.revealed_hash = entry.hash.clone().or(self.revealed_hash.take());
        match (&self.version, &entry.version) {
            (None, stated) => self.version.clone_from(stated),
            (Some(known), Some(stated)) if known != stated => {
                self.note_anomaly(Anomaly::CommitmentChanged, &mut out);
            }
            _ => {}
        }
        let mut filled = fill_from_history(self, entry, &mut out);
        let (proof, holes) = self.prove(entry.peak);
        self.proof = proof;
        let path_was_drawn = self.proof.checked_ticks > 0 || !holes.is_empty();
        filled.extend(fill_from_path(self, holes));
        let agrees = self.proof.status != ProofStatus::Mismatch;
        if path_was_drawn && self.rug_tick.is_none() && agrees {
            // Filled up to the last tick of the path: the next tick is the rug, whose price is unknown.
            self.rug_tick = Tick::try_from(self.prices.len()).ok();
        }
        // A rug with an unknown price is a hole at the end.
        if let Some(rug) = self.rug_tick {
            self.prices.set_length(rug as usize + 1);
            if !rug_was_known && agrees && self.end_reason == Some(EndReason::Missed) {
                self.end_reason = Some(EndReason::History);
            }
        }
        emit_gaps(&self.id, &filled, &mut out);
        out
    }

    /// Reveals a game whose seed was listed before this watch began: no hash that the watch received commits to it.
    pub fn reveal_without_commitment(&mut self, entry: &HistoryEntry) {
        let seen = self.commitment.take();
        self.revealed_hash = self.revealed_hash.take().or(seen);
        self.seed = None;
        self.reveal(entry);
    }

    /// Adds the facts of another watch of the same game that this one lacks; its own facts are kept.
    pub fn merge(&mut self, other: &Self) {
        let later = other.start.timestamp_millis() - self.start.timestamp_millis();
        for (price, tick) in other.prices.as_slice().iter().zip(0..) {
            let source = other.prices.source(tick).unwrap_or(PriceSource::Snapshot);
            // Prices from the other seed's path are computed again below.
            if let Some(price) = price.filter(|_| source != PriceSource::Seed) {
                let added = self.prices.insert(tick, price, source);
                // Its arrival is relative to the start of the other watch.
                let arrival = other.prices.arrival(tick).map(i64::from);
                let arrival =
                    arrival.and_then(|millis| u32::try_from(millis.saturating_add(later)).ok());
                if let (InsertResult::New, Some(millis)) = (added, arrival) {
                    self.prices.set_arrival(tick, millis);
                }
            }
        }
        self.server = match (self.server, other.server) {
            (Some(server), Some(later)) => Some(server.then(later)),
            (server, later) => server.or(later),
        };
        self.end = self.end.or(other.end);
        self.rug_tick = self.rug_tick.or(other.rug_tick);
        self.last_live = self.last_live.max(other.last_live);
        self.joined_at_tick = self.joined_at_tick.or(other.joined_at_tick);
        // This watch was the first one: a seed that it received precedes the hash of the other.
        self.take_hash(other.commitment.as_deref());
        self.early_reveal = self
            .early_reveal
            .take()
            .or_else(|| other.early_reveal.clone());
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
        // The program did not watch in between.
        self.reconnects = self
            .reconnects
            .saturating_add(other.reconnects)
            .saturating_add(1);
        if let Some(rug) = self.rug_tick {
            self.prices.set_length(rug as usize + 1);
        }
        if let Some(seed) = other.seed.clone().filter(|_| self.seed.is_none()) {
            self.reveal(&HistoryEntry {
                hash: other.revealed_hash.clone(),
                version: other.version.clone(),
                ..HistoryEntry::of_seed(self.id.clone(), seed)
            });
            // A mismatch of the other watch (a stated peak, say) is also one here.
            if other.proof.status == ProofStatus::Mismatch
                && self.proof.status != ProofStatus::Mismatch
            {
                self.proof = other.proof.clone();
            }
        }
    }

    /// Proves the known prices against the revealed seed.
    fn prove(&self, stated_peak: Option<Decimal>) -> (Proof, Vec<(Tick, Decimal)>) {
        prove(&Claim {
            game_id: &self.id,
            prices: self.prices.as_slice(),
            rug_tick: self.rug_tick,
            peak: stated_peak,
            version: self.version.as_deref(),
            commitment: self.commitment.as_deref(),
            commitment_seen: CommitmentSource::Seen,
            revealed_hash: self.revealed_hash.as_deref(),
            seed: self.seed.as_deref(),
            repaired: self.prices.counts().seed > 0,
        })
    }
}
