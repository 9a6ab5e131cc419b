//! Goes through the ticks while a position is open: its worst and best P&L, and what the odds expect of it.

use rust_decimal::Decimal;

use super::expected::OddsExpectation;
use super::trip::Extreme;
use crate::protocol::Tick;

/// A position between two steps. Money in SOL.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeldTokens {
    /// Tokens held.
    pub qty: Decimal,
    /// Proceeds less cost so far.
    pub cash: Decimal,
}

impl HeldTokens {
    fn pnl(self, price: Decimal) -> Decimal {
        let worth = self.qty.saturating_mul(price);
        self.cash.saturating_add(worth).normalize()
    }
}

/// The scan of one trip.
#[derive(Debug, Clone)]
pub(super) struct Scan<'a> {
    prices: &'a [Option<Decimal>],
    /// The next tick to be scanned; the presale has none.
    next_tick: Tick,
    pub worst: Option<Extreme>,
    pub best: Option<Extreme>,
    pub missing: u32,
}

impl<'a> Scan<'a> {
    /// Starts at the tick of the first fill.
    pub fn new(prices: &'a [Option<Decimal>], tick: Option<Tick>) -> Self {
        Self {
            prices,
            next_tick: tick.unwrap_or(0),
            worst: None,
            best: None,
            missing: 0,
        }
    }

    /// Returns the next tick to be scanned.
    pub fn next(&self) -> Tick {
        self.next_tick
    }

    /// Takes the P&L at one moment.
    pub fn see(&mut self, held: HeldTokens, tick: Option<Tick>, price: Decimal) {
        let value = held.pnl(price);
        let extreme = Some(Extreme { tick, value });
        if self.worst.is_none_or(|worst| value < worst.value) {
            self.worst = extreme;
        }
        if self.best.is_none_or(|best| value > best.value) {
            self.best = extreme;
        }
    }

    /// Takes the ticks before `end`, over which the position did not change. `expected` takes the chance of each step to
    /// the next tick.
    pub fn advance(&mut self, held: HeldTokens, end: Tick, expected: &mut OddsExpectation) {
        while self.next_tick < end {
            let tick = self.next_tick;
            self.next_tick += 1;
            let price = self.prices.get(tick as usize).copied().flatten();
            let price = price.or((tick == 0).then_some(Decimal::ONE));
            expected.take_tick(tick, held.qty, price);
            match price {
                Some(price) => self.see(held, Some(tick), price),
                None => self.missing += 1,
            }
        }
    }
}
