//! Draws the player's marks on the chart: entries, exits, average cost, sidebets, notes, and the presses of the
//! piano.

use egui::{Align2, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::canvas::{Canvas, Label};
use super::marks::{ChartMarks, SidebetMark, SidebetOutcome, TradeMark, TradeMarkKind};
use crate::engine::PriceSeries;
use crate::protocol::Tick;
use crate::ui::format::count;
use crate::ui::notes::ShownNote;
use crate::ui::theme::{GRID, RADIUS, Theme, role};

/// Distance of a triangle from its price, its height and half its width.
const MARK_GAP: f32 = 7.0;
const MARK_HEIGHT: f32 = 12.0;
const MARK_HALF: f32 = 7.0;
/// Edge of a mark, in the colour of the panel.
const EDGE: f32 = 1.5;
/// Height of the bar over the window of a sidebet.
const BAR: f32 = 4.0;
/// Opacity of the window of a sidebet, by its outcome.
const RUNNING: f32 = 0.10;
const WON: f32 = 0.16;
const LOST: f32 = 0.05;
/// Height of the flag of a note with its pole, and length of its cloth.
const FLAG_HEIGHT: f32 = 20.0;
const FLAG: f32 = 10.0;
/// Height of the tag of a press.
const PRESS_TAG: f32 = 24.0;

/// Draws the windows of the sidebets, below the prices.
pub fn sidebets(canvas: &mut Canvas<'_>, marks: &ChartMarks) {
    for bet in &marks.sidebets {
        sidebet_window(canvas, bet);
    }
}

/// Draws the lines of the average cost, above the prices.
pub fn cost_lines(canvas: &Canvas<'_>, marks: &ChartMarks) {
    let frame = canvas.frame();
    let stroke = Stroke::new(1.5, canvas.theme.accent);
    let mut dashes = Vec::new();
    for (place, (start, cost)) in marks.cost.iter().enumerate() {
        let Some(cost) = cost else { continue };
        let end = marks.cost.get(place + 1);
        let end = end.map_or(frame.right(), |(tick, _)| canvas.x(f64::from(*tick)));
        let from = canvas.x(f64::from(*start)).max(frame.left());
        let y = canvas.y(*cost);
        if from < end && frame.y_range().contains(y) {
            let path = [pos2(from, y), pos2(end.min(frame.right()), y)];
            Shape::dashed_line_many(&path, stroke, 6.0, 4.0, &mut dashes);
        }
    }
    canvas.painter.extend(dashes);
}

/// Draws entries and exits, and with `labels` all labels, the newest first, so that they get the best places. The marks
/// at the tick `unnamed` have none.
pub fn trades(canvas: &mut Canvas<'_>, marks: &ChartMarks, labels: bool, unnamed: Option<Tick>) {
    let trades = marks.trades.iter();
    let places: Vec<_> = trades
        .filter(|trade| trade.kind != TradeMarkKind::Liquidated)
        .filter_map(|trade| {
            let at = canvas.inside(trade.tick, trade.price);
            Some((trade, canvas.whole_mark(at, MARK_HALF + EDGE)?))
        })
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
    let named = |(trade, _): &&(&TradeMark, Pos2)| Some(trade.tick) != unnamed;
    for (trade, at) in places.iter().rev().filter(named) {
        trade_label(canvas, trade, *at);
    }
}

/// Returns the place of the newest point and of the tag of a press at it.
fn press_places(canvas: &Canvas<'_>, width: f32) -> Option<(Pos2, Rect)> {
    let at = canvas.newest()?;
    let frame = canvas.frame();
    let at = pos2(at.x, at.y.max(frame.top()).min(frame.bottom()));
    let top = (at.y - 42.0).max(canvas.top);
    let left = at.x - 10.0 - width;
    let left = if left < frame.left() + 4.0 {
        at.x + 10.0
    } else {
        left
    };
    let size = vec2(width, PRESS_TAG);
    Some((at, Rect::from_min_size(pos2(left, top), size)))
}

fn press_text(canvas: &Canvas<'_>, words: &str) -> std::sync::Arc<egui::Galley> {
    let font = role::PILL.font();
    canvas
        .painter
        .layout_no_wrap(words.to_owned(), font, Theme::ON_FILL)
}

/// Keeps the place of the tag of a press free of labels.
pub fn keep_press_free(canvas: &mut Canvas<'_>, words: &str) {
    let width = press_text(canvas, words).size().x + 4.0 * GRID;
    if let Some((_, tag)) = press_places(canvas, width) {
        canvas.taken.take(tag);
    }
}

/// Draws what the piano presses at the newest tick: a vertical line, a ring and a tag.
pub fn press(canvas: &Canvas<'_>, words: &str) {
    let text = press_text(canvas, words);
    let Some((at, tag)) = press_places(canvas, text.size().x + 4.0 * GRID) else {
        return;
    };
    let frame = canvas.frame();
    let Theme {
        replay,
        replay_fill,
        ..
    } = canvas.theme;
    let line = Stroke::new(1.5, replay);
    let below = egui::Rangef::new(canvas.top - 8.0, frame.bottom());
    canvas.painter.vline(at.x, below, line);
    canvas
        .painter
        .circle_stroke(at, 10.0, Stroke::new(2.0, replay));
    let faint = Stroke::new(1.5, replay.gamma_multiply(0.4));
    canvas.painter.circle_stroke(at, 16.0, faint);
    canvas.painter.rect_filled(tag, RADIUS, replay_fill);
    let corner = tag.center() - text.size() / 2.0;
    canvas.painter.galley(corner, text, Theme::ON_FILL);
}

/// Draws the place of a drift: a triangle at the lower edge.
pub fn drift(canvas: &mut Canvas<'_>, tick: u32) {
    let frame = canvas.frame();
    let centre = pos2(canvas.x(f64::from(tick)), frame.bottom() - 12.0);
    let Some(centre) = canvas.whole_mark(centre, MARK_HALF + EDGE) else {
        return;
    };
    let colour = canvas.theme.amber;
    let corners = [vec2(0.0, -7.0), vec2(7.0, 5.0), vec2(-7.0, 5.0)];
    let points: Vec<_> = corners.iter().map(|corner| centre + *corner).collect();
    let stroke = Stroke::new(1.5, colour);
    let shape = Shape::convex_polygon(points, canvas.theme.panel, stroke);
    canvas.painter.add(shape);
    canvas.keep_free(centre, 8.0);
}

/// Returns the notes that have a flag in a game, with their ticks: those on a tick that is drawn.
pub fn flagged<'a>(
    notes: &'a [ShownNote],
    series: &PriceSeries,
) -> impl Iterator<Item = (Tick, &'a ShownNote)> {
    let game = series.game_id.clone();
    let drawn = series.prices.len();
    notes.iter().filter_map(move |note| {
        let tick = note.tick_in(game.as_ref()?)?;
        ((tick as usize) < drawn).then_some((tick, note))
    })
}

/// Draws a flag at the lower edge for each note, with a faint line up to the price: gold with a star.
pub fn flags(canvas: &mut Canvas<'_>, notes: &[ShownNote]) {
    let frame = canvas.frame();
    let series = canvas.series;
    for (tick, note) in flagged(notes, series) {
        let x = canvas.x(f64::from(tick));
        if !frame.x_range().contains(x) {
            continue;
        }
        let colour = canvas.theme.note(note.starred);
        let foot = pos2(x, frame.bottom());
        let top = foot - vec2(0.0, FLAG_HEIGHT);
        let price = series.prices[tick as usize];
        let high = price.map_or(top.y, |price| canvas.inside(tick, price).y);
        let faint = Stroke::new(1.0, colour.gamma_multiply(0.3));
        canvas.painter.vline(x, high.min(top.y)..=foot.y, faint);
        canvas
            .painter
            .vline(x, top.y..=foot.y, Stroke::new(EDGE, colour));
        let cloth = vec![top, top + vec2(FLAG, 4.5), top + vec2(0.0, 9.0)];
        let edge = Stroke::new(1.0, canvas.theme.panel);
        canvas
            .painter
            .add(Shape::convex_polygon(cloth, colour, edge));
        canvas.keep_free(top + vec2(FLAG / 2.0, 4.5), 7.0);
    }
}

/// Returns the notes whose flags are at a point, in words.
pub fn flag_words(canvas: &Canvas<'_>, notes: &[ShownNote], at: Pos2) -> Vec<String> {
    let low = at.y > canvas.frame().bottom() - FLAG_HEIGHT - 8.0;
    let near = flagged(notes, canvas.series).filter(|(tick, _)| {
        let away = at.x - canvas.x(f64::from(*tick));
        low && (-6.0..FLAG + 4.0).contains(&away)
    });
    let words = near.map(|(tick, note)| format!("Tick {tick}: {}", note.words));
    words.take(3).collect()
}

/// Draws a triangle: an entry points up from below its price, an exit down from above. A pending one is hollow.
fn triangle(canvas: &mut Canvas<'_>, trade: &TradeMark, at: Pos2) {
    let (down, colour) = match trade.kind {
        TradeMarkKind::Entry => (1.0, canvas.theme.gain),
        _ => (-1.0, canvas.theme.loss),
    };
    // Beside the line, not on it.
    let tip = at + vec2(0.0, down * MARK_GAP);
    let base = tip.y + down * MARK_HEIGHT;
    let points = vec![
        tip,
        pos2(at.x - MARK_HALF, base),
        pos2(at.x + MARK_HALF, base),
    ];
    let panel = canvas.theme.panel;
    let (fill, stroke) = if trade.confirmed {
        (colour, Stroke::new(EDGE, panel))
    } else {
        (panel, Stroke::new(EDGE, colour))
    };
    canvas
        .painter
        .add(Shape::convex_polygon(points, fill, stroke));
    let area = [pos2(at.x - MARK_HALF, tip.y), pos2(at.x + MARK_HALF, base)];
    canvas.taken.take(Rect::from_points(&area));
}

fn trade_label(canvas: &mut Canvas<'_>, trade: &TradeMark, at: Pos2) {
    let away = vec2(0.0, MARK_GAP + MARK_HEIGHT + 2.0);
    let (at, [middle, right, left]) = if trade.kind == TradeMarkKind::Entry {
        let aligns = [Align2::CENTER_TOP, Align2::LEFT_TOP, Align2::RIGHT_TOP];
        (at + away, aligns)
    } else {
        let aligns = [
            Align2::CENTER_BOTTOM,
            Align2::LEFT_BOTTOM,
            Align2::RIGHT_BOTTOM,
        ];
        (at - away, aligns)
    };
    let aside = vec2(MARK_HALF, 0.0);
    let places = [(at, middle), (at + aside, right), (at - aside, left)];
    let label = Label {
        text: &trade.label,
        role: role::PILL.sized(11.0),
        colour: canvas.theme.text,
    };
    canvas.label(&places, label);
}

/// Returns the visible part of the window of a sidebet.
fn window_rect(canvas: &Canvas<'_>, bet: &SidebetMark) -> Option<Rect> {
    let frame = canvas.frame().with_min_y(canvas.top);
    let [left, right] = [bet.start, bet.end].map(|tick| canvas.x(f64::from(tick)));
    let rect = Rect::from_x_y_ranges(left..=right, frame.y_range()).intersect(frame);
    rect.is_positive().then_some(rect)
}

fn sidebet_window(canvas: &mut Canvas<'_>, bet: &SidebetMark) {
    let Some(rect) = window_rect(canvas, bet) else {
        return;
    };
    let colour = canvas.theme.side;
    let strength = match bet.outcome {
        SidebetOutcome::Running => RUNNING,
        SidebetOutcome::Won => WON,
        SidebetOutcome::Lost => LOST,
    };
    let painter = &canvas.painter;
    painter.rect_filled(rect, 0, colour.gamma_multiply(strength));
    let bar = rect.with_max_y(rect.top() + BAR);
    match bet.outcome {
        // The bar fills tick by tick.
        SidebetOutcome::Running => {
            let newest = canvas.newest().map_or(rect.left(), |at| at.x);
            let done = bar.with_max_x(newest.max(rect.left()).min(rect.right()));
            painter.rect_filled(bar, 0, colour.gamma_multiply(0.35));
            painter.rect_filled(done, 0, colour);
        }
        SidebetOutcome::Won => {
            painter.rect_filled(bar, 0, colour);
        }
        // Narrow old windows get no edges: many of them would hide the price.
        SidebetOutcome::Lost if rect.width() < 8.0 * GRID => return,
        SidebetOutcome::Lost => {}
    }
    let edge = Stroke::new(1.0, colour.gamma_multiply(0.55));
    let mut dashes = Vec::new();
    for x in [rect.left(), rect.right()] {
        let path = [pos2(x, rect.top()), pos2(x, rect.bottom())];
        if bet.outcome == SidebetOutcome::Running {
            Shape::dashed_line_many(&path, edge, 2.0, 3.0, &mut dashes);
        } else {
            // Only one sidebet runs, but many may be over: their dashes would be the largest cost of a frame.
            let faint = Stroke::new(1.0, colour.gamma_multiply(0.25));
            dashes.push(Shape::line_segment(path, faint));
        }
    }
    painter.extend(dashes);
    canvas.taken.take(bar);
}

fn bet_label(canvas: &mut Canvas<'_>, bet: &SidebetMark) {
    let Some(rect) = window_rect(canvas, bet) else {
        return;
    };
    let newest = canvas.series.newest().map_or(bet.start, |(tick, _)| tick);
    let left = bet.end.saturating_sub(newest);
    let texts = match bet.outcome {
        SidebetOutcome::Running => [
            format!("Sidebet, {} left", count(left, "tick")),
            format!("{} left", count(left, "tick")),
            format!("{left} left"),
        ],
        SidebetOutcome::Won => ["Sidebet won", "won", ""].map(str::to_owned),
        SidebetOutcome::Lost => ["Sidebet lost", "lost", ""].map(str::to_owned),
    };
    let at = rect.left_top() + vec2(1.5 * GRID, BAR + 1.5 * GRID);
    let end = rect.left_bottom() + vec2(1.5 * GRID, -1.5 * GRID);
    let places = [(at, Align2::LEFT_TOP), (end, Align2::LEFT_BOTTOM)];
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let letters = f32::from(u16::try_from(text.chars().count()).unwrap_or(u16::MAX));
        let fits = letters * 6.2 + 2.0 * GRID < rect.width();
        let label = Label {
            text,
            role: role::TABLE_STRONG.sized(11.0),
            colour: canvas.theme.side,
        };
        if fits && canvas.label(&places, label).is_some() {
            break;
        }
    }
}

/// Writes "Average cost" at the right end of its line.
fn cost_label(canvas: &mut Canvas<'_>, marks: &ChartMarks) {
    let Some(cost) = marks.cost.last().and_then(|(_, cost)| *cost) else {
        return;
    };
    let frame = canvas.frame();
    let y = canvas.y(cost);
    let (left, right) = (frame.left() + 2.0 * GRID, frame.right() - 2.0 * GRID);
    let places = [
        (pos2(right, y + 3.0), Align2::RIGHT_TOP),
        (pos2(right, y - 3.0), Align2::RIGHT_BOTTOM),
        (pos2(left, y + 3.0), Align2::LEFT_TOP),
        (pos2(left, y - 3.0), Align2::LEFT_BOTTOM),
    ];
    let label = Label {
        text: "Average cost",
        role: role::TABLE_STRONG.sized(11.0),
        colour: canvas.theme.accent,
    };
    canvas.label(&places, label);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::GameId;

    #[test]
    fn a_flag_is_on_a_tick_that_is_drawn_of_the_game_on_the_chart() {
        let game = |name: &str| GameId::new(name).expect("an id");
        let note = |of: &str, tick: Option<Tick>| ShownNote {
            place: None,
            at: Some((game(of), tick)),
            words: String::new(),
            starred: false,
        };
        let notes = [
            note("now", None),
            note("now", Some(2)),
            note("now", Some(3)),
            note("before", Some(1)),
        ];
        let series = PriceSeries {
            game_id: Some(game("now")),
            prices: vec![Some(1.0); 3],
            rug_tick: None,
            hash: None,
        };
        let ticks: Vec<_> = flagged(&notes, &series).map(|(tick, _)| tick).collect();
        assert_eq!(ticks, [0, 2]);
    }
}
