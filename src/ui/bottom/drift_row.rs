//! The row of a drift in the trades table.

use egui::{Rangef, Rect, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2};

use super::cells::{ICON, cell_amounts, cell_ui, place_of};
use super::columns::TradeColumn;
use super::trade_text::{drift_amount, drift_text, drift_tip};
use crate::account::Drift;
use crate::ui::format::{NO_VALUE, clock, signed_difference, sol};
use crate::ui::theme::role::{PILL, TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::theme::{ROW, Theme};
use crate::ui::widgets::{Icon, fitting_amounts, line_galley, paint_line};

/// Draws a drift.
pub fn drift_row_ui(ui: &mut Ui, columns: &[(TradeColumn, Rangef)], drift: &Drift) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let theme = Theme::of(ui);
    ui.painter().rect_filled(rect, 0, theme.amber_bg);
    let tick = drift
        .tick
        .map_or(NO_VALUE.to_owned(), |tick| format!("{tick:>4}"));
    let amount = drift_amount(drift);
    let sum = || amount.map_or(NO_VALUE.to_owned(), signed_difference);
    let balance = drift.server.filter(|_| amount.is_some());
    let balance = || balance.map_or(String::new(), sol);
    let time = || clock(drift.at);
    let tick_text = || tick.clone();
    let verb = || "DRIFT".to_owned();
    let cells: [(_, _, &dyn Fn() -> String, _); 5] = [
        (TradeColumn::Time, TABLE_MONO, &time, theme.quiet),
        (TradeColumn::Tick, TABLE_MONO, &tick_text, theme.quiet),
        (TradeColumn::Side, TABLE_STRONG, &verb, theme.text),
        (TradeColumn::Pnl, PILL, &sum, theme.amber),
        (TradeColumn::Balance, TABLE_MONO, &balance, theme.text),
    ];
    for (column, role, write, colour) in cells {
        if let Some(place) = place_of(columns, column) {
            let text = cell_amounts(ui, place, role, write);
            cell_ui(ui, rect, place, column, (role, &text, colour));
        }
    }
    let place = |column| place_of(columns, column).unwrap_or(Rangef::point(rect.left()));
    let side = place(TradeColumn::Side);
    let icon = Rect::from_min_size(pos2(side.min, rect.top()), vec2(ICON, ROW));
    Icon::Drift.paint(ui.painter(), icon, ICON, theme.amber);
    let (from, to) = (side.min + ICON + 60.0, place(TradeColumn::Price).max);
    let shown = fitting_amounts(ui, TABLE, to - from, || drift_text(drift));
    let galley = line_galley(ui, &[(TABLE, &shown, theme.amber)], 0.0, to - from);
    let left = to - galley.size().x;
    paint_line(ui.painter(), pos2(left, rect.center().y), galley);
    let label = format!(
        "Tick {}: DRIFT {}, {}, {}",
        tick.trim(),
        sum(),
        drift_text(drift),
        clock(drift.at)
    );
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Row, true, &label));
    response.on_hover_text(drift_tip(drift));
}
