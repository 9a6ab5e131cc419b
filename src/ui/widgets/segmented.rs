//! Segmented controls: one choice of a few, all of them visible.

use egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::icons::Icon;
use super::line::{line_galley, paint_line, text_galley};
use crate::ui::theme::role::{Role as TextRole, TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::theme::{CONTROL, RADIUS, Theme};

/// One choice of a segmented control.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a, T> {
    /// What is chosen.
    pub value: T,
    /// The text, with an icon also the accessible name.
    pub name: &'a str,
    /// Drawn in place of the text.
    pub icon: Option<Icon>,
    /// Shown on hover.
    pub tip: &'a str,
}

impl<'a, T> Segment<'a, T> {
    /// Returns a choice with a text.
    pub const fn text(value: T, name: &'a str) -> Self {
        Self {
            value,
            name,
            icon: None,
            tip: "",
        }
    }

    /// Returns a choice with an icon.
    pub const fn icon(value: T, icon: Icon, name: &'a str) -> Self {
        Self {
            value,
            name,
            icon: Some(icon),
            tip: name,
        }
    }

    /// Returns the choice with a tooltip.
    #[must_use]
    pub fn tip(self, tip: &'a str) -> Self {
        Self { tip, ..self }
    }
}

/// How a segmented control is drawn.
#[derive(Debug, Clone, Copy)]
pub struct SegmentStyle {
    /// The width of the whole, in equal parts; `None`: each part as wide as its text.
    pub width: Option<f32>,
    /// Its height.
    pub height: f32,
    /// Whether the texts are numbers.
    pub digits: bool,
    /// Whether the piano has made the choice.
    pub piano: bool,
}

impl Default for SegmentStyle {
    fn default() -> Self {
        Self {
            width: None,
            height: CONTROL,
            digits: false,
            piano: false,
        }
    }
}

/// Draws a segmented control. Returns the choice that was clicked. `chosen` is `None` where none applies.
pub fn segmented_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    chosen: Option<T>,
    segments: &[Segment<'_, T>],
    style: SegmentStyle,
) -> Option<T> {
    let role = if style.digits { TABLE_MONO } else { TABLE };
    let widths: Vec<f32> = match style.width {
        Some(width) => {
            let parts = u16::try_from(segments.len()).unwrap_or(1).max(1);
            vec![(width - 2.0) / f32::from(parts); segments.len()]
        }
        None => segments
            .iter()
            .map(|segment| segment_width(ui, segment, role, style.height))
            .collect(),
    };
    let size = vec2(widths.iter().sum::<f32>() + 2.0, style.height);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let theme = Theme::of(ui);
    let frame = Stroke::new(1.0, theme.line);
    ui.painter()
        .rect(rect, RADIUS, theme.panel, frame, StrokeKind::Inside);
    let mut left = rect.left() + 1.0;
    let mut clicked = None;
    for (segment, width) in segments.iter().zip(widths) {
        let part = Rect::from_min_size(
            pos2(left, rect.top() + 1.0),
            vec2(width, style.height - 2.0),
        );
        left += width;
        let on = chosen == Some(segment.value);
        if segment_ui(ui, part, segment, on, role, style.piano) {
            clicked = Some(segment.value);
        }
    }
    clicked
}

fn segment_width<T>(ui: &Ui, segment: &Segment<'_, T>, role: TextRole, height: f32) -> f32 {
    if segment.icon.is_some() {
        return height;
    }
    // As wide as when it is chosen: nothing shifts.
    let measure = |role| {
        text_galley(ui, (role, segment.name, egui::Color32::WHITE))
            .size()
            .x
    };
    (measure(role).max(measure(TABLE_STRONG)) + 16.0)
        .ceil()
        .max(height)
}

fn segment_ui<T>(
    ui: &mut Ui,
    rect: Rect,
    segment: &Segment<'_, T>,
    on: bool,
    role: TextRole,
    piano: bool,
) -> bool {
    let theme = Theme::of(ui);
    let enabled = ui.is_enabled();
    let response = ui.allocate_rect(rect, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, on, segment.name));
    let ground = match (on, piano) {
        (true, true) => Some(theme.replay_fill),
        (true, false) => Some(theme.hover),
        (false, _) => (response.hovered() && enabled).then_some(theme.raised),
    };
    let mut painter = ui.painter().clone();
    painter.set_opacity(1.0);
    if let Some(ground) = ground {
        painter.rect_filled(rect.shrink(1.0), 3, ground);
    }
    let ink = match (on, piano) {
        _ if !enabled => theme.off_text,
        (true, true) => Theme::ON_FILL,
        (true, false) => theme.text,
        (false, _) => theme.quiet,
    };
    if let Some(icon) = segment.icon {
        icon.paint(&painter, rect, 16.0, ink);
    } else {
        let role = if on && role == TABLE {
            TABLE_STRONG
        } else {
            role
        };
        let text = line_galley(ui, &[(role, segment.name, ink)], 0.0, rect.width());
        let left = rect.center().x - text.size().x / 2.0;
        paint_line(&painter, pos2(left, rect.center().y), text);
    }
    let clicked = response.clicked();
    if !segment.tip.is_empty() {
        response.on_hover_text(segment.tip);
    }
    clicked
}
