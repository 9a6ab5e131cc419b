//! The id of a game.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The longest id that a file may have; real ones have 25 characters.
const MAX_CHARS: usize = 128;
/// The longest id that is kept of the server's.
const MAX_WIRE_CHARS: usize = 64;
/// What stands between the beginning of a cut id and the hash of the whole one.
const CUT_MARK: char = '~';
/// Hexadecimal digits of that hash.
const CUT_HASH_CHARS: usize = 16;

/// The server's id of a game, `YYYYMMDD-<16 hex>`; any text of 1 to 128 characters is accepted.
///
/// It is data from outside: [`fmt::Display`] escapes what could move a cursor, and paths use
/// `recording::names`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GameId(Arc<str>);

impl GameId {
    /// Returns the id, or `None` when the text is empty or absurdly long.
    pub fn new(text: &str) -> Option<Self> {
        let believable = !text.is_empty() && text.chars().nth(MAX_CHARS).is_none();
        believable.then(|| Self(text.into()))
    }

    /// Returns the id that the server sent, cut to 64 characters, and whether it was cut; `None` for an empty text.
    pub(super) fn from_wire(text: &str) -> Option<(Self, bool)> {
        let cut = cut_id(text);
        let is_cut = cut.is_some();
        Some((Self::new(&cut.unwrap_or_else(|| text.to_owned()))?, is_cut))
    }

    /// Whether this is only the beginning of what the server sent. The price path of such a game is not known: the
    /// generator takes the whole id.
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

    /// Returns the id as it came over the wire, or the cut one.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns an id of the server cut to 64 characters; `None` when it is not longer.
///
/// The last 17 are a mark and the beginning of the SHA-256 of the whole id: two long ids that begin alike stay two.
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
            // Spaces, too: ids stand in columns.
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
    fn a_long_id_is_cut_by_characters_and_two_that_begin_alike_stay_two() {
        for letter in ["a", "é", "🚀"] {
            let begin = letter.repeat(64);
            let (whole, cut) = GameId::from_wire(&begin).expect("an id");
            assert!(!cut && !whole.is_cut() && whole.as_str() == begin);
            let one = GameId::from_wire(&(begin.clone() + "1")).expect("an id");
            let two = GameId::from_wire(&(begin.clone() + "2")).expect("an id");
            assert!(one.1 && two.1 && one.0.is_cut() && two.0.is_cut());
            assert_eq!(one.0.as_str().chars().count(), MAX_WIRE_CHARS);
            assert_ne!(one.0, two.0);
            // A file keeps the cut one as it is.
            assert_eq!(GameId::new(one.0.as_str()), Some(one.0));
        }
        assert_eq!(GameId::from_wire(""), None);
        let real = GameId::new("20251215-1a211bfc7caf41d6").expect("an id");
        assert!(!real.is_cut());
    }
}
