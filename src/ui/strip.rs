//! The games before: the last ten as a strip, and what the feed says of the last hundred.

use egui::{Align2, Rect, Sense, pos2, vec2};
use rust_decimal::Decimal;

use super::format::{self, multiplier};
use super::less::minimal;
use super::theme::{CHART_TEXT, RADIUS, Theme, chart_font, digits};
use crate::engine::{GameHistory, PastGame, View};
use crate::protocol::{Last100, number};

/// Height of the bars; the text under them comes on top.
const BARS: f32 = 36.0;
/// A peak of so much and more has the full height.
const FULL_PEAK: f64 = 100.0;
/// A game of so many ticks and more has the full width of its place.
const FULL_LENGTH: f64 = 600.0;
/// Width of a game's place: the text of its peak fits.
const PLACE: f32 = 48.0;

/// Width of the figures of the last hundred.
const FIGURES: f32 = 260.0;
/// Width of the words before the first game.
const CAPTION: f32 = 40.0;

/// Draws the last games, or what stands in their place: as high as they, so that nothing below it moves.
pub fn strip_or_words_ui(ui: &mut egui::Ui, view: &View) {
    let past = &view.past;
    let words = minimal(view, "The last games").filter(|_| !past.games.is_empty());
    let Some(words) = words else {
        return strip_ui(ui, past);
    };
    let mut height = BARS + 1.5 * CHART_TEXT;
    if !has_figures_beside(ui) {
        let line = ui.fonts_mut(|fonts| fonts.row_height(&chart_font()));
        for _line in figures(past) {
            height += line + ui.spacing().item_spacing.y;
        }
    }
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ui.set_min_height(height);
        let words = egui::RichText::new(words).small();
        ui.add(egui::Label::new(words.color(Theme::of(ui).quiet)).wrap());
    });
}

/// Whether all ten games leave room for the figures beside them.
fn has_figures_beside(ui: &egui::Ui) -> bool {
    let step = PLACE + ui.spacing().item_spacing.x;
    ui.available_width() > CAPTION + 11.0 * step + FIGURES
}

/// Draws the last games, and beside them the last hundred in figures.
pub fn strip_ui(ui: &mut egui::Ui, past: &GameHistory) {
    let theme = Theme::of(ui);
    // As high without games as with them: the chart above keeps its height.
    ui.set_min_height(BARS + 1.5 * CHART_TEXT);
    if past.games.is_empty() {
        let text = "The last ten games appear here, each with its peak.";
        ui.label(egui::RichText::new(text).small().color(theme.quiet));
    }
    let figures = figures(past);
    // Beside the games if all ten leave room, else below them.
    let step = PLACE + ui.spacing().item_spacing.x;
    let beside = has_figures_beside(ui);
    ui.horizontal(|ui| {
        if !past.games.is_empty() {
            caption_ui(ui, theme);
        }
        // Of a row too narrow for ten the newest stay.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most ten"
        )]
        let count = ((ui.available_width() / step).max(1.0) as usize).min(past.games.len());
        for game in &past.games[past.games.len() - count..] {
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
        let label = egui::Label::new(digits(line, CHART_TEXT).color(theme.quiet));
        ui.add(label.truncate());
    }
}

/// Says what the bars are; as high as they, so that the row stays one.
fn caption_ui(ui: &mut egui::Ui, theme: Theme) {
    let size = vec2(CAPTION, BARS + 1.5 * CHART_TEXT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    for (line, text) in [(1.2, "last"), (0.0, "games")] {
        let at = pos2(rect.left(), rect.bottom() - line * CHART_TEXT);
        ui.painter()
            .text(at, Align2::LEFT_BOTTOM, text, chart_font(), theme.quiet);
    }
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, "last games"));
}

fn game_ui(ui: &mut egui::Ui, theme: Theme, game: &PastGame) {
    let text_height = 1.5 * CHART_TEXT;
    let size = vec2(PLACE, BARS + text_height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let peak = game.peak.multiplier.map(number::to_f64_lossy);
    // A freak of five digits still fits its place.
    let shown = peak.map_or("–".to_owned(), |peak| {
        if peak < 1_000.0 {
            multiplier(peak)
        } else {
            format!("{peak:.0}x")
        }
    });
    // A lower bound keeps its sign, without the space for which there is no room.
    let shown = if game.peak.exact || peak.is_none() {
        shown
    } else {
        format!(">={shown}")
    };
    let floor = rect.bottom() - text_height;
    let high = f64::from(BARS) * height(peak.unwrap_or(1.0));
    let wide = f64::from(PLACE) * width(game.ticks);
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    let (high, wide) = (high as f32, wide as f32);
    let bar = Rect::from_min_max(
        pos2(rect.left(), floor - high),
        pos2(rect.left() + wide, floor),
    );
    let bright = peak.is_some_and(|peak| peak >= 10.0);
    let colour = if bright { theme.text } else { theme.quiet };
    // Without a length the width would be a lie: an outline only.
    if game.ticks.is_some() {
        ui.painter()
            .rect_filled(bar, RADIUS / 2, colour.gamma_multiply(0.7));
    } else {
        let stroke = egui::Stroke::new(1.0, theme.quiet);
        let inside = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(bar, RADIUS / 2, stroke, inside);
    }
    let under = pos2(rect.left(), rect.bottom());
    ui.painter()
        .text(under, Align2::LEFT_BOTTOM, &shown, chart_font(), colour);
    let length = game.ticks.map_or("length not known".to_owned(), |ticks| {
        format!("{ticks} ticks")
    });
    let peak = format::peak(game.peak);
    let words = format!("Game {}\npeak {peak}\n{length}", game.game_id);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, words.replace('\n', ", "))
    });
    response.on_hover_text(words);
}

/// How high the bar of a peak is, 0 to 1: by its logarithm.
fn height(peak: f64) -> f64 {
    let part = peak.max(1.0).ln() / FULL_PEAK.ln();
    part.clamp(0.06, 1.0)
}

/// How wide the bar of a game is, 0 to 1.
fn width(ticks: Option<u32>) -> f64 {
    let part = f64::from(ticks.unwrap_or(0)) / FULL_LENGTH;
    part.clamp(0.1, 1.0)
}

/// What the feed says of the games before, in lines.
fn figures(past: &GameHistory) -> Vec<String> {
    let shown = |value: Decimal| multiplier(number::to_f64_lossy(value));
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
    let average = average.map(|average| format!("average peak {} of the last 100", shown(average)));
    let highest = past
        .highest_today
        .map(|peak| format!("highest today {}", shown(peak)));
    let reached = (!reached.is_empty()).then(|| format!("reached {}", reached.join(" · ")));
    [average, reached, highest].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_say_only_what_is_known() {
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
