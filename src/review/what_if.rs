//! The same trips with other exits, on the recorded ticks, by the same account.

use rust_decimal::Decimal;

use super::trip::{Trip, TripFill};
use crate::account::{Account, AccountEvent, ActionKind};
use crate::protocol::Tick;

/// Another way to leave a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Every sell so many ticks later, or earlier if negative; never before the first buy.
    Shift(i64),
    /// Everything at the first tick whose price is at least this.
    AtPrice(Decimal),
    /// Everything so many ticks after the position was opened.
    AfterTicks(Tick),
    /// Everything when the price is so many percent below its highest since the position was opened.
    Falls(Decimal),
}

/// The result of a trip with another exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhatIf {
    /// Its P&L in SOL.
    pub pnl: Decimal,
    /// The rug took it.
    pub rugged: bool,
}

/// Returns the P&L of a trip with another exit; `delay` is the ticks from a rule's decision to its fill. `prices` are those
/// of its game by tick, the rug price last.
///
/// `None` if it cannot be computed: the trip is not closed, it held tokens that no row bought (those from before the
/// session, or of a drift), the game is not whole, or a price that it needs is not known.
pub fn what_if(trip: &Trip, prices: &[Option<Decimal>], exit: Exit, delay: Tick) -> Option<WhatIf> {
    let whole = trip.is_closed() && trip.has_all_buys();
    let rug = u32::try_from(prices.len())
        .ok()?
        .checked_sub(1)
        .filter(|_| whole)?;
    let sells = trip
        .exits
        .iter()
        .filter(|fill| fill.kind == ActionKind::Sell);
    let mut orders: Vec<(Tick, &TripFill)> =
        trip.entries.iter().map(|fill| (tick(fill), fill)).collect();
    if let Exit::Shift(by) = exit {
        let first = tick(trip.entries.first()?);
        orders.extend(sells.map(|fill| (shifted(tick(fill), by).max(first), fill)));
    }
    // Buys and sells of one tick keep their order.
    orders.sort_by_key(|(tick, fill)| (*tick, fill.seq));
    let mut run = Run {
        account: Account::new(trip.cost, []),
        opened: None,
        highest: Decimal::ZERO,
        due: None,
        pnl: Decimal::ZERO,
    };
    let mut orders = orders.into_iter().peekable();
    let first = orders.peek()?.0;
    for now in first..rug {
        while let Some((_, fill)) = orders.next_if(|(at, _)| *at == now) {
            run.order(fill, now, prices)?;
        }
        if run.is_flat() {
            if orders.peek().is_none() {
                return Some(run.result(false));
            }
            continue;
        }
        run.rule(exit, now, prices, delay)?;
        if run.is_flat() && orders.peek().is_none() {
            return Some(run.result(false));
        }
    }
    // Orders after the rug are not executed.
    if run.is_flat() {
        return Some(run.result(false));
    }
    let price = *prices.get(rug as usize)?;
    run.apply(&AccountEvent::Liquidate { price: price? });
    Some(run.result(true))
}

struct Run {
    account: Account,
    opened: Option<Tick>,
    highest: Decimal,
    /// The tick at which everything is sold.
    due: Option<Tick>,
    pnl: Decimal,
}

impl Run {
    fn is_flat(&self) -> bool {
        self.account.is_idle()
    }

    fn apply(&mut self, event: &AccountEvent) {
        if let Some(applied) = self.account.apply(event) {
            self.pnl = self.pnl.saturating_add(applied.pnl.unwrap_or_default());
        }
        if self.is_flat() {
            (self.opened, self.due, self.highest) = (None, None, Decimal::ZERO);
        }
    }

    /// Executes a recorded order at its own or at another tick.
    fn order(&mut self, fill: &TripFill, now: Tick, prices: &[Option<Decimal>]) -> Option<()> {
        // At its own tick an order has its own price, which the recording may not have at that tick.
        let price = if tick(fill) == now {
            fill.price
        } else {
            price_at(prices, now)?
        };
        if fill.kind == ActionKind::Buy {
            self.apply(&AccountEvent::Buy {
                amount: fill.amount,
                price,
            });
            self.opened.get_or_insert(now);
        } else {
            let percent = fill.percent.unwrap_or(Decimal::ONE_HUNDRED);
            self.apply(&AccountEvent::Sell { percent, price });
        }
        Some(())
    }

    /// Decides whether the rule sells, and sells what is due.
    fn rule(
        &mut self,
        exit: Exit,
        now: Tick,
        prices: &[Option<Decimal>],
        delay: Tick,
    ) -> Option<()> {
        let opened = self.opened.unwrap_or(now);
        let holds = match exit {
            Exit::Shift(_) => return Some(()),
            Exit::AtPrice(least) => price_at(prices, now)? >= least,
            Exit::AfterTicks(ticks) => now - opened >= ticks,
            Exit::Falls(percent) => {
                let price = price_at(prices, now)?;
                self.highest = self.highest.max(price);
                let kept = (Decimal::ONE_HUNDRED - percent).max(Decimal::ZERO);
                price.saturating_mul(Decimal::ONE_HUNDRED) <= self.highest.saturating_mul(kept)
            }
        };
        if holds && self.due.is_none() {
            self.due = Some(now.saturating_add(delay));
        }
        if self.due.is_some_and(|due| due <= now) {
            let (percent, price) = (Decimal::ONE_HUNDRED, price_at(prices, now)?);
            self.apply(&AccountEvent::Sell { percent, price });
        }
        Some(())
    }

    fn result(&self, rugged: bool) -> WhatIf {
        WhatIf {
            pnl: self.pnl.normalize(),
            rugged,
        }
    }
}

/// Returns the tick of a fill; the presale is tick 0.
fn tick(fill: &TripFill) -> Tick {
    fill.tick.unwrap_or(0)
}

fn shifted(tick: Tick, by: i64) -> Tick {
    u32::try_from(i64::from(tick).saturating_add(by).max(0)).unwrap_or(Tick::MAX)
}

fn price_at(prices: &[Option<Decimal>], tick: Tick) -> Option<Decimal> {
    let known = prices.get(tick as usize).copied().flatten();
    known.or((tick == 0).then_some(Decimal::ONE))
}
