//! Replays saved sessions: the check of every number, the timeline, the transport and the player piano. Pure: no clock, no
//! I/O, and no way to send an order.

mod account_replay;
mod check;
mod games;
mod live_piano;
mod piano;
mod report;
mod row_check;
mod ticket_actions;
mod timeline;
mod transport;

pub use check::{check, games_needed};
pub use games::with_times_of;
pub use live_piano::{LivePiano, PianoKey};
pub use piano::{Highlight, Piano, PianoFrame, note};
pub use report::{Disagreement, ReplayReport, SessionPart};
pub use ticket_actions::{Button, TicketAction, ticket_actions};
pub use timeline::{
    Landmark, PlayerFrame, Playhead, PriceKnowledge, SessionStep, TickTiming, Timeline,
    TimelineFrame,
};
pub use transport::{PlaybackSpeed, PlayedRange, SPEEDS, Transport, TransportCommand};
