//! The piano at the practice table: a strategy's orders, shown by the hand of a replay, and the panel that starts it.

mod hand;
mod panel;
mod status;

pub use hand::{PianoHand, is_playing};
pub use panel::{PianoPanel, PianoPanelAction};
pub use status::{PianoStatus, piano_status};

/// Why the piano is not offered on other sources.
pub const ONLY_AT_PRACTICE: &str = "The piano plays at Pianola's own practice table only: a strategy never trades where money is real";
