//! One game of a timeline: which places it has.

use rust_decimal::Decimal;

use super::Playhead;
use crate::account::Action;
use crate::game::{Phase, Time};
use crate::protocol::{MAX_TICK, Tick};
use crate::recording::GameFile;
use crate::replay::game::{is_computed, price, rug_tick};
use crate::replay::row_check::is_order;

use super::frame::Known;

/// The places of a game.
#[derive(Debug, Clone)]
pub(super) struct GameSpan {
    /// Places of the games before.
    pub before: usize,
    /// The last tick; `None` when there is only the presale.
    pub last: Option<Tick>,
    /// The tick of the rug.
    pub rug: Option<Tick>,
    /// The tick of the highest price.
    pub peak: Option<Tick>,
    /// When tick 0 came.
    start: Option<Time>,
}

impl GameSpan {
    /// Returns the places of a game; `rows` are those of it. Without prices it is as long as they tell.
    pub fn new<'a>(
        before: usize,
        file: Option<&GameFile>,
        rows: impl Iterator<Item = &'a Action>,
    ) -> Self {
        let known = file.and_then(|file| file.prices.len().checked_sub(1));
        let of_row = |row: &Action| {
            let tick = row.executed_tick.unwrap_or(0).max(row.tick);
            (tick > 0 || !is_before_the_game(row)).then_some(tick.min(MAX_TICK))
        };
        let last = match known {
            Some(last) => u32::try_from(last).ok(),
            None => rows.filter_map(of_row).max(),
        };
        let prices = file.into_iter().flat_map(|file| (0..).zip(&file.prices));
        let peak = prices
            .filter_map(|(tick, price)| Some(((*price)?, tick)))
            // Of equal prices the first.
            .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        Self {
            before,
            last,
            rug: file.and_then(rug_tick).filter(|rug| Some(*rug) <= last),
            peak: peak.map(|(_, tick)| tick),
            start: file.and_then(|file| file.meta.start_time),
        }
    }

    /// Returns how many places there are.
    pub fn places(&self) -> usize {
        self.last.map_or(1, |last| last as usize + 2)
    }

    /// Returns the nearest tick there is.
    pub fn clamp(&self, tick: Option<Tick>) -> Option<Tick> {
        tick.and_then(|tick| Some(tick.min(self.last?)))
    }

    /// Returns the tick that the player had before him.
    pub fn press(&self, row: &Action) -> Option<Tick> {
        self.clamp((!is_before_the_game(row)).then_some(row.tick))
    }

    /// Returns the tick at which a row came to its end. A buy of the presale is done in the presale, unless its news
    /// came later. A result is there when it came: the window of a lost sidebet is over before anybody says so.
    pub fn effect(&self, row: &Action) -> Option<Tick> {
        let executed = row.executed_tick.unwrap_or(row.tick);
        if !is_order(row.action) {
            return self.clamp(Some(executed.max(row.tick)));
        }
        let early = is_before_the_game(row) && row.executed_tick.unwrap_or(0) == 0;
        if early && row.confirmed_at.is_none_or(|at| self.is_before_start(at)) {
            return None;
        }
        self.clamp(Some(executed))
    }

    /// Whether tick 0 came later, as far as that is known.
    pub fn is_before_start(&self, at: Time) -> bool {
        self.start.is_none_or(|start| at < start)
    }

    pub fn phase(&self, tick: Option<Tick>) -> Phase {
        match tick {
            None => Phase::Presale,
            Some(tick) if self.rug.is_some_and(|rug| rug <= tick) => Phase::Rugged,
            Some(_) => Phase::Active,
        }
    }
}

/// Returns the prices up to a place.
pub(super) fn prices_until(file: Option<&GameFile>, tick: Option<Tick>) -> &[Option<Decimal>] {
    let all = file.map_or(&[][..], |file| &file.prices);
    let count = tick.map_or(0, |tick| tick as usize + 1);
    &all[..count.min(all.len())]
}

/// Returns how the price of a place is known.
pub(super) fn known(file: Option<&GameFile>, head: Playhead) -> PriceKnowledge {
    let Some(tick) = head.tick else {
        return PriceKnowledge::Recorded;
    };
    match file.map(|file| (price(file, tick), is_computed(file, tick))) {
        Some((Some(_), true)) => PriceKnowledge::Repaired,
        Some((Some(_), false)) => PriceKnowledge::Recorded,
        Some((None, _)) | None => PriceKnowledge::Not,
    }
}

/// Whether the player pressed before tick 0.
fn is_before_the_game(row: &Action) -> bool {
    is_order(row.action) && matches!(row.phase, Phase::Presale | Phase::Cooldown)
}
