//! The commitment of a game and the reveal of its seed: in which order they came, and what the seed makes of the prices.

use rust_decimal::Decimal;

use super::{Anomaly, EndReason, Game, GameEvent, Inserted, Source, intake};
use crate::fairness::{Claim, CommitmentSeen, Proof, Status, prove};
use crate::protocol::{GameId, GameStateUpdate, HistoryEntry, MAX_TICK, Tick};

impl Game {
    /// Takes the hash and the version that a message of this game states. The first ones count: others would be chosen
    /// after the fact, and are an anomaly each time they change.
    pub(super) fn commit(&mut self, update: &GameStateUpdate, out: &mut Vec<GameEvent>) {
        let commitment = update.commitment.as_ref();
        let hash = commitment.map(|c| c.hash.as_str());
        let stated = commitment.and_then(|c| c.version.as_deref());
        let version = update.game_version.as_deref().or(stated);
        let last_hash = self.told.0.as_deref().or(self.hash());
        let last_version = self.told.1.as_deref().or(self.version.as_deref());
        let other = |last: Option<&str>, now: Option<&str>| {
            last.is_some() && now.is_some_and(|now| last != Some(now))
        };
        let changed = other(last_hash, hash) || other(last_version, version);
        let first =
            self.hash().is_none() && hash.is_some() || self.version.is_none() && version.is_some();
        if changed {
            self.odd(Anomaly::CommitmentChanged, out);
        }
        if changed || first {
            let (hash, version) = (hash.map(str::to_owned), version.map(str::to_owned));
            self.told.0 = hash.clone().or(self.told.0.take());
            self.told.1 = version.clone().or(self.told.1.take());
            if first {
                self.tell(out, |game_id| GameEvent::Committed {
                    game_id,
                    hash,
                    version,
                });
            }
        }
    }

    /// Whether a message of this game told this hash, first or last.
    pub(super) fn has_told(&self, hash: &str) -> bool {
        self.hash() == Some(hash) || self.told.0.as_deref() == Some(hash)
    }

    /// Takes a stated hash: a commitment only if nothing told the seed before.
    pub(super) fn take_hash(&mut self, hash: Option<&str>) {
        let Some(hash) = hash.filter(|_| self.hash().is_none()) else {
            return;
        };
        if self.seed_was_told() {
            self.revealed_hash = Some(hash.to_owned());
            self.proof.commitment = CommitmentSeen::File;
        } else {
            self.commitment = Some(hash.to_owned());
            self.proof.commitment = CommitmentSeen::Seen;
        }
    }

    fn seed_was_told(&self) -> bool {
        // Of a game that was read from its file only the anomaly is left.
        let early = self.anomalies.contains_key(&Anomaly::EarlyReveal);
        self.seed.is_some() || self.early.is_some() || early
    }

    /// Notes that the server told the seed in `entry`. `running`: the rug is still to come, so that is an anomaly.
    pub(super) fn see_seed(
        &mut self,
        entry: &HistoryEntry,
        running: bool,
        out: &mut Vec<GameEvent>,
    ) {
        let first = self.seed.is_none() && self.early.is_none();
        let Some(seed) = entry.seed.clone().filter(|_| first) else {
            return;
        };
        let was_told = self.seed_was_told();
        let (hash, version) = (entry.hash.clone(), entry.version.clone());
        self.tell(out, |game_id| GameEvent::SeedSeen {
            game_id,
            seed,
            hash,
            version,
        });
        if running && !was_told {
            self.odd(Anomaly::EarlyReveal, out);
        }
    }

    pub(super) fn take_early(
        &mut self,
        seed: &str,
        hash: &Option<String>,
        version: &Option<String>,
    ) {
        if self.early.is_some() {
            return;
        }
        self.early = Some(Box::new(bare_entry(&self.id, seed, hash, version)));
        self.take_hash(hash.as_deref());
        if self.version.is_none() {
            self.version.clone_from(version);
        }
    }

    /// Returns the fact that rebuilds an early seed.
    pub(super) fn early_fact(&self) -> Option<GameEvent> {
        let entry = self.early.as_ref()?;
        Some(GameEvent::SeedSeen {
            game_id: self.id.clone(),
            seed: entry.seed.clone()?,
            hash: entry.hash.clone(),
            version: entry.version.clone(),
        })
    }

    /// Reveals the game with the seed that was told too early, if no other entry did and the game is over.
    pub(super) fn reveal_early(&mut self, out: &mut Vec<GameEvent>) {
        let over = self.end.is_some() || self.end_reason == Some(EndReason::Missed);
        if let Some(entry) = self.early.take_if(|_| over) {
            out.extend(self.reveal(&entry));
        }
    }

    /// Takes the game's own history entry: fills holes from its prices, proves, fills the rest from the path.
    ///
    /// Returns what is to be told: the gaps that were filled, and what is odd about the entry. An entry without a seed
    /// reveals nothing and is passed over, and so is a second reveal.
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
                self.odd(Anomaly::CommitmentChanged, &mut out);
            }
            _ => {}
        }
        let mut filled = self.fill_from_history(entry, &mut out);
        let (proof, holes) = self.prove(entry.peak);
        self.proof = proof;
        let path_was_drawn = self.proof.checked_ticks > 0 || !holes.is_empty();
        for (tick, price) in holes {
            self.prices.insert(tick, price, Source::Seed);
            filled.push((tick, Source::Seed));
        }
        let agrees = self.proof.status != Status::Mismatch;
        if path_was_drawn && self.rug_tick.is_none() && agrees {
            // Healed up to the last tick of the path: the next one is the rug, whose price nobody told.
            self.rug_tick = Tick::try_from(self.prices.len()).ok();
        }
        // A rug whose price nobody told is a hole at the end.
        if let Some(rug) = self.rug_tick {
            self.prices.set_length(rug as usize + 1);
            if !rug_was_known && agrees && self.end_reason == Some(EndReason::Missed) {
                self.end_reason = Some(EndReason::History);
            }
        }
        intake::tell_gaps(&self.id, &filled, &mut out);
        out
    }

    /// The server told the seed in `entry` before this watch began: no hash that the watch saw commits to it.
    pub fn listed_before(&mut self, entry: &HistoryEntry) {
        let seen = self.commitment.take();
        self.revealed_hash = self.revealed_hash.take().or(seen);
        self.seed = None;
        self.reveal(entry);
    }

    /// Adds what another watch of the same game knows and this one does not; what this one knows stays.
    pub fn absorb(&mut self, other: &Self) {
        let later = other.start.timestamp_millis() - self.start.timestamp_millis();
        for (price, tick) in other.prices.as_slice().iter().zip(0..) {
            let source = other.prices.source(tick).unwrap_or(Source::Snapshot);
            // What the other one only computed is computed again below, from its seed.
            if let Some(price) = price.filter(|_| source != Source::Seed) {
                let added = self.prices.insert(tick, price, source);
                // Its arrival counts from the start of the other watch.
                let arrival = other.prices.arrival(tick).map(i64::from);
                let arrival = arrival.and_then(|millis| u32::try_from(millis + later).ok());
                if let (Inserted::New, Some(millis)) = (added, arrival) {
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
        // This watch was the first one: a seed that it was told came before the other one's hash.
        self.take_hash(other.commitment.as_deref());
        self.early = self.early.take().or_else(|| other.early.clone());
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
        if let Some(seed) = other.seed.as_deref().filter(|_| self.seed.is_none()) {
            self.reveal(&bare_entry(
                &self.id,
                seed,
                &other.revealed_hash,
                &other.version,
            ));
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

    /// Takes the prices of the entry, the rug price as the last one. A list of another length and another price for a
    /// known tick are anomalies.
    fn fill_from_history(
        &mut self,
        entry: &HistoryEntry,
        out: &mut Vec<GameEvent>,
    ) -> Vec<(Tick, Source)> {
        let mut filled = Vec::new();
        // Tick 0, at most 5,000 more, and the rug.
        let believable = 2..=MAX_TICK as usize + 2;
        let Some(prices) = &entry.prices else {
            return filled;
        };
        let is_other = match self.rug_tick {
            Some(rug) => prices.len() != rug as usize + 1,
            None => prices.len() < self.prices.len(),
        };
        let is_believable = believable.contains(&prices.len());
        if is_other || !is_believable {
            self.odd(Anomaly::HistoryLength, out);
        }
        if !is_believable {
            return filled;
        }
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
                    self.odd(Anomaly::PriceChanged, out);
                }
                Inserted::Different | Inserted::Same | Inserted::Refused => {}
            }
        }
        filled
    }
}

/// Returns an entry that tells a seed and what came beside it.
fn bare_entry(
    id: &GameId,
    seed: &str,
    hash: &Option<String>,
    version: &Option<String>,
) -> HistoryEntry {
    HistoryEntry {
        id: id.clone(),
        timestamp: None,
        prices: None,
        peak: None,
        seed: Some(seed.to_owned()),
        hash: hash.clone(),
        version: version.clone(),
    }
}
