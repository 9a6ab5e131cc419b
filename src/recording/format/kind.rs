//! What a file is, by its content: whatever its name says.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, SeqAccess, Visitor};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A session of ours.
    Session,
    /// A game of ours.
    Game,
    /// Tick lines of the Python original.
    Original,
    /// Revealed games, as rows or entries of a `gameHistory`.
    Revealed,
    /// Captured traffic.
    Capture,
    /// The index of a day.
    Index,
    /// Something else.
    Unknown,
}

/// Lines of a list that are looked at until one can be read.
const LINES: usize = 8;

/// The keys by which files are told apart.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Probe {
    actions: Option<IgnoredAny>,
    prices: Option<IgnoredAny>,
    sessions: Option<IgnoredAny>,
    event: Option<IgnoredAny>,
    #[serde(rename = "type")]
    line: Option<IgnoredAny>,
    #[serde(rename = "gameHistory")]
    history: Option<IgnoredAny>,
    #[serde(rename = "game_history")]
    snake_history: Option<IgnoredAny>,
    #[serde(rename = "serverSeed")]
    seed: Option<IgnoredAny>,
    #[serde(rename = "server_seed")]
    snake_seed: Option<IgnoredAny>,
    #[serde(rename = "serverSeedHash")]
    hash: Option<IgnoredAny>,
    #[serde(rename = "server_seed_hash")]
    snake_hash: Option<IgnoredAny>,
    #[serde(rename = "provablyFair")]
    fair: Option<IgnoredAny>,
    #[serde(rename = "provably_fair")]
    snake_fair: Option<IgnoredAny>,
}

impl Probe {
    /// Reads the keys of an object, or of the first element of a list of objects.
    fn read(text: &[u8]) -> Option<Self> {
        // A list would be taken for the values of the keys, in their order.
        let (is_list, object) = match text.trim_ascii_start() {
            [b'[', elements @ ..] => (true, elements.trim_ascii_start()),
            other => (false, other),
        };
        match object.first() {
            Some(b'{') if !is_list => serde_json::from_slice(text).ok(),
            Some(b'{') => {
                let mut first = FirstElement(None);
                // It stops after the first element, which the parser takes for an error.
                let _stopped =
                    serde_json::Deserializer::from_slice(text).deserialize_seq(&mut first);
                first.0
            }
            _ => None,
        }
    }

    fn kind(&self) -> Kind {
        let reveals = [
            &self.seed,
            &self.snake_seed,
            &self.hash,
            &self.snake_hash,
            &self.fair,
            &self.snake_fair,
            &self.history,
            &self.snake_history,
        ];
        if self.line.is_some() {
            Kind::Original
        } else if self.event.is_some() {
            Kind::Capture
        } else if reveals.iter().any(|key| key.is_some()) {
            Kind::Revealed
        } else if self.sessions.is_some() {
            Kind::Index
        } else if self.actions.is_some() {
            Kind::Session
        } else if self.prices.is_some() {
            Kind::Game
        } else {
            Kind::Unknown
        }
    }
}

/// Takes the keys of the first element of a list.
struct FirstElement(Option<Probe>);

impl<'de> Visitor<'de> for &mut FirstElement {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<(), A::Error> {
        self.0 = source.next_element()?;
        Ok(())
    }
}

/// Returns the text without a byte order mark, which some editors put before it.
pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Returns what a file's text is: as a whole, or by its first line that can be read.
pub(crate) fn kind_of(text: &[u8]) -> Kind {
    let text = without_mark(text);
    let mut lines = text.split(|byte| *byte == b'\n').take(LINES);
    let probe = Probe::read(text).or_else(|| lines.find_map(Probe::read));
    probe.map_or(Kind::Unknown, |probe| probe.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_their_keys() {
        for (text, kind) in [
            (r#"{"meta": {}, "prices": []}"#, Kind::Game),
            (
                r#"{"meta": {}, "actions": [], "drifts": []}"#,
                Kind::Session,
            ),
            (r#"{"date": "", "games": [], "sessions": []}"#, Kind::Index),
            (r#"{"type": "tick", "game_id": "a"}"#, Kind::Original),
            (r#"{"event": "connect", "data": null}"#, Kind::Capture),
            (
                r#"{"id": "a", "serverSeedHash": "b", "prices": [1]}"#,
                Kind::Revealed,
            ),
            (
                r#"{"game_id": "a", "server_seed": "b", "server_seed_hash": "c"}"#,
                Kind::Revealed,
            ),
            (
                r#"{"id": "a", "provablyFair": {}, "prices": [1]}"#,
                Kind::Revealed,
            ),
            (
                r#"[{"id": "a", "serverSeedHash": "b"}, {"id": "c"}]"#,
                Kind::Revealed,
            ),
            (
                "[\n {\"id\": \"a\",\n \"serverSeedHash\": \"b\"},\n 7, oops",
                Kind::Revealed,
            ),
            (r#"{"gameHistory": []}"#, Kind::Revealed),
            ("no JSON\n{\"serverSeedHash\": \"b\"}\n", Kind::Revealed),
            (
                "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]",
                Kind::Unknown,
            ),
            ("[[1, 2, 3]]", Kind::Unknown),
            ("[[[[[[", Kind::Unknown),
            ("[]", Kind::Unknown),
            ("", Kind::Unknown),
            ("7", Kind::Unknown),
        ] {
            assert_eq!(kind_of(text.as_bytes()), kind, "{text}");
            let marked = format!("\u{feff}{text}");
            assert_eq!(kind_of(marked.as_bytes()), kind, "{text}");
        }
    }
}
