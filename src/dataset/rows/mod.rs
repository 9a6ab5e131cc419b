//! The rows of the tables. Each struct is also the column table of its table: the comment of a field is the meaning of
//! its column, followed by its unit and the time at which it is known.

mod action;
mod anomalies;
mod field;
mod game;
mod import;
mod money;
mod path;
mod quality;
mod session;
mod words;

pub use action::ActionRow;
pub use anomalies::AnomalyCounts;
pub use game::GameRow;
pub use import::ImportRow;
pub use money::Money;
pub use path::{GameTicks, PathRow, TickRow};
pub use quality::QualityRow;
pub use session::{DriftRow, SessionRow};
pub use words::{Condition, StartKind, TickSource, Tier};

use arrow_array::ArrayRef;

use super::columns::{Column, Table};

/// A row of a table, or several at once.
pub trait Row: Sized {
    /// The table.
    const TABLE: Table;

    /// Returns the columns, in their order.
    fn columns() -> Vec<Column>;

    /// Returns the values of some rows, an array for each column.
    fn arrays(rows: &[Self]) -> Vec<ArrayRef>;
}

/// Defines a row and its columns: `name: Type, "unit", KnownAt;` below the meaning as a comment.
macro_rules! row {
    (
        $(#[$row_meta:meta])*
        pub struct $row:ident in $table:ident {
            $($(#[doc = $meaning:literal])+ $name:ident: $kind:ty, $unit:literal, $known:ident;)*
        }
    ) => {
        $(#[$row_meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $row {
            $($(#[doc = $meaning])+ pub $name: $kind,)*
        }

        impl $crate::dataset::rows::Row for $row {
            const TABLE: $crate::dataset::columns::Table = $crate::dataset::columns::Table::$table;

            fn columns() -> Vec<$crate::dataset::columns::Column> {
                use $crate::dataset::rows::field::{Definition, Field};
                let mut columns = Vec::new();
                $(columns.extend(<$kind as Field>::columns(&Definition {
                    name: stringify!($name),
                    unit: $unit,
                    meaning: concat!($($meaning),+).trim(),
                    known_at: $crate::dataset::columns::KnownAt::$known,
                }));)*
                columns
            }

            fn arrays(rows: &[Self]) -> Vec<arrow_array::ArrayRef> {
                use $crate::dataset::rows::field::Field;
                let mut arrays = Vec::new();
                $(arrays.extend(<$kind as Field>::arrays(rows.iter().map(|row| &row.$name)));)*
                arrays
            }
        }
    };
}
use row;

#[cfg(test)]
mod tests;
