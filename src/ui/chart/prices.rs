//! Draws the prices: line or candles, the fill below, the tint between average cost and price, the rug and the peak.

use egui::{Align2, Color32, Mesh, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::canvas::{Canvas, Label, tick};
use super::downsample::{CANDLE, Candle, candles};
use super::marks::ChartMarks;
use crate::ui::format::multiplier;
use crate::ui::theme::{DOT, role};

/// Width of the line.
const LINE: f32 = 2.0;
/// Opacity of the fill at its top; it fades to the bottom.
const FILL: f32 = 0.13;
/// Opacity of the tint, of a gain and of a loss, over a line and over candles.
const TINT_LINE: [f32; 2] = [0.24, 0.26];
const TINT_CANDLES: [f32; 2] = [0.14, 0.16];
/// Candles with a narrower body are drawn as bars: an outline would fill the body.
const HOLLOW_FROM: f32 = 4.0;
/// Ticks before the newest one without a mark of the peak: it is the newest price there.
const FRESH: u32 = 4;

/// Draws the runs of the prices as a line.
pub fn line(canvas: &Canvas<'_>, runs: Vec<Vec<Pos2>>) {
    let stroke = Stroke::new(LINE, canvas.theme.text);
    for run in runs {
        if let [only] = run[..] {
            // A price between two gaps is a point.
            canvas.painter.circle_filled(only, LINE, stroke.color);
        } else {
            canvas.painter.add(Shape::line(run, stroke));
        }
    }
}

/// Fills the area below the line, fading to the bottom.
pub fn fill(canvas: &Canvas<'_>, runs: &[Vec<Pos2>]) {
    let bottom = canvas.frame().bottom();
    let height = (bottom - canvas.top).max(1.0);
    let colour = canvas.theme.text;
    let points: usize = runs.iter().map(Vec::len).sum();
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(2 * points);
    mesh.reserve_triangles(2 * points);
    for run in runs {
        let first = u32::try_from(mesh.vertices.len()).unwrap_or(u32::MAX);
        for at in run {
            let share = ((bottom - at.y) / height).clamp(0.0, 1.0);
            mesh.colored_vertex(*at, colour.gamma_multiply(FILL * share));
            mesh.colored_vertex(pos2(at.x, bottom), Color32::TRANSPARENT);
        }
        for pair in (first..).step_by(2).take(run.len().saturating_sub(1)) {
            mesh.add_triangle(pair, pair + 1, pair + 2);
            mesh.add_triangle(pair + 1, pair + 2, pair + 3);
        }
    }
    canvas.painter.add(Shape::mesh(mesh));
}

/// Tints the area between the average cost and the price, along the runs of the prices.
pub fn tint(canvas: &Canvas<'_>, marks: &ChartMarks, runs: &[Vec<Pos2>], over_candles: bool) {
    let opacity = if over_candles {
        TINT_CANDLES
    } else {
        TINT_LINE
    };
    let [gain, loss] = opacity;
    let gain = canvas.theme.gain.gamma_multiply(gain);
    let loss = canvas.theme.loss.gamma_multiply(loss);
    let mut changes = marks
        .cost
        .iter()
        .map(|(tick, cost)| (canvas.x(f64::from(*tick)), cost.map(|cost| canvas.y(cost))))
        .peekable();
    if changes.peek().is_none() {
        return;
    }
    let points: usize = runs.iter().map(Vec::len).sum();
    let mut cost = None;
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(4 * points);
    mesh.reserve_triangles(2 * points);
    for pair in runs.iter().flat_map(|run| run.windows(2)) {
        // Each piece has the cost of its start.
        while let Some((_, newer)) = changes.next_if(|(x, _)| *x <= pair[0].x) {
            cost = newer;
        }
        if let Some(y) = cost {
            tint_between(&mut mesh, [pair[0], pair[1]], y, [gain, loss]);
        }
    }
    canvas.painter.add(Shape::mesh(mesh));
}

/// Adds the area between a piece of the line and the height of the cost, split where the line crosses it.
fn tint_between(mesh: &mut Mesh, [a, b]: [Pos2; 2], y: f32, [gain, loss]: [Color32; 2]) {
    let colour = |at: f32| if at <= y { gain } else { loss };
    let mut add = |points: &[Pos2], colour: Color32| {
        let first = u32::try_from(mesh.vertices.len()).unwrap_or(u32::MAX);
        for point in points {
            mesh.colored_vertex(*point, colour);
        }
        mesh.add_triangle(first, first + 1, first + 2);
        if points.len() == 4 {
            mesh.add_triangle(first, first + 2, first + 3);
        }
    };
    if (a.y - y) * (b.y - y) >= 0.0 {
        let middle = f32::midpoint(a.y, b.y);
        add(&[a, b, pos2(b.x, y), pos2(a.x, y)], colour(middle));
    } else {
        let cross = a.lerp(b, (y - a.y) / (b.y - a.y));
        add(&[a, cross, pos2(a.x, y)], colour(a.y));
        add(&[cross, b, pos2(b.x, y)], colour(b.y));
    }
}

/// Draws the prices before the rug as candles. One mesh of rectangles costs a hundredth of as many box plots.
pub fn draw_candles(canvas: &Canvas<'_>) {
    let (from, to) = canvas.visible();
    let width = canvas.x(f64::from(tick(CANDLE))) - canvas.x(0.0);
    let body = (width * 0.7).round().max(1.0);
    let mut mesh = Mesh::default();
    let rects = if body < HOLLOW_FROM { 1 } else { 6 };
    let candles_shown = to.saturating_sub(from) / CANDLE + 2;
    mesh.reserve_vertices(4 * rects * candles_shown);
    mesh.reserve_triangles(2 * rects * candles_shown);
    for candle in candles(canvas.before_rug(), from, to) {
        draw_candle(canvas, &mut mesh, &candle, body);
    }
    canvas.painter.add(Shape::mesh(mesh));
}

fn draw_candle(canvas: &Canvas<'_>, mesh: &mut Mesh, candle: &Candle, body: f32) {
    let middle = f64::from(tick(candle.tick)) + f64::from(tick(CANDLE) - 1) / 2.0;
    let x = canvas.x(middle).round();
    let [top, bottom, high, low] = [
        candle.open.max(candle.close),
        candle.open.min(candle.close),
        candle.high,
        candle.low,
    ]
    .map(|price| canvas.y(price).round());
    // A candle whose open equals its close is still visible.
    let bottom = bottom.max(top + 1.0);
    let rises = candle.rises();
    let colour = if rises {
        canvas.theme.gain
    } else {
        canvas.theme.loss
    };
    let mut fill = |left: f32, top: f32, right: f32, bottom: f32| {
        let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
        mesh.add_colored_rect(rect, colour);
    };
    if body < HOLLOW_FROM {
        fill(x - body / 2.0, high, x + body / 2.0, low.max(high + 1.0));
        return;
    }
    let (left, right) = ((x - body / 2.0).round(), (x + body / 2.0).round());
    fill(x - 0.5, high, x + 0.5, top);
    fill(x - 0.5, bottom, x + 0.5, low);
    // A rising candle is hollow: its form says it, too.
    if rises {
        fill(left, top, right, top + 1.0);
        fill(left, bottom - 1.0, right, bottom);
        fill(left, top, left + 1.0, bottom);
        fill(right - 1.0, top, right, bottom);
    } else {
        fill(left, top, right, bottom);
    }
}

/// Draws the rug: the last fall, a vertical line and a cross.
pub fn rug(canvas: &mut Canvas<'_>, colour: Color32) {
    let Some(rug) = canvas.series.rug_tick else {
        return;
    };
    let before = canvas.before_rug();
    let mut known = before.iter().enumerate().rev();
    let last = known.find_map(|(i, price)| Some((i, (*price)?)));
    let price = canvas.series.prices.get(rug as usize).copied().flatten();
    let Some(end) = price.or(last.map(|(_, price)| price)) else {
        return;
    };
    let end = canvas.inside(rug, end);
    let frame = canvas.frame();
    let faint = Stroke::new(1.0, colour.gamma_multiply(0.5));
    canvas.painter.vline(end.x, frame.y_range(), faint);
    // The fall is not drawn through a gap.
    if let Some((index, price)) = last.filter(|(index, _)| index + 1 == rug as usize) {
        let from = canvas.inside(tick(index), price);
        let stroke = Stroke::new(3.0, colour);
        canvas.painter.line_segment([from, end], stroke);
    }
    let cross = Stroke::new(2.5, colour);
    for arm in [vec2(5.0, 5.0), vec2(5.0, -5.0)] {
        canvas.painter.line_segment([end - arm, end + arm], cross);
    }
    canvas.keep_free(end, 2.0 * DOT);
}

/// Returns the highest price and its point, unless it is the newest one or not visible.
pub fn visible_peak(canvas: &Canvas<'_>) -> Option<(Pos2, f64)> {
    let newest = canvas.series.newest().map_or(0, |(tick, _)| tick);
    let (tick, price) = canvas.series.peak()?;
    let at = canvas.at(tick, price);
    let shown = tick + FRESH < newest && canvas.frame().contains(at);
    shown.then_some((at, price))
}

/// Marks the highest price.
pub fn peak(canvas: &mut Canvas<'_>, at: Pos2) {
    let ring = Stroke::new(1.5, canvas.theme.quiet);
    canvas.painter.circle_stroke(at, DOT - 0.5, ring);
    canvas.keep_free(at, DOT);
}

/// Writes the highest price at its mark.
pub fn peak_label(canvas: &mut Canvas<'_>, (at, price): (Pos2, f64)) {
    let text = format!("peak {}", multiplier(price));
    let above = at - vec2(0.0, 1.5 * DOT);
    let aside = vec2(2.0 * DOT, 0.0);
    let places = [
        (above, Align2::CENTER_BOTTOM),
        (above - aside, Align2::RIGHT_BOTTOM),
        (above + aside, Align2::LEFT_BOTTOM),
    ];
    let label = Label {
        text: &text,
        role: role::AXIS,
        colour: canvas.theme.quiet,
    };
    canvas.label(&places, label);
}

/// Draws the newest point: a dot in a halo, and a dotted line to its tag on the axis.
pub fn newest(canvas: &Canvas<'_>, colour: Color32) {
    let Some(at) = canvas.newest() else { return };
    let frame = canvas.frame();
    let y = at.y.max(frame.top()).min(frame.bottom());
    let mut dots = Vec::new();
    let path = [pos2(at.x, y), pos2(frame.right(), y)];
    let stroke = Stroke::new(1.5, colour);
    Shape::dashed_line_many(&path, stroke, 1.5, 3.0, &mut dots);
    canvas.painter.extend(dots);
    canvas
        .painter
        .circle_filled(at, 2.0 * DOT, colour.gamma_multiply(0.2));
    canvas.painter.circle_filled(at, DOT, colour);
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAIN: Color32 = Color32::GREEN;
    const LOSS: Color32 = Color32::RED;

    fn areas(points: [Pos2; 2], y: f32) -> (f32, f32) {
        let mut mesh = Mesh::default();
        tint_between(&mut mesh, points, y, [GAIN, LOSS]);
        let mut areas = (0.0, 0.0);
        for corners in mesh.indices.chunks(3) {
            let at = |i: usize| mesh.vertices[corners[i] as usize];
            let (a, b, c) = (at(0).pos, at(1).pos, at(2).pos);
            let area = ((b - a).x * (c - a).y - (b - a).y * (c - a).x).abs() / 2.0;
            if at(0).color == GAIN {
                areas.0 += area;
            } else {
                areas.1 += area;
            }
        }
        areas
    }

    #[test]
    fn the_tint_is_split_where_the_line_crosses_the_cost() {
        // Above the cost all of it is a gain: y grows downwards.
        let above = areas([pos2(0.0, 10.0), pos2(10.0, 20.0)], 30.0);
        assert_eq!(above, (150.0, 0.0));
        let below = areas([pos2(0.0, 40.0), pos2(10.0, 50.0)], 30.0);
        assert_eq!(below, (0.0, 150.0));
        let across = areas([pos2(0.0, 20.0), pos2(10.0, 40.0)], 30.0);
        assert_eq!(across, (25.0, 25.0));
        assert_eq!(areas([pos2(0.0, 30.0), pos2(10.0, 30.0)], 30.0), (0.0, 0.0));
    }
}
