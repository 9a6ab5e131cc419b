//! The first difference between a game and its seed, and its format in files.

use serde::{Deserialize, Serialize};

use crate::protocol::Tick;

/// The first difference between a game and its seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "MismatchKeys", try_from = "MismatchKeys")]
pub enum Mismatch {
    /// A tick differs; `expected` or `seen` may be the word `rug`.
    Tick {
        /// The tick.
        tick: Tick,
        /// The price of the path.
        expected: String,
        /// The recorded price.
        seen: String,
    },
    /// The hash of the seed is not the commitment.
    Hash {
        /// SHA-256 of the seed's text.
        hash: String,
    },
    /// Every price agrees, but the stated peak does not.
    Peak {
        /// The peak that the game's entry or file states.
        stated: String,
        /// The highest price of the path.
        computed: String,
    },
}

/// The format of a mismatch in files: `{ tick, expected, seen }`, `{ hash }` or `{ peak: { stated, computed } }`.
/// (`untagged` cannot read numbers with the features that keep their digits.)
#[derive(Default, Serialize, Deserialize)]
struct MismatchKeys {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tick: Option<Tick>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    peak: Option<PeakKeys>,
}

#[derive(Serialize, Deserialize)]
struct PeakKeys {
    stated: String,
    computed: String,
}

impl From<Mismatch> for MismatchKeys {
    fn from(mismatch: Mismatch) -> Self {
        let none = Self::default();
        match mismatch {
            Mismatch::Tick {
                tick,
                expected,
                seen,
            } => Self {
                tick: Some(tick),
                expected: Some(expected),
                seen: Some(seen),
                ..none
            },
            Mismatch::Hash { hash } => Self {
                hash: Some(hash),
                ..none
            },
            Mismatch::Peak { stated, computed } => Self {
                peak: Some(PeakKeys { stated, computed }),
                ..none
            },
        }
    }
}

impl TryFrom<MismatchKeys> for Mismatch {
    type Error = &'static str;

    fn try_from(keys: MismatchKeys) -> Result<Self, Self::Error> {
        match keys {
            MismatchKeys {
                tick: Some(tick),
                expected: Some(expected),
                seen: Some(seen),
                ..
            } => Ok(Self::Tick {
                tick,
                expected,
                seen,
            }),
            MismatchKeys {
                hash: Some(hash), ..
            } => Ok(Self::Hash { hash }),
            MismatchKeys {
                peak: Some(PeakKeys { stated, computed }),
                ..
            } => Ok(Self::Peak { stated, computed }),
            _ => Err("a mismatch has tick, expected and seen, or hash, or peak"),
        }
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tick {
                tick,
                expected,
                seen,
            } => write!(f, "tick {tick}: expected {expected}, seen {seen}"),
            Self::Hash { hash } => write!(f, "the seed has the hash {hash}"),
            Self::Peak { stated, computed } => {
                write!(f, "peak: stated {stated}, computed {computed}")
            }
        }
    }
}
