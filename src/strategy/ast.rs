//! A strategy as data, as its file says it. The parser makes it; the runner plays it, and the lab compiles it.

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::condition::{Comparator, Condition, Quantity};
use crate::account::{ActionKind, lamports};
use crate::protocol::Tick;
use crate::trading::Order;

/// A strategy; `docs/strategies.md` describes its language. A script of `pianola play` is one that has only script lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strategy {
    /// Its name.
    pub name: Option<String>,
    /// The stake that it begins with, in SOL.
    pub stake: Option<Decimal>,
    /// The rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// How the stake changes after a game with a loss.
    pub after_loss: Option<StakeChange>,
    /// How the stake changes after a game with a profit.
    pub after_win: Option<StakeChange>,
    /// When it ends; any of these ends it.
    pub stops: Vec<StopRule>,
    /// The script lines, in the order in which they are due.
    pub script: Vec<ScriptLine>,
}

/// A line of the file, without its comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// Line number, from 1.
    pub number: usize,
    /// The text.
    pub text: Arc<str>,
}

/// A rule that places an order when all of its conditions hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its line.
    pub line: SourceLine,
    /// The part of a game in which it acts.
    pub moment: Moment,
    /// Acts as often as it matches (`whenever`). Otherwise a rule that sells acts once for each position, and any other
    /// rule once a game.
    pub repeats: bool,
    /// All of them must hold; none in `in presale` without `and`.
    pub conditions: Vec<Condition>,
    /// The order.
    pub action: RuleAction,
}

/// The part of a game in which a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The presale: one moment, at tick 0 and price 1.
    Presale,
    /// The running game: each tick is a moment.
    Running,
}

/// The order of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleAction {
    /// Buys tokens.
    Buy(Amount),
    /// Sells a share of the position.
    Sell {
        /// More than 0, at most 100.
        percent: Decimal,
    },
    /// Bets that the game rugs within 40 ticks.
    Sidebet(Amount),
}

/// The amount of a buy or a sidebet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// SOL.
    Fixed(Decimal),
    /// The stake of the moment.
    Stake,
}

/// How the stake changes after a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StakeChange {
    /// Its line.
    pub line: SourceLine,
    /// The change.
    pub step: StakeStep,
    /// The largest stake, in SOL.
    pub most: Option<Decimal>,
}

/// One change of the stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StakeStep {
    /// Sets it, in SOL.
    Set(Decimal),
    /// Multiplies it. The product is cut to 9 decimals, as the server cuts amounts.
    Times(Decimal),
}

/// A line that ends the strategy, decided between two games.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopRule {
    /// Its line.
    pub line: SourceLine,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

/// A script line: one order in one game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptLine {
    /// Its line.
    pub line: SourceLine,
    /// Number of the game, from 1.
    pub game: u64,
    /// When it is due.
    pub when: ScriptTime,
    /// The order.
    pub order: Order,
}

/// The moment of a game at which a script line is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScriptTime {
    /// In the presale.
    Presale,
    /// At this tick, or at the first one after it.
    Tick(Tick),
}

impl Strategy {
    /// Whether it has script lines only: then it ends after its last line, and neither wins, losses nor an empty wallet
    /// matter to it.
    pub fn is_script(&self) -> bool {
        self.rules.is_empty()
            && self.stops.is_empty()
            && self.after_loss.is_none()
            && self.after_win.is_none()
    }

    /// Returns the number of the last game with a script line; 0 without one.
    pub fn last_script_game(&self) -> u64 {
        self.script.last().map_or(0, |line| line.game)
    }
}

impl Rule {
    /// Returns the tick of an `at tick` rule.
    pub(super) fn tick(&self) -> Option<Tick> {
        let at_tick = |condition: &Condition| match condition {
            Condition::Compare {
                quantity: Quantity::Tick,
                comparison: Comparator::Equal,
                value,
            } => value.to_u32(),
            _ => None,
        };
        self.conditions.iter().find_map(at_tick)
    }
}

impl RuleAction {
    /// Returns the kind of its order, which is also the side that it acts on.
    pub fn kind(self) -> ActionKind {
        match self {
            Self::Buy(_) => ActionKind::Buy,
            Self::Sell { .. } => ActionKind::Sell,
            Self::Sidebet(_) => ActionKind::SidebetPlace,
        }
    }

    /// Returns the order at this stake.
    pub(super) fn order(self, stake: Decimal) -> Order {
        match self {
            Self::Buy(amount) => Order::Buy {
                amount: amount.at(stake),
            },
            Self::Sell { percent } => Order::Sell { percent },
            Self::Sidebet(amount) => Order::Sidebet {
                stake: amount.at(stake),
            },
        }
    }
}

impl Amount {
    /// Returns the amount at this stake, in SOL.
    pub fn at(self, stake: Decimal) -> Decimal {
        match self {
            Self::Fixed(amount) => amount,
            Self::Stake => stake,
        }
    }
}

impl StakeChange {
    /// Returns the stake after the change.
    pub fn apply(&self, stake: Decimal) -> Decimal {
        let changed = match self.step {
            StakeStep::Set(stake) => stake,
            StakeStep::Times(factor) => lamports(stake.saturating_mul(factor)),
        };
        self.most.map_or(changed, |most| changed.min(most))
    }
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.number, self.text)
    }
}
