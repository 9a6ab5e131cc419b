//! The columns of the library's table: which a kind of rows has, their widths, and which go first without room.

use crate::library::{Column, RowKind};
use crate::ui::widgets::fitting_columns;

/// A column as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownColumn {
    /// A column of the catalog, which sorts by it.
    Of(Column),
    /// The small curve of a session.
    Curve,
    /// How many games of a session are proven.
    Proven,
}

/// The columns of each kind with their widths, and how soon a column gives way: the highest first; 0 stays.
pub const SESSIONS: [(ShownColumn, f32, u8); 12] = [
    (ShownColumn::Of(Column::Start), 142.0, 0),
    (ShownColumn::Of(Column::Origin), 84.0, 5),
    (ShownColumn::Of(Column::Games), 52.0, 1),
    (ShownColumn::Of(Column::Trades), 54.0, 3),
    (ShownColumn::Of(Column::Won), 78.0, 2),
    (ShownColumn::Of(Column::Pnl), 78.0, 0),
    (ShownColumn::Curve, 64.0, 8),
    (ShownColumn::Of(Column::OrderDrawdown), 112.0, 6),
    (ShownColumn::Of(Column::Drifts), 52.0, 7),
    (ShownColumn::Proven, 66.0, 4),
    (ShownColumn::Of(Column::Length), 66.0, 2),
    (ShownColumn::Of(Column::Notes), 76.0, 0),
];
pub const GAMES: [(ShownColumn, f32, u8); 9] = [
    (ShownColumn::Of(Column::Start), 158.0, 0),
    (ShownColumn::Of(Column::Id), 182.0, 5),
    (ShownColumn::Of(Column::Ticks), 62.0, 2),
    (ShownColumn::Of(Column::Peak), 84.0, 0),
    (ShownColumn::Of(Column::Proof), 112.0, 1),
    (ShownColumn::Of(Column::Complete), 80.0, 4),
    (ShownColumn::Of(Column::Origin), 100.0, 6),
    (ShownColumn::Of(Column::Pnl), 84.0, 0),
    (ShownColumn::Of(Column::Played), 70.0, 3),
];
pub const DAMAGED: [(ShownColumn, f32, u8); 3] = [
    (ShownColumn::Of(Column::Start), 100.0, 1),
    (ShownColumn::Of(Column::File), 300.0, 0),
    (ShownColumn::Of(Column::Reason), 120.0, 0),
];

/// Returns the columns that have room.
pub fn columns(kind: RowKind, width: f32) -> Vec<(ShownColumn, f32)> {
    let all = match kind {
        RowKind::Sessions => &SESSIONS[..],
        RowKind::Games => &GAMES,
        RowKind::Damaged => &DAMAGED,
    };
    fitting_columns(all, 0.0, width)
}

/// Whether a column has numbers, which are at the right of their cells.
pub fn is_number(column: ShownColumn) -> bool {
    match column {
        ShownColumn::Curve => false,
        ShownColumn::Proven => true,
        ShownColumn::Of(column) => matches!(
            column,
            Column::Ticks
                | Column::Peak
                | Column::Pnl
                | Column::Games
                | Column::Trades
                | Column::Won
                | Column::OrderDrawdown
                | Column::Drifts
                | Column::Length
        ),
    }
}

/// Returns the title of a column.
pub fn title(column: ShownColumn) -> &'static str {
    let column = match column {
        ShownColumn::Of(column) => column,
        ShownColumn::Curve => return "",
        ShownColumn::Proven => return "Proven",
    };
    match column {
        Column::Start => "Start",
        Column::Id => "Game",
        Column::Ticks => "Ticks",
        Column::Peak => "Peak",
        Column::Proof => "Proof",
        Column::Complete => "Complete",
        Column::Origin => "Source",
        Column::Pnl => "Realised",
        Column::Played => "Played",
        Column::Games => "Games",
        Column::Trades => "Trades",
        Column::Won => "Games won",
        Column::OrderDrawdown => "Order drawdown",
        Column::Drifts => "Drift",
        Column::Length => "Length",
        Column::Notes => "Notes",
        Column::File => "File",
        Column::Reason => "What is wrong",
    }
}
