//! The small chart of a game beside the list, and the small curve of a session in its row.

use egui::{Align2, Color32, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use crate::account::{Action, ActionKind, ActionStatus};
use crate::protocol::{Tick, number};
use crate::recording::GameFile;
use crate::ui::format::{count, exact_multiplier};
use crate::ui::theme::role::{AXIS, CAPTION};
use crate::ui::theme::{MARK, RADIUS, Theme};
use crate::ui::widgets::{pixel, strip_shape};

/// Space above and below the prices.
const MARGIN: [f32; 2] = [26.0, 12.0];
/// Opacity of the fill below the line at its top.
const FILL: f32 = 0.13;

/// Draws the prices of a game with the player's orders in it.
pub fn preview_chart_ui(
    ui: &mut Ui,
    game: &GameFile,
    rows: &[Action],
    title: &str,
    size: egui::Vec2,
) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, RADIUS, theme.ground);
    let prices: Vec<_> = (0_u32..)
        .zip(&game.prices)
        .filter_map(|(tick, price)| Some((tick, number::to_f64_lossy((*price)?))))
        .collect();
    let name = format!("Prices of {title}: {}", count(game.prices.len(), "tick"));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    let at = rect.min + vec2(8.0, 12.0);
    painter.text(at, Align2::LEFT_CENTER, title, CAPTION.font(), theme.text);
    let high = prices.iter().map(|(_, price)| *price).fold(1.0, f64::max);
    let last = f64::from(u32::try_from(game.prices.len()).unwrap_or(u32::MAX).max(2) - 1);
    let inside = Rect::from_min_max(
        pos2(rect.left(), rect.top() + MARGIN[0]),
        pos2(rect.right() - 8.0, rect.bottom() - MARGIN[1]),
    );
    let place = |tick: Tick, price: f64| {
        let x = pixel(f64::from(tick) / last);
        let y = pixel(price / high);
        pos2(
            egui::lerp(inside.x_range(), x.min(1.0)),
            egui::lerp(inside.bottom()..=inside.top(), y.clamp(0.0, 1.0)),
        )
    };
    let (path, rug) = match prices.split_last() {
        Some((rug, path)) if game.meta.end_time.is_some() => (path, Some(rug)),
        _ => (&prices[..], None),
    };
    let points: Vec<Pos2> = path
        .iter()
        .map(|(tick, price)| place(*tick, *price))
        .collect();
    let end = points.last().copied();
    painter.add(fill(&points, inside, theme.text));
    painter.add(Shape::line(points, Stroke::new(1.5, theme.text)));
    if let Some(((tick, price), end)) = rug.zip(end) {
        let line = Stroke::new(2.0, theme.loss);
        painter.line_segment([end, place(*tick, *price)], line);
    }
    let done = rows
        .iter()
        .filter(|row| row.status == ActionStatus::Confirmed);
    for row in done.filter(|row| row.game_id == game.meta.game_id) {
        let Some(price) = row.executed_price.or(row.price) else {
            continue;
        };
        let tick = row.executed_tick.unwrap_or(row.tick);
        let at = place(tick, number::to_f64_lossy(price));
        let (down, colour) = match row.action {
            ActionKind::Buy => (-1.0, theme.gain),
            ActionKind::Sell => (1.0, theme.loss),
            _ => continue,
        };
        let tip = at - vec2(0.0, down * 4.0);
        let points = vec![
            tip,
            tip + vec2(-MARK, -down * 2.0 * MARK * 0.9),
            tip + vec2(MARK, -down * 2.0 * MARK * 0.9),
        ];
        painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    }
    if let Some(peak) = game.meta.peak_multiplier {
        let at = rect.right_top() + vec2(-8.0, 12.0);
        let text = format!("peak {}", exact_multiplier(peak));
        painter.text(at, Align2::RIGHT_CENTER, text, AXIS.font(), theme.quiet);
    }
}

/// Returns the area below a line, fading to the bottom of `inside`.
fn fill(line: &[Pos2], inside: Rect, colour: Color32) -> Shape {
    strip_shape(line.iter().map(|at| {
        let share = (inside.bottom() - at.y) / inside.height().max(1.0);
        let colour = colour.gamma_multiply(FILL * share.clamp(0.0, 1.0));
        let below = (pos2(at.x, inside.bottom()), Color32::TRANSPARENT);
        [(*at, colour), below]
    }))
}

/// Draws the course of a session's result: a line over its zero line, with a dot at its end.
pub fn curve_ui(ui: &mut Ui, curve: &[f64], size: egui::Vec2) {
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let Some((last, _)) = curve.split_last() else {
        return;
    };
    let theme = Theme::of(ui);
    let low = curve.iter().copied().fold(0.0, f64::min);
    let high = curve.iter().copied().fold(0.0, f64::max);
    let span = (high - low).max(1e-12);
    let steps = f64::from(u32::try_from(curve.len()).unwrap_or(u32::MAX).max(2) - 1);
    let inside = rect.shrink2(vec2(4.0, 5.0));
    let place = |step: u32, value: f64| {
        let x = pixel(f64::from(step) / steps);
        let y = pixel((value - low) / span);
        pos2(
            egui::lerp(inside.x_range(), x),
            egui::lerp(inside.bottom()..=inside.top(), y),
        )
    };
    let painter = ui.painter();
    let zero = place(0, 0.0).y;
    painter.hline(inside.x_range(), zero, Stroke::new(1.0, theme.line2));
    let points: Vec<Pos2> = (0_u32..)
        .zip(curve)
        .map(|(step, value)| place(step, *value))
        .collect();
    let colour = if *last < 0.0 { theme.loss } else { theme.gain };
    let end = points.last().copied();
    painter.add(Shape::line(points, Stroke::new(1.25, colour)));
    if let Some(end) = end {
        painter.circle_filled(end, 2.5, colour);
    }
}
