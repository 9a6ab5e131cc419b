//! The moves: lots, positions and the money of one player, by the arithmetic that the public leaderboard proves
//! (`protocol.md` 4.4 and 6). Decimals only, pure.

mod game_book;
mod player_state;
mod position;
mod verifier;

pub use game_book::{GameBook, SIDEBET_PAYOUT, SIDEBET_WINDOW, Sidebet};
pub use player_state::{Identity, PlayerEvent, PlayerStateHandler, ServerState};
pub use position::{Lot, Position, Sale, lamports};
pub use verifier::{Agreement, Compared, LocalState, Standing, StateVerifier, Verification};
