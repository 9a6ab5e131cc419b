//! The card of the results by game, newest last. A click replays the game.

use egui::{Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::BottomContext;
use crate::account::GameResult;
use crate::engine::View;
use crate::protocol::number;
use crate::ui::format::signed;
use crate::ui::game_name::name_of;
use crate::ui::page_part::PageAction;
use crate::ui::theme::role::{AXIS, CAPTION, STRONG};
use crate::ui::theme::{DOT, Theme};
use crate::ui::widgets::{fitting_amounts, index, line_galley, list_row_ui, paint_line, pixel};

/// Space left and right of the content.
const PADDING: f32 = 12.0;
/// Height of a line.
const LINE: f32 = 16.0;
/// Width of a time.
const TIME: f32 = 64.0;
/// Width of a result.
const RESULT: f32 = 76.0;

/// Draws the newest results that have room.
pub fn by_game_ui(
    ui: &mut Ui,
    view: &View,
    context: &BottomContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    let (theme, title_height) = (Theme::of(ui), context.title_height());
    let inside = ui.max_rect().shrink2(vec2(PADDING, 0.0));
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inside));
    let ui = &mut ui;
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.allocate_ui(vec2(ui.available_width(), title_height), |ui| {
        egui::Sides::new().height(title_height).show(
            ui,
            |ui| ui.label(STRONG.text("By game")),
            |ui| ui.label(CAPTION.text("click to replay").color(theme.quiet)),
        );
    });
    let room = index(f64::from(ui.available_height() / LINE));
    let (results, largest) = newest_of(context, view, room);
    let largest = number::to_f64_lossy(largest).max(1e-9);
    for result in &results {
        list_row_ui(ui, &result.game_id, |ui| {
            let (rect, response) =
                ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
            if response.hovered() || response.has_focus() {
                ui.painter().rect_filled(rect, 2, theme.hover);
            }
            let middle = rect.center().y;
            let time = result.name.trim_start_matches("Game ");
            let time = line_galley(ui, &[(AXIS, time, theme.quiet)], 0.0, TIME);
            paint_line(ui.painter(), pos2(rect.left(), middle), time);
            let bars = rect
                .with_min_x(rect.left() + TIME)
                .with_max_x(rect.right() - RESULT);
            let zero = bars.center().x;
            let axis = Stroke::new(1.0, theme.line2);
            ui.painter()
                .vline(zero, bars.shrink2(vec2(0.0, 2.0)).y_range(), axis);
            let colour = theme.money(result.pnl);
            let length = pixel(number::to_f64_lossy(result.pnl) / largest) * bars.width() / 2.0;
            let end = egui::Rect::from_two_pos(
                pos2(zero, middle - DOT),
                pos2(zero + length, middle + DOT),
            );
            ui.painter().rect_filled(end, 2, colour);
            let text = signed(result.pnl);
            let sum = fitting_amounts(ui, AXIS, RESULT - 4.0, || signed(result.pnl));
            let sum = line_galley(ui, &[(AXIS, &sum, colour)], 0.0, RESULT);
            paint_line(ui.painter(), pos2(rect.right() - sum.size().x, middle), sum);
            let name = format!("{} {text}, replay", result.name);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.clicked() {
                actions.push(PageAction::ReplayGame(result.game_id.clone()));
            }
            response.on_hover_text(format!("{} SOL", result.pnl));
        });
    }
}

/// The result of a game, as shown.
struct ShownResult {
    game_id: crate::protocol::GameId,
    name: String,
    pnl: Decimal,
}

/// Returns the newest results, that of the running game with its open position, and the size of the largest of all.
fn newest_of(context: &BottomContext<'_>, view: &View, room: usize) -> (Vec<ShownResult>, Decimal) {
    let (open, games) = (context.sums.position, &context.results.games);
    let pnl = |game: &GameResult| {
        let is_current = view.game_id.as_ref() == Some(&game.game_id);
        game.pnl + if is_current { open } else { Decimal::ZERO }
    };
    let largest = games.iter().map(|game| pnl(game).abs()).max();
    // A name is looked for among all games of the session: only for what is drawn.
    let newest = &games[games.len().saturating_sub(room)..];
    let shown = newest.iter().map(|game| ShownResult {
        game_id: game.game_id.clone(),
        name: name_of(view, &game.game_id),
        pnl: pnl(game),
    });
    (shown.collect(), largest.unwrap_or_default())
}
