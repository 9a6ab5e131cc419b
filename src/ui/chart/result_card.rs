//! The card after a rug: what the player lost or won in the game, and how it came about.

use egui::{Align, Layout, Rect, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::phase_text::{COOLDOWN_MILLIS, PRESALE_MILLIS, share};
use super::presale::tenths;
use super::result::GameResult;
use crate::engine::View;
use crate::game::Phase;
use crate::ui::command::KeyCommand;
use crate::ui::format::{multiplier, percent, signed};
use crate::ui::theme::role::{self, Role};
use crate::ui::theme::{CARD_RADIUS, Theme};
use crate::ui::widgets::{Icon, PushButton, fitting_amounts, truncated_ui};

/// The title of a game with a profit.
const WON: &str = "You won";
/// Width of the card.
const WIDTH: f32 = 480.0;
/// Height of its title and the space between its parts, in a low plot less.
const TITLE: [f32; 2] = [48.0, 36.0];
const SPACE: [f32; 2] = [16.0, 8.0];
/// Height of the caption, the sum, a line, the button and the bar.
const CAPTION: f32 = 20.0;
const SUM: f32 = 48.0;
const LINE: f32 = 24.0;
const BUTTON: f32 = 32.0;
const BAR: f32 = 4.0;
/// Room for the unit of the sum and its share of the cost.
const BESIDE: f32 = 132.0;
/// Below this height the plot is low; below this width the key of the replay has no room.
const LOW: f32 = 400.0;
const NARROW: f32 = 400.0;
/// Where the card is in a wide chart, and how far it stays away from the rug.
const LEFT: f32 = 152.0;
const AWAY: f32 = 24.0;
/// Place of the rug, as a share of the width.
const RUG_AT: f32 = 0.85;

/// Returns the place of the card over the older part of the plot, and how many of its lines have room.
pub fn result_rect(result: &GameResult, plot: Rect) -> (Rect, usize) {
    let width = WIDTH.min(plot.width() - 16.0);
    let room = RUG_AT * plot.width() - AWAY - width;
    let left = plot.left() + (room / 2.0).clamp(8.0, LEFT);
    let top = plot.top() + 56.0_f32.max((plot.height() - 480.0).min(96.0));
    let low = usize::from(plot.height() < LOW);
    let (title_height, space) = (TITLE[low], SPACE[low]);
    let others = title_height + CAPTION + SUM + BUTTON + BAR + 3.0 * space + 4.0;
    let lines = ((plot.bottom() - 8.0 - top - others) / LINE)
        .floor()
        .max(0.0);
    let shown = crate::ui::widgets::index(f64::from(lines)).min(result.lines.len());
    let count = f32::from(u8::try_from(shown).unwrap_or(u8::MAX));
    let size = vec2(width, others + count * LINE);
    (Rect::from_min_size(pos2(left, top), size), shown)
}

/// What the player chose on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultAction {
    /// Replay the game.
    Replay,
    /// Write a note on its rug.
    Note,
}

/// Draws the card over the older part of the plot. Returns what was chosen.
#[expect(clippy::too_many_lines, reason = "one card, from its title to its bar")]
pub fn result_card_ui(
    ui: &mut Ui,
    view: &View,
    result: &GameResult,
    opacity: f32,
    plot: Rect,
) -> Option<ResultAction> {
    let theme = Theme::of(ui);
    let (card, lines) = result_rect(result, plot);
    let width = card.width();
    let low = usize::from(plot.height() < LOW);
    let (title_height, space) = (TITLE[low], SPACE[low]);
    let shown = result.lines.iter().take(lines);
    let (ink, ground) = if result.sum < Decimal::ZERO {
        (theme.loss, theme.loss_bg)
    } else {
        (theme.gain, theme.gain_bg)
    };
    let mut card_ui = ui.new_child(UiBuilder::new().id_salt("result").max_rect(card));
    let ui = &mut card_ui;
    ui.set_opacity(opacity);
    ui.interact(card, ui.scope_id(), egui::Sense::click())
        .widget_info(|| WidgetInfo::labeled(egui::Role::GenericContainer, true, &result.headline));
    let painter = ui.painter();
    let frame = Stroke::new(2.0, ink);
    painter.rect(card, CARD_RADIUS, theme.panel, frame, StrokeKind::Inside);
    let title = card.with_max_y(card.top() + title_height).shrink(2.0);
    let radius = egui::CornerRadius {
        nw: 6,
        ne: 6,
        sw: 0,
        se: 0,
    };
    painter.rect_filled(title, radius, ground);

    let tick = view.series.rug_tick.unwrap_or_default();
    let rugged = format!("Rugged at tick {tick}");
    row_ui(ui, title.shrink2(vec2(16.0, 0.0)), |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), egui::Sense::empty());
        let icon = if result.sum < Decimal::ZERO {
            Icon::Cross
        } else {
            Icon::Check
        };
        icon.paint(ui.painter(), rect, 20.0, ink);
        let text = if result.sum > Decimal::ZERO {
            WON
        } else {
            &rugged
        };
        ui.colored_label(ink, role::TITLE.sized(18.0).text(text));
        right_ui(ui, |ui| {
            if let Some((_, peak)) = view.series.peak() {
                let text = format!("peak {}", multiplier(peak));
                ui.colored_label(theme.quiet, role::TABLE_MONO.text(text));
            }
        });
    });
    let inside = card.shrink2(vec2(16.0, 0.0));
    let mut y = title.bottom() + space;
    let mut next = |height: f32| {
        let row = Rect::from_min_size(pos2(inside.left(), y), vec2(inside.width(), height));
        y += height;
        row
    };
    row_ui(ui, next(CAPTION), |ui| {
        // The title of a won game has no room for the rug.
        let caption = match &*result.caption {
            WON => rugged.clone(),
            caption if result.sum > Decimal::ZERO => format!("{caption}, rugged at tick {tick}"),
            caption => caption.to_owned(),
        };
        ui.colored_label(theme.quiet, caption);
    });
    row_ui(ui, next(SUM), |ui| {
        // Beside it are its unit and its share of the cost.
        let room = (ui.available_width() - BESIDE).max(0.0);
        let sum = fitting_amounts(ui, role::RUG_SUM, room, || signed(result.sum));
        ui.colored_label(ink, number(role::RUG_SUM, &sum))
            .on_hover_text(format!("{} SOL", result.sum));
        ui.colored_label(theme.quiet, "SOL");
        right_ui(ui, |ui| {
            if let Some(share) = result.percent {
                ui.colored_label(ink, number(role::AMOUNT, &percent(share)));
            }
        });
    });
    for line in shown {
        row_ui(ui, next(LINE), |ui| {
            right_ui(ui, |ui| {
                if let Some(sum) = line.sum {
                    let text = number(role::PILL, &signed(sum));
                    ui.colored_label(theme.money(sum), text)
                        .on_hover_text(format!("{sum} SOL"));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    truncated_ui(ui, theme.quiet, role::TABLE.text(&line.text));
                });
            });
        });
    }
    next(space);
    let mut chosen = None;
    row_ui(ui, next(BUTTON), |ui| {
        let key = KeyCommand::ReplayGame.key_name(ui.ctx());
        let mut button = PushButton::new("Replay this game")
            .replay()
            .icon(Icon::Play);
        if width > NARROW {
            button = button.key(&key);
        }
        if ui.add(button).clicked() {
            chosen = Some(ResultAction::Replay);
        }
        if width > NARROW && ui.add(PushButton::new("Add note")).clicked() {
            chosen = Some(ResultAction::Note);
        }
        right_ui(ui, |ui| presale_in_ui(ui, view, theme));
    });
    if let Some(left) = until_presale(view) {
        let part = share(left, COOLDOWN_MILLIS);
        let bar = card.shrink(2.0);
        let bar = bar.with_min_y(bar.bottom() - BAR);
        let painter = ui.painter();
        painter.rect_filled(bar, 2.0, theme.raised);
        painter.rect_filled(
            bar.with_max_x(bar.left() + part * bar.width()),
            2.0,
            theme.quiet,
        );
    }
    chosen
}

/// Returns the milliseconds until the presale; `None` while the server has not said when it opens.
fn until_presale(view: &View) -> Option<i64> {
    let left = view.countdown_millis?;
    (view.phase == Phase::Cooldown).then_some(left - PRESALE_MILLIS)
}

/// Draws the time to the presale, once it is known.
fn presale_in_ui(ui: &mut Ui, view: &View, theme: Theme) {
    let Some(left) = until_presale(view) else {
        return;
    };
    let text = format!("{} s", tenths(left));
    let (rect, _) = ui.allocate_exact_size(vec2(60.0, 24.0), egui::Sense::empty());
    let font = role::AMOUNT.font();
    let at = rect.right_center();
    let align = egui::Align2::RIGHT_CENTER;
    ui.painter().text(at, align, text, font, theme.text);
    ui.colored_label(theme.quiet, role::TABLE.text("Presale in"));
}

fn number(role: Role, text: &str) -> egui::RichText {
    role.text(text)
}

fn row_ui(ui: &mut Ui, row: Rect, draw: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    let mut row = ui.new_child(UiBuilder::new().max_rect(row).layout(layout));
    row.spacing_mut().item_spacing.x = 8.0;
    draw(&mut row);
}

fn right_ui(ui: &mut Ui, draw: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), draw);
}
