//! The game history: the last ten games as bars, and the server's statistics of the last hundred.

use egui::{Align2, Rect, Sense, pos2, vec2};

use super::degraded::minimal_notice;
use super::format::{exact_multiplier, multiplier, peak};
use super::theme::{CHART_TEXT, RADIUS, Theme, chart_font, digits, small};
use super::widgets::{index, pixel, truncated_ui, wrapped_ui};
use crate::engine::{GameHistory, PastGame, View};
use crate::protocol::{Last100, number};

/// Height of the bars.
const BARS: f32 = 36.0;
/// Height of the peak under a bar.
const CAPTION_HEIGHT: f32 = 1.5 * CHART_TEXT;
/// Height of the row of games.
const HEIGHT: f32 = BARS + CAPTION_HEIGHT;
/// The peak from which on a bar has its full height.
const FULL_PEAK: f64 = 100.0;
/// The length in ticks from which on a bar has its full width.
const FULL_LENGTH: f64 = 600.0;
/// Width of a game. The text of its peak fits.
const GAME_WIDTH: f32 = 48.0;
/// Width of the statistics of the last hundred games.
const FIGURES_WIDTH: f32 = 260.0;
/// Width of the caption before the first game.
const CAPTION_WIDTH: f32 = 40.0;

/// Draws the last games, or in MINIMAL mode a notice of the same height, so that nothing below it moves.
pub fn game_history_ui(ui: &mut egui::Ui, view: &View) {
    let past = &view.past;
    let notice = minimal_notice(view, "The last games").filter(|_| !past.games.is_empty());
    let Some(notice) = notice else {
        return history_ui(ui, past);
    };
    let mut height = HEIGHT;
    if !has_figures_beside(ui) {
        let line = ui.fonts_mut(|fonts| fonts.row_height(&chart_font()));
        for _line in figures(past) {
            height += line + ui.spacing().item_spacing.y;
        }
    }
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ui.set_min_height(height);
        wrapped_ui(ui, Theme::of(ui).quiet, small(notice));
    });
}

fn game_step(ui: &egui::Ui) -> f32 {
    GAME_WIDTH + ui.spacing().item_spacing.x
}

/// Whether all ten games leave room for the figures beside them.
fn has_figures_beside(ui: &egui::Ui) -> bool {
    ui.available_width() > CAPTION_WIDTH + 11.0 * game_step(ui) + FIGURES_WIDTH
}

fn history_ui(ui: &mut egui::Ui, past: &GameHistory) {
    let theme = Theme::of(ui);
    // The same height without games: the chart above keeps its size.
    ui.set_min_height(HEIGHT);
    if past.games.is_empty() {
        let text = "The last ten games appear here, each with its peak.";
        ui.colored_label(theme.quiet, small(text));
    }
    let figures = figures(past);
    let step = game_step(ui);
    let beside = has_figures_beside(ui);
    ui.horizontal(|ui| {
        if !past.games.is_empty() {
            caption_ui(ui, theme);
        }
        // A row that is too narrow for ten keeps the newest games.
        let fitting = index(f64::from(ui.available_width() / step)).max(1);
        let first = past.games.len().saturating_sub(fitting);
        for game in &past.games[first..] {
            game_ui(ui, theme, game);
        }
        if beside {
            ui.vertical(|ui| figures_ui(ui, theme, &figures));
        }
    });
    if !beside {
        figures_ui(ui, theme, &figures);
    }
}

fn figures_ui(ui: &mut egui::Ui, theme: Theme, figures: &[String]) {
    for line in figures {
        truncated_ui(ui, theme.quiet, digits(line, CHART_TEXT));
    }
}

/// Draws the caption with the height of a bar, so that the row stays one line.
fn caption_ui(ui: &mut egui::Ui, theme: Theme) {
    let size = vec2(CAPTION_WIDTH, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    for (line, text) in [(1.2, "last"), (0.0, "games")] {
        let at = pos2(rect.left(), rect.bottom() - line * CHART_TEXT);
        ui.painter()
            .text(at, Align2::LEFT_BOTTOM, text, chart_font(), theme.quiet);
    }
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, "last games"));
}

fn game_ui(ui: &mut egui::Ui, theme: Theme, game: &PastGame) {
    let size = vec2(GAME_WIDTH, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let price = game.peak.multiplier.map(number::to_f64_lossy);
    let bright = price.is_some_and(|price| price >= 10.0);
    let colour = if bright { theme.text } else { theme.quiet };
    let floor = rect.bottom() - CAPTION_HEIGHT;
    let bar = Rect::from_min_max(
        pos2(rect.left(), floor - BARS * height(price.unwrap_or(1.0))),
        pos2(rect.left() + GAME_WIDTH * width(game.ticks), floor),
    );
    // A game of unknown length is only an outline.
    if game.ticks.is_some() {
        let fill = colour.gamma_multiply(0.7);
        ui.painter().rect_filled(bar, RADIUS / 2, fill);
    } else {
        let stroke = egui::Stroke::new(1.0, theme.quiet);
        let inside = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(bar, RADIUS / 2, stroke, inside);
    }
    let under = pos2(rect.left(), rect.bottom());
    let text = short_peak(game, price);
    ui.painter()
        .text(under, Align2::LEFT_BOTTOM, text, chart_font(), colour);
    let length = game.ticks.map_or("length not known".to_owned(), |ticks| {
        format!("{ticks} ticks")
    });
    let peak = peak(game.peak);
    let words = format!("Game {}\npeak {peak}\n{length}", game.game_id);
    let name = words.replace('\n', ", ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    response.on_hover_text(words);
}

/// Returns the peak in the room under a bar: from 1000 on without decimals, a lower bound without a space.
fn short_peak(game: &PastGame, price: Option<f64>) -> String {
    let Some(price) = price else {
        return "–".to_owned();
    };
    let bound = if game.peak.exact { "" } else { ">=" };
    if price < 1_000.0 {
        format!("{bound}{}", multiplier(price))
    } else {
        format!("{bound}{price:.0}x")
    }
}

/// Returns the height of a bar from 0 to 1, by the logarithm of the peak.
fn height(peak: f64) -> f32 {
    let part = peak.max(1.0).ln() / FULL_PEAK.ln();
    pixel(part.clamp(0.06, 1.0))
}

/// Returns the width of a bar from 0 to 1, by the length of the game.
fn width(ticks: Option<u32>) -> f32 {
    let part = f64::from(ticks.unwrap_or(0)) / FULL_LENGTH;
    pixel(part.clamp(0.1, 1.0))
}

/// Returns the server's statistics of past games, in lines.
fn figures(past: &GameHistory) -> Vec<String> {
    let Last100 {
        average,
        reached_2x,
        reached_10x,
        reached_50x,
        reached_100x,
    } = past.last_100;
    let reached = [
        ("2x", reached_2x),
        ("10x", reached_10x),
        ("50x", reached_50x),
        ("100x", reached_100x),
    ];
    let reached: Vec<_> = reached
        .iter()
        .filter_map(|(name, count)| Some(format!("{name} {}", (*count)?)))
        .collect();
    let average = average
        .map(|average| format!("average peak {} of the last 100", exact_multiplier(average)));
    let highest = past
        .highest_today
        .map(|peak| format!("highest today {}", exact_multiplier(peak)));
    let reached = (!reached.is_empty()).then(|| format!("reached {}", reached.join(" · ")));
    [average, reached, highest].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn the_figures_list_only_known_values() {
        let mut past = GameHistory::default();
        assert!(figures(&past).is_empty());
        past.last_100.average = Some(Decimal::new(82, 1));
        past.last_100.reached_2x = Some(48);
        past.last_100.reached_100x = Some(0);
        past.highest_today = Some(Decimal::from(412));
        let lines = [
            "average peak 8.20x of the last 100",
            "reached 2x 48 · 100x 0",
            "highest today 412.0x",
        ];
        assert_eq!(figures(&past), lines);
    }

    #[test]
    fn higher_and_longer_games_have_higher_and_wider_bars_up_to_an_end() {
        assert!(height(1.0) > 0.0 && height(2.0) < height(10.0) && height(10.0) < height(99.0));
        assert!((height(5_000.0) - 1.0).abs() < 1e-12);
        assert!(width(None) > 0.0 && width(Some(100)) < width(Some(300)));
        assert!((width(Some(4_999)) - 1.0).abs() < 1e-12);
    }
}
