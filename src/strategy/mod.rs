//! Strategies: rules that place orders by themselves. The language of strategies and scripts, the runner that plays them,
//! and auto-sell in the window. Pure.

mod ast;
mod auto_sell;
mod condition;
mod examples;
mod observer;
mod order;
mod parse;
mod runner;
mod script;

pub use ast::{
    Amount, Moment, Rule, RuleAction, ScriptLine, ScriptTime, SourceLine, StakeChange, StakeStep,
    StopRule, Strategy,
};
pub use auto_sell::{AutoSell, AutoSellRule, AutoSellView, AutoSeller, StopLoss};
pub use condition::{
    Comparator, Condition, HighSince, LastGame, OpenPosition, Quantity, Situation,
};
pub use examples::{EXAMPLES, ExampleStrategy};
pub use observer::StrategyContext;
pub use order::{PracticeTable, ShownOrder, StrategyOrder};
pub use parse::{StrategyError, StrategyErrors};
pub use runner::{PlannedOrder, RunEnd, StrategyRunner, StrategyStep};
