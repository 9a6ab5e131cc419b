//! The legend of the piano roll.

use egui::{Painter, Rect, Sense, Shape, Stroke, StrokeKind, Ui, vec2};

use super::{CLOTH, triangle};
use crate::ui::theme::Theme;
use crate::ui::theme::role::CAPTION;
use crate::ui::widgets::text_galley;

/// Draws the legend of the roll, as much of it as has room.
pub fn legend_ui(ui: &mut Ui) {
    let theme = Theme::of(ui);
    let mut is_full = false;
    let mut item = |text: &str, paint: &dyn Fn(&Painter, Rect)| {
        let label = text_galley(ui, (CAPTION, text, theme.quiet)).size().x;
        is_full |= 14.0 + ui.spacing().item_spacing.x + label > ui.available_width();
        if is_full {
            return;
        }
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
        paint(ui.painter(), rect);
        ui.label(CAPTION.text(text).color(theme.quiet));
        ui.add_space(8.0);
    };
    item("buy", &|painter, rect| {
        painter.add(triangle(rect.center(), -1.0, theme.gain));
    });
    item("sell", &|painter, rect| {
        painter.add(triangle(rect.center(), 1.0, theme.loss));
    });
    item("sidebet, 40 ticks", &|painter, rect| {
        let bar = Rect::from_center_size(rect.center(), vec2(14.0, 6.0));
        painter.rect_filled(bar, 2.0, theme.side);
    });
    item("rug, end of a game", &|painter, rect| {
        let stroke = Stroke::new(1.5, theme.loss);
        let (centre, arm) = (rect.center(), 3.0);
        painter.line_segment([centre - vec2(arm, arm), centre + vec2(arm, arm)], stroke);
        painter.line_segment([centre + vec2(-arm, arm), centre + vec2(arm, -arm)], stroke);
    });
    item("note", &|painter, rect| {
        let top = rect.left_top() + vec2(2.0, 2.0);
        painter.vline(top.x, top.y..=rect.bottom(), Stroke::new(1.0, theme.accent));
        let cloth = vec![top, top + vec2(CLOTH, CLOTH / 2.0), top + vec2(0.0, CLOTH)];
        painter.add(Shape::convex_polygon(cloth, theme.accent, Stroke::NONE));
    });
    item("loop", &|painter, rect| {
        let zone = Rect::from_center_size(rect.center(), vec2(10.0, 10.0));
        let frame = Stroke::new(1.0, theme.replay);
        let ground = theme.replay.gamma_multiply(0.3);
        painter.rect(zone, 0.0, ground, frame, StrokeKind::Inside);
    });
    item("now", &|painter, rect| {
        painter.vline(
            rect.center().x,
            rect.y_range(),
            Stroke::new(2.0, theme.text),
        );
    });
}

#[cfg(test)]
mod tests {
    use egui::{Align, Layout, UiBuilder};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    #[test]
    fn the_legend_ends_where_its_room_ends() {
        for (width, entries) in [(1_000.0, 7), (300.0, 3), (70.0, 1), (10.0, 0)] {
            let harness = Harness::builder()
                .with_size(vec2(1_200.0, 60.0))
                .with_context_setup(Theme::install)
                .build_ui(move |ui| {
                    let room = Rect::from_min_size(ui.min_rect().min, vec2(width, 30.0));
                    let layout = Layout::left_to_right(Align::Center);
                    let builder = UiBuilder::new().max_rect(room).layout(layout);
                    legend_ui(&mut ui.new_child(builder));
                });
            let all = ["buy", "sell", "sidebet, 40 ticks", "rug, end of a game"];
            let all = all.into_iter().chain(["note", "loop", "now"]);
            let shown: Vec<_> = all
                .filter_map(|text| harness.query_by_label(text))
                .collect();
            assert_eq!(shown.len(), entries, "{width}");
            assert!(
                shown
                    .iter()
                    .all(|label| label.rect().right() <= width + 16.0)
            );
        }
    }
}
