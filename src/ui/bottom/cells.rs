//! The cells of the trades table.

use egui::{Rangef, Rect, Ui, pos2};

use super::columns::TradeColumn;
use crate::ui::theme::role::{CAPTION, Role};
use crate::ui::widgets::{LinePart, fitting_amounts, line_galley, paint_line};

/// Side of the icon before a side.
pub const ICON: f32 = 10.0;
/// Least gap before a number.
const GAP: f32 = 8.0;

/// Returns the place of a column, if it is shown.
pub fn place_of(columns: &[(TradeColumn, Rangef)], column: TradeColumn) -> Option<Rangef> {
    let mut columns = columns.iter();
    let shown = columns.find(|(shown, _)| *shown == column);
    shown.map(|(_, place)| *place)
}

/// Returns a text with as many decimals of its amounts as fit into a cell.
pub fn cell_amounts(ui: &Ui, place: Rangef, role: Role, write: impl Fn() -> String) -> String {
    fitting_amounts(ui, role, place.span() - GAP, write)
}

/// Paints the text of a cell.
pub fn cell_ui(
    ui: &Ui,
    row: Rect,
    place: Rangef,
    column: TradeColumn,
    (role, text, colour): LinePart<'_>,
) {
    let inset = if column == TradeColumn::Side {
        ICON + 8.0
    } else {
        0.0
    };
    let galley = line_galley(ui, &[(role, text, colour)], 0.0, place.span() - inset);
    let left = if column.is_number() {
        place.max - galley.size().x
    } else {
        place.min + if role == CAPTION { 0.0 } else { inset }
    };
    paint_line(ui.painter(), pos2(left, row.center().y), galley);
}
