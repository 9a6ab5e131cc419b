//! The ring around the control that has the keyboard focus: one for all controls.

use egui::{Context, Rect, Stroke, StrokeKind};

use crate::ui::theme::{CONTROL, RADIUS, Theme};

/// Paints the ring. To be called after everything else of a frame.
pub fn focus_ring(ctx: &Context) {
    let Some(response) = ctx
        .memory(egui::Memory::focused)
        .and_then(|id| ctx.read_response(id))
    else {
        return;
    };
    let Some((rect, kind)) = ring(response.rect, response.interact_rect) else {
        return;
    };
    let theme = Theme::of_visuals(&ctx.global_style().visuals);
    let stroke = Stroke::new(2.0, theme.accent);
    let painter = ctx.layer_painter(response.layer_id);
    painter.rect_stroke(rect, RADIUS + 2, stroke, kind);
}

/// Returns the ring of a control: around it, or inside of its visible part if it is scrolled or cut. `None` if too little
/// of it is visible.
fn ring(control: Rect, visible: Rect) -> Option<(Rect, StrokeKind)> {
    let enough = CONTROL.min(control.height() / 2.0);
    if !visible.is_positive() || visible.height() < enough {
        return None;
    }
    Some(if visible.contains_rect(control.shrink(0.5)) {
        (control.expand(2.0), StrokeKind::Outside)
    } else {
        (visible, StrokeKind::Inside)
    })
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    #[test]
    fn the_ring_stays_in_the_visible_part_of_what_is_cut() {
        let control = Rect::from_min_size(pos2(100.0, 100.0), vec2(400.0, 900.0));
        let whole = ring(control, control);
        assert_eq!(whole, Some((control.expand(2.0), StrokeKind::Outside)));
        // A long strategy in a low card: less than half of it is visible.
        let card = Rect::from_min_size(pos2(100.0, 100.0), vec2(300.0, 200.0));
        assert_eq!(ring(control, card), Some((card, StrokeKind::Inside)));
        let button = Rect::from_min_size(pos2(0.0, 0.0), vec2(80.0, 24.0));
        let third = button.with_max_y(8.0);
        assert_eq!(ring(button, third), None);
        assert_eq!(ring(button, Rect::NOTHING), None);
    }
}
