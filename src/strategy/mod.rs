//! OrderLimits that place orders by themselves: the script of `pianola play`. Pure.

mod script;

pub use script::{Script, ScriptError, ScriptStep};
