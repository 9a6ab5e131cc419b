//! Facts about the server that runs the games.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::protocol::Announcement;

/// The server of a game or a session: the facts that decide what a recording is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServerInfo {
    /// Its speed as a multiple of real time, 1 for a real server. `None`: unknown, changed during the game, or a table at
    /// full speed (`max`), which has no number.
    pub speed: Option<Decimal>,
    /// Its games come from `--seed` and will repeat.
    pub seeded: bool,
}

impl ServerInfo {
    /// A real server: in real time, each game once.
    pub const REAL: Self = Self {
        speed: Some(Decimal::ONE),
        seeded: false,
    };

    /// Returns the facts of something that began at this server and continued at another, or at another speed.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self {
            speed: self.speed.filter(|speed| later.speed == Some(*speed)),
            seeded: self.seeded || later.seeded,
        }
    }
}

impl From<&Announcement> for ServerInfo {
    fn from(table: &Announcement) -> Self {
        Self {
            speed: table.speed.filter(|speed| *speed > Decimal::ZERO),
            seeded: table.seeded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_that_is_not_positive_is_unknown() {
        let speed = |text: &str| {
            let table = format!(r#"{{"pianola":"0.1.0","speed":{text}}}"#);
            let table: Announcement = serde_json::from_str(&table).expect("an announcement");
            ServerInfo::from(&table)
                .speed
                .map(|speed| speed.to_string())
        };
        assert_eq!(speed("0.5"), Some("0.5".into()));
        assert_eq!((speed("0"), speed("-1"), speed("null")), (None, None, None));
    }

    #[test]
    fn a_speed_that_changed_is_none_and_seeded_stays() {
        let seeded = ServerInfo {
            speed: Some(Decimal::TWO),
            seeded: true,
        };
        assert_eq!(seeded.then(seeded), seeded);
        let mixed = ServerInfo {
            speed: None,
            seeded: true,
        };
        assert_eq!(seeded.then(ServerInfo::REAL), mixed);
        assert_eq!(ServerInfo::REAL.then(seeded), mixed);
        assert_eq!(mixed.then(seeded), mixed);
    }
}
