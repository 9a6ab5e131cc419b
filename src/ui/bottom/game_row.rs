//! The header row of a game in the trades table: its name, peak, trades, state and result, and the link to its replay.

use egui::{Role as WidgetRole, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::columns::MARGIN;
use super::trade_list::{ListedRows, TradedGame};
use crate::engine::{SeenGame, View};
use crate::ui::format::{count, exact_multiplier, signed};
use crate::ui::game_name::{is_next, name_of};
use crate::ui::page_part::PageAction;
use crate::ui::status_chips::is_recording;
use crate::ui::theme::role::{PILL, TABLE, TABLE_STRONG};
use crate::ui::theme::{ROW, Theme};
use crate::ui::widgets::{
    Lamp, LinePart, fitting_amounts, line_galley, paint_line, replay_link_ui, text_galley,
};

/// The most of a header that its result takes, as a share of the room for it and the texts at its left.
const MOST_OF_SUM: f32 = 0.3;

/// What the headers are drawn with.
pub struct GameRows<'a> {
    pub view: &'a View,
    pub listed: ListedRows,
    /// Peak and state are left out.
    pub tight: bool,
}

impl GameRows<'_> {
    /// Draws the header of a game.
    pub fn ui(&self, ui: &mut Ui, game: &TradedGame, actions: &mut Vec<PageAction>) {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        let theme = Theme::of(ui);
        ui.painter().rect_filled(rect, 0, theme.raised);
        let seen = game.game_id.as_ref().and_then(|id| self.view.seen_game(id));
        let name = match &game.game_id {
            Some(id) => name_of(self.view, id),
            None => "Before the first game".to_owned(),
        };
        let is_current = game.game_id.is_some() && game.game_id == self.view.game_id;
        let pnl = self.pnl_of(game, is_current);
        let inside = rect.shrink2(vec2(MARGIN, 0.0));
        let mut right = inside.right();
        // A game that has not begun has nothing to replay.
        let begun = game.game_id.as_ref();
        if let Some(game_id) = begun.filter(|id| !is_next(self.view, id)) {
            let builder = UiBuilder::new()
                .max_rect(inside)
                .layout(egui::Layout::right_to_left(egui::Align::Center));
            let mut link = ui.new_child(builder);
            let link = replay_link_ui(&mut link, "Replay");
            link.widget_info(|| {
                WidgetInfo::labeled(WidgetRole::Link, true, format!("Replay {name}"))
            });
            right = link.rect.left() - 12.0;
            if link.on_hover_text(format!("Replay {name}")).clicked() {
                actions.push(PageAction::ReplayGame(game_id.clone()));
            }
        }
        let pnl_text = signed(pnl);
        let room = (right - inside.left()) * MOST_OF_SUM;
        let shown = fitting_amounts(ui, PILL, room, || signed(pnl));
        let sum = text_galley(ui, (PILL, &shown, theme.money(pnl)));
        right -= sum.size().x;
        paint_line(ui.painter(), pos2(right, rect.center().y), sum);
        let orders = match self.listed {
            ListedRows::All => count(game.orders, "order"),
            ListedRows::Sidebets => count(game.orders, "sidebet"),
        };
        let mut left = inside.left();
        let mut part = |ui: &Ui, parts: &[LinePart<'_>]| {
            let galley = line_galley(ui, parts, 6.0, (right - 12.0 - left).max(0.0));
            let width = galley.size().x;
            paint_line(ui.painter(), pos2(left, rect.center().y), galley);
            left += width + 12.0;
        };
        part(ui, &[(TABLE_STRONG, &name, theme.text)]);
        let peak = self.peak_of(seen, is_current);
        if let Some(peak) = peak.filter(|_| !self.tight) {
            let low = peak < Decimal::TWO;
            let colour = if low { theme.loss } else { theme.text };
            let text = exact_multiplier(peak);
            part(ui, &[(TABLE, "peak", theme.quiet), (PILL, &text, colour)]);
        }
        part(ui, &[(TABLE, &orders, theme.quiet)]);
        let runs = is_current && seen.is_some_and(|seen| !seen.ended);
        let word = text_galley(ui, (TABLE, "running", theme.text));
        if runs && !self.tight && left + 16.0 + word.size().x <= right - 12.0 {
            let lamp = Lamp::of_running(is_recording(self.view));
            lamp.paint(ui.painter(), pos2(left + 6.0, rect.center().y), &theme);
            paint_line(ui.painter(), pos2(left + 16.0, rect.center().y), word);
        }
        let state = if runs { ", running" } else { "" };
        let label = format!("{name}, {orders}, {pnl_text} SOL{state}");
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Row, true, &label));
        let id = game.game_id.as_ref().map(ToString::to_string);
        response.on_hover_text(format!("{} SOL\n{}", pnl, id.unwrap_or_default()));
    }

    /// Returns what a game came to: what its rows realised, and its open position at the newest price.
    fn pnl_of(&self, game: &TradedGame, is_current: bool) -> Decimal {
        let is_current = is_current && self.listed == ListedRows::All;
        let trader = self.view.trader.as_ref().filter(|_| is_current);
        let account = trader.and_then(|trader| trader.account.as_ref());
        let position = account.map_or(Decimal::ZERO, |account| {
            let held = &account.book().position;
            held.qty().saturating_mul(self.view.order_price()) - held.paid()
        });
        game.realised.saturating_add(position)
    }

    fn peak_of(&self, seen: Option<&SeenGame>, is_current: bool) -> Option<Decimal> {
        let newest = || {
            // In the presale the prices are still those of the game before.
            let is_its_own = is_current && self.view.series.game_id == self.view.game_id;
            let (_, peak) = self.view.series.peak().filter(|_| is_its_own)?;
            Decimal::from_f64_retain(peak)
        };
        seen.and_then(|seen| seen.peak).or_else(newest)
    }
}
