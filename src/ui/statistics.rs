//! The statistics of the session: trades, sidebets, equity and the equity curve.

use std::sync::Arc;

use egui::{Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};
use rust_decimal::Decimal;

use super::degraded::decoration_notice;
use super::format::{signed, sol};
use super::theme::{GRID, LINE, RADIUS, Theme, digits};
use super::widgets::{centred_text, fraction, index, pixel};
use crate::account::{Action, Score, Statistics};
use crate::engine::View;
use crate::protocol::number;

/// Size of the text.
const TEXT: f32 = 12.0;
/// Least height of the curve.
const LEAST_CURVE: f32 = 36.0;

/// The statistics of the rows that are shown; computed again only when a row is new.
#[derive(Debug, Clone, Default)]
pub struct StatisticsCache {
    rows: Option<Arc<Vec<Action>>>,
    statistics: Statistics,
    /// The equity after each row.
    curve: Vec<f64>,
}

impl StatisticsCache {
    fn update(&mut self, actions: &Arc<Vec<Action>>) {
        let same = |rows: &Arc<Vec<Action>>| Arc::ptr_eq(rows, actions);
        if self.rows.as_ref().is_some_and(same) {
            return;
        }
        self.rows = Some(Arc::clone(actions));
        // A row without a number has not taken effect yet.
        let mut rows: Vec<_> = actions.iter().filter(|row| row.seq > 0).collect();
        rows.sort_by_key(|row| row.seq);
        self.statistics = Statistics::of(rows);
        let equity = self.statistics.equity.iter();
        self.curve = equity.copied().map(number::to_f64_lossy).collect();
    }
}

/// Draws the statistics of the session.
pub fn statistics_ui(ui: &mut Ui, cache: &mut StatisticsCache, view: &View) {
    cache.update(&view.actions);
    ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Body);
    let theme = Theme::of(ui);
    let statistics = &cache.statistics;
    score_ui(ui, theme, "Trades", &statistics.trades)
        .on_hover_text("A trade is a position from flat to flat, however often it was added to");
    score_ui(ui, theme, "Sidebets", &statistics.sidebets)
        .on_hover_text("Sidebets that were decided");
    let trader = view.trader.as_ref();
    let now = trader.and_then(|trader| trader.equity(view.order_price()));
    equity_ui(ui, theme, statistics, now);
    let notice = decoration_notice(view, "Equity curve");
    curve_ui(
        ui,
        theme,
        &cache.curve,
        now.map(number::to_f64_lossy),
        notice,
    );
}

fn score_ui(ui: &mut Ui, theme: Theme, name: &str, score: &Score) -> egui::Response {
    let row = ui.horizontal_wrapped(|ui| {
        ui.label(digits(format!("{name:<8} n {}", score.n()), TEXT));
        if let Some(rate) = score.win_rate() {
            let text = format!("{} won ({:.1} %)", score.won, rate.round_dp(1));
            ui.colored_label(theme.quiet, digits(text, TEXT));
            ui.colored_label(theme.money(score.pnl), digits(signed(score.pnl), TEXT))
                .on_hover_text(format!("{} SOL", score.pnl));
        }
    });
    row.response
}

fn equity_ui(ui: &mut Ui, theme: Theme, statistics: &Statistics, now: Option<Decimal>) {
    ui.horizontal_wrapped(|ui| {
        let equity = now.or(statistics.equity.last().copied());
        // Truncated like the wallet, not rounded.
        let equity = equity.map_or("–".to_owned(), sol);
        ui.label(digits(format!("Equity   {equity} SOL"), TEXT))
            .on_hover_text("Wallet, position at the newest price, and the stake of a sidebet");
        let highest = statistics.equity.iter().max();
        let below = now.zip(highest).map(|(now, highest)| highest - now);
        let deepest = statistics.drawdown.max(below.unwrap_or_default());
        let text = format!("deepest fall {:.4}", deepest.trunc_with_scale(4));
        let tip = format!("{deepest} SOL below its highest, after a move of yours or now");
        ui.colored_label(theme.quiet, digits(text, TEXT))
            .on_hover_text(tip);
    });
}

/// Draws the curve, or the notice in its place.
fn curve_ui(ui: &mut Ui, theme: Theme, curve: &[f64], now: Option<f64>, notice: Option<String>) {
    let height = ui.available_height().max(LEAST_CURVE);
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter().with_clip_rect(rect);
    let frame = Stroke::new(1.0, theme.line);
    painter.rect(rect, RADIUS, theme.panel, frame, egui::StrokeKind::Inside);
    let name = |name: &str| egui::WidgetInfo::labeled(egui::Role::Figure, true, name);
    let empty = || "The equity curve begins with your first move".to_owned();
    if let Some(text) = notice.or_else(|| curve.is_empty().then(empty)) {
        let font = egui::FontId::proportional(11.0);
        let room = rect.width() - 2.0 * GRID;
        centred_text(&painter, rect, &text, font, theme.quiet, room);
        response.widget_info(|| name(&text));
        return;
    }
    let inside = rect.shrink(GRID);
    let start = curve.first().copied().unwrap_or_default();
    let y = height_on(&range(curve, now), inside, start);
    let dash = Stroke::new(1.0, theme.quiet.gamma_multiply(0.6));
    let ends = [pos2(inside.left(), y), pos2(inside.right(), y)];
    painter.extend(Shape::dashed_line(&ends, dash, GRID, GRID));
    let points = points(curve, now, inside);
    if let Some(&end) = points.last() {
        painter.add(Shape::line(points, Stroke::new(LINE, theme.text)));
        painter.circle_filled(end, 2.0 * LINE, theme.text);
    }
    let end = now.or(curve.last().copied()).unwrap_or(start);
    let moves = curve.len() - 1;
    let words = format!("Equity curve of {moves} moves, from {start:.4} to {end:.4} SOL");
    response.widget_info(|| name(&words));
    response.on_hover_text(words);
}

/// Returns the range of the equity axis. A flat curve gets some height, too.
fn range(curve: &[f64], now: Option<f64>) -> std::ops::RangeInclusive<f64> {
    let all = || curve.iter().copied().chain(now);
    let low = all().fold(f64::INFINITY, f64::min);
    let high = all().fold(f64::NEG_INFINITY, f64::max);
    let room = ((high - low) * 0.05).max(high.abs() * 1e-4).max(1e-9);
    low - room..=high + room
}

/// Returns the y coordinate of an equity.
fn height_on(range: &std::ops::RangeInclusive<f64>, rect: Rect, equity: f64) -> f32 {
    let (bottom, top) = (f64::from(rect.bottom()), f64::from(rect.top()));
    pixel(egui::remap(equity, range.clone(), bottom..=top))
}

/// Returns the curve in points of the screen. Of several values on one point it keeps the last.
fn points(curve: &[f64], now: Option<f64>, rect: Rect) -> Vec<Pos2> {
    let range = range(curve, now);
    let all: Vec<f64> = curve.iter().copied().chain(now).collect();
    let last = all.len().saturating_sub(1);
    let room = index(f64::from(rect.width().max(2.0)));
    let step = all.len().div_ceil(room).max(1);
    let mut places: Vec<usize> = (0..all.len()).step_by(step).collect();
    if places.last() != Some(&last) {
        places.push(last);
    }
    let x = |place| egui::lerp(rect.x_range(), fraction(place, last));
    let point = |place: usize| pos2(x(place), height_on(&range, rect, all[place]));
    places.into_iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_fills_its_room_whatever_the_numbers() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(200.0, 40.0));
        let long: Vec<f64> = (0..10_000).map(|n| f64::from(n % 17)).collect();
        for curve in [&[1.0][..], &[0.0, 0.0], &[1.0, 0.5, 3.0], &long] {
            let drawn = points(curve, Some(1.2), rect);
            assert!(drawn.len() <= 202, "{}", drawn.len());
            assert!(drawn.iter().all(|point| rect.expand(0.01).contains(*point)));
            assert_eq!(drawn.last().map(|point| point.x), Some(210.0));
        }
    }
}
