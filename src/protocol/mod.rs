//! The wire: typed events and requests of the rugs.fun server, as `docs/protocol.md` describes them. No I/O, no clock.
//!
//! Reading is tolerant: an absent key stays `None` ("unchanged", never zero), an unreadable key costs itself, an
//! unreadable event costs itself, and everything skipped is counted by name in [`Counts`]. Numbers keep the digits of
//! the wire. That needs `arbitrary_precision` of `serde_json` *and* `serde-with-arbitrary-precision` of `rust_decimal`:
//! without them 0.020000000000000018 arrives as 0.020000000000000014.

mod announcement;
mod counts;
mod decode;
mod fields;
pub(crate) mod frame;
mod game_state;
mod id;
mod json;
mod json_text;
mod leaderboard;
pub mod number;
pub mod pace;
mod player;
mod request;
mod tick;
mod trace;
mod trade;

pub use announcement::Announcement;
pub use counts::Counts;
pub use decode::{Event, decode, decode_text};
pub use game_state::{Commitment, GameStateUpdate, HistoryEntry, Last100, PartialPrices, is_rug};
pub use id::GameId;
pub use json_text::{JsonSpans, JsonText};
pub use leaderboard::{LeaderboardRow, RunningSidebet};
pub use pace::Pace;
pub use player::{LeaderboardPosition, PlayerUpdate, UsernameStatus};
pub use request::{Ack, Request, RequestError, SOL_ADDRESS};
pub use tick::{MAX_TICK, Tick};
pub use trace::{Trace, is_trace, split_trace};
pub use trade::{NewTrade, SidebetKind, SidebetReport, TradeKind};
