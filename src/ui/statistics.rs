//! What the session came to: trades, sidebets, equity and its curve.

use std::sync::Arc;

use egui::{Pos2, Sense, Shape, Stroke, pos2, vec2};
use rust_decimal::Decimal;

use super::format::{signed, sol};
use super::less::plain;
use super::theme::{GRID, LINE, RADIUS, Theme, digits};
use crate::account::{Action, Score, Statistics};
use crate::engine::View;
use crate::protocol::number;

/// Height of the lines of the text.
const TEXT: f32 = 12.0;
/// The curve has room for this at least.
const LEAST_CURVE: f32 = 36.0;

/// The statistics of the rows that are shown; made anew only when there is a new one.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    of: Option<Arc<Vec<Action>>>,
    statistics: Statistics,
    /// The equity after each row, as a curve takes it.
    curve: Vec<f64>,
}

impl Sheet {
    fn see(&mut self, actions: &Arc<Vec<Action>>) {
        let same = |of: &Arc<Vec<Action>>| Arc::ptr_eq(of, actions);
        if self.of.as_ref().is_some_and(same) {
            return;
        }
        self.of = Some(Arc::clone(actions));
        // What has no number yet has not taken effect.
        let mut rows: Vec<_> = actions.iter().filter(|row| row.seq > 0).collect();
        rows.sort_by_key(|row| row.seq);
        self.statistics = Statistics::of(rows);
        let equity = self.statistics.equity.iter();
        self.curve = equity.copied().map(number::to_f64_lossy).collect();
    }
}

/// Draws the statistics of the session that is shown.
pub fn statistics_ui(ui: &mut egui::Ui, sheet: &mut Sheet, view: &View) {
    sheet.see(&view.actions);
    ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Body);
    let theme = Theme::of(ui);
    let statistics = &sheet.statistics;
    score_ui(ui, theme, "Trades", &statistics.trades)
        .on_hover_text("A trade is a position from flat to flat, however often it was added to");
    score_ui(ui, theme, "Sidebets", &statistics.sidebets)
        .on_hover_text("Sidebets that were decided");
    let now = view
        .trader
        .as_ref()
        .and_then(|trader| trader.equity(view.order_price()));
    equity_ui(ui, theme, statistics, now);
    let left_out = plain(view, "Equity curve");
    curve_ui(
        ui,
        theme,
        &sheet.curve,
        now.map(number::to_f64_lossy),
        left_out,
    );
}

fn score_ui(ui: &mut egui::Ui, theme: Theme, name: &str, score: &Score) -> egui::Response {
    let row = ui.horizontal_wrapped(|ui| {
        ui.label(digits(format!("{name:<8} n {}", score.n()), TEXT));
        if let Some(rate) = score.win_rate() {
            let text = format!("{} won ({:.1} %)", score.won, rate.round_dp(1));
            ui.label(digits(text, TEXT).color(theme.quiet));
            let colour = theme.money(score.pnl.cmp(&Decimal::ZERO));
            ui.label(digits(signed(score.pnl), TEXT).color(colour))
                .on_hover_text(format!("{} SOL", score.pnl));
        }
    });
    row.response
}

fn equity_ui(ui: &mut egui::Ui, theme: Theme, statistics: &Statistics, now: Option<Decimal>) {
    ui.horizontal_wrapped(|ui| {
        let shown = now.or(statistics.equity.last().copied());
        // Cut as the wallet is, not rounded.
        let shown = shown.map_or("–".to_owned(), sol);
        ui.label(digits(format!("Equity   {shown} SOL"), TEXT))
            .on_hover_text("Wallet, position at the newest price, and the stake of a sidebet");
        let highest = statistics.equity.iter().max();
        let below = now.zip(highest).map(|(now, highest)| highest - now);
        let deepest = statistics.drawdown.max(below.unwrap_or_default());
        let fall = format!("deepest fall {:.4}", deepest.trunc_with_scale(4));
        ui.label(digits(fall, TEXT).color(theme.quiet))
            .on_hover_text(format!(
                "{deepest} SOL below its highest, after a move of yours or now"
            ));
    });
}

fn curve_ui(
    ui: &mut egui::Ui,
    theme: Theme,
    curve: &[f64],
    now: Option<f64>,
    left_out: Option<String>,
) {
    let height = ui.available_height().max(LEAST_CURVE);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let painter = ui.painter().with_clip_rect(rect);
    let frame = Stroke::new(1.0, theme.line);
    painter.rect(rect, RADIUS, theme.panel, frame, egui::StrokeKind::Inside);
    let begins = || Some("The equity curve begins with your first move".to_owned());
    let start = curve.first().copied().unwrap_or_default();
    let instead = left_out.or_else(|| if curve.is_empty() { begins() } else { None });
    if let Some(text) = instead {
        let font = egui::FontId::proportional(11.0);
        let room = rect.width() - 2.0 * GRID;
        let mut job = egui::text::LayoutJob::simple(text.clone(), font, theme.quiet, room);
        job.halign = egui::Align::Center;
        let galley = painter.layout_job(job);
        let at = rect.center() - vec2(0.0, galley.size().y / 2.0);
        painter.galley(at, galley, theme.quiet);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Figure, true, &text));
        return;
    }
    let inside = rect.shrink(GRID);
    let points = points(curve, now, inside);
    if let Some(base) = height_of(start, curve, now) {
        let y = egui::lerp(inside.bottom()..=inside.top(), base);
        let dash = Stroke::new(1.0, theme.quiet.gamma_multiply(0.6));
        let ends = [pos2(inside.left(), y), pos2(inside.right(), y)];
        painter.extend(Shape::dashed_line(&ends, dash, GRID, GRID));
    }
    if let Some(&end) = points.last() {
        painter.add(Shape::line(points, Stroke::new(LINE, theme.price)));
        painter.circle_filled(end, 2.0 * LINE, theme.price);
    }
    let end = now.or(curve.last().copied()).unwrap_or(start);
    let moves = curve.len() - 1;
    let words = format!("Equity curve of {moves} moves, from {start:.4} to {end:.4} SOL");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Figure, true, &words));
    response.on_hover_text(words);
}

/// Lowest and highest of what is drawn; a curve that is flat has some height all the same.
fn ends(curve: &[f64], now: Option<f64>) -> (f64, f64) {
    let all = || curve.iter().copied().chain(now);
    let low = all().fold(f64::INFINITY, f64::min);
    let high = all().fold(f64::NEG_INFINITY, f64::max);
    let room = ((high - low) * 0.05).max(high.abs() * 1e-4).max(1e-9);
    (low - room, high + room)
}

/// Where an equity stands between the lowest and the highest, 0 to 1.
#[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
fn height_of(equity: f64, curve: &[f64], now: Option<f64>) -> Option<f32> {
    let (low, high) = ends(curve, now);
    let height = ((equity - low) / (high - low)) as f32;
    height.is_finite().then_some(height)
}

/// The curve in points of the screen: of what falls on one point, the last.
fn points(curve: &[f64], now: Option<f64>, rect: egui::Rect) -> Vec<Pos2> {
    let (low, high) = ends(curve, now);
    let all: Vec<f64> = curve.iter().copied().chain(now).collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "points of a screen"
    )]
    let room = (rect.width().max(2.0)) as usize;
    let step = all.len().div_ceil(room).max(1);
    let last = all.len().saturating_sub(1);
    let mut places: Vec<usize> = (0..all.len()).step_by(step).collect();
    if places.last() != Some(&last) {
        places.push(last);
    }
    let share = |part: f64, whole: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
        let share = (part / whole) as f32;
        share
    };
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    places
        .into_iter()
        .map(|place| {
            let along = share(count(place), count(last.max(1)));
            let up = share(all[place] - low, high - low);
            pos2(
                egui::lerp(rect.left()..=rect.right(), along),
                egui::lerp(rect.bottom()..=rect.top(), up),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_fills_its_room_whatever_the_numbers() {
        let rect = egui::Rect::from_min_size(pos2(10.0, 20.0), vec2(200.0, 40.0));
        let long: Vec<f64> = (0..10_000).map(|n| f64::from(n % 17)).collect();
        for curve in [&[1.0][..], &[0.0, 0.0], &[1.0, 0.5, 3.0], &long] {
            let drawn = points(curve, Some(1.2), rect);
            assert!(drawn.len() <= 202, "{}", drawn.len());
            assert!(drawn.iter().all(|point| rect.expand(0.01).contains(*point)));
            assert_eq!(drawn.last().map(|point| point.x), Some(210.0));
        }
    }
}
