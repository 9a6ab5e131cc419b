//! The plots of the page: lines over a dashed zero line, bands, and values at the right.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};
use rust_decimal::Decimal;

use crate::protocol::number;
use crate::ui::format::signed;
use crate::ui::theme::role::{AXIS, Role};
use crate::ui::theme::{LINE, Theme};
use crate::ui::widgets::{fitting_amounts, line_galley, paint_line, pixel, strip_shape};

/// Room for the values at the right.
pub const AXIS_WIDTH: f32 = 68.0;
/// Least distance of two values at the right.
const LABEL: f32 = 13.0;

/// Where values are in a plot.
#[derive(Debug, Clone, Copy)]
pub struct ReviewPlot {
    /// The plot without its axis.
    pub rect: Rect,
    x: [f64; 2],
    y: [f64; 2],
}

impl ReviewPlot {
    /// Returns a plot of x from `first` to `last`, which has room for zero and for all values; the axis is at its right.
    pub fn of(room: Rect, [first, last]: [f64; 2], values: impl Iterator<Item = f64>) -> Self {
        let finite = values.filter(|value| value.is_finite());
        let (low, high) = finite.fold((0.0_f64, 0.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let space = ((high - low) * 0.1).max(1e-9);
        Self {
            rect: room.with_max_x((room.right() - AXIS_WIDTH).max(room.left() + 1.0)),
            x: [first, last.max(first + 1e-9)],
            y: [low - space, high + space],
        }
    }

    /// Returns the place of a point.
    pub fn at(&self, x: f64, y: f64) -> Pos2 {
        let share = |value: f64, [low, high]: [f64; 2]| {
            pixel(((value - low) / (high - low)).clamp(0.0, 1.0))
        };
        pos2(
            egui::lerp(self.rect.x_range(), share(x, self.x)),
            egui::lerp(self.rect.bottom()..=self.rect.top(), share(y, self.y)),
        )
    }

    /// Paints a line.
    pub fn line(&self, painter: &Painter, points: impl Iterator<Item = (f64, f64)>, ink: Color32) {
        let points: Vec<Pos2> = points.map(|(x, y)| self.at(x, y)).collect();
        painter.add(Shape::line(points, Stroke::new(LINE + 0.25, ink)));
    }

    /// Paints a dashed line.
    pub fn dashed(
        &self,
        painter: &Painter,
        points: impl Iterator<Item = (f64, f64)>,
        ink: Color32,
    ) {
        let points: Vec<Pos2> = points.map(|(x, y)| self.at(x, y)).collect();
        let stroke = Stroke::new(1.0, ink);
        painter.extend(Shape::dashed_line(&points, stroke, 4.0, 4.0));
    }

    /// Paints the dashed line of a value over the whole width.
    pub fn level(&self, painter: &Painter, value: f64, ink: Color32) {
        let [first, last] = self.x;
        self.dashed(painter, [(first, value), (last, value)].into_iter(), ink);
    }

    /// Paints the area between two lines: x, lower and upper value.
    pub fn band(
        &self,
        painter: &Painter,
        points: impl Iterator<Item = (f64, f64, f64)>,
        ink: Color32,
    ) {
        let pairs = points.map(|(x, low, high)| [low, high].map(|y| (self.at(x, y), ink)));
        painter.add(strip_shape(pairs));
    }

    /// Paints amounts at the right, the first one first; one that has no room beside those before is left out.
    pub fn labels(&self, ui: &Ui, labels: &[(Role, Decimal, Color32)]) {
        let left = self.rect.right() + 6.0;
        let mut used: Vec<f32> = Vec::new();
        for (role, value, ink) in labels {
            let y = self.at(0.0, number::to_f64_lossy(*value)).y;
            let y = y.clamp(self.rect.top() + 6.0, self.rect.bottom() - 6.0);
            if used.iter().all(|other| (other - y).abs() >= LABEL) {
                used.push(y);
                let width = AXIS_WIDTH - 6.0;
                let text = fitting_amounts(ui, *role, width, || signed(*value));
                let galley = line_galley(ui, &[(*role, &text, *ink)], 0.0, width);
                paint_line(ui.painter(), pos2(left, y), galley);
            }
        }
    }
}

/// Paints texts below a plot: each with its middle at its place, but not over the ends.
pub fn below_ui(ui: &Ui, theme: &Theme, rect: Rect, texts: impl Iterator<Item = (f32, String)>) {
    let mut end = f32::NEG_INFINITY;
    for (x, text) in texts {
        let galley = line_galley(ui, &[(AXIS, &text, theme.quiet)], 0.0, f32::INFINITY);
        let width = galley.size().x;
        let least = rect.left();
        let left = (x - width / 2.0).clamp(least, (rect.right() - width).max(least));
        if left >= end {
            end = left + width + 8.0;
            paint_line(ui.painter(), pos2(left, rect.center().y), galley);
        }
    }
}

/// Splits the room for texts of 16 points from the lower edge.
pub fn with_texts_below(rect: Rect) -> (Rect, Rect) {
    let (upper, lower) = rect.split_top_bottom_at_y(rect.bottom() - 16.0);
    (upper.shrink2(vec2(0.0, 2.0)), lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_inside_and_zero_too() {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(300.0, 100.0));
        for values in [
            &[][..],
            &[0.0],
            &[1.0, 2.0],
            &[-3.0, 0.5],
            &[f64::NAN, f64::INFINITY, 1.0],
            &[1e300, -1e300],
        ] {
            let plot = ReviewPlot::of(room, [0.0, 4.0], values.iter().copied());
            for (x, y) in (0..5).map(f64::from).zip(values.iter().chain(&[0.0])) {
                let at = plot.at(x, *y);
                assert!(y.is_nan() || plot.rect.contains(at), "{values:?} {at:?}");
            }
        }
        let plot = ReviewPlot::of(room, [5.0, 5.0], [1.0].into_iter());
        assert!(plot.rect.contains(plot.at(5.0, 1.0)));
    }
}
