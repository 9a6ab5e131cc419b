//! The panels that the chips of the top bar open, over the older part of the chart.

use egui::{
    Color32, Context, Frame, Id, Popup, PopupCloseBehavior, RectAlign, Response, ScrollArea,
    Stroke, Ui,
};

use super::layout::Regions;
use super::theme::{CARD_RADIUS, GRID, Theme};

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

/// Draws a panel that a chip opens. It opens over the older part of the chart: it never covers the multiplier, the
/// newest price or the trade panel. Escape and a click elsewhere close it.
pub fn panel_ui(
    chip: &Response,
    panel: ChipPanel,
    regions: &Regions,
    frame: Color32,
    draw: impl FnOnce(&mut Ui),
) {
    let area = regions.panel_area();
    let theme = Theme::of_visuals(&chip.ctx.global_style().visuals);
    let margin = 3.0 * GRID;
    let width = panel.width().min(area.width()) - 2.0 * margin - 2.0;
    Popup::from_toggle_button_response(chip)
        .id(panel.id())
        .at_position(area.right_top())
        .align(RectAlign::BOTTOM_END)
        .align_alternatives(&[])
        .gap(0.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .frame(
            Frame::new()
                .fill(theme.panel)
                .stroke(Stroke::new(1.0, frame))
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
}
