//! The announcement of a practice table of Pianola.
//!
//! Pianola logs in and sends orders only at its own tables, so it fetches the announcement before every login.

use std::time::Duration;

use super::address::Address;
use crate::protocol::Announcement;

/// A table answers at once; a slower server is not a table.
const PATIENCE: Duration = Duration::from_secs(2);
/// Limit of the announcement in bytes; it is one line.
const LONGEST: usize = 4_096;

/// Why an address is not a practice table of Pianola.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotATable {
    /// On another computer.
    #[error("it is not on this computer")]
    Elsewhere,
    /// Nothing answers there.
    #[error("nothing answers there; start one with `pianola table`")]
    NoAnswer,
    /// Another program answers.
    #[error("what answers there is no practice table of Pianola")]
    SomethingElse,
}

/// Fetches the announcement of the table at this address. Blocks for at most two seconds.
///
/// # Errors
/// The address is on another computer, nothing answers, or the answer is not an announcement.
pub fn fetch_announcement(address: &Address) -> Result<Announcement, NotATable> {
    if !address.is_loopback() {
        return Err(NotATable::Elsewhere);
    }
    let Some(url) = address.announcement_url() else {
        return Err(NotATable::SomethingElse);
    };
    // Directly to this computer: no proxy, no redirect.
    let client = reqwest::blocking::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build();
    let no_answer = |_error: reqwest::Error| NotATable::NoAnswer;
    let answer = client.and_then(|client| client.get(url).send());
    let answer = answer.map_err(no_answer)?;
    if !answer.status().is_success() || answer.content_length().is_none_or(|n| n > LONGEST as u64) {
        return Err(NotATable::SomethingElse);
    }
    let text = answer.bytes().map_err(no_answer)?;
    serde_json::from_slice(&text).map_err(|_not_json| NotATable::SomethingElse)
}
