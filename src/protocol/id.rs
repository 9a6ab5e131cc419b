//! The id of a game.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The longest id that is believed; real ones have 25 characters.
const MAX_CHARS: usize = 128;

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

    /// Returns the id as it came over the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
