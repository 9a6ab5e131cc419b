//! Strategies: rules that place orders by themselves: the script of `pianola play`, and auto-sell in the window. Pure.

mod auto_sell;
mod condition;
mod script;

pub use auto_sell::{AutoSell, AutoSellRule, AutoSellView, AutoSeller, StopLoss};
pub use condition::{Condition, Situation};
pub use script::{Script, ScriptError, ScriptStep};
