//! A panel over the window: a title, a button that closes it, and rows of facts.

use egui::{Align, Context, Frame, Id, Layout, Margin, Modal, Stroke, Ui, vec2};

use super::{Icon, icon_button_ui};
use crate::ui::theme::role::{TABLE, TITLE};
use crate::ui::theme::{CARD_RADIUS, Theme};

/// Returns the frame of what is drawn over the window.
pub fn modal_frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(1.0, theme.line2))
        .corner_radius(CARD_RADIUS)
        .inner_margin(Margin::symmetric(16, 12))
}

/// Draws the panel, at most `width` wide. Returns whether it stays open: not after its button, Escape, or a click beside it.
pub fn modal_panel_ui(
    ctx: &Context,
    name: &str,
    title: &str,
    width: f32,
    content: impl FnOnce(&mut Ui, Theme),
) -> bool {
    let theme = Theme::of_visuals(&ctx.global_style().visuals);
    let modal = Modal::new(Id::unique(name)).frame(modal_frame(&theme));
    let shown = modal.show(ctx, |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 64.0));
        let head = ui.horizontal(|ui| {
            ui.label(TITLE.text(title));
            let right = Layout::right_to_left(Align::Center);
            let close = ui.with_layout(right, |ui| icon_button_ui(ui, Icon::Cross, "Close", false));
            close.inner.clicked()
        });
        content(ui, theme);
        head.inner
    });
    !shown.inner && !shown.should_close()
}

/// Draws a row of a panel: a name, and its value in what is left. `size` is the width of the name and the height.
pub fn fact_row_ui(ui: &mut Ui, name: &str, size: egui::Vec2, value: impl FnOnce(&mut Ui)) {
    let quiet = Theme::of(ui).quiet;
    let row = vec2(ui.available_width(), size.y);
    let left = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(row, left, |ui| {
        ui.allocate_ui_with_layout(size, left, |ui| {
            ui.set_min_width(size.x);
            ui.label(TABLE.text(name).color(quiet));
        });
        value(ui);
    });
}
