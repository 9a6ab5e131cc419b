//! Draws the player's marks on the chart: entries, exits, average cost and sidebets.

use egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::canvas::Canvas;
use super::marks::{ChartMarks, SidebetMark, SidebetOutcome, TradeMark, TradeMarkKind};
use crate::ui::format::multiplier;
use crate::ui::theme::{CHART_TEXT, DOT, GRID, LINE, MARK};

/// Opacity of the window of a sidebet, by its outcome.
const RUNNING: f32 = 0.16;
const WON: f32 = 0.30;
const LOST: f32 = 0.07;

/// Draws the marks below the prices: the windows of the sidebets and the average cost.
pub fn under_prices(canvas: &mut Canvas<'_>, marks: &ChartMarks) {
    for bet in &marks.sidebets {
        sidebet_window(canvas, bet);
    }
    cost_line(canvas, marks);
}

/// Draws the marks above the prices: entries and exits, and with `labels` all labels, the newest first, so that they get
/// the best places.
pub fn on_prices(canvas: &mut Canvas<'_>, marks: &ChartMarks, labels: bool) {
    let range = canvas.frame().x_range();
    let places: Vec<_> = marks
        .trades
        .iter()
        .map(|trade| (trade, canvas.inside(trade.tick, trade.price)))
        .filter(|(_, at)| range.contains(at.x))
        .collect();
    for (trade, at) in &places {
        triangle(canvas, trade, *at);
    }
    if !labels {
        return;
    }
    cost_label(canvas, marks);
    for bet in marks.sidebets.iter().rev() {
        bet_label(canvas, bet);
    }
    for (trade, at) in places.iter().rev() {
        trade_label(canvas, trade, *at);
    }
}

/// Draws the note of the piano at the newest tick: a vertical line and the text.
pub fn note(canvas: &mut Canvas<'_>, words: &str) {
    let (tick, price) = canvas.series.newest().unwrap_or((0, 1.0));
    let (at, frame) = (canvas.inside(tick, price), canvas.frame());
    let colour = canvas.theme.replay;
    canvas
        .painter
        .vline(at.x, frame.y_range(), Stroke::new(1.0, colour));
    canvas
        .painter
        .circle_stroke(at, 2.0 * DOT, Stroke::new(LINE, colour));
    let top = frame.top() + 2.0 * GRID;
    let places = [
        (pos2(at.x - GRID, top), Align2::RIGHT_TOP),
        (pos2(at.x + GRID, top), Align2::LEFT_TOP),
        (pos2(at.x - GRID, top + 2.0 * CHART_TEXT), Align2::RIGHT_TOP),
    ];
    canvas.label(&places, words, colour);
}

fn colour(canvas: &Canvas<'_>, trade: &TradeMark) -> Color32 {
    match trade.kind {
        // An entry is neither a gain nor a loss.
        TradeMarkKind::Entry => canvas.theme.accent,
        TradeMarkKind::Exit | TradeMarkKind::Liquidated => canvas.theme.money(trade.pnl),
    }
}

/// Draws a triangle: an entry points up from below its price, an exit down from above. A pending one is hollow.
fn triangle(canvas: &mut Canvas<'_>, trade: &TradeMark, at: Pos2) {
    let down = match trade.kind {
        TradeMarkKind::Entry => 1.0,
        TradeMarkKind::Exit => -1.0,
        // The rug has a mark of its own.
        TradeMarkKind::Liquidated => return,
    };
    // Beside the line, not on it.
    let tip = at + vec2(0.0, down * 2.0 * LINE);
    let base = tip.y + down * 2.0 * MARK;
    let points = vec![tip, pos2(at.x - MARK, base), pos2(at.x + MARK, base)];
    let colour = colour(canvas, trade);
    let shape = if trade.confirmed {
        Shape::convex_polygon(points, colour, Stroke::new(1.0, canvas.theme.panel))
    } else {
        Shape::convex_polygon(points, canvas.theme.panel, Stroke::new(LINE, colour))
    };
    canvas.painter.add(shape);
    let rect = Rect::from_two_pos(pos2(at.x - MARK, tip.y), pos2(at.x + MARK, base));
    canvas.taken.push(rect);
}

fn trade_label(canvas: &mut Canvas<'_>, trade: &TradeMark, at: Pos2) {
    let colour = colour(canvas, trade);
    let away = vec2(0.0, 3.0 * MARK);
    let (at, [middle, right, left]) = match trade.kind {
        TradeMarkKind::Entry => {
            let aligns = [Align2::CENTER_TOP, Align2::LEFT_TOP, Align2::RIGHT_TOP];
            (at + away, aligns)
        }
        TradeMarkKind::Exit => {
            let aligns = [
                Align2::CENTER_BOTTOM,
                Align2::LEFT_BOTTOM,
                Align2::RIGHT_BOTTOM,
            ];
            (at - away, aligns)
        }
        TradeMarkKind::Liquidated => {
            let over = at - vec2(2.0 * DOT, 4.0 * DOT);
            let places = [
                (over, Align2::RIGHT_BOTTOM),
                (over + vec2(4.0 * DOT, 0.0), Align2::LEFT_BOTTOM),
            ];
            canvas.label(&places, &trade.words, colour);
            return;
        }
    };
    let aside = vec2(MARK, 0.0);
    let places = [(at, middle), (at + aside, right), (at - aside, left)];
    canvas.label(&places, &multiplier(trade.price), colour);
}

/// Returns the visible part of the window of a sidebet.
fn window_rect(canvas: &Canvas<'_>, bet: &SidebetMark) -> Option<Rect> {
    let frame = canvas.frame();
    let [left, right] = [bet.start, bet.end].map(|tick| canvas.x(f64::from(tick)));
    let rect = Rect::from_x_y_ranges(left..=right, frame.y_range()).intersect(frame);
    rect.is_positive().then_some(rect)
}

fn sidebet_window(canvas: &Canvas<'_>, bet: &SidebetMark) {
    let Some(rect) = window_rect(canvas, bet) else {
        return;
    };
    let colour = canvas.theme.side;
    let painter = &canvas.painter;
    let strength = match bet.outcome {
        SidebetOutcome::Running => RUNNING,
        SidebetOutcome::Won => WON,
        SidebetOutcome::Lost => LOST,
    };
    painter.rect_filled(rect, 0, colour.gamma_multiply(strength));
    let bar = |right: f32, colour: Color32| {
        let bottom = rect.top() + GRID;
        let bar = Rect::from_min_max(
            rect.min,
            pos2(right.clamp(rect.left(), rect.right()), bottom),
        );
        painter.rect_filled(bar, 0, colour);
    };
    let edge = Stroke::new(1.0, colour.gamma_multiply(0.5));
    match bet.outcome {
        // The bar fills tick by tick; a line marks the end of the window.
        SidebetOutcome::Running => {
            let newest = canvas.series.newest().map_or(bet.start, |(tick, _)| tick);
            bar(rect.right(), colour.gamma_multiply(0.35));
            bar(canvas.x(f64::from(newest)), colour);
            painter.vline(rect.right(), rect.y_range(), edge);
        }
        SidebetOutcome::Won => bar(rect.right(), colour),
        // Narrow old windows get no edges: many of them would hide the price.
        SidebetOutcome::Lost if rect.width() < 8.0 * GRID => {}
        SidebetOutcome::Lost => {
            painter.vline(rect.left(), rect.y_range(), edge);
            painter.vline(rect.right(), rect.y_range(), edge);
        }
    }
}

fn bet_label(canvas: &mut Canvas<'_>, bet: &SidebetMark) {
    let Some(rect) = window_rect(canvas, bet) else {
        return;
    };
    let newest = canvas.series.newest().map_or(bet.start, |(tick, _)| tick);
    let left = bet.end.saturating_sub(newest);
    let texts = match bet.outcome {
        SidebetOutcome::Running => [format!("sidebet, {left} left"), left.to_string()],
        SidebetOutcome::Won => ["✔ sidebet won".to_owned(), "✔".to_owned()],
        SidebetOutcome::Lost => ["✖ sidebet lost".to_owned(), "✖".to_owned()],
    };
    let at = rect.left_top() + vec2(GRID, 1.5 * GRID);
    let end = rect.left_bottom() + vec2(GRID, -1.5 * GRID);
    let places = [(at, Align2::LEFT_TOP), (end, Align2::LEFT_BOTTOM)];
    for text in texts {
        let letters = f32::from(u16::try_from(text.chars().count()).unwrap_or(u16::MAX));
        let fits = letters * CHART_TEXT * 0.6 < rect.width();
        if fits && canvas.label(&places, &text, canvas.theme.side) {
            break;
        }
    }
}

fn cost_line(canvas: &Canvas<'_>, marks: &ChartMarks) {
    let frame = canvas.frame();
    let stroke = Stroke::new(1.0, canvas.theme.accent);
    let mut shapes = Vec::new();
    for (place, (start, cost)) in marks.cost.iter().enumerate() {
        let Some(cost) = cost else { continue };
        let end = marks.cost.get(place + 1);
        let end = end.map_or(frame.right(), |(tick, _)| canvas.x(f64::from(*tick)));
        let from = canvas.x(f64::from(*start)).max(frame.left());
        let y = canvas.y(*cost);
        if from < end && frame.y_range().contains(y) {
            let path = [pos2(from, y), pos2(end.min(frame.right()), y)];
            Shape::dashed_line_many(&path, stroke, 1.5 * GRID, GRID, &mut shapes);
        }
    }
    canvas.painter.extend(shapes);
}

/// Writes the average cost, at the edge with an arrow while it is outside the chart.
fn cost_label(canvas: &mut Canvas<'_>, marks: &ChartMarks) {
    let Some(cost) = marks.cost.last().and_then(|(_, cost)| *cost) else {
        return;
    };
    let frame = canvas.frame();
    let y = canvas.y(cost);
    let arrow = if y > frame.bottom() {
        " ▼"
    } else if y < frame.top() {
        " ▲"
    } else {
        ""
    };
    let text = format!("average cost {}{arrow}", multiplier(cost));
    let y = y.clamp(frame.top(), frame.bottom());
    let (left, right) = (frame.left() + 2.0 * GRID, frame.right() - 2.0 * GRID);
    let places = [
        (pos2(right, y - 2.0), Align2::RIGHT_BOTTOM),
        (pos2(right, y + 3.0), Align2::RIGHT_TOP),
        (pos2(left, y - 2.0), Align2::LEFT_BOTTOM),
        (pos2(left, y + 3.0), Align2::LEFT_TOP),
    ];
    canvas.label(&places, &text, canvas.theme.accent);
}
