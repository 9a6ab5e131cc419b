//! The curve of the session: gains above a dashed line at zero, losses below it, at every tick.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use crate::account::{EquityCurve, EquityPoint};
use crate::protocol::number;
use crate::ui::format::{short_clock, signed};
use crate::ui::theme::role::{AXIS, PILL, TABLE};
use crate::ui::theme::{LINE, Theme};
use crate::ui::widgets::{
    Icon, centred_text, fitting_amounts, fraction, index, line_galley, paint_line, pixel,
};

/// Room for the values at the right.
const AXIS_WIDTH: f32 = 60.0;
/// Height of the times below the curve, the least height of a curve that has them, and the width that each one takes.
const TIMES: f32 = 16.0;
const WITH_TIMES: f32 = 56.0;
const TIME_WIDTH: f32 = 96.0;
/// Opacity of the area between curve and zero.
const TINT: f32 = 0.18;
/// Least distance of two values at the right.
const LABEL: f32 = 13.0;
/// Radius of the newest point.
const DOT: f32 = 3.0;

/// Draws the curve in all of the available room; `notice` is drawn in its place.
pub fn curve_ui(ui: &mut Ui, curve: &EquityCurve, now: Decimal, notice: Option<String>) {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), ui.available_height().max(24.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let figure = |text: &str| WidgetInfo::labeled(Role::Figure, true, text);
    let empty = || "The session curve starts with your first trade.".to_owned();
    if let Some(text) = notice.or_else(|| curve.points().is_empty().then(empty)) {
        let font = TABLE.font();
        centred_text(ui.painter(), rect, &text, font, theme.quiet, rect.width());
        response.widget_info(|| figure(&text));
        return;
    }
    let (rect, times) = if rect.height() >= WITH_TIMES {
        rect.split_top_bottom_at_y(rect.bottom() - TIMES)
    } else {
        (rect, Rect::NOTHING)
    };
    let plot = rect.with_max_x(rect.right() - AXIS_WIDTH);
    let values =
        std::iter::once(Decimal::ZERO).chain(curve.points().iter().map(|point| point.earned));
    let values: Vec<f64> = values.map(number::to_f64_lossy).collect();
    let scale = Scale::of(&values, plot);
    let painter = ui.painter().with_clip_rect(rect);
    let zero = scale.y(0.0);
    let points = scale.points(&values);
    paint_tint(&painter, &points, zero, &theme);
    let dash = Stroke::new(1.0, theme.line2);
    let ends = [pos2(plot.left(), zero), pos2(plot.right(), zero)];
    painter.extend(Shape::dashed_line(&ends, dash, 3.0, 3.0));
    paint_line_parts(&painter, &points, zero, &theme);
    let last = values.len() - 1;
    for (index, point) in (1..).zip(curve.points()) {
        if point.drift {
            let at = pos2(scale.x(index, last), scale.y(values[index]));
            let mark = Rect::from_center_size(at, vec2(9.0, 9.0));
            painter.circle_filled(at, 6.5, theme.panel);
            Icon::Drift.paint(&painter, mark, 9.0, theme.amber);
        }
    }
    if let Some(end) = points.last() {
        painter.circle_filled(*end, DOT, theme.money(now));
    }
    paint_labels(ui, &theme, rect, &scale, curve, now);
    if times.is_positive() {
        let times = times.with_max_x(plot.right());
        let count = (times.width() / TIME_WIDTH).clamp(2.0, 6.0);
        let marks = time_marks(curve.points(), index(f64::from(count)));
        paint_times(ui, &theme, times, &marks);
    }
    let from = curve.points().first().map(|point| short_clock(point.at));
    let to = curve.points().last().map(|point| short_clock(point.at));
    let words = format!(
        "Session result {}, highest {}, lowest {} SOL, from {} to {}",
        signed(now),
        signed(curve.highest()),
        signed(curve.lowest()),
        from.unwrap_or_default(),
        to.unwrap_or_default()
    );
    response.widget_info(|| figure(&words));
    let exact = format!(
        "{now} SOL now, highest {}, lowest {}",
        curve.highest(),
        curve.lowest()
    );
    response.on_hover_text(exact);
}

/// Where values are in the plot.
struct Scale {
    plot: Rect,
    low: f64,
    high: f64,
}

impl Scale {
    fn of(values: &[f64], plot: Rect) -> Self {
        let low = values.iter().copied().fold(0.0, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        let room = ((high - low) * 0.14).max(1e-9);
        Self {
            plot: plot.shrink2(vec2(0.0, 4.0)),
            low: low - room,
            high: high + room,
        }
    }

    fn x(&self, index: usize, last: usize) -> f32 {
        egui::lerp(self.plot.x_range(), fraction(index, last))
    }

    fn y(&self, value: f64) -> f32 {
        let (bottom, top) = (f64::from(self.plot.bottom()), f64::from(self.plot.top()));
        pixel(egui::remap(value, self.low..=self.high, bottom..=top))
    }

    /// Returns the curve in points of the screen: at most the lowest, the highest and the last value of each column.
    fn points(&self, values: &[f64]) -> Vec<Pos2> {
        let last = values.len().saturating_sub(1);
        let mut points: Vec<Pos2> = Vec::new();
        let mut column: Vec<Pos2> = Vec::new();
        let mut flush = |column: &mut Vec<Pos2>| {
            let by_y = |a: &&Pos2, b: &&Pos2| a.y.total_cmp(&b.y);
            let low = column.iter().min_by(by_y).copied();
            let high = column.iter().max_by(by_y).copied();
            let end = column.last().copied();
            points.extend(
                column
                    .drain(..)
                    .filter(|point| [low, high, end].contains(&Some(*point))),
            );
        };
        for (index, value) in values.iter().enumerate() {
            let point = pos2(self.x(index, last), self.y(*value));
            if column.first().is_some_and(|first| point.x - first.x >= 1.0) {
                flush(&mut column);
            }
            column.push(point);
        }
        flush(&mut column);
        points
    }
}

/// Returns the parts of a line between two points on either side of zero, each with whether it is a gain.
fn parts(a: Pos2, b: Pos2, zero: f32) -> impl Iterator<Item = (Pos2, Pos2, bool)> {
    // Less y is more money.
    let crosses = (a.y < zero) != (b.y < zero) && (a.y - b.y).abs() > f32::EPSILON;
    let middle = crosses.then(|| {
        let share = (zero - a.y) / (b.y - a.y);
        pos2(egui::lerp(a.x..=b.x, share), zero)
    });
    let gains = |from: Pos2, to: Pos2| f32::midpoint(from.y, to.y) < zero;
    let first = middle.map_or((a, b, gains(a, b)), |middle| (a, middle, gains(a, middle)));
    let second = middle.map(|middle| (middle, b, gains(middle, b)));
    std::iter::once(first).chain(second)
}

fn paint_tint(painter: &Painter, points: &[Pos2], zero: f32, theme: &Theme) {
    let mut mesh = Mesh::default();
    for pair in points.windows(2) {
        for (a, b, gains) in parts(pair[0], pair[1], zero) {
            let colour = if gains { theme.gain } else { theme.loss }.gamma_multiply(TINT);
            let first = u32::try_from(mesh.vertices.len()).unwrap_or(u32::MAX);
            for pos in [a, b, pos2(b.x, zero), pos2(a.x, zero)] {
                mesh.vertices.push(Vertex {
                    pos,
                    uv: WHITE_UV,
                    color: colour,
                });
            }
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first, first + 2, first + 3);
        }
    }
    painter.add(mesh);
}

fn paint_line_parts(painter: &Painter, points: &[Pos2], zero: f32, theme: &Theme) {
    let colour = |gains: bool| if gains { theme.gain } else { theme.loss };
    let mut run: Vec<Pos2> = Vec::new();
    let mut of_run = true;
    let draw = |run: &mut Vec<Pos2>, gains: bool| {
        if run.len() > 1 {
            let stroke: (f32, Color32) = (LINE, colour(gains));
            painter.add(Shape::line(
                std::mem::take(run),
                Stroke::new(stroke.0, stroke.1),
            ));
        }
    };
    for pair in points.windows(2) {
        for (a, b, gains) in parts(pair[0], pair[1], zero) {
            if gains != of_run || run.is_empty() {
                draw(&mut run, of_run);
                run = vec![a];
                of_run = gains;
            }
            run.push(b);
        }
    }
    draw(&mut run, of_run);
}

/// Paints the newest value, and zero, the highest and the lowest where they have room.
fn paint_labels(
    ui: &Ui,
    theme: &Theme,
    rect: Rect,
    scale: &Scale,
    curve: &EquityCurve,
    now: Decimal,
) {
    let left = rect.right() - AXIS_WIDTH + 6.0;
    let mut used: Vec<f32> = Vec::new();
    let newest = (PILL.sized(11.0), now, theme.money(now));
    let quiet = |value| (AXIS, value, theme.quiet);
    let others = [Decimal::ZERO, curve.highest(), curve.lowest()].map(quiet);
    for (role, value, colour) in std::iter::once(newest).chain(others) {
        let y = scale.y(number::to_f64_lossy(value));
        let y = y.clamp(rect.top() + 6.0, rect.bottom() - 6.0);
        if used.iter().all(|other| (other - y).abs() >= LABEL) {
            used.push(y);
            let width = AXIS_WIDTH - 6.0;
            let text = fitting_amounts(ui, role, width, || signed(value));
            let galley = line_galley(ui, &[(role, &text, colour)], 0.0, width);
            paint_line(ui.painter(), pos2(left, y), galley);
        }
    }
}

/// Returns up to `count` times along the curve with their places from 0 to 1; a time that is there already is left out.
fn time_marks(points: &[EquityPoint], count: usize) -> Vec<(f32, String)> {
    let mut marks: Vec<(f32, String)> = Vec::new();
    let last = points.len();
    for step in 0..count {
        // The curve starts with a zero that is no point.
        let place = (step * last).div_ceil(count.saturating_sub(1).max(1));
        let Some(point) = points.get(place.saturating_sub(1)) else {
            continue;
        };
        let text = short_clock(point.at);
        if marks.last().is_none_or(|(_, before)| *before != text) {
            marks.push((fraction(place, last), text));
        }
    }
    marks
}

/// Paints times below the curve: the first one from its left end, the last one up to its right end.
fn paint_times(ui: &Ui, theme: &Theme, rect: Rect, marks: &[(f32, String)]) {
    for (place, text) in marks {
        let galley = line_galley(ui, &[(AXIS, text, theme.quiet)], 0.0, f32::INFINITY);
        let left = egui::lerp(rect.x_range(), *place) - galley.size().x * *place;
        paint_line(ui.painter(), pos2(left, rect.center().y), galley);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::zone::set_zone;
    use crate::game::Time;

    #[test]
    fn the_times_run_from_the_first_to_the_last_point_and_none_is_there_twice() {
        set_zone(2);
        let points = |minutes: &[i64]| -> Vec<EquityPoint> {
            let points = minutes.iter().map(|minute| EquityPoint {
                at: Time::UNIX_EPOCH + chrono::Duration::minutes(*minute),
                game: None,
                tick: None,
                earned: Decimal::ZERO,
                drift: false,
            });
            points.collect()
        };
        let marks = time_marks(&points(&[0, 1, 2, 3, 4, 5, 6, 7]), 3);
        let of = |place, text: &str| (place, text.to_owned());
        assert_eq!(
            marks,
            [of(0.0, "02:00"), of(0.5, "02:03"), of(1.0, "02:07")]
        );
        assert_eq!(time_marks(&points(&[5; 40]), 4), [of(0.0, "02:05")]);
        assert_eq!(time_marks(&[], 4), []);
    }

    fn plot() -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(200.0, 60.0))
    }

    #[test]
    fn the_curve_stays_in_its_plot_whatever_the_numbers() {
        let long: Vec<f64> = (0..10_000).map(|n| f64::from(n % 17) - 8.0).collect();
        for values in [&[0.0][..], &[0.0, 0.0], &[0.0, 0.5, -3.0], &long] {
            let scale = Scale::of(values, plot());
            let drawn = scale.points(values);
            assert!(drawn.len() <= 3 * 202, "{}", drawn.len());
            assert!(drawn.iter().all(|point| plot().contains(*point)));
            assert!(plot().y_range().contains(scale.y(0.0)));
        }
    }

    #[test]
    fn a_part_that_crosses_zero_is_split_there() {
        let (above, below) = (pos2(0.0, 0.0), pos2(10.0, 20.0));
        let split: Vec<_> = parts(above, below, 10.0).collect();
        let middle = pos2(5.0, 10.0);
        assert_eq!(split, [(above, middle, true), (middle, below, false)]);
        let whole: Vec<_> = parts(above, pos2(10.0, 5.0), 10.0).collect();
        assert_eq!(whole, [(above, pos2(10.0, 5.0), true)]);
    }
}
