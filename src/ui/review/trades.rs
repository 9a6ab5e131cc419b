//! The table of the trades: each with its worst and its best moment, and a click that replays it from its entry.

use egui::{Rangef, Rect, ScrollArea, Sense, Stroke, Ui, vec2};

use super::card::review_card_ui;
use super::trade_cells::Cells;
pub use super::trade_cells::{RowAction, TradeRow};
use super::trade_columns::{ROW, TripColumn, cell_ui};
use crate::ui::theme::Theme;
use crate::ui::theme::role::CAPTION;
use crate::ui::widgets::{fitting_columns, list_row_ui, wrapped_ui};

/// Height of the head.
const HEAD: f32 = 24.0;
/// Space between columns.
const COLUMN_GAP: f32 = 10.0;
/// Least width of the bar.
const BAR: f32 = 90.0;

/// The table, as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct ReviewTable {
    /// Number of trades.
    pub len: usize,
    /// Whether they are of several sessions: the time has a date, and the games have no numbers.
    pub is_of_many: bool,
    /// Whether another exit is compared.
    pub with_what_if: bool,
    /// What is shown without a trade.
    pub empty: &'static str,
}

impl ReviewTable {
    /// Draws the card. A row of a trade that is not known any more is empty. Returns the trade that was clicked, and what
    /// the player did there.
    pub fn ui<'a>(
        &self,
        ui: &mut Ui,
        rect: Rect,
        row: impl Fn(usize) -> Option<TradeRow<'a>>,
    ) -> Option<(usize, RowAction)> {
        let mut clicked = None;
        review_card_ui(ui, "Trades", rect, legend_ui, |ui| {
            let theme = Theme::of(ui);
            if self.len == 0 {
                wrapped_ui(ui, theme.quiet, self.empty);
                return;
            }
            ui.spacing_mut().item_spacing.y = 0.0;
            let columns = self.columns(ui.available_width());
            head_ui(ui, &theme, &columns);
            ScrollArea::vertical()
                .id_salt("trades")
                .auto_shrink(false)
                .show_rows(ui, ROW, self.len, |ui, shown| {
                    for place in shown {
                        let Some(row) = row(place) else {
                            ui.allocate_space(vec2(ui.available_width(), ROW));
                            continue;
                        };
                        let cells = Cells {
                            theme,
                            row,
                            with_date: self.is_of_many,
                        };
                        let action = list_row_ui(ui, row.id, |ui| cells.ui(ui, &columns));
                        clicked = action.map(|action| (place, action)).or(clicked);
                    }
                });
        });
        clicked
    }

    /// Returns the columns that have room, with their places from the left end of a row.
    fn columns(&self, width: f32) -> Vec<(TripColumn, Rangef)> {
        let time = if self.is_of_many { 100.0 } else { 40.0 };
        // With its width, and how soon it gives way: the highest first; 0 stays.
        let mut columns = vec![
            (TripColumn::Time, time, 0),
            (TripColumn::Game, 36.0, 4),
            (TripColumn::Held, 44.0, 4),
            (TripColumn::Entry, 54.0, 2),
            (TripColumn::Amount, 54.0, 3),
            (TripColumn::Pnl, 62.0, 0),
            (TripColumn::WhatIf, 62.0, 0),
            (TripColumn::Worst, 52.0, 5),
            (TripColumn::Bar, BAR, 1),
            (TripColumn::Best, 62.0, 6),
            (TripColumn::End, 76.0, 0),
        ];
        columns.retain(|(column, ..)| *column != TripColumn::WhatIf || self.with_what_if);
        columns.retain(|(column, ..)| match column {
            TripColumn::Game => !self.is_of_many,
            TripColumn::Held => self.is_of_many,
            _ => true,
        });
        let columns = fitting_columns(&columns, COLUMN_GAP, width);
        let used: f32 = columns.iter().map(|(_, width)| width + COLUMN_GAP).sum();
        let rest = (width - used).max(0.0);
        let mut left = 0.0;
        let places = columns.into_iter().map(|(column, width)| {
            let width = if column == TripColumn::Bar {
                width + rest
            } else {
                width
            };
            let place = Rangef::new(left, left + width);
            left = place.max + COLUMN_GAP;
            (column, place)
        });
        places.collect()
    }
}

fn legend_ui(ui: &mut Ui) {
    let theme = Theme::of(ui);
    if ui.available_width() < 380.0 {
        return;
    }
    for (text, ink) in [
        ("| where you sold", theme.text),
        ("best point while held", theme.gain),
        ("worst point while held", theme.loss),
    ] {
        ui.label(CAPTION.text(text).color(ink));
    }
}

fn head_ui(ui: &mut Ui, theme: &Theme, columns: &[(TripColumn, Rangef)]) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
    for (column, place) in columns {
        cell_ui(
            ui,
            rect,
            (*column, *place),
            (CAPTION, column.title(), theme.quiet),
        );
    }
    let line = Stroke::new(1.0, theme.line);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::widgets::pixel;

    #[test]
    fn columns_are_apart_inside_and_the_result_stays_at_any_width() {
        for is_of_many in [false, true] {
            for with_what_if in [false, true] {
                let table = ReviewTable {
                    len: 1,
                    is_of_many,
                    with_what_if,
                    empty: "",
                };
                for width in (400..2_000).map(|width| pixel(f64::from(width))) {
                    let columns = table.columns(width);
                    let pnl = columns.iter().any(|(column, _)| *column == TripColumn::Pnl);
                    assert!(pnl, "{width}");
                    let last = columns.last().map_or(0.0, |(_, place)| place.max);
                    assert!(last <= width, "{width}: {columns:?}");
                    assert!(columns.windows(2).all(|pair| pair[0].1.max < pair[1].1.min));
                }
            }
        }
    }
}
