//! Chips of the top bar: a lamp, what it is about, and its value. Each opens a panel or a menu.

use egui::{Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::icons::Icon;
use super::lamp::{LAMP, Lamp};
use super::line::{line_galley, paint_line};
use crate::ui::theme::role::{PILL, TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::theme::{CONTROL, RADIUS, Theme};

const PADDING: f32 = 8.0;

/// A chip.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chip {
    /// Its lamp, if it has one.
    pub lamp: Option<Lamp>,
    /// What it is about; empty in a short chip.
    pub label: String,
    /// Its value.
    pub value: String,
    /// Whether the label is the main word, as of REC and of the source.
    pub strong: bool,
    /// Whether the value is a number.
    pub digits: bool,
    /// Whether it opens a menu.
    pub menu: bool,
    /// The details on hover.
    pub tip: String,
    /// Its least width, so that nothing beside it moves when its value changes.
    pub least_width: f32,
}

impl Chip {
    /// Returns the width of the chip.
    pub fn width(&self, ui: &Ui) -> f32 {
        let mut width = self.galley(ui, &Theme::of(ui), f32::INFINITY).size().x + 2.0 * PADDING;
        if self.lamp.is_some() {
            width += LAMP
                + if self.label.is_empty() && self.value.is_empty() {
                    0.0
                } else {
                    8.0
                };
        }
        if self.menu {
            width += LAMP + 6.0;
        }
        width.ceil().max(self.least_width)
    }

    fn galley(&self, ui: &Ui, theme: &Theme, width: f32) -> std::sync::Arc<egui::Galley> {
        let looks = self.lamp == Some(Lamp::Look);
        let label = match (looks, self.strong) {
            (true, _) => theme.amber,
            (false, true) => theme.text,
            (false, false) => theme.quiet,
        };
        let value = match self.lamp {
            Some(Lamp::Look) => theme.amber,
            Some(Lamp::Off) => theme.quiet,
            _ if self.strong => theme.quiet,
            _ => theme.text,
        };
        let value_role = match (self.digits, looks) {
            (false, _) => TABLE,
            (true, false) => TABLE_MONO,
            (true, true) => PILL,
        };
        let label_role = if self.strong { TABLE_STRONG } else { TABLE };
        line_galley(
            ui,
            &[
                (label_role, &self.label, label),
                (value_role, &self.value, value),
            ],
            8.0,
            width,
        )
    }
}

/// Draws a chip; its accessible name is its label and value.
pub fn chip_ui(ui: &mut Ui, chip: &Chip) -> Response {
    let width = chip.width(ui).min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL), Sense::click());
    let name = format!("{} {}", chip.label, chip.value);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name.trim()));
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui);
        let looks = chip.lamp == Some(Lamp::Look);
        let (ground, frame) = match (looks, response.hovered()) {
            (true, _) => (theme.amber_bg, theme.amber),
            (false, true) => (theme.hover, theme.line2),
            (false, false) => (theme.raised, theme.line),
        };
        let painter = ui.painter();
        let frame = Stroke::new(1.0, frame);
        painter.rect(rect, RADIUS, ground, frame, StrokeKind::Inside);
        let mut room = rect.shrink2(vec2(PADDING, 0.0));
        if let Some(lamp) = chip.lamp {
            let centre = room.left_center() + vec2(LAMP / 2.0, 0.0);
            lamp.paint(painter, centre, &theme);
            room.min.x += LAMP + 8.0;
        }
        if chip.menu {
            let ink: Color32 = theme.text;
            let place = room.with_min_x(room.right() - LAMP);
            Icon::Down.paint(painter, place, LAMP, ink);
            room.max.x -= LAMP + 6.0;
        }
        paint_line(
            painter,
            room.left_center(),
            chip.galley(ui, &theme, room.width() + 1.0),
        );
    }
    if chip.tip.is_empty() {
        response
    } else {
        response.on_hover_text(&chip.tip)
    }
}
