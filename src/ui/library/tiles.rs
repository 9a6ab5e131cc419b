//! The figures of a session in the details: its tiles, its proofs, and a bar for each of its games.

use egui::{Align, Layout, Ui, vec2};

use crate::library::SessionFacts;
use crate::protocol::number;
use crate::recording::IndexSession;
use crate::ui::format::{NO_VALUE, signed};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{CAPTION, MONEY, PILL, TABLE, TABLE_MONO};
use crate::ui::widgets::{Lamp, card_frame, fitting_amounts, lamp_ui, link_ui, truncated_ui};

/// Games with a bar.
const MAX_BARS: usize = 8;

/// A small tile: its label, and its value with a colour; a dash without one.
pub type FactTile = (&'static str, Option<(String, egui::Color32)>);

/// Draws small tiles in two rows.
pub fn tiles_ui<const N: usize>(ui: &mut Ui, theme: Theme, write: impl Fn() -> [FactTile; N]) {
    let tiles = write();
    let gap = 6.0;
    let in_row = tiles.len().div_ceil(2).max(1);
    let columns: f32 = tiles.iter().take(in_row).map(|_| 1.0).sum();
    let width = (ui.available_width() + gap) / columns - gap;
    for (row, line) in tiles.chunks(in_row).enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(gap, 0.0);
            for (column, (label, value)) in line.iter().enumerate() {
                let frame = card_frame(&theme)
                    .fill(theme.raised)
                    .inner_margin(egui::Margin::symmetric(8, 4));
                frame.show(ui, |ui| {
                    ui.set_width(width - 18.0);
                    ui.vertical(|ui| {
                        ui.label(CAPTION.text(*label).color(theme.quiet));
                        let colour = value.as_ref().map_or(theme.quiet, |(_, colour)| *colour);
                        let text = fitting_amounts(ui, MONEY, width - 18.0, || {
                            let value = write()[row * in_row + column].1.take();
                            value.map_or(NO_VALUE.to_owned(), |(text, _)| text)
                        });
                        truncated_ui(ui, colour, MONEY.text(text));
                    });
                });
            }
        });
    }
}

/// Draws whether everything is proven, and the link to the proof of the game in the chart. Returns whether it was clicked.
pub fn proof_line_ui(ui: &mut Ui, (good, text): (bool, &str), has_game: bool) -> bool {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), 24.0);
    let left = Layout::left_to_right(Align::Center);
    let shown = ui.allocate_ui_with_layout(size, left, |ui| {
        lamp_ui(ui, if good { Lamp::Checked } else { Lamp::Off });
        let right = Layout::right_to_left(Align::Center);
        let shown = ui.with_layout(right, |ui| {
            let link = ui
                .add_enabled_ui(has_game, |ui| link_ui(ui, "Show proof"))
                .inner;
            let tip = "The proof of the game in the chart, and what it does not cover";
            let clicked = link.on_hover_text(tip).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                truncated_ui(ui, theme.text, TABLE.text(text));
            });
            clicked
        });
        shown.inner
    });
    shown.inner
}

/// Draws a bar for each game with a result, the last ones first.
pub fn bars_ui(ui: &mut Ui, theme: Theme, session: &IndexSession, facts: &SessionFacts) {
    if facts.pnls.is_empty() {
        return;
    }
    ui.label(crate::ui::theme::role::STRONG.text("By game"));
    let shown = facts.pnls.iter().rev().take(MAX_BARS).rev();
    let most = facts.pnls.iter().map(|(_, pnl)| pnl.abs()).max();
    let most = most.map_or(1.0, number::to_f64_lossy).max(1e-12);
    for (id, pnl) in shown {
        let place = session.game_ids.iter().position(|of| of == id);
        let number = place.map_or("–".to_owned(), |place| (place + 1).to_string());
        let size = vec2(ui.available_width(), 18.0);
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
        let name = format!("Game {number}: {}", signed(*pnl));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &name));
        let painter = ui.painter();
        let centre = rect.left() + 0.3 * rect.width();
        let most_length = 0.38 * rect.width();
        let share = crate::ui::widgets::pixel(number::to_f64_lossy(*pnl) / most);
        let length = (share * most_length).clamp(centre.min(90.0) * -0.9, most_length);
        let bar = egui::Rect::from_x_y_ranges(
            centre.min(centre + length)..=centre.max(centre + length),
            rect.center().y - 5.0..=rect.center().y + 5.0,
        );
        let colour = theme.money(*pnl);
        painter.rect_filled(bar, 2.0, colour);
        let left = rect.left_center() + vec2(16.0, 0.0);
        let right = rect.right_center() - vec2(8.0, 0.0);
        painter.text(
            left,
            egui::Align2::RIGHT_CENTER,
            &number,
            TABLE_MONO.font(),
            theme.quiet,
        );
        painter.text(
            right,
            egui::Align2::RIGHT_CENTER,
            signed(*pnl),
            PILL.font(),
            colour,
        );
    }
}
