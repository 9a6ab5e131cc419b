//! Draws the axes: grid, labels, and the tags of the newest price, the average cost and the crosshair.

use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2,
};

use super::canvas::Canvas;
use super::scale::Grid;
use super::tags::{label_is_free, place_tags};
use crate::ui::format::multiplier;
use crate::ui::theme::{GRID, role};

/// Corner radius of a tag.
const TAG_RADIUS: CornerRadius = CornerRadius::same(3);
/// Height of the tag of the newest price, and of the others.
const NEWEST_TAG: f32 = 22.0;
pub const TAG: f32 = 18.0;
/// Width of the tag of the crosshair on the tick axis.
const TICK_TAG: f32 = 48.0;
/// Space between the plot and the labels of the price axis.
const LABEL_GAP: f32 = 8.0;

/// How a tag of the price axis looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TagForm {
    /// The newest price: filled, larger, text in this colour.
    Newest(Color32),
    /// Filled with text in this colour.
    Filled(Color32),
    /// An outline with text in the same colour.
    Outlined,
}

/// A tag of the price axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AxisTag {
    /// The price it shows.
    pub price: f64,
    /// Where it points to.
    pub y: f32,
    /// Its colour.
    pub colour: Color32,
    /// How it looks.
    pub form: TagForm,
}

impl AxisTag {
    fn half(&self) -> f32 {
        match self.form {
            TagForm::Newest(_) => NEWEST_TAG / 2.0,
            _ => TAG / 2.0,
        }
    }
}

/// Where the pointer is, while the crosshair is visible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crosshair {
    /// The x coordinate of its tick, and the height of the pointer.
    pub at: Pos2,
    /// The tick.
    pub tick: u32,
    /// The price at the height of the pointer.
    pub price: f64,
    /// From 1, visible, to 0.
    pub opacity: f32,
}

/// Draws the grid inside the plot, below everything else.
pub fn grid(canvas: &Canvas<'_>, grid: &mut Grid) -> (Vec<f64>, Vec<f64>) {
    let frame = canvas.frame();
    let bounds = canvas.transform.bounds();
    let [x, y] = [0, 1].map(|axis| (bounds.min()[axis], bounds.max()[axis]));
    let prices = grid.prices(canvas.scale, y, f64::from(frame.height()));
    let ticks = grid.ticks(x, f64::from(frame.width()));
    let line = |opacity| Stroke::new(1.0, canvas.theme.line.gamma_multiply(opacity));
    for price in &prices {
        let y = canvas.y(*price).round() + 0.5;
        if y >= canvas.top - 0.5 && y < frame.bottom() {
            canvas.painter.hline(frame.x_range(), y, line(0.75));
        }
    }
    for tick in &ticks {
        let x = canvas.x(*tick).round() + 0.5;
        let range = egui::Rangef::new(canvas.top, frame.bottom());
        if x > frame.left() + 1.0 {
            canvas.painter.vline(x, range, line(0.5));
        }
    }
    (prices, ticks)
}

/// Returns the heights at which tags are drawn, the most important tag first.
pub fn places(canvas: &Canvas<'_>, tags: &[AxisTag]) -> Vec<f32> {
    let wishes: Vec<_> = tags.iter().map(|tag| (tag.y, tag.half())).collect();
    let bottom = canvas.frame().bottom();
    let axis = egui::Rangef::new(canvas.top.min(bottom - 60.0), bottom + TAG / 2.0);
    place_tags(&wishes, axis)
}

/// Draws the axes with their labels, and the tags at their places. `outside` draws beside the plot, in `card`.
pub fn axes(
    canvas: &Canvas<'_>,
    outside: &Painter,
    card: Rect,
    (prices, ticks): &(Vec<f64>, Vec<f64>),
    (tags, places): (&[AxisTag], &[f32]),
    crosshair: Option<Crosshair>,
) {
    let frame = canvas.frame();
    let theme = canvas.theme;
    let line = Stroke::new(1.0, theme.line);
    outside.hline(frame.x_range(), frame.bottom() + 0.5, line);
    let beside = egui::Rangef::new(card.top(), frame.bottom());
    outside.vline(frame.right() + 0.5, beside, line);

    let left = frame.right() + LABEL_GAP;
    for price in prices {
        let y = canvas.y(*price);
        // The label at the upper edge belongs to the line where the prices begin.
        let inside = y >= canvas.top - 1.0 && y <= frame.bottom() - 4.0;
        if inside && label_is_free(y, places) {
            let text = multiplier(*price);
            outside.text(
                pos2(left, y),
                Align2::LEFT_CENTER,
                text,
                role::AXIS.font(),
                theme.quiet,
            );
        }
    }
    let below = frame.bottom() + LABEL_GAP + 2.0;
    for tick in ticks {
        let x = canvas.x(*tick);
        let covered = crosshair.is_some_and(|hair| (hair.at.x - x).abs() < 0.8 * TICK_TAG);
        if (frame.left() + 12.0..frame.right() - 12.0).contains(&x) && !covered {
            let text = format!("{tick:.0}");
            outside.text(
                pos2(x, below),
                Align2::CENTER_CENTER,
                text,
                role::AXIS.font(),
                theme.quiet,
            );
        }
    }
    if let Some(hair) = crosshair {
        let size = vec2(TICK_TAG, TAG);
        let right = (frame.right() - TICK_TAG / 2.0).max(frame.left() + TICK_TAG / 2.0);
        let x = hair.at.x.max(frame.left() + TICK_TAG / 2.0).min(right);
        let rect = Rect::from_center_size(pos2(x, below), size);
        let fill = theme.hover.gamma_multiply(hair.opacity);
        outside.rect_filled(rect, TAG_RADIUS, fill);
        let colour = theme.text.gamma_multiply(hair.opacity);
        outside.text(
            rect.center(),
            Align2::CENTER_CENTER,
            hair.tick.to_string(),
            role::AXIS.font(),
            colour,
        );
    }
    let width = card.right() - frame.right() - GRID - 1.0;
    for (tag, &y) in tags.iter().zip(places) {
        let rect = Rect::from_min_size(
            pos2(frame.right() + 1.0, y - tag.half()),
            vec2(width, 2.0 * tag.half()),
        );
        let text = multiplier(tag.price);
        let (role, ink) = match tag.form {
            // A price with three digits below 0.1 is longer.
            TagForm::Newest(ink) if text.len() > 6 => (role::PILL.sized(11.0), ink),
            TagForm::Newest(ink) => (role::MONEY.sized(13.0), ink),
            TagForm::Filled(ink) => (role::AXIS, ink),
            TagForm::Outlined => (role::AXIS, tag.colour),
        };
        if tag.form == TagForm::Outlined {
            let frame = Stroke::new(1.0, tag.colour);
            outside.rect(rect, TAG_RADIUS, theme.panel, frame, StrokeKind::Inside);
        } else {
            outside.rect_filled(rect, TAG_RADIUS, tag.colour);
        }
        let left = if text.len() > 6 {
            rect.left() + 3.0
        } else {
            left
        };
        outside.text(pos2(left, y), Align2::LEFT_CENTER, text, role.font(), ink);
    }
}

/// Draws the two lines of the crosshair.
pub fn crosshair(canvas: &Canvas<'_>, hair: Crosshair) {
    let frame = canvas.frame();
    let stroke = Stroke::new(1.0, canvas.theme.faint.gamma_multiply(hair.opacity));
    let at = hair.at.round() + vec2(0.5, 0.5);
    let mut dashes = Vec::new();
    for path in [
        [pos2(at.x, canvas.top), pos2(at.x, frame.bottom())],
        [pos2(frame.left(), at.y), pos2(frame.right(), at.y)],
    ] {
        Shape::dashed_line_many(&path, stroke, 3.0, 3.0, &mut dashes);
    }
    canvas.painter.extend(dashes);
}
