//! Times: of arrival, and as text in files.

use chrono::{DateTime, Utc};

/// Interval between two ticks of the real server, in milliseconds.
pub const TICK_MILLIS: i64 = 250;

/// Arrival time of a message at this machine; the server sends no time.
pub type Time = DateTime<Utc>;

/// Times in our files: UTC, milliseconds (cut, not rounded), `Z`. For `#[serde(with = …)]`.
pub mod millis {
    use chrono::SecondsFormat;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::Time;

    /// Writes a time or `null`.
    pub fn serialize<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.collect_str(&text(*time)),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a time with any offset, or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Time>, D::Error> {
        let text = Option::<String>::deserialize(source)?;
        let read = |text: String| {
            chrono::DateTime::parse_from_rfc3339(&text)
                .map(|time| time.to_utc())
                .map_err(|error| D::Error::custom(format!("time {text:?}: {error}")))
        };
        text.map(read).transpose()
    }

    /// Returns the text of a time.
    pub fn text(time: Time) -> String {
        time.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// The same for a time that is always present.
    pub mod always {
        use serde::{Deserializer, Serializer, de::Error as _};

        use super::Time;

        /// Writes a time.
        pub fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&super::text(*time))
        }

        /// Reads a time with any offset.
        pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Time, D::Error> {
            super::deserialize(source)?.ok_or_else(|| D::Error::custom("a time is missing"))
        }
    }
}
