//! What keeps a bad evening from becoming a worse one: limits beyond a single order, and the emergency stop.
//!
//! They limit what opens risk, buys and sidebets. A sale of what is held passes every guard and the stop
//! (`behaviour.md` 9): the position of a player who may not sell is lost with the rug.

use std::collections::{BTreeMap, VecDeque};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::account::{Account, Action, ActionKind, ActionStatus};
use crate::game::Time;
use crate::trading::{Order, Refusal};

/// Orders within a minute, when nobody says otherwise: more than a hand presses.
const ORDERS_A_MINUTE: u32 = 30;

/// Limits beyond a single order; `None`: no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskLimits {
    /// SOL that may be lost in a day (UTC), with all that is open and the order itself.
    pub max_loss_a_day: Option<Decimal>,
    /// Buys and sidebets that may be sent within 60 seconds.
    pub max_orders_a_minute: Option<u32>,
    /// How much worse than the price on the screen a buy may become, in percent of that.
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

/// What the guards look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RiskUsage {
    /// The emergency stop is pressed: no buy and no sidebet is sent until it is released by hand.
    pub stopped: bool,
    /// SOL that were earned today (UTC); negative when they were lost. What is open is not in it.
    pub earned_today: Decimal,
    /// Buys and sidebets that were sent in the last 60 seconds.
    pub orders: u32,
    /// Seconds until the oldest of these counts no more.
    pub next_order_in: u32,
}

impl RiskLimits {
    /// No limit at all: for a script, which knows what it wants.
    pub const OFF: Self = Self {
        max_loss_a_day: None,
        max_orders_a_minute: None,
        slippage_percent: None,
    };

    /// Says whether an order may be sent at `price`. `seen` is the price that the player had on the screen, if they had
    /// one. A sell always may.
    ///
    /// # Errors
    /// The guard that forbids it.
    pub fn check(
        &self,
        order: &Order,
        account: &Account,
        guarded: &RiskUsage,
        (seen, price): (Option<Decimal>, Decimal),
    ) -> Result<(), Refusal> {
        let Some(amount) = order.amount() else {
            return Ok(()); // A sell opens no risk.
        };
        if guarded.stopped {
            return Err(Refusal::Stopped);
        }
        if let Some(most) = self.max_orders_a_minute
            && guarded.orders >= most
        {
            let wait = guarded.next_order_in;
            return Err(Refusal::TooMany { most, wait });
        }
        if let (Some(most), Some(seen)) = (self.slippage_percent, seen) {
            let worse = worse_percent(order.kind(), seen, price);
            if worse > most {
                let most = most.normalize();
                return Err(Refusal::Slippage { worse, most });
            }
        }
        if let Some(most) = self.max_loss_a_day {
            let lost = -guarded.earned_today;
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

    /// Returns by how much an executed order is worse than what was pressed, in percent, if that is more than allowed.
    pub fn slipped(&self, row: &Action) -> Option<Decimal> {
        let worse = worse_percent(row.action, row.price?, row.executed_price?);
        (worse > self.slippage_percent?).then_some(worse)
    }
}

/// How much worse a price is than another one, in percent, to two decimals; zero where it is better or no matter.
fn worse_percent(kind: ActionKind, seen: Decimal, now: Decimal) -> Decimal {
    let worse = match kind {
        ActionKind::Buy => now.saturating_sub(seen),
        ActionKind::Sell => seen.saturating_sub(now),
        _ => Decimal::ZERO,
    };
    let share = worse.checked_div(seen).unwrap_or_default();
    let percent = share.saturating_mul(Decimal::ONE_HUNDRED).round_dp(2);
    percent.max(Decimal::ZERO).normalize()
}

/// How the day went so far. It is told each row of a session and each order that was sent.
#[derive(Debug, Clone, Default)]
pub struct DayRisk {
    stopped: bool,
    day: NaiveDate,
    earned: Decimal,
    /// What the rows of today earned, by their slot: a row is told again when more is known of it.
    rows: BTreeMap<u32, Decimal>,
    sent: VecDeque<Time>,
}

impl DayRisk {
    /// Returns the course of a day on which this much was earned before.
    pub fn going_on(earned: Decimal, at: Time) -> Self {
        Self {
            day: at.date_naive(),
            earned,
            ..Self::default()
        }
    }

    /// Presses or releases the emergency stop; returns whether that changed it.
    pub fn stop(&mut self, stopped: bool) -> bool {
        std::mem::replace(&mut self.stopped, stopped) != stopped
    }

    /// An order was sent. A sell does not count: the orders a minute limit buys and sidebets.
    pub fn sent(&mut self, order: &Order, at: Time) {
        if order.amount().is_none() {
            return;
        }
        self.sent.push_back(at);
        // What is older counts no more; after the clock was set back, neither does what is still to come.
        self.sent.retain(|sent| is_recent(*sent, at));
    }

    /// Takes a row as it stands now; whether it is the first time that it is told as done.
    pub fn row(&mut self, slot: u32, row: &Action) -> bool {
        let Some(done) = row
            .confirmed_at
            .filter(|_| row.status == ActionStatus::Confirmed)
        else {
            return false;
        };
        let day = done.date_naive();
        if day > self.day {
            (self.day, self.earned) = (day, Decimal::ZERO);
            self.rows.clear();
        }
        if day < self.day {
            return false;
        }
        let pnl = row.pnl.unwrap_or_default();
        let before = self.rows.insert(slot, pnl);
        let more = pnl.saturating_sub(before.unwrap_or_default());
        self.earned = self.earned.saturating_add(more);
        before.is_none()
    }

    /// Returns what the guards look at now.
    pub fn guarded(&self, at: Time) -> RiskUsage {
        let today = self.day >= at.date_naive();
        let recent = self.sent.iter().filter(|sent| is_recent(**sent, at));
        let first = recent.clone().next();
        let wait = first.map_or(0, |first| 60 - (at - *first).num_seconds());
        RiskUsage {
            stopped: self.stopped,
            earned_today: if today { self.earned } else { Decimal::ZERO },
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
