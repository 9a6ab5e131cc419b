//! Caps of keys: the key of the command beside it.

use egui::{Color32, Painter, Rect, Stroke, StrokeKind, Ui, Vec2, vec2};

use super::line::{paint_line, text_galley};
use crate::ui::theme::role::AXIS;
use crate::ui::theme::{RADIUS, Theme};

/// Returns the size of a cap.
pub fn key_cap_size(ui: &Ui, key: &str) -> Vec2 {
    let width = text_galley(ui, (AXIS, key, Color32::WHITE));
    vec2((width.size().x + 10.0).max(20.0).round(), 18.0)
}

/// Paints a cap.
pub fn paint_key_cap(
    painter: &Painter,
    ui: &Ui,
    rect: Rect,
    key: &str,
    frame: Color32,
    ink: Color32,
) {
    let stroke = Stroke::new(1.0, frame);
    painter.rect_stroke(rect, RADIUS, stroke, StrokeKind::Inside);
    let text = text_galley(ui, (AXIS, key, ink));
    let left = rect.center().x - text.size().x / 2.0;
    paint_line(painter, egui::pos2(left, rect.center().y), text);
}

/// Draws a cap as part of a line.
pub fn key_cap_ui(ui: &mut Ui, key: &str) -> egui::Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(key_cap_size(ui, key), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, key));
    paint_key_cap(ui.painter(), ui, rect, key, theme.line2, theme.quiet);
    response
}
