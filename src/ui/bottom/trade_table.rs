//! The trades table: rows under the header of their game, newest first. Only the visible lines are drawn.

use chrono::Duration;
use egui::{
    Color32, Rangef, Rect, Response, Role as WidgetRole, ScrollArea, Sense, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};
use rust_decimal::Decimal;

use super::BottomContext;
use super::cells::{ICON, cell_amounts, cell_ui, place_of};
use super::columns::{MARGIN, TradeColumn, columns};
use super::drift_row::drift_row_ui;
use super::game_row::GameRows;
use super::trade_list::{ListedRows, TradeLine, TradeList};
use super::trade_text::{
    copied_row, delay_millis, describe_action, millis_text, price_text, row_tip, tick_of, trouble,
    verb,
};
use crate::account::{Action, ActionKind, ActionSource, ActionStatus};
use crate::engine::View;
use crate::game::Time;
use crate::ui::format::{NO_VALUE, clock, signed, sol};
use crate::ui::motion;
use crate::ui::page_part::PageAction;
use crate::ui::theme::role::{CAPTION, PILL, TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::theme::{ROW, Theme};
use crate::ui::widgets::{Icon, line_galley, list_row_ui, paint_line, wrapped_ui};

/// The state of the table.
#[derive(Debug, Clone, Default)]
pub struct TradeTable {
    list: TradeList,
    /// The row that was clicked last, by its place.
    chosen: Option<usize>,
    /// When the session began that it is of.
    session: Option<Time>,
}

/// What the lines are drawn with.
struct TradeRows<'a> {
    view: &'a View,
    context: &'a BottomContext<'a>,
    theme: Theme,
    columns: Vec<(TradeColumn, Rangef)>,
}

/// Draws the table in all of the available room.
pub fn trade_table_ui(
    ui: &mut Ui,
    state: &mut TradeTable,
    listed: ListedRows,
    view: &View,
    context: &BottomContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    let theme = Theme::of(ui);
    if state.session != view.session.start {
        (state.session, state.chosen) = (view.session.start, None);
    }
    state
        .list
        .update(&view.actions, &view.session.drifts, listed);
    if state.list.lines.is_empty() {
        let text = match (view.trader.is_some(), listed) {
            (false, _) => "No trades in this recording.",
            (true, ListedRows::All) => {
                "Your trades appear here with their result. Every one is recorded."
            }
            (true, ListedRows::Sidebets) => "Your sidebets appear here with their result.",
        };
        ui.add_space(MARGIN);
        ui.horizontal_top(|ui| {
            ui.add_space(MARGIN);
            wrapped_ui(ui, theme.quiet, text);
        });
        return;
    }
    let tight = context.is_tight();
    let table = TradeRows {
        view,
        context,
        theme,
        columns: columns(ui.max_rect().x_range()),
    };
    let games = GameRows {
        view,
        listed,
        tight,
    };
    ui.spacing_mut().item_spacing.y = 0.0;
    if !tight {
        table.head_ui(ui);
    }
    let scroll = ScrollArea::vertical()
        .auto_shrink([false, false])
        .id_salt(listed as u8);
    let TradeTable { list, chosen, .. } = state;
    scroll.show_rows(ui, ROW, list.lines.len(), |ui, shown| {
        for line in &list.lines[shown] {
            // The indices are those of the session, whatever the table lists.
            match *line {
                TradeLine::Game(game) => {
                    let game = &list.games[game];
                    list_row_ui(ui, &game.game_id, |ui| games.ui(ui, game, actions));
                }
                TradeLine::Row(row) => list_row_ui(ui, ("row", row), |ui| {
                    table.row_ui(ui, row, chosen, actions);
                }),
                TradeLine::Drift(drift) => list_row_ui(ui, ("drift", drift), |ui| {
                    drift_row_ui(ui, &table.columns, &view.session.drifts[drift]);
                }),
            }
        }
    });
}

impl TradeRows<'_> {
    fn head_ui(&self, ui: &mut Ui) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        for (column, place) in &self.columns {
            cell_ui(
                ui,
                rect,
                *place,
                *column,
                (CAPTION, column.head(), self.theme.quiet),
            );
        }
        let line = Stroke::new(1.0, self.theme.line);
        ui.painter()
            .hline(rect.x_range(), rect.bottom() - 0.5, line);
    }

    /// Draws a row.
    fn row_ui(
        &self,
        ui: &mut Ui,
        index: usize,
        chosen: &mut Option<usize>,
        actions: &mut Vec<PageAction>,
    ) {
        let row = &self.view.actions[index];
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
        let theme = &self.theme;
        let wrong = self.context.wrong.contains(&(index + 1));
        let ground = if wrong {
            Some(theme.amber_bg)
        } else if self.is_pressed(row) {
            Some(theme.replay_bg)
        } else if *chosen == Some(index) || response.hovered() || response.has_focus() {
            Some(theme.hover)
        } else {
            self.flash(ui, row)
        };
        if let Some(ground) = ground {
            ui.painter().rect_filled(rect, 0, ground);
        }
        let trouble = trouble(row);
        let ink = match (wrong, row.status) {
            (true, _) | (_, ActionStatus::Unknown) => theme.amber,
            (_, ActionStatus::Refused | ActionStatus::Pending) => theme.quiet,
            _ => theme.text,
        };
        let tick = format!("{:>4}", tick_of(row));
        for &(column, place) in &self.columns {
            let after_amount = !matches!(
                column,
                TradeColumn::Time | TradeColumn::Tick | TradeColumn::Side | TradeColumn::Amount
            );
            if after_amount && trouble.is_some() {
                continue;
            }
            let text = |text: String, colour| (TABLE_MONO, text, colour);
            let amount = |role, amount: Option<Decimal>, write: fn(Decimal) -> String| {
                let write = || amount.map_or(NO_VALUE.to_owned(), write);
                cell_amounts(ui, place, role, write)
            };
            let (role, text, colour) = match column {
                TradeColumn::Time => text(clock(row.timestamp), theme.quiet),
                TradeColumn::Tick => text(tick.clone(), theme.quiet),
                TradeColumn::Side => {
                    self.side_ui(ui, rect, place, row, ink);
                    continue;
                }
                TradeColumn::Amount => text(amount(TABLE_MONO, row.amount, sol), ink),
                TradeColumn::Price => text(price_text(row), ink),
                TradeColumn::Pnl => match row.pnl {
                    Some(pnl) => (
                        PILL,
                        amount(PILL, row.pnl, signed),
                        if wrong { ink } else { theme.money(pnl) },
                    ),
                    None => text(NO_VALUE.to_owned(), theme.faint),
                },
                TradeColumn::Balance => text(amount(TABLE_MONO, row.balance_after, sol), ink),
                TradeColumn::Millis => {
                    let millis = delay_millis(row).map_or(String::new(), millis_text);
                    text(millis, theme.quiet)
                }
            };
            cell_ui(ui, rect, place, column, (role, &text, colour));
        }
        if let Some(why) = &trouble {
            self.remark_ui(ui, rect, why, ink);
        }
        let label = format!(
            "Tick {}: {}, {}{}{}",
            tick_of(row),
            describe_action(row),
            clock(row.timestamp),
            trouble.map_or(String::new(), |why| format!(", {why}")),
            if wrong { ", computed differently" } else { "" }
        );
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Row, true, &label));
        self.take_row_input(ui, index, response, chosen, actions);
    }

    /// Whether the piano presses a row now: by its number, or while its answer is still to come.
    fn is_pressed(&self, row: &Action) -> bool {
        let waits = row.status == ActionStatus::Pending;
        self.context
            .pressed
            .is_some_and(|seq| row.seq == seq || waits)
    }

    fn take_row_input(
        &self,
        ui: &Ui,
        index: usize,
        response: Response,
        chosen: &mut Option<usize>,
        actions: &mut Vec<PageAction>,
    ) {
        let row = &self.view.actions[index];
        if response.clicked() {
            *chosen = Some(index);
            actions.push(PageAction::ShowTick(row.game_id.clone(), tick_of(row)));
        }
        let copies = |ui: &Ui| {
            ui.input(|input| {
                input
                    .events
                    .iter()
                    .any(|event| matches!(event, egui::Event::Copy))
            })
        };
        if response.has_focus() && copies(ui) {
            ui.copy_text(copied_row(row));
        }
        response.context_menu(|ui| {
            for (name, text) in [
                ("Copy row", copied_row(row)),
                ("Copy game id", row.game_id.to_string()),
            ] {
                if ui.button(name).clicked() {
                    ui.copy_text(text);
                    ui.close();
                }
            }
            if ui.button("Replay this game").clicked() {
                actions.push(PageAction::ReplayGame(row.game_id.clone()));
                ui.close();
            }
        });
        response.on_hover_text(row_tip(row));
    }

    /// Paints the form and the verb of a row. What auto-sell sold says so.
    fn side_ui(&self, ui: &Ui, row_rect: Rect, place: Rangef, row: &Action, ink: Color32) {
        let theme = &self.theme;
        let (icon, colour) = match row.action {
            ActionKind::Buy => (Icon::Buy, theme.gain),
            ActionKind::Sell => (Icon::Sell, theme.loss),
            ActionKind::SidebetPlace | ActionKind::SidebetWin | ActionKind::SidebetLose => {
                (Icon::Sidebet, theme.side)
            }
            ActionKind::Liquidated => (Icon::Cross, theme.loss),
        };
        let colour = if row.status == ActionStatus::Confirmed {
            colour
        } else {
            theme.faint
        };
        let at = Rect::from_min_size(pos2(place.min, row_rect.top()), vec2(ICON, ROW));
        icon.paint(ui.painter(), at, ICON, colour);
        let verb = verb(row);
        let by = match row.source {
            ActionSource::Auto => "auto",
            ActionSource::Piano => "piano",
            _ => "",
        };
        let parts = [(TABLE_STRONG, verb.as_str(), ink), (TABLE, by, theme.quiet)];
        let galley = line_galley(ui, &parts, 6.0, place.span() - ICON - 8.0);
        let left = place.min + ICON + 8.0;
        paint_line(ui.painter(), pos2(left, row_rect.center().y), galley);
    }

    /// Paints a sentence in place of the columns after the amount.
    fn remark_ui(&self, ui: &Ui, rect: Rect, text: &str, colour: Color32) {
        let amount =
            place_of(&self.columns, TradeColumn::Amount).unwrap_or(Rangef::point(rect.left()));
        let left = amount.max + 16.0;
        let width = rect.right() - MARGIN - left;
        let galley = line_galley(ui, &[(TABLE, text, colour)], 0.0, width);
        paint_line(ui.painter(), pos2(left, rect.center().y), galley);
    }

    /// Returns the ground of a row that has just been confirmed.
    fn flash(&self, ui: &Ui, row: &Action) -> Option<Color32> {
        let age = self.context.now - row.confirmed_at?;
        let lasts = Duration::milliseconds(300);
        let fresh = age >= Duration::zero() && age < lasts && motion::moves(ui.ctx());
        fresh.then(|| {
            let rest = (lasts - age).to_std().unwrap_or_default();
            ui.request_repaint_after(rest);
            match row.pnl {
                Some(pnl) if pnl > Decimal::ZERO => self.theme.gain_bg,
                Some(pnl) if pnl < Decimal::ZERO => self.theme.loss_bg,
                _ => self.theme.hover,
            }
        })
    }
}
