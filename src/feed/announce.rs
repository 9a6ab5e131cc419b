//! Whether a server is a practice table of ours: it says so to whoever asks.
//!
//! Nobody logs in and no order is sent anywhere else, so this is asked before every login.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::Address;
use crate::game::ServerInfo;
use crate::protocol::number;

/// A table answers at once; whoever takes longer is none.
const PATIENCE: Duration = Duration::from_secs(2);
/// The announcement is a line.
const LONGEST: usize = 4_096;

/// What a table says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Announcement {
    /// Version of the program that it is part of.
    pub pianola: String,
    /// It takes orders; a table that plays a capture does not.
    #[serde(default)]
    pub orders: bool,
    /// It waits for clients that ask for it; see [`crate::protocol::Pace`].
    #[serde(default)]
    pub paced: bool,
    /// How much faster than real time it runs just now; `None` at its full speed (`max`), which has no number, and of a
    /// table that does not say it.
    #[serde(default, with = "number::plain")]
    pub speed: Option<Decimal>,
    /// Its games come from `--seed` and will come again.
    #[serde(default)]
    pub seeded: bool,
}

impl Announcement {
    /// Returns what recordings say of the table.
    pub fn server(&self) -> ServerInfo {
        ServerInfo {
            speed: self.speed.filter(|speed| *speed > Decimal::ZERO),
            seeded: self.seeded,
        }
    }
}

/// Why an address is not treated as a table of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotATable {
    /// On another computer.
    #[error("it is not on this computer")]
    Elsewhere,
    /// Nobody answers there.
    #[error("nothing answers there; start one with `pianola table`")]
    NoAnswer,
    /// Something else answers.
    #[error("what answers there is no practice table of Pianola")]
    SomethingElse,
}

/// Asks the server at this address whether it is a table of ours. Blocks, at most two seconds.
pub fn announced(address: &Address) -> Result<Announcement, NotATable> {
    if !address.is_loopback() {
        return Err(NotATable::Elsewhere);
    }
    let Some(question) = address.announcement_url() else {
        return Err(NotATable::SomethingElse);
    };
    // Straight to this computer: no proxy, and nothing that sends us elsewhere.
    let client = reqwest::blocking::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build();
    let no_answer = |_error: reqwest::Error| NotATable::NoAnswer;
    let answer = client.and_then(|client| client.get(question).send());
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
    fn a_table_says_its_speed_and_an_old_one_does_not() {
        let server = |text: &str| {
            let read: Announcement = serde_json::from_str(text).expect("an announcement");
            (read.server().speed.map(|s| s.to_string()), read.seeded)
        };
        let rest = r#""pianola":"0.1.0","orders":true"#;
        let told = |more: &str| server(&format!("{{{rest}{more}}}"));
        assert_eq!(
            told(r#","speed":0.5,"seeded":true"#),
            (Some("0.5".into()), true)
        );
        assert_eq!(told(r#","speed":null,"seeded":false"#), (None, false));
        assert_eq!(told(r#","speed":0"#), (None, false));
        assert_eq!(told(""), (None, false));
    }
}
