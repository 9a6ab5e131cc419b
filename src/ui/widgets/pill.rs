//! Pills: past games in the strip below the chart, and the phase.

use egui::{Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};
use rust_decimal::Decimal;

use super::icons::Icon;
use super::line::{line_galley, paint_line, text_galley};
use crate::ui::theme::role::{PILL, TABLE_STRONG};
use crate::ui::theme::{ROW, Theme};

/// A past game in the strip.
#[derive(Debug, Clone, PartialEq)]
pub struct GamePill {
    /// The peak as shown.
    pub peak: String,
    /// The peak.
    pub multiplier: f64,
    /// What the player won or lost in that game; `None` without a trade.
    pub pnl: Option<Decimal>,
}

/// Draws the pill of a game with the given size and accessible name. A click replays the game.
pub fn pill_ui(ui: &mut Ui, pill: &GamePill, size: Vec2, name: impl Fn() -> String) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let height = size.y;
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name()));
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui);
        let (ground, frame, ink) = if pill.multiplier < 2.0 {
            (theme.loss_bg, theme.loss_bg, theme.loss)
        } else if pill.multiplier < 10.0 {
            (theme.raised, theme.raised, theme.text)
        } else {
            (theme.gold_bg, theme.gold, theme.gold)
        };
        let frame = if response.hovered() {
            theme.text
        } else {
            frame
        };
        let painter = ui.painter();
        painter.rect(
            rect,
            height / 2.0,
            ground,
            Stroke::new(1.0, frame),
            StrokeKind::Inside,
        );
        let arrow = match pill.pnl {
            Some(pnl) if pnl > Decimal::ZERO => Some((Icon::Buy, theme.gain)),
            Some(pnl) if pnl < Decimal::ZERO => Some((Icon::Sell, theme.loss)),
            _ => None,
        };
        let text = line_galley(ui, &[(PILL, &pill.peak, ink)], 0.0, size.x - 8.0);
        let width = text.size().x + arrow.map_or(0.0, |_| 12.0);
        let left = rect.center().x - width / 2.0;
        let right = left + text.size().x;
        paint_line(painter, egui::pos2(left, rect.center().y), text);
        if let Some((icon, colour)) = arrow {
            let place =
                Rect::from_center_size(egui::pos2(right + 8.0, rect.center().y), vec2(9.0, 9.0));
            icon.paint(painter, place, 9.0, colour);
        }
    }
    response
}

/// How a phase looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseTone {
    /// The presale.
    Presale,
    /// A running game.
    Active,
    /// A rug.
    Rugged,
    /// Between games, or unknown.
    Quiet,
    /// Old data.
    Stale,
    /// In a replay.
    Replay,
}

/// Draws the pill of a phase.
pub fn phase_pill_ui(ui: &mut Ui, word: &str, tone: PhaseTone) -> Response {
    let theme = Theme::of(ui);
    let (ground, ink): (Color32, Color32) = match tone {
        PhaseTone::Presale => (theme.accent, theme.panel),
        PhaseTone::Active => (theme.raised, theme.text),
        PhaseTone::Rugged => (theme.sell_fill, Theme::ON_FILL),
        PhaseTone::Quiet => (theme.raised, theme.quiet),
        PhaseTone::Stale => (theme.amber_bg, theme.amber),
        PhaseTone::Replay => (theme.replay_fill, Theme::ON_FILL),
    };
    let text = text_galley(ui, (TABLE_STRONG, word, ink));
    let size = vec2((text.size().x + 24.0).ceil(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, word));
    ui.painter().rect_filled(rect, ROW / 2.0, ground);
    paint_line(ui.painter(), rect.left_center() + vec2(12.0, 0.0), text);
    response
}
