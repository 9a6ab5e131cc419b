//! The id of a game.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The longest id accepted from a file; real ones have 25 characters.
const MAX_CHARS: usize = 128;
/// Characters kept of an id that the server sends.
const MAX_WIRE_CHARS: usize = 64;
/// Separates the beginning of a cut id from the hash of the whole id.
const CUT_MARK: char = '~';
/// Hexadecimal digits of that hash.
const CUT_HASH_CHARS: usize = 16;

/// The server's id of a game, `YYYYMMDD-<16 hex>`; any text of 1 to 128 characters is accepted.
///
/// It is foreign data: [`fmt::Display`] escapes characters that could move a cursor, and paths use
/// `recording::format::names`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GameId(Arc<str>);

impl GameId {
    /// Returns the id; `None` when the text is empty or longer than 128 characters.
    pub fn new(text: &str) -> Option<Self> {
        let is_valid = !text.is_empty() && text.chars().nth(MAX_CHARS).is_none();
        is_valid.then(|| Self(text.into()))
    }

    /// Returns the server's id cut to 64 characters, and whether it was cut; `None` for an empty text.
    pub(super) fn from_wire(text: &str) -> Option<(Self, bool)> {
        let cut = cut_id(text);
        let is_cut = cut.is_some();
        Some((Self::new(&cut.unwrap_or_else(|| text.to_owned()))?, is_cut))
    }

    /// Whether the server's id was longer than this one. The price path of such a game is unknown: the generator needs
    /// the whole id.
    pub fn is_cut(&self) -> bool {
        let mut tail = self.0.chars().skip(MAX_WIRE_CHARS - 1 - CUT_HASH_CHARS);
        let hash = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
        tail.next() == Some(CUT_MARK)
            && self.0.chars().nth(MAX_WIRE_CHARS).is_none()
            && tail
                .by_ref()
                .take(CUT_HASH_CHARS)
                .filter(|c| hash(*c))
                .count()
                == CUT_HASH_CHARS
    }

    /// Returns the id as received, or the cut one.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns an id cut to 64 characters; `None` when it is not longer.
///
/// The last 17 are a mark and the beginning of the SHA-256 of the whole id, so two long ids with the same beginning
/// stay distinct.
pub(super) fn cut_id(text: &str) -> Option<String> {
    text.chars().nth(MAX_WIRE_CHARS)?;
    let mut cut: String = text
        .chars()
        .take(MAX_WIRE_CHARS - 1 - CUT_HASH_CHARS)
        .collect();
    cut.push(CUT_MARK);
    for byte in &Sha256::digest(text.as_bytes())[..CUT_HASH_CHARS / 2] {
        write!(cut, "{byte:02x}").expect("writing to a String does not fail");
    }
    Some(cut)
}

impl TryFrom<String> for GameId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or("a game id has 1 to 128 characters")
    }
}

impl From<GameId> for String {
    fn from(id: GameId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for GameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            // Spaces too: ids are printed in columns.
            if c.is_whitespace() {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                write!(f, "{}", c.escape_debug())?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for GameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_id_is_cut_by_characters_and_ids_with_the_same_beginning_stay_distinct() {
        for letter in ["a", "é", "🚀"] {
            let begin = letter.repeat(64);
            let (whole, cut) = GameId::from_wire(&begin).expect("an id");
            assert!(!cut && !whole.is_cut() && whole.as_str() == begin);
            let one = GameId::from_wire(&(begin.clone() + "1")).expect("an id");
            let two = GameId::from_wire(&(begin.clone() + "2")).expect("an id");
            assert!(one.1 && two.1 && one.0.is_cut() && two.0.is_cut());
            assert_eq!(one.0.as_str().chars().count(), MAX_WIRE_CHARS);
            assert_ne!(one.0, two.0);
            // A file keeps the cut id unchanged.
            assert_eq!(GameId::new(one.0.as_str()), Some(one.0));
        }
        assert_eq!(GameId::from_wire(""), None);
        let real = GameId::new("20251215-1a211bfc7caf41d6").expect("an id");
        assert!(!real.is_cut());
    }
}
