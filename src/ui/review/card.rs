//! A card of the page: a title with a remark or a control at its right, and content below.

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use crate::ui::page_part::card_ui;
use crate::ui::theme::role::TITLE;

/// Height of the title row.
const TITLE_ROW: f32 = 36.0;
/// Space inside the card.
const INSIDE: egui::Vec2 = vec2(12.0, 8.0);

/// Draws a card. `right` is drawn from right to left in the title row.
pub fn review_card_ui(
    ui: &mut Ui,
    title: &str,
    rect: Rect,
    right: impl FnOnce(&mut Ui),
    content: impl FnOnce(&mut Ui),
) {
    card_ui(ui, title, rect, false, |ui| {
        let head = rect
            .with_max_y(rect.top() + TITLE_ROW)
            .shrink2(vec2(12.0, 0.0));
        let line = UiBuilder::new()
            .max_rect(head)
            .layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(line, |ui| {
            ui.label(TITLE.text(title));
            ui.with_layout(Layout::right_to_left(Align::Center), right);
        });
        let below = rect.with_min_y(head.bottom()).shrink2(INSIDE);
        let below = below.with_min_y(head.bottom());
        ui.scope_builder(UiBuilder::new().max_rect(below), content);
    });
}
