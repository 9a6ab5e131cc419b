//! The presale over the chart of the last game: the countdown, and what the player buys at the start.

use egui::epaint::RectShape;
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};
use rust_decimal::Decimal;

use super::canvas::Canvas;
use super::header::announce;
use super::phase_text::{PRESALE_MILLIS, share};
use crate::account::{ActionKind, ActionStatus};
use crate::engine::View;
use crate::ui::format::sol;
use crate::ui::theme::role;
use crate::ui::theme::{CARD_RADIUS, Theme};
use crate::ui::widgets::{Icon, fitting_amounts};

/// Opacity of the last game, and of the plate under the countdown.
pub const LAST_GAME: f32 = 0.25;
const PLATE: f32 = 0.86;
/// Width over which the plate fades out at its edges: the last game does not end at a line.
const FADE: f32 = 64.0;
/// The plate and the bar.
const PLATE_SIZE: [f32; 2] = [528.0, 320.0];
const BAR_SIZE: [f32; 2] = [360.0, 6.0];
/// Width from which on the whole text of a buy fits.
const LONG_TEXT: f32 = 480.0;
/// Below this height everything is smaller.
const LOW: f32 = 400.0;

/// What the player buys at the start of the next game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PresaleBuy {
    /// SOL of the buys that were confirmed.
    pub confirmed: Decimal,
    /// SOL of the buys that wait for an answer.
    pub sent: Decimal,
}

impl PresaleBuy {
    /// Returns the buys of a game that has not started.
    pub fn of(view: &View) -> Self {
        let mut buy = Self::default();
        let Some(game) = &view.game_id else {
            return buy;
        };
        let rows = view.actions.iter().rev();
        for row in rows.take_while(|row| row.game_id == *game) {
            let amount = row.amount.unwrap_or_default();
            match (row.action, row.status) {
                (ActionKind::Buy, ActionStatus::Confirmed) => buy.confirmed += amount,
                (ActionKind::Buy, ActionStatus::Pending) => buy.sent += amount,
                _ => {}
            }
        }
        buy
    }

    /// Whether anything is bought.
    pub fn is_empty(&self) -> bool {
        self.confirmed.is_zero() && self.sent.is_zero()
    }

    /// Returns the same in a few words.
    fn short_texts(&self) -> (&'static str, String) {
        if self.confirmed.is_zero() {
            return ("Sent:", format!("{} SOL", sol(self.sent)));
        }
        ("You buy:", format!("{} SOL at 1.00x", sol(self.confirmed)))
    }

    /// Returns the two parts of the text in the frame. At the start a token costs one SOL.
    fn texts(&self) -> (&'static str, String) {
        if self.confirmed.is_zero() {
            return ("Buy at the start sent:", format!("{} SOL", sol(self.sent)));
        }
        let amount = sol(self.confirmed);
        let text = format!("{amount} SOL → {amount} tokens at 1.00x");
        ("You buy at the start:", text)
    }
}

/// Draws the line at which the next game starts.
pub fn start_line(canvas: &Canvas<'_>, buy: &PresaleBuy) {
    let frame = canvas.frame();
    let y = canvas.y(1.0);
    if !frame.y_range().contains(y) {
        return;
    }
    let colour = canvas.theme.accent;
    let mut dashes = Vec::new();
    let path = [pos2(frame.left(), y), pos2(frame.right(), y)];
    Shape::dashed_line_many(&path, Stroke::new(1.5, colour), 6.0, 4.0, &mut dashes);
    canvas.painter.extend(dashes);
    // The countdown covers the middle.
    if frame.width() < PLATE_SIZE[0] + 2.0 * 150.0 {
        return;
    }
    let text = if buy.is_empty() {
        "Start of the game"
    } else {
        "Your entry at the start"
    };
    let at = pos2(frame.right() - 8.0, y - 4.0);
    let font = role::TABLE_STRONG.sized(11.0).font();
    canvas
        .painter
        .text(at, Align2::RIGHT_BOTTOM, text, font, colour);
}

/// Draws the countdown over the plot.
pub fn countdown_ui(ui: &mut Ui, view: &View, buy: &PresaleBuy, plot: Rect) {
    let theme = Theme::of(ui);
    let low = plot.height() < LOW;
    let small = low || plot.width() < PLATE_SIZE[0];
    let scale = if small { 0.6 } else { 1.0 };
    let height = PLATE_SIZE[1] * scale + if small { 24.0 } else { 0.0 };
    let top = (plot.center().y - height / 2.0 - 40.0 * scale).max(plot.top() + 44.0);
    let width = PLATE_SIZE[0].min(plot.width() - 16.0);
    let plate = Rect::from_center_size(
        pos2(plot.center().x, top + height / 2.0),
        vec2(width, height),
    );
    let painter = ui.painter().with_clip_rect(plot);
    let ground = theme.panel.gamma_multiply(PLATE);
    let fade = FADE * scale;
    let soft = RectShape::filled(plate.expand(fade / 4.0), CARD_RADIUS, ground);
    painter.add(soft.with_blur_width(fade));
    let response = ui.interact(plate, ui.scope_id().with("presale"), egui::Sense::hover());

    let centre = plate.center().x;
    let title = TextFormat {
        font_id: role::TITLE.sized(20.0 * scale.max(0.7)).font(),
        color: theme.accent,
        extra_letter_spacing: 4.0,
        ..TextFormat::default()
    };
    let title = painter.layout_job(LayoutJob::single_section("PRESALE".to_owned(), title));
    let top = plate.top() + 16.0 * scale;
    let below = top + title.size().y;
    let area = Rect::from_center_size(pos2(centre, f32::midpoint(top, below)), title.size());
    let phase = ui.interact(area, ui.scope_id().with("phase"), egui::Sense::hover());
    phase.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, "PRESALE"));
    announce(&phase, view);
    painter.galley(
        pos2(centre - title.size().x / 2.0, top),
        title,
        theme.accent,
    );
    let millis = view
        .countdown_millis
        .map(|millis| millis.clamp(0, PRESALE_MILLIS));
    let left = millis.map_or("–".to_owned(), tenths);
    let below = seconds(&painter, &left, scale, pos2(centre, below), theme.text);
    let [bar_width, bar_height] = BAR_SIZE;
    let bar = Rect::from_center_size(
        pos2(plate.center().x, below + 4.0 + bar_height / 2.0),
        vec2(bar_width.min(width - 32.0), bar_height),
    );
    painter.rect_filled(bar, 3.0, theme.raised);
    let part = share(millis.unwrap_or(0), PRESALE_MILLIS);
    let done = bar.with_max_x(bar.left() + bar.width() * part);
    painter.rect_filled(done, 3.0, theme.accent);

    let next = bar.bottom() + 16.0 * scale;
    let rule = if buy.is_empty() {
        "Buys fill at 1.00x when the game starts."
    } else {
        "A buy in the presale cannot be taken back. You can sell from tick 0."
    };
    // The frame keeps its place without a buy: the text below never moves.
    let frame = Rect::from_min_size(
        pos2(plate.left(), next),
        vec2(width, if small { 32.0 } else { 40.0 }),
    );
    if !buy.is_empty() {
        buy_frame(ui, &painter, theme, buy, frame);
    }
    let at = pos2(plate.center().x, frame.bottom() + 8.0);
    let font = role::TABLE.font();
    let words = painter.layout(rule.to_owned(), font, theme.quiet, width - 16.0);
    let at = pos2(at.x - words.size().x / 2.0, at.y);
    painter.galley(at, words, theme.quiet);

    let (verb, text) = buy.texts();
    let bought = if buy.is_empty() {
        String::new()
    } else {
        format!(" {verb} {text}.")
    };
    let name = format!("Presale, {left} s to the start.{bought} {rule}");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &name));
}

/// Draws the seconds with a smaller unit on the same base line; `top` is the middle of their upper edge. Returns their
/// lower edge.
fn seconds(painter: &Painter, left: &str, scale: f32, top: Pos2, colour: Color32) -> f32 {
    let role = role::PRESALE.sized(role::PRESALE.size * scale);
    let format = TextFormat {
        font_id: role.font(),
        color: colour,
        extra_letter_spacing: -role.size / 16.0,
        line_height: Some(role.line),
        ..TextFormat::default()
    };
    let digits = painter.layout_job(LayoutJob::single_section(left.to_owned(), format));
    let unit = role.sized(role.size * 0.42);
    let unit_text = painter.layout_no_wrap("s".to_owned(), unit.font(), colour);
    let gap = 0.12 * role.size;
    let width = digits.size().x + gap + unit_text.size().x;
    let corner = pos2(top.x - width / 2.0, top.y);
    let bottom = corner.y + digits.size().y;
    // The base lines of both sizes: below it is the same share of each size.
    let base = |galley: &egui::Galley| {
        let glyph = galley.rows.first().and_then(|row| row.glyphs.first());
        glyph.map_or(0.0, |glyph| glyph.pos.y)
    };
    let unit_top = corner.y + base(&digits) - base(&unit_text);
    let unit_left = corner.x + digits.size().x + gap;
    painter.galley(corner, digits, colour);
    painter.galley(pos2(unit_left, unit_top), unit_text, colour);
    bottom
}

/// Draws what the player buys at the start, in a green frame.
fn buy_frame(ui: &Ui, painter: &Painter, theme: Theme, buy: &PresaleBuy, room: Rect) {
    let write = || {
        if room.width() < LONG_TEXT {
            buy.short_texts()
        } else {
            buy.texts()
        }
    };
    let verb = painter.layout_no_wrap(write().0.to_owned(), role::STRONG.font(), theme.text);
    let others = 16.0 + 14.0 + 8.0 + verb.size().x + 8.0 + 16.0;
    let money = role::MONEY.sized(13.0);
    let text = fitting_amounts(ui, money, room.width() - others, || write().1);
    let text = painter.layout_no_wrap(text, money.font(), theme.gain);
    let width = others + text.size().x;
    let rect = Rect::from_center_size(room.center(), vec2(width.min(room.width()), room.height()));
    let frame = Stroke::new(1.0, theme.gain);
    let radius = CornerRadius::same(CARD_RADIUS);
    painter.rect(rect, radius, theme.gain_bg, frame, StrokeKind::Inside);
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let mut x = rect.left() + 16.0;
    let icon = Rect::from_min_size(pos2(x, rect.top()), vec2(14.0, rect.height()));
    Icon::Check.paint(&painter, icon, 14.0, theme.gain);
    x += 22.0;
    let middle = |height: f32| rect.center().y - height / 2.0;
    let (width, at) = (verb.size().x, pos2(x, middle(verb.size().y)));
    painter.galley(at, verb, theme.text);
    x += width + 8.0;
    painter.galley(pos2(x, middle(text.size().y)), text, theme.gain);
}

/// Returns milliseconds as seconds with one decimal.
pub fn tenths(millis: i64) -> String {
    let tenths = millis.max(0) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}
