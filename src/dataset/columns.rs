//! Tables and columns: what a data file says about itself.

use std::fmt;

use arrow_schema::DataType;

/// The version of the tables. A changed column is a new version, and every file is written again.
pub const SCHEMA_VERSION: u32 = 3;
/// The time zone of all timestamps.
pub(super) const UTC: &str = "UTC";
/// Digits of a decimal column.
pub(super) const DECIMAL_DIGITS: u32 = 18;
/// Digits after the point of a decimal column.
pub(super) const DECIMAL_PLACES: u32 = 9;
/// The type of a decimal column.
pub(super) const DECIMAL_TYPE: DataType = DataType::Decimal128(18, 9);

crate::named_enum::named_enum! {
    /// A table of the data set.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Table {
        /// One row for each recorded game.
        Games = "games",
        /// The prices of each game, as a list.
        Paths = "paths",
        /// One row for each tick.
        Ticks = "ticks",
        /// One row for each action of a session.
        Actions = "actions",
        /// One row for each session.
        Sessions = "sessions",
        /// One row for each difference between our account and the server's.
        Drifts = "drifts",
        /// One row for each origin and day.
        Quality = "quality",
        /// One row for each file of the Python original.
        Imports = "imports",
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Table {
    /// Returns what a row is.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Games => "One row for each recorded game",
            Self::Paths => {
                "The prices of each game, as a list: one row for each game, for models of whole paths"
            }
            Self::Ticks => "One row for each tick of each game, for SQL",
            Self::Actions => {
                "One row for each action of a player's session: orders and their results"
            }
            Self::Sessions => "One row for each session of a player",
            Self::Drifts => {
                "One row for each difference between our account and the server's in one field"
            }
            Self::Quality => {
                "One row for each origin and UTC day: what was recorded and what is missing"
            }
            Self::Imports => "One row for each imported recording of the Python original",
        }
    }

    /// Returns the columns that identify a row.
    pub fn key(self) -> &'static [&'static str] {
        match self {
            Self::Games => &["game_id", "server_seed_hash"],
            Self::Paths => &["game_id"],
            Self::Ticks => &["game_id", "tick"],
            Self::Actions => &["session_id", "seq"],
            Self::Sessions => &["session_id"],
            Self::Drifts => &["session_id", "at", "field"],
            Self::Quality => &["source_origin"],
            Self::Imports => &["file"],
        }
    }

    /// Returns the columns by which the rows of a file are sorted. The order of paths and ticks is that of their games,
    /// by a start that these tables do not have.
    pub fn sorting(self) -> &'static [&'static str] {
        match self {
            Self::Games => &["start_time", "game_id"],
            Self::Paths | Self::Ticks | Self::Drifts | Self::Quality => &[],
            Self::Actions => &["session_start", "session_id", "seq"],
            Self::Sessions => &["session_start", "session_id"],
            Self::Imports => &["file"],
        }
    }
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Utf8,
    /// True or false.
    Bool,
    /// 32-bit integer.
    Int32,
    /// 64-bit integer.
    Int64,
    /// Double.
    Float64,
    /// Exact decimal with 18 digits, 9 of them after the point.
    Decimal,
    /// Milliseconds, UTC.
    Timestamp,
    /// A list of 32-bit integers.
    ListInt32,
    /// A list of doubles.
    ListFloat64,
}

impl ColumnType {
    /// Returns the name of the type in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Bool => "bool",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Decimal => "decimal128(18,9)",
            Self::Timestamp => "timestamp[ms, UTC]",
            Self::ListInt32 => "list<int32>",
            Self::ListFloat64 => "list<float64>",
        }
    }
}

crate::named_enum::named_enum! {
    /// When a value can be known, seen from the game.
    pub enum KnownAt {
        /// Before the game starts, with its commitment.
        Before = "before",
        /// During the game, at the tick or action of the row.
        During = "during",
        /// Only after the game: a feature made of it is a leak.
        After = "after",
        /// It is about the recording, not about the game.
        Meta = "meta",
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type of its values.
    pub kind: ColumnType,
    /// A value may be missing.
    pub nullable: bool,
    /// The unit, or empty: `SOL`, `ms`, `tick`, `x` (multiplier).
    pub unit: &'static str,
    /// What it is, in one or two sentences.
    pub meaning: String,
    /// When a value can be known.
    pub known_at: KnownAt,
}
