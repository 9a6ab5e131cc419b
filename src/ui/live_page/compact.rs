//! The compact page of the live game, for a window of 360 x 200 points: multiplier, P&L, the three trade buttons, and the
//! lamps.

use chrono::{DateTime, Utc};
use egui::{Align, Layout, Rect, Ui, pos2, vec2};

use super::LivePage;
use crate::engine::View;
use crate::replay::Button;
use crate::ui::browser::trades_in_browser;
use crate::ui::chart::{direction, phase_text};
use crate::ui::command::KeyCommand;
use crate::ui::format::{NO_VALUE, exact, multiplier, signed};
use crate::ui::layout::Breakpoint;
use crate::ui::page_part::part_ui;
use crate::ui::replay::now;
use crate::ui::status_chips::{chip_of, drift_status, feed_status, recorder_status};
use crate::ui::status_line::notice_text;
use crate::ui::theme::role::{CAPTION, MONEY, MULTIPLIER, TABLE};
use crate::ui::theme::{GRID, Theme};
use crate::ui::trade_panel::{ButtonsContext, buttons_ui, text_ui};
use crate::ui::widgets::{Icon, chip_ui, fitting_amounts, icon_button_ui, named, truncated_ui};
use crate::ui::window_title::game_pnl;

/// Heights of the multiplier's line and of the line with the lamps.
const HEAD: f32 = 42.0;
const FOOT: f32 = 32.0;

impl LivePage {
    /// Draws the page. Returns whether the player wants the whole window back.
    pub fn compact_ui(&mut self, ui: &mut Ui) -> bool {
        let view = self.view();
        self.drawn_price = Some(view.order_price());
        self.escape_closes = false;
        self.set_typed_rules();
        let at = now(ui.ctx());
        let (input, _) = self.piano.update(&view, &mut self.page.ticket, at);
        if self.piano.is_moving(at) {
            ui.ctx().request_repaint_after(super::PIANO_EVERY);
        }
        let room = ui.max_rect().shrink2(vec2(2.0 * GRID, 0.0));
        let (head, rest) = room.split_top_bottom_at_y(room.top() + HEAD);
        let (middle, foot) = rest.split_top_bottom_at_y(rest.bottom() - FOOT);
        head_ui(ui, &view, (self.clock)(), head);
        let context = ButtonsContext {
            view: &view,
            input,
            now: (self.clock)(),
            ask_above: self.page.ticket_settings.ask_above_percent,
            long: true,
        };
        let pressed = buttons_ui(ui, &self.page.ticket, thirds(middle), &context);
        if let Some((order, source)) = pressed
            && !trades_in_browser(&view)
        {
            self.press(ui.ctx(), order, source);
        }
        self.foot_ui(ui, &view, foot)
    }

    /// Draws the lamps, the newest notice, and the button that makes the window whole. Returns whether it was pressed.
    fn foot_ui(&self, ui: &mut Ui, view: &View, rect: Rect) -> bool {
        let mut is_whole = false;
        part_ui(ui, "lamps", rect, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let tip = format!("Whole window ({})", KeyCommand::Compact.key_name(ui.ctx()));
                is_whole = icon_button_ui(ui, Icon::Whole, &tip, false).clicked();
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = GRID;
                    let states = [
                        feed_status(view, (self.clock)()),
                        drift_status(view),
                        recorder_status(view),
                    ];
                    for status in states {
                        let mut chip = chip_of(&status, Breakpoint::Tight);
                        // There is no room for its panel.
                        chip.menu = false;
                        named(chip_ui(ui, &chip), &status.name());
                    }
                    if let Some(newest) = self.notices.newest() {
                        let quiet = Theme::of(ui).quiet;
                        let text = notice_text(newest);
                        truncated_ui(ui, quiet, TABLE.text(&text)).on_hover_text(&text);
                    }
                });
            });
        });
        is_whole
    }
}

/// Returns the places of the trade buttons, one below the other.
fn thirds(room: Rect) -> [(Button, Rect); 3] {
    let height = (room.height() - 2.0 * GRID) / 3.0;
    let mut top = room.top();
    [Button::Buy, Button::Sell, Button::Sidebet].map(|button| {
        let place = Rect::from_min_size(pos2(room.left(), top), vec2(room.width(), height));
        top += height + GRID;
        (button, place)
    })
}

/// Draws multiplier and phase at the left, P&L of this game and of the session at the right.
fn head_ui(ui: &mut Ui, view: &View, now: DateTime<Utc>, rect: Rect) {
    let theme = Theme::of(ui);
    let newest = view.series.newest();
    let newest = newest.filter(|_| view.game_id == view.series.game_id);
    let price = newest.map_or("–".to_owned(), |(_, price)| multiplier(price));
    let colour = if newest.is_some() {
        direction(view, &theme).0
    } else {
        theme.quiet
    };
    let (left, right) = rect.split_left_right_at_fraction(0.44);
    let role = MULTIPLIER.sized(32.0);
    text_ui(ui, left, Align::LEFT, (role, &price, colour));
    let (first, second) = right.split_top_bottom_at_y(rect.top() + 24.0);
    let (word, money) = first.split_left_right_at_fraction(0.5);
    let phase = phase_text(view, now);
    text_ui(ui, word, Align::LEFT, (CAPTION, phase.word, theme.quiet));
    let (next, session) = second.split_left_right_at_fraction(0.5);
    text_ui(ui, next, Align::LEFT, (CAPTION, &phase.next, theme.quiet));
    let pnl = game_pnl(view);
    let role = MONEY.sized(18.0);
    let write = || pnl.map_or(NO_VALUE.to_owned(), signed);
    let text = fitting_amounts(ui, role, money.width(), write);
    let colour = pnl.map_or(theme.faint, |pnl| theme.money(pnl));
    let number = text_ui(ui, money, Align::RIGHT, (role, &text, colour));
    let tip = "P&L of this game, the position at the newest price";
    number.on_hover_text(pnl.map_or(tip.to_owned(), |pnl| format!("{}\n{tip}", exact(pnl))));
    if view.session.start.is_some() {
        let earned = view.session.curve.earned();
        let text = || format!("session {}", signed(earned));
        let text = fitting_amounts(ui, CAPTION, session.width(), text);
        text_ui(ui, session, Align::RIGHT, (CAPTION, &text, theme.quiet))
            .on_hover_text(exact(earned));
    }
}
