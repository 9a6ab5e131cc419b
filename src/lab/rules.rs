//! Strategies made ready for the quick way: their rules with doubles and lamports.

use rust_decimal::Decimal;

use super::money::{Lamports, cut_lamports, exact_lamports};
use crate::account::ActionKind;
use crate::protocol::{Tick, number};
use crate::strategy::{
    Amount, Comparator, Condition, HighSince, Moment, Quantity, Rule, RuleAction, Strategy,
};
use crate::trading::OrderLimits;

/// The order of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum QuickAction {
    /// The amount; `None` for one that is always refused.
    Buy(QuickAmount),
    /// The share of the position, as a fraction.
    Sell(i128, i128),
    Sidebet(QuickAmount),
}

/// The amount of a buy or a sidebet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum QuickAmount {
    /// `None`: finer than a lamport, which is refused.
    Fixed(Option<Lamports>),
    Stake,
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct QuickRule {
    pub repeats: bool,
    pub conditions: Vec<QuickCondition>,
    pub action: QuickAction,
}

/// A condition, with its limit as a double.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum QuickCondition {
    Compare(Quantity, Comparator, f64),
    /// At most this many hundredths of the highest price.
    Falls(HighSince, f64),
}

/// The rules of a strategy, by the part of a game in which they act.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct QuickRules {
    pub presale: Vec<QuickRule>,
    pub running: Vec<QuickRule>,
    /// The conditions of each `stop when`.
    pub stops: Vec<Vec<QuickCondition>>,
    pub limits: QuickLimits,
}

/// The limits of orders, in lamports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct QuickLimits {
    pub buy: (Lamports, Lamports),
    pub sidebet: (Lamports, Lamports),
}

impl QuickLimits {
    /// Returns the smallest order.
    pub fn least(&self) -> Lamports {
        self.buy.0.min(self.sidebet.0)
    }
}

/// What conditions are decided by; see [`crate::strategy::Situation`]. What is unknown is not a number, and meets no
/// comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct QuickSituation {
    pub tick: Tick,
    pub price: f64,
    /// Ticks since the position was opened.
    pub held: f64,
    pub average_cost: f64,
    pub opened_high: f64,
    pub game_high: f64,
    pub games: f64,
    /// In SOL.
    pub balance: f64,
    /// In SOL.
    pub result: f64,
    pub last_ticks: f64,
    pub last_peak: f64,
}

impl QuickRules {
    /// Makes a strategy ready; `None` for one with script lines or without rules, which only the exact way plays.
    pub fn of(strategy: &Strategy, limits: &OrderLimits) -> Option<Self> {
        if !strategy.script.is_empty() || strategy.rules.is_empty() {
            return None;
        }
        let rules = |moment: Moment| {
            let rules = strategy.rules.iter();
            let rules = rules.filter(|rule| rule.moment == moment);
            rules.map(QuickRule::of).collect::<Option<Vec<_>>>()
        };
        let range = |least, most| Some((cut_lamports(least)?, cut_lamports(most)?));
        Some(Self {
            presale: rules(Moment::Presale)?,
            running: rules(Moment::Running)?,
            stops: strategy
                .stops
                .iter()
                .map(|stop| stop.conditions.iter().map(QuickCondition::of).collect())
                .collect(),
            limits: QuickLimits {
                buy: range(limits.min_buy, limits.max_buy)?,
                sidebet: range(limits.min_sidebet, limits.max_sidebet)?,
            },
        })
    }
}

impl QuickRule {
    fn of(rule: &Rule) -> Option<Self> {
        let amount = |amount| match amount {
            Amount::Fixed(sol) => QuickAmount::Fixed(exact_lamports(sol)),
            Amount::Stake => QuickAmount::Stake,
        };
        let action = match rule.action {
            RuleAction::Buy(sol) => QuickAction::Buy(amount(sol)),
            RuleAction::Sell { percent } => {
                let percent = percent.normalize();
                let whole = 10_i128.checked_pow(percent.scale() + 2)?;
                // A share with so many digits would not fit into the product with the tokens.
                let share = percent.mantissa();
                (whole < 1_i128 << 62).then_some(QuickAction::Sell(share, whole))?
            }
            RuleAction::Sidebet(sol) => QuickAction::Sidebet(amount(sol)),
        };
        Some(Self {
            repeats: rule.repeats,
            conditions: rule.conditions.iter().map(QuickCondition::of).collect(),
            action,
        })
    }

    /// Returns the side on which it acts.
    pub fn side(&self) -> ActionKind {
        match self.action {
            QuickAction::Buy(_) => ActionKind::Buy,
            QuickAction::Sell(..) => ActionKind::Sell,
            QuickAction::Sidebet(_) => ActionKind::SidebetPlace,
        }
    }
}

impl QuickCondition {
    fn of(condition: &Condition) -> Self {
        match *condition {
            Condition::Compare {
                quantity,
                comparison,
                value,
            } => Self::Compare(quantity, comparison, number::to_f64_lossy(value)),
            Condition::FallsFromHigh { percent, since } => {
                Self::Falls(since, number::to_f64_lossy(Decimal::ONE_HUNDRED - percent))
            }
        }
    }

    /// Whether it holds.
    #[inline]
    pub fn holds(&self, now: &QuickSituation) -> bool {
        match *self {
            Self::Compare(quantity, comparison, limit) => {
                let value = match quantity {
                    Quantity::Price => now.price,
                    Quantity::Tick => f64::from(now.tick),
                    Quantity::Held => now.held,
                    Quantity::Profit => {
                        let limit = now.average_cost * (100.0 + limit);
                        return comparison.holds(now.price * 100.0, limit);
                    }
                    Quantity::Games => now.games,
                    Quantity::Balance => now.balance,
                    Quantity::Lost => f64::max(-now.result, 0.0),
                    Quantity::Won => f64::max(now.result, 0.0),
                    Quantity::LastTicks => now.last_ticks,
                    Quantity::LastPeak => now.last_peak,
                };
                comparison.holds(value, limit)
            }
            Self::Falls(since, kept) => {
                let high = match since {
                    HighSince::Opened => now.opened_high,
                    HighSince::GameStart => now.game_high,
                };
                now.price * 100.0 <= high * kept
            }
        }
    }
}
