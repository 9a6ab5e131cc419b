//! Reads recordings into rows.

mod anonymizer;
mod game;
mod import;
mod session;
mod tick_sources;

pub use anonymizer::Anonymizer;
pub use game::{FileFacts, GameRecord, ORIGINAL, game_record, game_records, read_game};
pub use import::{ImportRecord, read_import, used_instead};
pub use session::{SessionRecord, read_session};

/// Why a file has no rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct ReadError {
    /// The file, as the caller named it.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

/// Returns a count as the tables have it.
fn count(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
