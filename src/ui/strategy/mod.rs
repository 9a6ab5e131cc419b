//! Strategies in the window: the editor that marks errors while the player types, the shipped examples, and files.

mod editor;
mod highlight;
mod picker;

pub use editor::StrategyEditor;
pub use picker::StrategyPicker;
