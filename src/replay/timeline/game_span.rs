//! One game of a timeline with its positions.

use rust_decimal::Decimal;

use super::playhead::Playhead;
use crate::account::Action;
use crate::game::{Phase, Time};
use crate::protocol::{MAX_TICK, Tick};
use crate::recording::GameFile;
use crate::replay::games::{is_computed, price, rug_tick};

use super::frame::PriceKnowledge;

/// The positions of one game.
#[derive(Debug, Clone)]
pub(super) struct GameSpan {
    /// The number of positions of the games before it.
    pub before: usize,
    /// The last tick; `None` if there is only the presale.
    pub last: Option<Tick>,
    /// The tick of the rug.
    pub rug: Option<Tick>,
    /// The tick of the highest price.
    pub peak: Option<Tick>,
    /// The arrival of tick 0.
    start: Option<Time>,
}

impl GameSpan {
    /// Returns the positions of a game with its `rows`. Without prices the rows decide its length.
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
            // The first of equal prices.
            .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        Self {
            before,
            last,
            rug: file.and_then(rug_tick).filter(|rug| Some(*rug) <= last),
            peak: peak.map(|(_, tick)| tick),
            start: file.and_then(|file| file.meta.start_time),
        }
    }

    /// Returns the number of positions.
    pub fn positions(&self) -> usize {
        self.last.map_or(1, |last| last as usize + 2)
    }

    /// Returns the nearest existing tick.
    pub fn clamp(&self, tick: Option<Tick>) -> Option<Tick> {
        tick.and_then(|tick| Some(tick.min(self.last?)))
    }

    /// Returns the tick that the player saw at a press.
    pub fn press(&self, row: &Action) -> Option<Tick> {
        self.clamp((!is_before_the_game(row)).then_some(row.tick))
    }

    /// Returns the tick at which a row took effect. A buy of the presale takes effect in the presale, unless its answer
    /// came later. A result takes effect at its arrival, which for a lost sidebet is after the end of its window.
    pub fn effect(&self, row: &Action) -> Option<Tick> {
        let executed = row.executed_tick.unwrap_or(row.tick);
        if !row.action.is_order() {
            return self.clamp(Some(executed.max(row.tick)));
        }
        let early = is_before_the_game(row) && row.executed_tick.unwrap_or(0) == 0;
        if early && row.confirmed_at.is_none_or(|at| self.is_before_start(at)) {
            return None;
        }
        self.clamp(Some(executed))
    }

    /// Whether a time is before tick 0, or tick 0 is not known.
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

/// Returns the prices up to a position.
pub(super) fn prices_until(file: Option<&GameFile>, tick: Option<Tick>) -> &[Option<Decimal>] {
    let all = file.map_or(&[][..], |file| &file.prices);
    let count = tick.map_or(0, |tick| tick as usize + 1);
    &all[..count.min(all.len())]
}

/// Returns how the price of a position is known.
pub(super) fn known(file: Option<&GameFile>, head: Playhead) -> PriceKnowledge {
    let Some(tick) = head.tick else {
        return PriceKnowledge::Recorded;
    };
    match file.map(|file| (price(file, tick), is_computed(file, tick))) {
        Some((Some(_), true)) => PriceKnowledge::Repaired,
        Some((Some(_), false)) => PriceKnowledge::Recorded,
        Some((None, _)) | None => PriceKnowledge::Unknown,
    }
}

/// Whether the player pressed before tick 0.
fn is_before_the_game(row: &Action) -> bool {
    row.action.is_order() && matches!(row.phase, Phase::Presale | Phase::Cooldown)
}
