//! One game of a timeline with its positions.

use rust_decimal::Decimal;

use super::playhead::Playhead;
use crate::account::{Action, Drift};
use crate::game::{Phase, Time};
use crate::protocol::{MAX_TICK, Tick};
use crate::recording::GameFile;
use crate::replay::games::{Games, is_computed, price, rug_tick};
use crate::replay::row_check::is_before_the_game;

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
    /// Without a file: when the rows and drifts took effect, in the order of their ticks.
    effects: Vec<(Option<Tick>, Time)>,
}

impl GameSpan {
    /// Returns the positions of a game with its `rows`. Without prices the rows decide its length.
    pub fn new(
        before: usize,
        file: Option<&GameFile>,
        rows: &[&Action],
        drifts: &[&Drift],
    ) -> Self {
        let known = file.and_then(|file| file.prices.len().checked_sub(1));
        let of_row = |row: &Action| {
            let tick = row.executed_tick.unwrap_or(0).max(row.tick);
            (tick > 0 || !is_before_the_game(row)).then_some(tick.min(MAX_TICK))
        };
        let last = match known {
            Some(last) => u32::try_from(last).ok(),
            None => rows.iter().copied().filter_map(of_row).max(),
        };
        let prices = file.into_iter().flat_map(|file| (0..).zip(&file.prices));
        let peak = prices
            .filter_map(|(tick, price)| Some(((*price)?, tick)))
            // The first of equal prices.
            .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let mut span = Self {
            before,
            last,
            rug: file.and_then(rug_tick).filter(|rug| Some(*rug) <= last),
            peak: peak.map(|(_, tick)| tick),
            start: file.and_then(|file| file.meta.start_time),
            effects: Vec::new(),
        };
        if file.is_none() {
            let of_row = |row: &&Action| {
                let at = row.confirmed_at.unwrap_or(row.timestamp);
                (span.effect(row), at)
            };
            let of_drift = |drift: &&Drift| (span.clamp(drift.tick), drift.at);
            let rows = rows.iter().map(of_row);
            let mut effects: Vec<_> = rows.chain(drifts.iter().map(of_drift)).collect();
            effects.sort_unstable();
            span.effects = effects;
        }
        span
    }

    /// Returns a moment of the game whose time is known: the last one at a tick or before it, or the first one after it.
    pub fn known_moment(&self, tick: Option<Tick>) -> Option<(Tick, Time)> {
        let known = self.start.map(|start| (0, start));
        known.or_else(|| {
            let after = self.effects.partition_point(|(at, _)| *at <= tick);
            let (at, time) = self.effects.get(after.saturating_sub(1))?;
            Some((at.unwrap_or(0), *time))
        })
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

/// Returns the positions of each game.
pub(super) fn spans(games: &Games, rows: &[Action], drifts: &[Drift]) -> Vec<GameSpan> {
    let mut of_game = vec![(Vec::new(), Vec::new()); games.len()];
    for row in rows {
        if let Some(index) = games.place(&row.game_id) {
            of_game[index].0.push(row);
        }
    }
    for drift in drifts {
        if let Some(index) = drift.game_id.as_ref().and_then(|id| games.place(id)) {
            of_game[index].1.push(drift);
        }
    }
    let mut before = 0;
    let mut spans = Vec::with_capacity(games.len());
    for (game, (rows, drifts)) in of_game.into_iter().enumerate() {
        let span = GameSpan::new(before, games.at(game).1.ok(), &rows, &drifts);
        before += span.positions();
        spans.push(span);
    }
    spans
}
