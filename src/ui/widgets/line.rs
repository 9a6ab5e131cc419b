//! One line of text in several fonts and colours, measured and painted as a whole.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Galley, Painter, Pos2, Ui, pos2};

use crate::ui::theme::role::Role;

/// A part of a line.
pub type LinePart<'a> = (Role, &'a str, Color32);

/// Lays out parts of a line; what does not fit into `width` ends in `…`.
pub fn line_galley(ui: &Ui, parts: &[LinePart<'_>], gap: f32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width.max(0.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    let mut space = 0.0;
    for (role, text, colour) in parts.iter().filter(|(_, text, _)| !text.is_empty()) {
        let mut format = TextFormat::simple(role.font(), *colour);
        format.valign = Align::Center;
        job.append(text, space, format);
        space = gap;
    }
    ui.painter().layout_job(job)
}

/// Lays out one text on a line, without an end.
pub fn text_galley(ui: &Ui, part: LinePart<'_>) -> Arc<Galley> {
    line_galley(ui, &[part], 0.0, f32::INFINITY)
}

/// Returns the first of some texts that fits into `width`, or else the last one.
pub fn fitting<'a>(ui: &Ui, role: Role, texts: &[&'a str], width: f32) -> &'a str {
    let fits = |text: &&&str| text_galley(ui, (role, **text, Color32::WHITE)).size().x <= width;
    let first = texts.iter().find(fits).or(texts.last());
    first.copied().unwrap_or_default()
}

/// Paints a line with its left end and its middle at `left`.
pub fn paint_line(painter: &Painter, left: Pos2, galley: Arc<Galley>) {
    let top = left.y - galley.size().y / 2.0;
    let at = pos2(left.x, top).round_to_pixels(painter);
    painter.galley(at, galley, Color32::PLACEHOLDER);
}

trait RoundToPixels {
    fn round_to_pixels(self, painter: &Painter) -> Self;
}

impl RoundToPixels for Pos2 {
    fn round_to_pixels(self, painter: &Painter) -> Self {
        use egui::emath::GuiRounding;
        GuiRounding::round_to_pixels(self, painter.pixels_per_point())
    }
}
