//! The price history of one game: by tick, each with its source, holes included.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::named_enum::named_enum;
use crate::protocol::{MAX_TICK, Tick};

named_enum! {
    /// The source of a price, best first.
    #[derive(PartialOrd, Ord)]
    pub enum PriceSource {
        /// The message of its own tick.
        Live = "live",
        /// The window of the last five ticks in a later message.
        Partial = "partial",
        /// The price list of a connect snapshot.
        Snapshot = "snapshot",
        /// The game's own entry in `gameHistory`.
        History = "history",
        /// The path of the revealed seed; never received.
        Seed = "seed",
    }
}

/// Prices by tick. The first price of a tick is kept; a missing price is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceHistory {
    prices: Vec<Option<Decimal>>,
    sources: Vec<Option<PriceSource>>,
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

/// The result of [`PriceHistory::insert`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertResult {
    /// The price was unknown and is stored.
    New,
    /// The same price was known.
    Same,
    /// Another price is known and is kept.
    Different,
    /// No game can reach the tick.
    Refused,
}

impl SourceCounts {
    /// Returns the number of ticks from all sources.
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

    fn slot(&mut self, source: PriceSource) -> &mut u32 {
        match source {
            PriceSource::Live => &mut self.live,
            PriceSource::Partial => &mut self.partial,
            PriceSource::Snapshot => &mut self.snapshot,
            PriceSource::History => &mut self.history,
            PriceSource::Seed => &mut self.seed,
        }
    }
}

impl PriceHistory {
    /// Builds the history from the fields of a game file: arrivals, counts by source, ticks from the seed (ascending),
    /// and the first live tick.
    ///
    /// A tick with an arrival is live. The file does not say which source each of the other ticks has; they are labelled
    /// so that the counts match.
    pub fn from_file(
        prices: Vec<Option<Decimal>>,
        mut arrivals: Vec<Option<u32>>,
        counts: SourceCounts,
        repaired: &[Tick],
        joined_at: Option<Tick>,
    ) -> Self {
        use PriceSource::{History, Live, Partial, Seed, Snapshot};
        arrivals.resize(prices.len(), None);
        for (arrival, price) in arrivals.iter_mut().zip(&prices) {
            *arrival = arrival.filter(|_| price.is_some());
        }
        let mut remaining = counts;
        let arrived = arrivals.iter().flatten().count();
        remaining.live = remaining
            .live
            .saturating_sub(u32::try_from(arrived).unwrap_or(u32::MAX));
        let label = |(price, tick): (&Option<Decimal>, Tick)| {
            price.as_ref()?;
            if arrivals[tick as usize].is_some() {
                return Some(Live);
            }
            if repaired.binary_search(&tick).is_ok() {
                return Some(Seed);
            }
            let likely = if joined_at.is_none_or(|joined| tick < joined) {
                [Snapshot, Partial, History, Live]
            } else {
                [Live, Partial, Snapshot, History]
            };
            let source = likely
                .into_iter()
                .find(|source| *remaining.slot(*source) > 0)?;
            *remaining.slot(source) -= 1;
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

    /// Stores a price unless the tick has one.
    pub fn insert(&mut self, tick: Tick, price: Decimal, source: PriceSource) -> InsertResult {
        if tick > MAX_TICK {
            return InsertResult::Refused;
        }
        let index = tick as usize;
        if index >= self.prices.len() {
            self.prices.resize(index + 1, None);
            self.sources.resize(index + 1, None);
            self.arrivals.resize(index + 1, None);
        }
        match self.prices[index] {
            Some(known) if known == price => InsertResult::Same,
            Some(_) => InsertResult::Different,
            None => {
                self.prices[index] = Some(price);
                self.sources[index] = Some(source);
                *self.counts.slot(source) += 1;
                InsertResult::New
            }
        }
    }

    /// Stores the arrival of a tick's message, in milliseconds after the game's start. A tick from another source than its
    /// own message has no arrival.
    pub fn set_arrival(&mut self, tick: Tick, millis: u32) {
        if self.source(tick) == Some(PriceSource::Live) {
            self.arrivals[tick as usize].get_or_insert(millis);
        }
    }

    /// Sets the length: ticks beyond it are dropped, missing ticks below it become holes. It is at most that of the
    /// longest game, whatever a file or a journal says.
    pub fn set_length(&mut self, length: usize) {
        let length = length.min(MAX_TICK as usize + 1);
        for dropped in self
            .sources
            .drain(length.min(self.sources.len())..)
            .flatten()
        {
            let count = self.counts.slot(dropped);
            *count = count.saturating_sub(1); // A damaged file may state fewer than it has.
        }
        self.prices.resize(length, None);
        self.sources.resize(length, None);
        self.arrivals.resize(length, None);
    }

    /// Returns the prices, by tick.
    pub fn as_slice(&self) -> &[Option<Decimal>] {
        &self.prices
    }

    /// Returns the arrival of each tick, in milliseconds after the game's start; `None` for a tick without its own
    /// message.
    pub fn arrivals(&self) -> &[Option<u32>] {
        &self.arrivals
    }

    /// Returns the arrival of a tick, in milliseconds after the game's start.
    pub fn arrival(&self, tick: Tick) -> Option<u32> {
        self.arrivals.get(tick as usize).copied().flatten()
    }

    /// Returns the price of a tick, if known.
    pub fn get(&self, tick: Tick) -> Option<Decimal> {
        self.prices.get(tick as usize).copied().flatten()
    }

    /// Returns the source of a tick's price; `None` for a hole, and where a file does not state it.
    pub fn source(&self, tick: Tick) -> Option<PriceSource> {
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
            .filter(|(s, _)| **s == Some(PriceSource::Seed));
        seeded.map(|(_, tick)| tick).collect()
    }

    /// Returns the number of ticks up to the last one, holes included.
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// Whether no price is known.
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
