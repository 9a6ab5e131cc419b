//! The kind of a file, by its content. The name does not count.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, SeqAccess, Visitor};

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A session file.
    Session,
    /// A game file.
    Game,
    /// A recording of the earlier Python program: lines of ticks.
    PythonRecording,
    /// Revealed games, as rows or entries of a `gameHistory`.
    Revealed,
    /// Captured traffic.
    Capture,
    /// The index of a day.
    Index,
    /// Any other file.
    Unknown,
}

/// Lines that are tried until one can be read.
const LINES: usize = 8;

/// The keys that distinguish the kinds of files.
#[derive(Default, Deserialize)]
#[serde(default)]
struct KeyProbe {
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

impl KeyProbe {
    /// Reads the keys of an object, or of the first element of a list of objects.
    fn read(text: &[u8]) -> Option<Self> {
        // serde would read a list as the values of the keys, in their order.
        let (is_list, object) = match text.trim_ascii_start() {
            [b'[', elements @ ..] => (true, elements.trim_ascii_start()),
            other => (false, other),
        };
        match object.first() {
            Some(b'{') if !is_list => serde_json::from_slice(text).ok(),
            Some(b'{') => {
                let mut first = FirstElement(None);
                // Stopping after the first element is an error for the parser.
                let _stopped =
                    serde_json::Deserializer::from_slice(text).deserialize_seq(&mut first);
                first.0
            }
            _ => None,
        }
    }

    fn kind(&self) -> FileKind {
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
            FileKind::PythonRecording
        } else if self.event.is_some() {
            FileKind::Capture
        } else if reveals.iter().any(|key| key.is_some()) {
            FileKind::Revealed
        } else if self.sessions.is_some() {
            FileKind::Index
        } else if self.actions.is_some() {
            FileKind::Session
        } else if self.prices.is_some() {
            FileKind::Game
        } else {
            FileKind::Unknown
        }
    }
}

/// Reads the keys of the first element of a list.
struct FirstElement(Option<KeyProbe>);

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

/// Returns the text without a byte order mark, which some editors insert.
pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Returns the kind of a file's text: as a whole, or by its first readable line.
pub(crate) fn kind_of(text: &[u8]) -> FileKind {
    let text = without_mark(text);
    let mut lines = text.split(|byte| *byte == b'\n').take(LINES);
    let probe = KeyProbe::read(text).or_else(|| lines.find_map(KeyProbe::read));
    probe.map_or(FileKind::Unknown, |probe| probe.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_distinguished_by_their_keys() {
        for (text, kind) in [
            (r#"{"meta": {}, "prices": []}"#, FileKind::Game),
            (
                r#"{"meta": {}, "actions": [], "drifts": []}"#,
                FileKind::Session,
            ),
            (
                r#"{"date": "", "games": [], "sessions": []}"#,
                FileKind::Index,
            ),
            (
                r#"{"type": "tick", "game_id": "a"}"#,
                FileKind::PythonRecording,
            ),
            (r#"{"event": "connect", "data": null}"#, FileKind::Capture),
            (
                r#"{"id": "a", "serverSeedHash": "b", "prices": [1]}"#,
                FileKind::Revealed,
            ),
            (
                r#"{"game_id": "a", "server_seed": "b", "server_seed_hash": "c"}"#,
                FileKind::Revealed,
            ),
            (
                r#"{"id": "a", "provablyFair": {}, "prices": [1]}"#,
                FileKind::Revealed,
            ),
            (
                r#"[{"id": "a", "serverSeedHash": "b"}, {"id": "c"}]"#,
                FileKind::Revealed,
            ),
            (
                "[\n {\"id\": \"a\",\n \"serverSeedHash\": \"b\"},\n 7, oops",
                FileKind::Revealed,
            ),
            (r#"{"gameHistory": []}"#, FileKind::Revealed),
            ("no JSON\n{\"serverSeedHash\": \"b\"}\n", FileKind::Revealed),
            (
                "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]",
                FileKind::Unknown,
            ),
            ("[[1, 2, 3]]", FileKind::Unknown),
            ("[[[[[[", FileKind::Unknown),
            ("[]", FileKind::Unknown),
            ("", FileKind::Unknown),
            ("7", FileKind::Unknown),
        ] {
            assert_eq!(kind_of(text.as_bytes()), kind, "{text}");
            let marked = format!("\u{feff}{text}");
            assert_eq!(kind_of(marked.as_bytes()), kind, "{text}");
        }
    }
}
