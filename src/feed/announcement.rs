//! The announcement of a practice table of Pianola.
//!
//! Pianola logs in and sends orders only at its own tables, so it fetches the announcement before every login.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::address::Address;
use crate::game::ServerInfo;
use crate::protocol::number;

/// A table answers at once; a slower server is not a table.
const PATIENCE: Duration = Duration::from_secs(2);
/// Limit of the announcement in bytes; it is one line.
const LONGEST: usize = 4_096;

/// The facts a table states about itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Announcement {
    /// Version of the program that runs the table.
    pub pianola: String,
    /// It accepts orders; a table that plays a capture does not.
    #[serde(default)]
    pub orders: bool,
    /// It waits for clients that ask for it; see [`crate::protocol::Pace`].
    #[serde(default)]
    pub paced: bool,
    /// Its current speed as a multiple of real time; `None` at full speed (`max`), which has no number, and for a table
    /// that does not state it.
    #[serde(default, with = "number::plain")]
    pub speed: Option<Decimal>,
    /// Its games come from `--seed` and will repeat.
    #[serde(default)]
    pub seeded: bool,
}

impl Announcement {
    /// Returns the table's facts for recordings.
    pub fn server(&self) -> ServerInfo {
        ServerInfo {
            speed: self.speed.filter(|speed| *speed > Decimal::ZERO),
            seeded: self.seeded,
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_states_its_speed_and_an_old_one_does_not() {
        let server = |text: &str| {
            let read: Announcement = serde_json::from_str(text).expect("an announcement");
            (read.server().speed.map(|s| s.to_string()), read.seeded)
        };
        let rest = r#""pianola":"0.1.0","orders":true"#;
        let announced = |more: &str| server(&format!("{{{rest}{more}}}"));
        assert_eq!(
            announced(r#","speed":0.5,"seeded":true"#),
            (Some("0.5".into()), true)
        );
        assert_eq!(announced(r#","speed":null,"seeded":false"#), (None, false));
        assert_eq!(announced(r#","speed":0"#), (None, false));
        assert_eq!(announced(""), (None, false));
    }
}
