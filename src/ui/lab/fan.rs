//! Draws the fan: the bankroll of all sessions over their games, as bands between quantiles, a median, and the first
//! sessions as lines.

use egui::{
    Align2, Color32, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::fan_shape::{FanScale, FanShape, bank_y, game_labels, game_x};
use super::figures::sol;
use crate::lab::StrategyResult;
use crate::plural::grouped;
use crate::ui::format::{count, escaped};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{AXIS, CAPTION};
use crate::ui::widgets::strip_shape;

/// Least room for the axis of the bankroll, for that of the games, and above the plot.
const LEAST_RIGHT: f32 = 64.0;
const BELOW: f32 = 24.0;
const ABOVE: f32 = 8.0;
/// The quantiles, lowest first.
const NAMES: [&str; 5] = ["5 %", "25 %", "median", "75 %", "95 %"];
/// Gap beside a label of the bankroll.
const LABEL_GAP: f32 = 8.0;
/// Labels that are closer than this would overlap.
const LABEL: f32 = 13.0;

/// Draws the fan of a strategy whose sessions began with this bankroll.
pub fn fan_ui(ui: &mut Ui, result: &StrategyResult, bank: f64, is_log: bool, size: egui::Vec2) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let fan = &result.fan;
    let (Some(last), Some(end)) = (fan.games.last().copied(), fan.quantiles.last()) else {
        return;
    };
    response.widget_info(|| {
        let name = format!(
            "Fan of {} over {}: median {}, 90 % of the sessions between {} and {}",
            escaped(&result.name),
            count(grouped(last), "game"),
            sol(end[2]),
            sol(end[0]),
            sol(end[4])
        );
        WidgetInfo::labeled(Role::Figure, true, name)
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let scale = FanScale::new(fan, bank, is_log);
    let right = axis_width(ui.painter(), &scale).max(LEAST_RIGHT);
    let plot = Rect::from_min_max(rect.min + vec2(0.0, ABOVE), rect.max - vec2(right, BELOW));
    let shape = FanShape::new(fan, &scale, plot);
    let painter = ui.painter_at(rect);
    grid(&painter, theme, plot, &scale);
    games_axis(&painter, theme, plot, last);
    let [p5, p25, median, p75, p95] = &shape.quantiles;
    band(&painter, p5, p95, theme.accent.gamma_multiply(0.14));
    band(&painter, p25, p75, theme.accent.gamma_multiply(0.22));
    for line in &shape.lines {
        let stroke = Stroke::new(1.0, theme.quiet.gamma_multiply(0.5));
        painter.add(Shape::line(line.clone(), stroke));
    }
    painter.add(Shape::line(median.clone(), Stroke::new(2.0, theme.accent)));
    let start = bank_y(bank, &scale, plot);
    let ends = [pos2(plot.left(), start), pos2(plot.right(), start)];
    painter.extend(Shape::dashed_line(
        &ends,
        Stroke::new(1.0, theme.faint),
        4.0,
        4.0,
    ));
    names(
        &painter,
        theme,
        plot,
        end.map(|bank| bank_y(bank, &scale, plot)),
    );
    if let Some(at) = response.hover_pos().filter(|at| plot.contains(*at)) {
        let near = |game: u64| (game_x(game, last, plot) - at.x).abs();
        let all = fan.games.iter().zip(&fan.quantiles);
        let nearest = all.min_by(|(a, _), (b, _)| near(**a).total_cmp(&near(**b)));
        if let Some((game, quantiles)) = nearest {
            let x = game_x(*game, last, plot);
            painter.vline(x, plot.y_range(), Stroke::new(1.0, theme.faint));
            let values = NAMES.iter().zip(quantiles).rev();
            let lines: Vec<_> = values
                .map(|(name, bank)| format!("{name}: {} SOL", sol(*bank)))
                .collect();
            let games = count(grouped(*game), "game");
            let text = format!("After {games}\n{}", lines.join("\n"));
            response.on_hover_text_at_pointer(text);
        }
    }
}

/// Returns the room that the labels of the bankroll need.
fn axis_width(painter: &Painter, scale: &FanScale) -> f32 {
    let (lines, decimals) = scale.grid();
    let width = |bank: f64| {
        let text = format!("{bank:.decimals$}");
        let galley = painter.layout_no_wrap(text, AXIS.font(), Color32::PLACEHOLDER);
        galley.size().x
    };
    lines.into_iter().map(width).fold(0.0, f32::max) + 2.0 * LABEL_GAP
}

fn grid(painter: &Painter, theme: Theme, plot: Rect, scale: &FanScale) {
    let (lines, decimals) = scale.grid();
    for bank in lines {
        let y = bank_y(bank, scale, plot);
        painter.hline(plot.x_range(), y, Stroke::new(1.0, theme.line));
        let text = format!("{bank:.decimals$}");
        let place = pos2(plot.right() + LABEL_GAP, y);
        painter.text(place, Align2::LEFT_CENTER, text, AXIS.font(), theme.quiet);
    }
}

fn games_axis(painter: &Painter, theme: Theme, plot: Rect, last: u64) {
    for game in game_labels(last) {
        let align = match game {
            0 => Align2::LEFT_TOP,
            game if game == last => Align2::RIGHT_TOP,
            _ => Align2::CENTER_TOP,
        };
        let place = pos2(game_x(game, last, plot), plot.bottom() + 6.0);
        painter.text(place, align, grouped(game), AXIS.font(), theme.quiet);
    }
}

/// Fills the room between two lines of the same length.
fn band(painter: &Painter, below: &[Pos2], above: &[Pos2], colour: Color32) {
    let pairs = below.iter().zip(above);
    painter.add(strip_shape(
        pairs.map(|(low, high)| [(*low, colour), (*high, colour)]),
    ));
}

/// Names the quantiles at the end of the plot where their labels do not overlap; the median always.
fn names(painter: &Painter, theme: Theme, plot: Rect, heights: [f32; 5]) {
    let mut used: Vec<f32> = Vec::new();
    for place in [2, 0, 4, 1, 3] {
        let y = heights[place].max(plot.top() + LABEL);
        if used.iter().any(|used| (used - y).abs() < LABEL) {
            continue;
        }
        used.push(y);
        let at = pos2(plot.right() - 4.0, y - 1.0);
        painter.text(
            at,
            Align2::RIGHT_BOTTOM,
            NAMES[place],
            CAPTION.font(),
            theme.text,
        );
    }
}
