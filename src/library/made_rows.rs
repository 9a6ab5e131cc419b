//! Rows of sessions for tests of the window.

use std::path::Path;

use rust_decimal::Decimal;

use super::{LibraryRow, SessionFacts};
use crate::account::Score;
use crate::game::Time;
use crate::recording::{IndexSession, Origin};

/// Returns the row of a session without games that has this file.
pub fn session_row(file: &str) -> LibraryRow {
    let session = IndexSession {
        file: file.to_owned(),
        player_id: None,
        username: None,
        games_played: 0,
        total_actions: 0,
        session_start: Time::UNIX_EPOCH,
        session_end: Time::UNIX_EPOCH,
        origin: Origin::Practice,
        realised_pnl: Decimal::ZERO,
        drift_count: 0,
        game_ids: Vec::new(),
    };
    LibraryRow::of_session(Path::new("/r").join(file), session)
}

/// Returns what a session with one trade with a profit amounts to.
pub fn one_sale() -> SessionFacts {
    SessionFacts {
        trades: Score {
            won: 1,
            ..Score::default()
        },
        ..SessionFacts::default()
    }
}
