//! Buttons, links and switches that are not orders.

use egui::{
    Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, vec2,
};

use super::icons::Icon;
use super::key_cap::{key_cap_size, paint_key_cap};
use super::line::{paint_line, text_galley};
use crate::ui::theme::role::{BODY, Role as TextRole, STRONG, TABLE, TABLE_MONO};
use crate::ui::theme::{BUTTON, CONTROL, RADIUS, ROW, Theme};

/// Space between the text and the cap of the key.
const KEY_GAP: f32 = 10.0;

/// What a button looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ButtonKind {
    #[default]
    Normal,
    Primary,
    Replay,
    Quiet,
    Chip,
}

/// A button that is not an order.
#[derive(Debug, Clone, Copy)]
#[must_use = "add it to a Ui"]
pub struct PushButton<'a> {
    text: &'a str,
    key: &'a str,
    icon: Option<Icon>,
    kind: ButtonKind,
    size: egui::Vec2,
    piano: bool,
}

impl<'a> PushButton<'a> {
    /// Returns a button with a frame.
    pub const fn new(text: &'a str) -> Self {
        Self {
            text,
            key: "",
            icon: None,
            kind: ButtonKind::Normal,
            size: vec2(0.0, BUTTON),
            piano: false,
        }
    }

    /// The one button of a page that does what the page is for.
    pub const fn primary(self) -> Self {
        Self {
            kind: ButtonKind::Primary,
            ..self
        }
    }

    /// A button that starts a replay.
    pub const fn replay(self) -> Self {
        Self {
            kind: ButtonKind::Replay,
            ..self
        }
    }

    /// A button without a frame.
    pub const fn quiet(self) -> Self {
        Self {
            kind: ButtonKind::Quiet,
            ..self
        }
    }

    /// A small button that changes a number, as the amount of the ticket.
    pub const fn chip(self) -> Self {
        Self {
            kind: ButtonKind::Chip,
            size: vec2(self.size.x, ROW),
            ..self
        }
    }

    /// An icon before the text.
    pub const fn icon(self, icon: Icon) -> Self {
        Self {
            icon: Some(icon),
            ..self
        }
    }

    /// The key that does the same, in a cap behind the text.
    pub const fn key(self, key: &'a str) -> Self {
        Self { key, ..self }
    }

    /// The smallest width, and the height.
    pub const fn size(self, width: f32, height: f32) -> Self {
        Self {
            size: vec2(width, height),
            ..self
        }
    }

    /// Whether the piano presses it now.
    pub const fn pressed_by_piano(self, piano: bool) -> Self {
        Self { piano, ..self }
    }

    /// Returns the ground, the frame and the colour of the text.
    fn look(&self, theme: &Theme, enabled: bool, hovered: bool) -> (Color32, Color32, Color32) {
        let none = Color32::TRANSPARENT;
        match self.kind {
            _ if self.piano => (theme.replay_fill, theme.replay, Theme::ON_FILL),
            ButtonKind::Quiet if !enabled => (none, none, theme.off_text),
            _ if !enabled => (theme.off, theme.line2, theme.off_text),
            ButtonKind::Normal | ButtonKind::Chip if hovered => {
                (theme.hover, theme.line2, theme.text)
            }
            ButtonKind::Normal => (theme.raised, theme.line2, theme.text),
            ButtonKind::Chip => (theme.raised, theme.line, theme.text),
            ButtonKind::Primary => (theme.accent_fill, theme.accent_fill, Theme::ON_FILL),
            ButtonKind::Replay => (theme.replay_fill, theme.replay_fill, Theme::ON_FILL),
            ButtonKind::Quiet if hovered => (theme.hover, none, theme.text),
            ButtonKind::Quiet => (none, none, theme.quiet),
        }
    }

    fn role(&self) -> TextRole {
        match self.kind {
            ButtonKind::Quiet => BODY,
            ButtonKind::Chip => TABLE_MONO,
            ButtonKind::Normal | ButtonKind::Primary | ButtonKind::Replay => STRONG,
        }
    }
}

impl Widget for PushButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let enabled = ui.is_enabled();
        let text = |ui: &Ui, ink| text_galley(ui, (self.role(), self.text, ink));
        let icon = self.icon.map_or(0.0, |_| 16.0 + 8.0);
        let padding = if self.kind == ButtonKind::Chip {
            4.0
        } else {
            12.0
        };
        let words = text(ui, theme.text).size().x;
        let cap = (!self.key.is_empty()).then(|| key_cap_size(ui, self.key));
        let content = words + icon + cap.map_or(0.0, |cap| cap.x + KEY_GAP);
        let width = (content + 2.0 * padding).ceil().max(self.size.x);
        let (rect, response) = ui.allocate_exact_size(vec2(width, self.size.y), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.text));
        if ui.is_rect_visible(rect) {
            let hovered = enabled && response.hovered();
            let down = enabled && response.is_pointer_button_down_on();
            let (ground, frame, ink) = self.look(&theme, enabled, hovered);
            let mut painter = ui.painter().clone();
            painter.set_opacity(1.0);
            let rect = rect.translate(vec2(0.0, if down || self.piano { 1.0 } else { 0.0 }));
            painter.rect(
                rect,
                RADIUS,
                ground,
                Stroke::new(1.0, frame),
                StrokeKind::Inside,
            );
            if hovered && matches!(self.kind, ButtonKind::Primary | ButtonKind::Replay) {
                painter.rect_filled(rect, RADIUS, Color32::from_white_alpha(20));
            }
            let mut left = rect.center().x - content / 2.0;
            if let Some(shape) = self.icon {
                let place =
                    Rect::from_min_size(egui::pos2(left, rect.top()), vec2(16.0, rect.height()));
                shape.paint(&painter, place, 16.0, ink);
                left += icon;
            }
            paint_line(&painter, egui::pos2(left, rect.center().y), text(ui, ink));
            if let Some(cap) = cap {
                let centre = egui::pos2(left + words + KEY_GAP + cap.x / 2.0, rect.center().y);
                let place = Rect::from_center_size(centre, cap);
                paint_key_cap(&painter, ui, place, self.key, ink.gamma_multiply(0.5), ink);
            }
        }
        response
    }
}

/// Draws a button of one icon; `on` marks a switch that is on.
pub fn icon_button_ui(ui: &mut Ui, icon: Icon, name: &str, on: bool) -> Response {
    let theme = Theme::of(ui);
    let enabled = ui.is_enabled();
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, on, name));
    if on || response.hovered() {
        let ground = if on { theme.hover } else { theme.raised };
        ui.painter().rect_filled(rect, RADIUS, ground);
    }
    let ink = if on { theme.text } else { theme.quiet };
    icon.paint(ui.painter(), rect, 16.0, ink);
    response.on_hover_text(name)
}

/// Draws a star that can be clicked: gold, or an outline where none is given.
pub fn star_ui(ui: &mut Ui, starred: bool, name: &str) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(CONTROL), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, starred, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, theme.raised);
    }
    let (icon, ink, tip) = if starred {
        (Icon::Star, theme.note(true), "Take the star away")
    } else {
        (Icon::NoStar, theme.faint, "Give it a star")
    };
    icon.paint(ui.painter(), rect, 16.0, ink);
    response.on_hover_text(tip)
}

/// Draws a link.
pub fn link_ui(ui: &mut Ui, text: &str) -> Response {
    let colour = Theme::of(ui).accent;
    inline_link_ui(ui, text, None, colour, BODY)
}

/// Draws a link to a replay.
pub fn replay_link_ui(ui: &mut Ui, text: &str) -> Response {
    let colour = Theme::of(ui).replay;
    inline_link_ui(ui, text, Some(Icon::Play), colour, TABLE)
}

/// Draws a link with an icon.
pub fn icon_link_ui(ui: &mut Ui, icon: Icon, text: &str) -> Response {
    let colour = Theme::of(ui).accent;
    inline_link_ui(ui, text, Some(icon), colour, BODY)
}

fn inline_link_ui(
    ui: &mut Ui,
    text: &str,
    icon: Option<Icon>,
    colour: Color32,
    role: TextRole,
) -> Response {
    let galley = text_galley(ui, (role, text, colour));
    let before = icon.map_or(0.0, |_| 12.0 + 6.0);
    let size = vec2((galley.size().x + before).ceil(), role.line);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), text));
    let painter = ui.painter();
    if let Some(icon) = icon {
        icon.paint(painter, rect.with_max_x(rect.left() + 12.0), 12.0, colour);
    }
    let left = rect.left() + before;
    if response.hovered() {
        let line = Stroke::new(1.0, colour);
        painter.hline(left..=rect.right(), rect.bottom() - 1.0, line);
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    paint_line(painter, egui::pos2(left, rect.center().y), galley);
    response
}

/// Draws a switch.
pub fn switch_ui(ui: &mut Ui, on: &mut bool, name: &str) -> Response {
    let enabled = ui.is_enabled();
    let (rect, mut response) = ui.allocate_exact_size(vec2(36.0, 20.0), Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, *on, name));
    let theme = Theme::of(ui);
    let (ground, frame, knob, x) = if *on {
        let fill = theme.accent_fill;
        (fill, fill, Theme::ON_FILL, rect.right() - 10.0)
    } else {
        (theme.hover, theme.line2, theme.quiet, rect.left() + 10.0)
    };
    let painter = ui.painter();
    painter.rect(
        rect,
        10,
        ground,
        Stroke::new(1.0, frame),
        StrokeKind::Inside,
    );
    painter.circle_filled(egui::pos2(x, rect.center().y), 7.0, knob);
    response
}
