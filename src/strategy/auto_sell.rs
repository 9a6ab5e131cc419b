//! Auto-sell: sells the whole position at a take-profit, at a stop-loss, or after a number of ticks. Pure; the engine
//! asks at every tick.

use std::fmt;

use rust_decimal::Decimal;

use super::condition::{Condition, OpenPosition, Quantity, Situation};
use crate::account::{Account, Action, ActionKind, ActionStatus};
use crate::game::{GameEvent, Phase};
use crate::plural::count;
use crate::protocol::{GameId, MAX_TICK, Tick};
use crate::trading::GameContext;

/// Orders that auto-sell places for one position. A server that refuses this many is not asked again.
const MAX_ORDERS: u32 = 3;

/// When the position is sold. The first of the three that holds sells all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AutoSell {
    /// The multiplier at which the profit is taken.
    pub take_profit: Option<Decimal>,
    /// The price or loss at which the loss is cut.
    pub stop_loss: Option<StopLoss>,
    /// Ticks after the position was opened.
    pub after_ticks: Option<Tick>,
    /// Stays on after the game.
    pub pinned: bool,
}

/// Where a loss is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopLoss {
    /// At this multiplier.
    Price(Decimal),
    /// At this loss, in percent of the cost.
    LossPercent(Decimal),
}

/// The rule of [`AutoSell`] that sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoSellRule {
    /// Take-profit, at this multiplier.
    TakeProfit(Decimal),
    /// Stop-loss, at this multiplier.
    StopLoss(Decimal),
    /// Time, after this many ticks.
    AfterTicks(Tick),
}

impl StopLoss {
    /// Returns the multiplier at which it sells a position with this average cost.
    pub fn price(self, average_cost: Decimal) -> Decimal {
        match self {
            Self::Price(price) => price,
            Self::LossPercent(percent) => {
                let kept = (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED;
                average_cost.saturating_mul(kept)
            }
        }
    }
}

impl AutoSell {
    /// Whether it never sells.
    pub fn is_empty(&self) -> bool {
        self.take_profit.is_none() && self.stop_loss.is_none() && self.after_ticks.is_none()
    }

    /// Whether its numbers can be met: prices above zero, a loss between 0 and 100 %, ticks that a game can have.
    pub fn is_possible(&self) -> bool {
        let price = |price: Decimal| price > Decimal::ZERO;
        let stop = |stop| match stop {
            StopLoss::Price(at) => price(at),
            StopLoss::LossPercent(percent) => {
                percent > Decimal::ZERO && percent < Decimal::ONE_HUNDRED
            }
        };
        self.take_profit.is_none_or(price)
            && self.stop_loss.is_none_or(stop)
            && self
                .after_ticks
                .is_none_or(|ticks| (1..=MAX_TICK).contains(&ticks))
    }

    /// Returns the rules for a position with this average cost, in the order in which they are asked.
    pub fn rules(&self, average_cost: Decimal) -> impl Iterator<Item = AutoSellRule> + use<> {
        let stop = self.stop_loss.map(|stop| stop.price(average_cost));
        [
            stop.map(AutoSellRule::StopLoss),
            self.take_profit.map(AutoSellRule::TakeProfit),
            self.after_ticks.map(AutoSellRule::AfterTicks),
        ]
        .into_iter()
        .flatten()
    }
}

impl AutoSellRule {
    /// Returns the condition at which it sells.
    pub fn condition(self) -> Condition {
        match self {
            Self::TakeProfit(price) => Condition::at_least(Quantity::Price, price),
            Self::StopLoss(price) => Condition::at_most(Quantity::Price, price),
            Self::AfterTicks(ticks) => Condition::at_least(Quantity::Held, ticks),
        }
    }
}

/// Returns a price with two places, or with as many as its first digits need.
fn multiplier(price: Decimal) -> String {
    if price < Decimal::new(1, 1) {
        format!("{}x", price.round_dp(4).normalize())
    } else {
        format!("{:.2}x", price.round_dp(2))
    }
}

impl fmt::Display for AutoSellRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakeProfit(price) => write!(f, "take-profit at {}", multiplier(*price)),
            Self::StopLoss(price) => write!(f, "stop-loss at {}", multiplier(*price)),
            Self::AfterTicks(ticks) => write!(f, "{} after the buy", count(ticks, "tick")),
        }
    }
}

/// Auto-sell as the window shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AutoSellView {
    /// What is set; `None` while it is off.
    pub set: Option<AutoSell>,
    /// The tick at which the position was opened; `None` without a position.
    pub opened_tick: Option<Tick>,
}

/// Decides when the position is sold.
#[derive(Debug, Clone, Default)]
pub struct AutoSeller {
    set: Option<AutoSell>,
    /// The open position: its game, and the tick at which it was opened.
    opened: Option<(GameId, Tick)>,
    /// Orders placed for this position.
    orders: u32,
}

impl AutoSeller {
    /// Turns it on with these rules, or off. Without a rule it is off.
    pub fn set(&mut self, rules: Option<AutoSell>) {
        self.set = rules.filter(|rules| !rules.is_empty());
        self.orders = 0;
    }

    /// Returns what is to be shown.
    pub fn view(&self) -> AutoSellView {
        AutoSellView {
            set: self.set,
            opened_tick: self.opened.as_ref().map(|(_, tick)| *tick),
        }
    }

    /// Takes a row of the session: it opens or closes the position.
    pub fn take_row(&mut self, row: &Action) {
        if row.status != ActionStatus::Confirmed {
            return;
        }
        if row.position_qty_after == Some(Decimal::ZERO) {
            self.close();
        } else if row.action == ActionKind::Buy && !self.holds_in(&row.game_id) {
            self.opened = Some((row.game_id.clone(), row.executed_tick.unwrap_or(row.tick)));
            self.orders = 0;
        }
    }

    /// Takes events of the board. After a game it is off, unless it is pinned.
    pub fn take_events(&mut self, events: &[GameEvent]) {
        let is_end = |event: &GameEvent| matches!(event, GameEvent::GameEnded { .. });
        if events.iter().any(is_end) {
            self.set = self.set.filter(|rules| rules.pinned);
            self.close();
        }
    }

    /// Returns the rule that sells the position now. `ready`: an order could be placed.
    pub fn due(
        &mut self,
        game: &GameContext,
        account: &Account,
        ready: bool,
    ) -> Option<AutoSellRule> {
        let rules = self.set?;
        let held = account.holding();
        let (cost, price) = (held.entry_price?, game.price?);
        if game.phase != Phase::Active {
            return None;
        }
        if !self.holds_in(&game.game_id) {
            // The position was there before this program saw it bought.
            self.opened = Some((game.game_id.clone(), game.tick));
            self.orders = 0;
        }
        let (_, opened_tick) = self.opened.as_ref()?;
        let situation = Situation {
            tick: game.tick,
            price: Some(price),
            position: Some(OpenPosition {
                opened_tick: *opened_tick,
                average_cost: cost,
                high: price,
            }),
            ..Situation::default()
        };
        let rule = rules
            .rules(cost)
            .find(|rule| rule.condition().holds(&situation))?;
        if !ready || self.orders >= MAX_ORDERS {
            return None;
        }
        self.orders += 1;
        Some(rule)
    }

    fn holds_in(&self, game_id: &GameId) -> bool {
        self.opened
            .as_ref()
            .is_some_and(|(game, _)| game == game_id)
    }

    fn close(&mut self) {
        self.opened = None;
        self.orders = 0;
    }
}

#[cfg(test)]
mod tests;
