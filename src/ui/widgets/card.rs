//! Cards: the frames that hold everything below the top bar.

use egui::{Align, Frame, Layout, Margin, Stroke, Ui, vec2};

use crate::ui::theme::role::TITLE;
use crate::ui::theme::{CARD_RADIUS, Theme};

/// Height of the title row of a card.
const CARD_TITLE: f32 = 32.0;

/// Returns the frame of a card without padding.
pub fn card_frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(1.0, theme.line))
        .corner_radius(CARD_RADIUS)
}

/// Draws a card with padding.
fn card_ui<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = card_frame(&Theme::of(ui)).inner_margin(Margin::symmetric(16, 12));
    let in_card = |ui: &mut Ui| {
        // Cards may be further apart than what is in them.
        ui.spacing_mut().item_spacing.y = 4.0;
        content(ui)
    };
    frame.show(ui, |ui| ui.vertical(in_card).inner).inner
}

/// Draws a card with a title and, at its right, an action or a remark.
pub fn titled_card_ui<A, R>(
    ui: &mut Ui,
    title: &str,
    action: impl FnOnce(&mut Ui) -> A,
    content: impl FnOnce(&mut Ui) -> R,
) -> (A, R) {
    card_ui(ui, |ui| {
        let size = vec2(ui.available_width(), CARD_TITLE - 8.0);
        let row = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.label(TITLE.text(title));
            let right = Layout::right_to_left(Align::Center);
            ui.with_layout(right, action).inner
        });
        (row.inner, content(ui))
    })
}
