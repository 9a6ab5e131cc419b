//! Widgets that several pages share. Each has an accessible name, and colours of its own when it cannot be used.

mod amount;
mod button;
mod card;
mod chip;
mod columns;
mod focus;
mod icons;
mod key_cap;
mod lamp;
mod line;
mod list_row;
mod modal_panel;
mod pill;
mod segmented;
mod strip;
#[cfg(test)]
mod tests;
mod trade_button;

pub use amount::{fitting_amounts, with_fewer_places};
pub use button::{
    PushButton, icon_button_ui, icon_link_ui, link_ui, replay_link_ui, star_ui, switch_ui,
};
pub use card::{card_frame, titled_card_ui};
pub use chip::{Chip, chip_ui};
pub use columns::fitting_columns;
pub use focus::focus_ring;
pub use icons::{Icon, icon_ui, logo_ui};
pub use key_cap::{key_cap_size, key_cap_ui, paint_key_cap};
pub use lamp::{LAMP, Lamp, lamp_ui};
pub use line::{LinePart, fitting, line_galley, paint_line, text_galley};
pub use list_row::list_row_ui;
pub use modal_panel::{fact_row_ui, main_button_ui, modal_frame, modal_panel_ui, modal_ui};
pub use pill::{GamePill, PhaseTone, phase_pill_ui, pill_ui};
pub use segmented::{Segment, SegmentStyle, segmented_ui};
pub use strip::strip_shape;
pub use trade_button::{TradeButton, TradeState};

use egui::text::LayoutJob;
use egui::{
    Align, Color32, ComboBox, FontId, Label, Painter, Rect, Response, RichText, Role, Ui,
    WidgetInfo, pos2,
};

use crate::ui::theme::Theme;

/// Draws coloured text that wraps at the end of the line.
pub fn wrapped_ui(ui: &mut Ui, colour: Color32, text: impl Into<RichText>) -> Response {
    ui.add(Label::new(text.into().color(colour)).wrap())
}

/// Draws coloured text on one line; text that does not fit ends in `…`.
pub fn truncated_ui(ui: &mut Ui, colour: Color32, text: impl Into<RichText>) -> Response {
    ui.add(Label::new(text.into().color(colour)).truncate())
}

/// Gives a text field or a button its name for screen readers and tests.
pub fn named(response: Response, name: &str) -> Response {
    let ctx = &response.ctx;
    ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

/// Draws a combo box with a name for screen readers and tests. Returns its response and the option that was clicked.
pub fn combo_ui<T: PartialEq + Copy>(
    ui: &mut Ui,
    combo: ComboBox,
    name: &str,
    current: T,
    options: impl IntoIterator<Item = (T, String)>,
) -> (Response, Option<T>) {
    let mut clicked = None;
    let arrow = |ui: &Ui, rect: Rect, _: &egui::style::WidgetVisuals, _: bool| {
        Icon::Down.paint(ui.painter(), rect, LAMP, Theme::of(ui).text);
    };
    let shown = combo.icon(arrow).show_ui(ui, |ui| {
        for (option, text) in options {
            if ui.selectable_label(option == current, text).clicked() {
                clicked = Some(option);
            }
        }
    });
    let response = shown.response;
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
    (response, clicked)
}

/// Draws text in the middle of a rectangle, wrapped to `width`.
pub fn centred_text(
    painter: &Painter,
    rect: Rect,
    text: &str,
    font: FontId,
    colour: Color32,
    width: f32,
) {
    let mut job = LayoutJob::simple(text.to_owned(), font, colour, width);
    job.halign = Align::Center;
    let galley = painter.layout_job(job);
    let top = rect.center().y - galley.size().y / 2.0;
    painter.galley(pos2(rect.center().x, top), galley, colour);
}

/// Returns a coordinate of the screen.
#[expect(clippy::cast_possible_truncation, reason = "a screen needs no f64")]
pub fn pixel(value: f64) -> f32 {
    value as f32
}

/// Returns an index; negative values and NaN are 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of floats saturates"
)]
pub fn index(value: f64) -> usize {
    value as usize
}

/// Returns `part / whole`, and 0 for a whole of 0.
#[expect(clippy::cast_precision_loss, reason = "shares of a screen")]
pub fn fraction(part: usize, whole: usize) -> f32 {
    pixel(part as f64 / whole.max(1) as f64)
}
