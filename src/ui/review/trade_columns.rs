//! The columns of the trades.

use egui::{Rangef, Rect, Ui, pos2};

use crate::ui::widgets::{LinePart, line_galley, paint_line};

/// Height of a row.
pub const ROW: f32 = 32.0;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TripColumn {
    Time,
    Game,
    Held,
    Entry,
    Amount,
    Pnl,
    WhatIf,
    Worst,
    Bar,
    Best,
    End,
}

impl TripColumn {
    /// Returns the title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Game => "Game",
            Self::Held => "Ticks",
            Self::Entry => "Entry",
            Self::Amount => "Amount",
            Self::Pnl => "P&L",
            Self::WhatIf => "What if",
            Self::Worst => "Worst",
            Self::Bar => "while held",
            Self::Best => "Best",
            Self::End => "End",
        }
    }

    fn is_number(self) -> bool {
        !matches!(self, Self::Time | Self::Bar | Self::Best | Self::End)
    }
}

/// Paints the text of a cell.
pub fn cell_ui(ui: &Ui, row: Rect, (column, place): (TripColumn, Rangef), part: LinePart<'_>) {
    let galley = line_galley(ui, &[part], 0.0, place.span());
    let width = galley.size().x;
    let left = row.left()
        + match column {
            TripColumn::Bar => place.center() - width / 2.0,
            _ if column.is_number() => place.max - width,
            _ => place.min,
        };
    paint_line(ui.painter(), pos2(left, row.center().y), galley);
}
