//! Saved sessions played again. Pure: no clock, no I/O, and no way to an order sender.

mod check;
mod film;
mod game;
mod games;
mod hand;
mod piano;
mod player;
mod report;
mod row;
mod walk;

pub use check::check;
pub use film::{Film, Frame, Head, Known, Landmark, Pace, Side};
pub use hand::{Button, Stroke, strokes};
pub use piano::{Moment, Piano, Touch, note};
pub use player::{Passed, Player, SPEEDS, Speed, Transport};
pub use report::{Disagreement, Place, Replayed};
