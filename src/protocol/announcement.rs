//! What a practice table of ours says about itself: over HTTP before a client connects, and as
//! [`TABLE_EVENT`](super::pace::TABLE_EVENT) on the connection.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::number;

/// The description of a practice table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Version of the program that serves the table.
    pub pianola: String,
    /// The table takes orders; one that plays a capture does not.
    #[serde(default)]
    pub orders: bool,
    /// The table waits for clients that ask for it; see [`Pace`](super::Pace).
    #[serde(default)]
    pub paced: bool,
    /// How much faster than real time the table runs now; `None` at its full speed (`max`), which has no number.
    #[serde(default, with = "number::plain")]
    pub speed: Option<Decimal>,
    /// The games come from `--seed` and will come again.
    #[serde(default)]
    pub seeded: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_read_as_it_is_written_and_from_an_old_table() {
        let text = r#"{"pianola":"0.1.0","orders":true,"paced":true,"speed":0.5,"seeded":true}"#;
        let table: Announcement = serde_json::from_str(text).expect("an announcement");
        assert_eq!(
            table.speed.map(|speed| speed.to_string()),
            Some("0.5".into())
        );
        assert_eq!(serde_json::to_string(&table).expect("JSON"), text);
        let old: Announcement =
            serde_json::from_str(r#"{"pianola":"0.1.0","orders":true}"#).expect("an announcement");
        assert_eq!((old.paced, old.speed, old.seeded), (false, None, false));
    }
}
