//! Strategies: rules that place orders by themselves. The only one is the script of `pianola play`. Pure.

mod script;

pub use script::{Script, ScriptError, ScriptStep};
