//! The account of one player: lots, positions and money by the arithmetic that the public leaderboard proves
//! (`docs/protocol.md` 4.4 and 6), and the rows and events of a session. Decimals only, pure.

mod action;
mod chips;
mod equity;
mod fall;
mod game_book;
mod latency;
mod local_wallet;
mod position;
mod reason;
mod session;
mod session_id;
mod state;
mod statistics;
mod sums;

pub use action::{Action, ActionKind, ActionSource, ActionStatus, Drift, DriftField};
pub use chips::{CHIP_STEPS, Chip, SHARES};
pub use equity::{EquityCurve, EquityPoint};
pub use fall::{CourseValue, Fall, ValueAt, ValueRange};
pub use game_book::{GameBook, OpenSidebet, SIDEBET_MULTIPLE, SIDEBET_PAYOUT, SIDEBET_WINDOW};
pub use latency::{Durations, Percentiles};
pub use local_wallet::LocalWallet;
pub use position::{Lot, Position, Sale, lamports};
pub use reason::ReasonCode;
pub use session::{Session, SessionEvent, WalletKind};
pub use session_id::{SessionIds, id_of_old};
pub use state::{Account, AccountEvent, Applied, Holding};
pub use statistics::{GameResult, Score, Statistics};
pub use sums::{SessionSums, realised, start_value};
