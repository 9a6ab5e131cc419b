//! What lies over the pages or below them: the status line, the palette, the message at the start, the hints.

use egui::{Align2, Area, Frame, Id, Order, Stroke, Ui, vec2};

use super::App;
use crate::ui::hints::HintContext;
use crate::ui::layout::Breakpoint;
use crate::ui::page_requests::ReplayRequest;
use crate::ui::palette::{PaletteChoice, PaletteGame};
use crate::ui::settings_page::show_row;
use crate::ui::status_line::{StatusLineContext, status_line_ui};
use crate::ui::theme::{CARD_RADIUS, GAP, GRID, Theme};
use crate::ui::top_bar::Tab;
use crate::ui::widgets::wrapped_ui;

/// The widest message, and the part of the window that it may take.
const NOTICE_WIDTH: f32 = 520.0;
const NOTICE_SHARE: f32 = 0.56;

impl App {
    /// Draws the status line: of the replay while one is on the screen, or else of the running source.
    pub(super) fn status_line_ui(&mut self, ui: &mut Ui) {
        let replay = self.replay.as_ref().filter(|_| self.tab == Tab::Play);
        let Some(replay) = replay else {
            if let Some(live) = &mut self.live {
                live.status_line_ui(ui);
            }
            return;
        };
        let newest = replay.status();
        let context = StatusLineContext {
            newest: newest.as_ref(),
            empty: "No press yet. Each one appears here, with whether it matches the file.",
            now: crate::clock::now(),
            trade_keys_on: None,
        };
        for command in status_line_ui(ui, &context) {
            self.execute(ui.ctx(), command);
        }
    }

    /// Draws the palette if it is open, and does what was chosen in it.
    pub(super) fn palette_ui(&mut self, ctx: &egui::Context) {
        if !self.palette.is_open() {
            return;
        }
        let games = self.live.as_ref().map(|live| PaletteGame::of(&live.view()));
        let chosen = self
            .palette
            .ui(ctx, self.scope(), &games.unwrap_or_default());
        match chosen {
            Some(PaletteChoice::Command(command)) => self.from_palette = Some(command),
            Some(PaletteChoice::Game(game)) => {
                if let Some(live) = &mut self.live {
                    live.requests.replay = Some(ReplayRequest::Game(game));
                }
            }
            Some(PaletteChoice::Setting(name)) => {
                self.set_tab(Tab::Settings);
                show_row(ctx, name);
            }
            None => return,
        }
        ctx.request_repaint();
    }

    /// Draws the message about settings, source and saving over the lower left of the page, so that nothing moves.
    pub(super) fn notice_ui(&mut self, ctx: &egui::Context) {
        let Some(notice) = &self.startup.notice else {
            return;
        };
        let theme = Theme::of_visuals(&ctx.global_style().visuals);
        let window = ctx.content_rect();
        let above = Breakpoint::of(window.width()).status_line() + GAP;
        let area = Area::new(Id::unique("notice"))
            .order(Order::Middle)
            .anchor(Align2::LEFT_BOTTOM, vec2(GAP, -above));
        let frame = Frame::new()
            .fill(theme.amber_bg)
            .stroke(Stroke::new(1.0, theme.amber))
            .corner_radius(CARD_RADIUS)
            .inner_margin(3.0 * GRID);
        let shown = area.show(ctx, |ui| {
            // The trade panel stays free.
            ui.set_max_width((window.width() * NOTICE_SHARE).min(NOTICE_WIDTH));
            let framed = frame.show(ui, |ui| {
                wrapped_ui(ui, theme.text, notice);
                ui.button("Dismiss").clicked()
            });
            framed.inner
        });
        if shown.inner {
            self.startup.notice = None;
        }
    }

    /// Draws the current hint of the first run over the page of the live game.
    pub(super) fn hints_ui(&mut self, ctx: &egui::Context) {
        let Some(live) = self.live.as_ref().filter(|live| live.is_free()) else {
            return;
        };
        if !self.startup.settings.welcome {
            return;
        }
        let context = HintContext {
            amount: &live.page.ticket.text,
            has_traded: !live.view().actions.is_empty(),
            trade_keys_on: live.trade_keys_on,
        };
        if self.hints.ui(ctx, &context) {
            self.startup.settings.welcome = false;
        }
    }
}
