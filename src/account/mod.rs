//! The moves: lots, positions and the money of one player, by the arithmetic that the public leaderboard proves
//! (`protocol.md` 4.4 and 6). Decimals only, pure.

mod game_book;
mod position;

pub use game_book::{GameBook, SIDEBET_PAYOUT, SIDEBET_WINDOW, Sidebet};
pub use position::{Lot, Position, Sale, lamports};
