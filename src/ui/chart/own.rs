//! The player's own marks on the chart: entries, exits, average cost and sidebets.

use egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::canvas::Canvas;
use super::marks::{Bet, Deed, Marks, Outcome, Trade};
use crate::ui::format::multiplier;
use crate::ui::theme::{CHART_TEXT, DOT, GRID, LINE, MARK};

/// Strength of a sidebet's shade, by what became of it.
const RUNNING: f32 = 0.16;
const WON: f32 = 0.30;
const LOST: f32 = 0.07;

/// Draws what lies under the prices: the windows of the sidebets and the average cost.
pub fn under_prices(canvas: &mut Canvas<'_>, marks: &Marks) {
    for bet in &marks.bets {
        shade(canvas, bet);
    }
    cost_line(canvas, marks);
}

/// Draws what stands on the prices: entries, exits and, if they are wanted, all labels, the newest first: they find
/// the most room.
pub fn on_prices(canvas: &mut Canvas<'_>, marks: &Marks, labels: bool) {
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
    for bet in marks.bets.iter().rev() {
        bet_label(canvas, bet);
    }
    for (trade, at) in places.iter().rev() {
        trade_label(canvas, trade, *at);
    }
}

/// What the piano presses at this moment, at the newest tick: a line down to it and the words.
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

fn colour(canvas: &Canvas<'_>, trade: &Trade) -> Color32 {
    match trade.deed {
        // An entry is no gain and no loss yet.
        Deed::Entry => canvas.theme.entry,
        Deed::Exit | Deed::Liquidated => canvas.theme.money(trade.earned),
    }
}

/// An entry points up from below its price, an exit down from above; one that is not sure is hollow.
fn triangle(canvas: &mut Canvas<'_>, trade: &Trade, at: Pos2) {
    let down = match trade.deed {
        Deed::Entry => 1.0,
        Deed::Exit => -1.0,
        // The rug is marked already.
        Deed::Liquidated => return,
    };
    // Beside the line, not on it.
    let tip = at + vec2(0.0, down * 2.0 * LINE);
    let base = tip.y + down * 2.0 * MARK;
    let points = vec![tip, pos2(at.x - MARK, base), pos2(at.x + MARK, base)];
    let colour = colour(canvas, trade);
    let shape = if trade.sure {
        Shape::convex_polygon(points, colour, Stroke::new(1.0, canvas.theme.panel))
    } else {
        Shape::convex_polygon(points, canvas.theme.panel, Stroke::new(LINE, colour))
    };
    canvas.painter.add(shape);
    let rect = Rect::from_two_pos(pos2(at.x - MARK, tip.y), pos2(at.x + MARK, base));
    canvas.taken.push(rect);
}

fn trade_label(canvas: &mut Canvas<'_>, trade: &Trade, at: Pos2) {
    let colour = colour(canvas, trade);
    let below = at + vec2(0.0, 3.0 * MARK);
    let above = at - vec2(0.0, 3.0 * MARK);
    let aside = vec2(MARK, 0.0);
    match trade.deed {
        Deed::Entry => {
            let places = [
                (below, Align2::CENTER_TOP),
                (below + aside, Align2::LEFT_TOP),
                (below - aside, Align2::RIGHT_TOP),
            ];
            canvas.label(&places, &multiplier(trade.price), colour);
        }
        Deed::Exit => {
            let places = [
                (above, Align2::CENTER_BOTTOM),
                (above + aside, Align2::LEFT_BOTTOM),
                (above - aside, Align2::RIGHT_BOTTOM),
            ];
            canvas.label(&places, &multiplier(trade.price), colour);
        }
        Deed::Liquidated => {
            let over = at - vec2(2.0 * DOT, 4.0 * DOT);
            let places = [
                (over, Align2::RIGHT_BOTTOM),
                (over + vec2(4.0 * DOT, 0.0), Align2::LEFT_BOTTOM),
            ];
            canvas.label(&places, &trade.words, colour);
        }
    }
}

/// The part of a sidebet's window that is in sight.
fn window(canvas: &Canvas<'_>, bet: &Bet) -> Option<Rect> {
    let frame = canvas.frame();
    let [left, right] = [bet.start, bet.end].map(|tick| canvas.x(f64::from(tick)));
    let rect = Rect::from_x_y_ranges(left..=right, frame.y_range()).intersect(frame);
    rect.is_positive().then_some(rect)
}

fn shade(canvas: &Canvas<'_>, bet: &Bet) {
    let Some(rect) = window(canvas, bet) else {
        return;
    };
    let colour = canvas.theme.sidebet;
    let painter = &canvas.painter;
    let strength = match bet.outcome {
        Outcome::Running => RUNNING,
        Outcome::Won => WON,
        Outcome::Lost => LOST,
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
        // The bar fills as the ticks pass; the end of the window is a line.
        Outcome::Running => {
            let newest = canvas.series.newest().map_or(bet.start, |(tick, _)| tick);
            bar(rect.right(), colour.gamma_multiply(0.35));
            bar(canvas.x(f64::from(newest)), colour);
            painter.vline(rect.right(), rect.y_range(), edge);
        }
        Outcome::Won => bar(rect.right(), colour),
        // Many old windows of few pixels would be a fence in front of the price.
        Outcome::Lost if rect.width() < 8.0 * GRID => {}
        Outcome::Lost => {
            painter.vline(rect.left(), rect.y_range(), edge);
            painter.vline(rect.right(), rect.y_range(), edge);
        }
    }
}

fn bet_label(canvas: &mut Canvas<'_>, bet: &Bet) {
    let Some(rect) = window(canvas, bet) else {
        return;
    };
    let newest = canvas.series.newest().map_or(bet.start, |(tick, _)| tick);
    let left = bet.end.saturating_sub(newest);
    let texts = match bet.outcome {
        Outcome::Running => [format!("sidebet, {left} left"), left.to_string()],
        Outcome::Won => ["✔ sidebet won".to_owned(), "✔".to_owned()],
        Outcome::Lost => ["✖ sidebet lost".to_owned(), "✖".to_owned()],
    };
    let at = rect.left_top() + vec2(GRID, 1.5 * GRID);
    let end = rect.left_bottom() + vec2(GRID, -1.5 * GRID);
    let places = [(at, Align2::LEFT_TOP), (end, Align2::LEFT_BOTTOM)];
    for text in texts {
        let letters = f32::from(u16::try_from(text.chars().count()).unwrap_or(u16::MAX));
        let fits = letters * CHART_TEXT * 0.6 < rect.width();
        if fits && canvas.label(&places, &text, canvas.theme.sidebet) {
            break;
        }
    }
}

fn cost_line(canvas: &Canvas<'_>, marks: &Marks) {
    let frame = canvas.frame();
    let stroke = Stroke::new(1.0, canvas.theme.entry);
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

/// The average cost in words; at the edge, with an arrow, while it lies beyond.
fn cost_label(canvas: &mut Canvas<'_>, marks: &Marks) {
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
    canvas.label(&places, &text, canvas.theme.entry);
}
