//! Limits beyond a single order, and the emergency stop.
//!
//! They limit what opens risk: buys and sidebets. A sell passes every one of them and the stop
//! (`docs/behaviour.md` 9): a position that may not be sold is lost with the rug.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::account::{Account, Action, ActionKind};
use crate::game::Time;
use crate::trading::{Order, Refusal};

/// Default limit of buys and sidebets within a minute: more than a player presses by hand.
const ORDERS_A_MINUTE: u32 = 30;
/// The newest rows whose earnings are kept: far more than may still change.
const MAX_ROWS: usize = 4_096;

/// Limits beyond a single order; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskLimits {
    /// SOL that may be lost in a day (UTC), with all that is open and the order itself.
    pub max_loss_a_day: Option<Decimal>,
    /// Buys and sidebets that may be sent within 60 seconds.
    pub max_orders_a_minute: Option<u32>,
    /// How much worse than the price on the screen a buy's price may be, in percent of that.
    pub slippage_percent: Option<Decimal>,
}

impl Default for RiskLimits {
    fn default() -> Self {
        Self {
            max_orders_a_minute: Some(ORDERS_A_MINUTE),
            ..Self::OFF
        }
    }
}

/// How far the limits of the day and the minute are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RiskUsage {
    /// The emergency stop is pressed: no buy and no sidebet is sent until the player releases it.
    pub stopped: bool,
    /// SOL earned today (UTC), negative for a loss. Open positions are not in it.
    pub earned_today: Decimal,
    /// A session of today cannot be read, so what was earned is not known.
    pub earned_is_unknown: bool,
    /// Buys and sidebets that were sent in the last 60 seconds.
    pub orders: u32,
    /// Seconds until the oldest of these no longer counts.
    pub next_order_in: u32,
}

impl RiskLimits {
    /// No limit at all: a script decides for itself.
    pub const OFF: Self = Self {
        max_loss_a_day: None,
        max_orders_a_minute: None,
        slippage_percent: None,
    };

    /// Checks an order against the limits. `screen` is the price that the player had on the screen, if any. A sell
    /// always passes.
    ///
    /// # Errors
    /// The limit that forbids it.
    pub(super) fn check(
        &self,
        order: &Order,
        account: &Account,
        usage: &RiskUsage,
        (screen, price): (Option<Decimal>, Decimal),
    ) -> Result<(), Refusal> {
        let Some(amount) = order.amount() else {
            return Ok(()); // A sell opens no risk.
        };
        if usage.stopped {
            return Err(Refusal::Stopped);
        }
        if let Some(most) = self.max_orders_a_minute
            && usage.orders >= most
        {
            let wait = usage.next_order_in;
            return Err(Refusal::TooMany { most, wait });
        }
        if let (Some(most), Some(screen)) = (self.slippage_percent, screen) {
            let worse = worse_percent(order.kind(), screen, price);
            if worse > most {
                let most = most.normalize();
                return Err(Refusal::Slippage { worse, most });
            }
        }
        if let Some(most) = self.max_loss_a_day {
            if usage.earned_is_unknown {
                return Err(Refusal::DayUnknown);
            }
            let lost = -usage.earned_today;
            if lost >= most {
                return Err(Refusal::DayLost(most.normalize()));
            }
            let stake = account.book().sidebet.map(|bet| bet.stake);
            let open = account
                .book()
                .position
                .paid()
                .saturating_add(stake.unwrap_or_default());
            let could = lost.saturating_add(open).saturating_add(amount);
            if could > most {
                let could = could.normalize();
                let most = most.normalize();
                return Err(Refusal::DayLoss { could, most });
            }
        }
        Ok(())
    }

    /// Returns by how many percent an executed order is worse than when it was pressed, if that is above the limit.
    pub fn slipped(&self, row: &Action) -> Option<Decimal> {
        let worse = worse_percent(row.action, row.price?, row.executed_price?);
        (worse > self.slippage_percent?).then_some(worse)
    }
}

/// Returns how much worse a price is than the one on the screen, in percent to two decimals; zero where it is better or
/// irrelevant.
fn worse_percent(kind: ActionKind, screen: Decimal, price: Decimal) -> Decimal {
    let worse = match kind {
        ActionKind::Buy => price.saturating_sub(screen),
        ActionKind::Sell => screen.saturating_sub(price),
        _ => Decimal::ZERO,
    };
    let share = worse.checked_div(screen).unwrap_or_default();
    let percent = share.saturating_mul(Decimal::ONE_HUNDRED).round_dp(2);
    percent.max(Decimal::ZERO).normalize()
}

/// When the buys and sidebets of the last minute were sent. Clones share them: they also count after a change of source.
#[derive(Debug, Clone, Default)]
pub struct SentOrders(Arc<Mutex<VecDeque<Time>>>);

impl SentOrders {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Time>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The emergency stop, and how the day went so far. It takes each row of a session and each order that was sent.
#[derive(Debug, Clone, Default)]
pub struct DayRisk {
    stopped: bool,
    day: NaiveDate,
    earned: Decimal,
    /// A session of `day` cannot be read.
    earned_is_unknown: bool,
    /// What the newest rows earned, by slot: a row comes again when more is known about it.
    rows: BTreeMap<u32, Decimal>,
    sent: SentOrders,
}

impl DayRisk {
    /// Returns the state of a day on which this much was earned before (`None`: that is not known), after these orders.
    pub fn resume(earned: Option<Decimal>, sent: SentOrders, at: Time) -> Self {
        Self {
            day: at.date_naive(),
            earned: earned.unwrap_or_default(),
            earned_is_unknown: earned.is_none(),
            sent,
            ..Self::default()
        }
    }

    /// Presses or releases the emergency stop; returns whether that changed it.
    pub fn set_stopped(&mut self, stopped: bool) -> bool {
        std::mem::replace(&mut self.stopped, stopped) != stopped
    }

    /// Counts an order that was sent. A sell does not count.
    pub fn count_sent(&mut self, order: &Order, at: Time) {
        if order.amount().is_none() {
            return;
        }
        let mut sent = self.sent.lock();
        sent.push_back(at);
        // Older ones no longer count; after the clock was set back, those of the future do not either.
        sent.retain(|sent| is_recent(*sent, at));
    }

    /// Takes a row as it is now; returns whether it is confirmed for the first time.
    pub fn take_row(&mut self, slot: u32, row: &Action) -> bool {
        let Some((done, pnl)) = row.earned() else {
            return false;
        };
        // A row of an earlier day counts as today's: a clock that was ahead must not hide a loss.
        let day = done.date_naive();
        if day > self.day {
            (self.day, self.earned) = (day, Decimal::ZERO);
            self.earned_is_unknown = false;
        }
        let before = self.rows.insert(slot, pnl);
        if self.rows.len() > MAX_ROWS {
            self.rows.pop_first();
        }
        let more = pnl.saturating_sub(before.unwrap_or_default());
        self.earned = self.earned.saturating_add(more);
        before.is_none()
    }

    /// Returns how far the limits are used up now.
    pub fn usage(&self, at: Time) -> RiskUsage {
        let today = self.day >= at.date_naive();
        let sent = self.sent.lock();
        let recent = sent.iter().filter(|sent| is_recent(**sent, at));
        let first = recent.clone().next();
        let wait = first.map_or(0, |first| 60 - (at - *first).num_seconds());
        RiskUsage {
            stopped: self.stopped,
            earned_today: if today { self.earned } else { Decimal::ZERO },
            earned_is_unknown: today && self.earned_is_unknown,
            orders: u32::try_from(recent.count()).unwrap_or(u32::MAX),
            next_order_in: u32::try_from(wait).unwrap_or_default(),
        }
    }
}

fn is_recent(sent: Time, now: Time) -> bool {
    let since = now - sent;
    since >= chrono::Duration::zero() && since < chrono::Duration::seconds(60)
}

#[cfg(test)]
mod tests;
