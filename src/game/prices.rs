//! The price history of one game: by tick, each with its source, holes included.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Source;
use crate::protocol::{MAX_TICK, Tick};

/// Prices by tick. The first price of a tick stays; a missing one is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceHistory {
    prices: Vec<Option<Decimal>>,
    sources: Vec<Option<Source>>,
    arrivals: Vec<Option<u32>>,
    counts: SourceCounts,
}

/// Number of ticks by source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceCounts {
    /// From the message of the tick.
    pub live: u32,
    /// From the window of a later message.
    pub partial: u32,
    /// From a connect snapshot.
    pub snapshot: u32,
    /// From `gameHistory`.
    pub history: u32,
    /// From the revealed seed.
    pub seed: u32,
}

/// What became of a price that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is known now.
    New,
    /// It was known.
    Same,
    /// Another price is known and stays.
    Different,
    /// The tick is none.
    Refused,
}

impl SourceCounts {
    /// Returns the number of ticks from any source.
    pub fn sum(self) -> u64 {
        let all = [
            self.live,
            self.partial,
            self.snapshot,
            self.history,
            self.seed,
        ];
        all.into_iter().map(u64::from).sum()
    }

    fn slot(&mut self, source: Source) -> &mut u32 {
        match source {
            Source::Live => &mut self.live,
            Source::Partial => &mut self.partial,
            Source::Snapshot => &mut self.snapshot,
            Source::History => &mut self.history,
            Source::Seed => &mut self.seed,
        }
    }
}

impl PriceHistory {
    /// Returns the history that a game file tells: when ticks arrived, counts by source, which ticks came from the
    /// seed, and the first one that came live.
    ///
    /// A tick with an arrival came live. Which of the other ticks came from where is no longer known; they are labelled
    /// so that the counts hold.
    pub fn from_file(
        prices: Vec<Option<Decimal>>,
        mut arrivals: Vec<Option<u32>>,
        counts: SourceCounts,
        repaired: &[Tick],
        joined_at: Option<Tick>,
    ) -> Self {
        use Source::{History, Live, Partial, Seed, Snapshot};
        arrivals.resize(prices.len(), None);
        for (arrival, price) in arrivals.iter_mut().zip(&prices) {
            *arrival = arrival.filter(|_| price.is_some());
        }
        let mut left = counts;
        let arrived = arrivals.iter().flatten().count();
        left.live = left
            .live
            .saturating_sub(u32::try_from(arrived).unwrap_or(u32::MAX));
        let label = |(price, tick): (&Option<Decimal>, Tick)| {
            price.as_ref()?;
            if arrivals[tick as usize].is_some() {
                return Some(Live);
            }
            if repaired.contains(&tick) {
                return Some(Seed);
            }
            let likely = if joined_at.is_none_or(|joined| tick < joined) {
                [Snapshot, Partial, History, Live]
            } else {
                [Live, Partial, Snapshot, History]
            };
            let source = likely.into_iter().find(|source| *left.slot(*source) > 0)?;
            *left.slot(source) -= 1;
            Some(source)
        };
        let sources = prices.iter().zip(0..).map(label).collect();
        Self {
            prices,
            sources,
            arrivals,
            counts,
        }
    }

    /// Offers a price. The first one of a tick is kept.
    pub fn insert(&mut self, tick: Tick, price: Decimal, source: Source) -> Inserted {
        if tick > MAX_TICK {
            return Inserted::Refused;
        }
        let index = tick as usize;
        if index >= self.prices.len() {
            self.prices.resize(index + 1, None);
            self.sources.resize(index + 1, None);
            self.arrivals.resize(index + 1, None);
        }
        match self.prices[index] {
            Some(known) if known == price => Inserted::Same,
            Some(_) => Inserted::Different,
            None => {
                self.prices[index] = Some(price);
                self.sources[index] = Some(source);
                *self.counts.slot(source) += 1;
                Inserted::New
            }
        }
    }

    /// Notes when the message of a tick arrived, in milliseconds after the game's start. A tick whose price came from
    /// something else than its own message has no arrival.
    pub fn set_arrival(&mut self, tick: Tick, millis: u32) {
        if self.source(tick) == Some(Source::Live) {
            self.arrivals[tick as usize].get_or_insert(millis);
        }
    }

    /// Fixes the length: ticks beyond it are dropped, missing ones up to it are holes.
    pub fn set_length(&mut self, length: usize) {
        for dropped in self
            .sources
            .drain(length.min(self.sources.len())..)
            .flatten()
        {
            let count = self.counts.slot(dropped);
            *count = count.saturating_sub(1); // A damaged file may tell fewer than it has.
        }
        self.prices.resize(length, None);
        self.sources.resize(length, None);
        self.arrivals.resize(length, None);
    }

    /// Returns the prices, by tick.
    pub fn as_slice(&self) -> &[Option<Decimal>] {
        &self.prices
    }

    /// Returns when each tick arrived, in milliseconds after the game's start; `None` for one that did not come in its
    /// own message.
    pub fn arrivals(&self) -> &[Option<u32>] {
        &self.arrivals
    }

    /// Returns when a tick arrived.
    pub fn arrival(&self, tick: Tick) -> Option<u32> {
        self.arrivals.get(tick as usize).copied().flatten()
    }

    /// Returns the price of a tick, if it is known.
    pub fn get(&self, tick: Tick) -> Option<Decimal> {
        self.prices.get(tick as usize).copied().flatten()
    }

    /// Returns where the price of a tick came from; `None` for a hole and for what a file no longer tells.
    pub fn source(&self, tick: Tick) -> Option<Source> {
        self.sources.get(tick as usize).copied().flatten()
    }

    /// Returns the number of ticks by source.
    pub fn counts(&self) -> SourceCounts {
        self.counts
    }

    /// Returns the ticks that came from the seed, ascending.
    pub fn repaired(&self) -> Vec<Tick> {
        let seeded = self
            .sources
            .iter()
            .zip(0..)
            .filter(|(s, _)| **s == Some(Source::Seed));
        seeded.map(|(_, tick)| tick).collect()
    }

    /// Returns the number of ticks up to the last one, holes included.
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// Whether no tick is known.
    pub fn is_empty(&self) -> bool {
        self.prices.iter().all(Option::is_none)
    }

    /// Returns the number of holes.
    pub fn missing(&self) -> u32 {
        u32::try_from(self.prices.iter().filter(|p| p.is_none()).count()).unwrap_or(u32::MAX)
    }

    /// Returns the highest price.
    pub fn peak(&self) -> Option<Decimal> {
        self.prices.iter().flatten().max().copied()
    }
}
