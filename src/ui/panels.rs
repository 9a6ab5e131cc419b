//! The panels that the chips of the top bar open: below their chip, or over the older part of the chart.

use egui::{
    Color32, Context, Frame, Id, LayerId, Order, Popup, PopupCloseBehavior, Pos2, Rect, RectAlign,
    Response, ScrollArea, Stroke, StrokeKind, Ui, pos2,
};

use super::layout::Regions;
use super::theme::{CARD_RADIUS, GAP, GRID, RADIUS, Theme};

/// The popup of the drift panel, which other parts of the window open, too.
pub const DRIFT_PANEL: &str = "drift panel";

/// A panel of the top bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChipPanel {
    /// The connection and its health.
    Feed,
    /// What differs between the server's account and ours.
    Drift,
    /// The choices of the recorder.
    Record,
}

impl ChipPanel {
    const ALL: [Self; 3] = [Self::Feed, Self::Drift, Self::Record];

    /// Returns the id of its popup. It is fixed: widgets that appear beside the chip must not change it.
    pub fn id(self) -> Id {
        Id::unique(match self {
            Self::Feed => "feed panel",
            Self::Drift => DRIFT_PANEL,
            Self::Record => "record menu",
        })
    }

    /// Returns the largest width.
    fn width(self) -> f32 {
        match self {
            Self::Feed => 460.0,
            Self::Drift => 478.0,
            Self::Record => 320.0,
        }
    }
}

/// Whether one of the panels is open.
pub fn panel_is_open(ctx: &Context) -> bool {
    ChipPanel::ALL
        .iter()
        .any(|panel| Popup::is_id_open(ctx, panel.id()))
}

/// Where a panel opens.
#[derive(Debug, Clone, Copy)]
pub struct PanelPlace<'a> {
    /// The layout of the window.
    pub regions: &'a Regions,
    /// Whether the chart is on the screen. The panel then opens over its older part: it never covers the multiplier, the
    /// newest price or the trade panel, and a line leads to its chip. Elsewhere it opens right below its chip.
    pub over_chart: bool,
}

impl PanelPlace<'_> {
    /// Returns the room of a panel that is at most so wide. The panel is at its upper right corner.
    fn area(&self, chip: Rect, width: f32) -> Rect {
        let regions = self.regions;
        if self.over_chart {
            return regions.panel_area();
        }
        let window = regions.top_bar.x_range().shrink(GAP);
        let right = chip.right().max(window.min + width).min(window.max);
        Rect::from_min_max(
            pos2(window.min, regions.top_bar.bottom() + GRID),
            pos2(right, regions.status_line.top() - GAP),
        )
    }

    /// Returns the line from a chip to its panel in this area; `None` where the panel is below the chip, or not right below
    /// the bar.
    fn lead(&self, chip: Rect, area: Rect) -> Option<[Pos2; 4]> {
        let chart = self.regions.chart;
        let is_below_bar = area.top() <= chart.top() + GAP;
        let (from, to) = (chip.center().x, area.right() - 4.0 * GRID);
        let between = f32::midpoint(self.regions.top_bar.bottom(), chart.top());
        (self.over_chart && is_below_bar && from > area.right()).then(|| {
            [
                pos2(from, chip.bottom()),
                pos2(from, between),
                pos2(to, between),
                pos2(to, area.top()),
            ]
        })
    }
}

/// Draws a panel that a chip opens, and marks the chip. Escape and a click elsewhere close it. `frame`: its colour if it has
/// one of its own.
pub fn panel_ui(
    chip: &Response,
    panel: ChipPanel,
    place: PanelPlace<'_>,
    frame: Option<Color32>,
    draw: impl FnOnce(&mut Ui),
) {
    let area = place.area(chip.rect, panel.width());
    let theme = Theme::of_visuals(&chip.ctx.global_style().visuals);
    let margin = 3.0 * GRID;
    let width = panel.width().min(area.width()) - 2.0 * margin - 2.0;
    let shown = Popup::from_toggle_button_response(chip)
        .id(panel.id())
        .at_position(area.right_top())
        .align(RectAlign::BOTTOM_END)
        .align_alternatives(&[])
        .gap(0.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(
            Frame::new()
                .fill(theme.panel)
                .stroke(Stroke::new(1.0, frame.unwrap_or(theme.line2)))
                .corner_radius(CARD_RADIUS)
                .inner_margin(margin),
        )
        .show(|ui| {
            ui.set_width(width);
            let room = area.height() - 2.0 * margin - 2.0;
            let scroll = ScrollArea::vertical()
                .max_height(room)
                .min_scrolled_height(room);
            scroll.show(ui, draw);
        });
    if shown.is_some() {
        let stroke = Stroke::new(1.0, frame.unwrap_or(theme.quiet));
        let layer = LayerId::new(Order::Middle, Id::unique("lead of a panel"));
        let painter = chip.ctx.layer_painter(layer);
        painter.rect_stroke(chip.rect, RADIUS, stroke, StrokeKind::Inside);
        if let Some(line) = place.lead(chip.rect, area) {
            painter.line(line.to_vec(), stroke);
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;
    use crate::settings::PanelSizes;
    use crate::ui::layout::layout;

    const PANELS: [ChipPanel; 3] = ChipPanel::ALL;

    /// Calls the function for windows of all sizes with the place of a chip in its bar.
    fn each(over_chart: bool, mut check: impl FnMut(PanelPlace<'_>, Rect)) {
        for width in (700_u16..=2_400).step_by(50) {
            for height in (600_u16..=1_200).step_by(100) {
                let size = vec2(f32::from(width), f32::from(height));
                let window = Rect::from_min_size(Pos2::ZERO, size);
                let regions = layout(window, PanelSizes::default(), false, false);
                for right in [120.0, 190.0, 300.0] {
                    let corner = pos2(size.x - right - 60.0, 8.0);
                    let chip = Rect::from_min_size(corner, vec2(60.0, 28.0));
                    let place = PanelPlace {
                        regions: &regions,
                        over_chart,
                    };
                    check(place, chip);
                }
            }
        }
    }

    #[test]
    fn without_a_chart_a_panel_is_right_below_its_chip_and_inside_the_window() {
        each(false, |place, chip| {
            for panel in PANELS {
                let area = place.area(chip, panel.width());
                let width = panel.width().min(area.width());
                let rect = area.with_min_x(area.right() - width);
                let case = format!("{panel:?} {chip:?}: {rect:?}");
                assert!(rect.width() >= panel.width(), "{case}");
                assert!(rect.x_range().contains(chip.center().x), "{case}");
                let bar = place.regions.top_bar;
                assert!(rect.top() >= bar.bottom() && rect.top() < bar.bottom() + GAP);
                assert!(
                    rect.left() >= GAP && rect.right() <= bar.right() - GAP,
                    "{case}"
                );
                assert!(rect.bottom() < place.regions.status_line.top(), "{case}");
                assert_eq!(place.lead(chip, area), None, "{case}");
            }
        });
    }

    #[test]
    fn over_the_chart_a_line_leads_from_the_chip_to_its_panel_between_bar_and_chart() {
        let mut led = 0;
        each(true, |place, chip| {
            let area = place.area(chip, 320.0);
            assert_eq!(area, place.regions.panel_area());
            let Some([from, down, along, to]) = place.lead(chip, area) else {
                return;
            };
            led += 1;
            assert_eq!((from, to.y), (chip.center_bottom(), area.top()));
            for between in [down, along] {
                assert!(between.y > place.regions.top_bar.bottom());
                assert!(between.y < place.regions.chart.top());
            }
            assert!(to.x < area.right() && to.x > area.right() - 320.0);
        });
        assert!(led > 100, "{led}");
    }
}
