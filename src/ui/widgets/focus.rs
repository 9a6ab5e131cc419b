//! The ring around the control that has the keyboard focus: one for all controls.

use egui::{Context, Stroke, StrokeKind};

use crate::ui::theme::{RADIUS, Theme};

/// Paints the ring. To be called after everything else of a frame.
pub fn focus_ring(ctx: &Context) {
    let Some(response) = ctx
        .memory(egui::Memory::focused)
        .and_then(|id| ctx.read_response(id))
    else {
        return;
    };
    let (rect, visible) = (response.rect, response.interact_rect);
    if !visible.is_positive() || visible.height() < rect.height() / 2.0 {
        return;
    }
    let theme = Theme::of_visuals(&ctx.global_style().visuals);
    let stroke = Stroke::new(2.0, theme.accent);
    let painter = ctx.layer_painter(response.layer_id);
    painter.rect_stroke(rect.expand(2.0), RADIUS + 2, stroke, StrokeKind::Outside);
}
