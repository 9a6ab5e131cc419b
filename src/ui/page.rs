//! Where everything of the game stands: side by side where there is room, else one below the other.

use super::app::{App, Over};
use super::band::band_ui;
use super::chart::chart_ui;
use super::moves::moves_ui;
use super::notices::{self, notices_ui};
use super::position::position_ui;
use super::statistics::statistics_ui;
use super::strip::strip_ui;
use super::theme::{GRID, NARROW};
use super::ticket::ticket_ui;
use crate::account::ActionSource;
use crate::engine::{Command, View};

/// Width of the column with position and ticket, and where there is little room.
const SIDE: [f32; 2] = [300.0, 264.0];
/// Height of the moves, and where there is little room.
const MOVES: [f32; 2] = [150.0, 100.0];
/// Width of the statistics beside the moves.
const STATISTICS: f32 = 340.0;
/// Below this height the moves take less.
const LOW: f32 = 760.0;
/// Below this height only band and chart stand beside the ticket.
const FLAT: f32 = 520.0;
/// Two columns need this width.
const COLUMNS: f32 = 640.0;
/// Height of the chart where all stands in one column: position and ticket stay in sight at 700 x 800.
const NARROW_CHART: f32 = 260.0;

fn frame() -> egui::Frame {
    egui::Frame::new().inner_margin(2.0 * GRID)
}

impl App {
    /// Draws the game.
    pub fn page(&mut self, ui: &mut egui::Ui) {
        let view = self.link.view.borrow().clone();
        egui::Panel::bottom("notices")
            .exact_size(notices::HEIGHT + 2.0 * GRID)
            .resizable(false)
            .frame(egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 4)))
            .show(ui, |ui| notices_ui(ui, &self.notices, (self.clock)()));
        let room = ui.available_size();
        let upright = room.x < NARROW && room.y > room.x;
        if upright || room.x < COLUMNS {
            self.one_column(ui, &view);
        } else {
            self.columns(ui, &view);
        }
        self.reset_ui(ui.ctx());
    }

    fn columns(&mut self, ui: &mut egui::Ui, view: &View) {
        let room = ui.available_size();
        let pick = |sizes: [f32; 2], little: bool| sizes[usize::from(little)];
        let side = pick(SIDE, room.x < NARROW);
        // Where the chart would have no room left, everything below it goes under the ticket.
        let flat = room.y < FLAT;
        let beside = room.x - side > 2.0 * STATISTICS;
        egui::Panel::right("side")
            .exact_size(side)
            .resizable(false)
            .frame(frame())
            .show(ui, |ui| {
                let scroll = egui::ScrollArea::vertical().id_salt("side");
                scroll.show(ui, |ui| {
                    self.side_ui(ui, view);
                    if flat || !beside {
                        ui.separator();
                        self.statistics_ui(ui, view);
                    }
                    if flat {
                        ui.separator();
                        self.some_moves_ui(ui, view);
                        ui.separator();
                        strip_ui(ui, &view.past);
                    }
                });
            });
        if !flat {
            egui::Panel::bottom("moves")
                .exact_size(pick(MOVES, room.y < LOW))
                .resizable(false)
                .frame(frame())
                .show(ui, |ui| {
                    if beside {
                        let margin = egui::Margin {
                            left: 8,
                            ..egui::Margin::ZERO
                        };
                        egui::Panel::right("statistics")
                            .exact_size(STATISTICS)
                            .resizable(false)
                            .frame(egui::Frame::new().inner_margin(margin))
                            .show(ui, |ui| statistics_ui(ui, &mut self.sheet, view));
                    }
                    self.moves_ui(ui, view);
                });
        }
        egui::CentralPanel::no_frame()
            .frame(frame())
            .show(ui, |ui| {
                band_ui(ui, view);
                if !flat {
                    egui::Panel::bottom("strip")
                        .resizable(false)
                        .frame(egui::Frame::new())
                        .show_separator_line(false)
                        .show(ui, |ui| strip_ui(ui, &view.past));
                }
                chart_ui(ui, &mut self.chart, view);
            });
    }

    fn one_column(&mut self, ui: &mut egui::Ui, view: &View) {
        egui::CentralPanel::no_frame()
            .frame(frame())
            .show(ui, |ui| {
                let scroll = egui::ScrollArea::vertical().id_salt("game");
                scroll.show(ui, |ui| {
                    band_ui(ui, view);
                    let size = egui::vec2(ui.available_width(), NARROW_CHART);
                    ui.allocate_ui(size, |ui| chart_ui(ui, &mut self.chart, view));
                    strip_ui(ui, &view.past);
                    ui.separator();
                    self.side_ui(ui, view);
                    ui.separator();
                    ui.collapsing("Moves and statistics", |ui| {
                        self.statistics_ui(ui, view);
                        self.some_moves_ui(ui, view);
                    });
                });
            });
    }

    fn statistics_ui(&mut self, ui: &mut egui::Ui, view: &View) {
        let size = egui::vec2(ui.available_width(), MOVES[1]);
        ui.allocate_ui(size, |ui| statistics_ui(ui, &mut self.sheet, view));
    }

    fn moves_ui(&self, ui: &mut egui::Ui, view: &View) {
        moves_ui(ui, &view.actions, (self.clock)());
    }

    /// The moves where the page itself is scrolled: as high as some of them.
    fn some_moves_ui(&self, ui: &mut egui::Ui, view: &View) {
        let room = egui::vec2(ui.available_width(), MOVES[1]);
        ui.allocate_ui(room, |ui| self.moves_ui(ui, view));
    }

    fn side_ui(&mut self, ui: &mut egui::Ui, view: &View) {
        if position_ui(ui, view, &self.rules) {
            self.over = Some(Over::NewWallet);
        }
        ui.separator();
        if let Some(order) = ticket_ui(ui, &mut self.ticket, &self.rules, view) {
            self.press(order, ActionSource::Mouse);
        }
    }

    /// Asks before the local wallet is filled anew.
    fn reset_ui(&mut self, ctx: &egui::Context) {
        if self.over != Some(Over::NewWallet) {
            return;
        }
        let answer = super::ask::ask_ui(
            ctx,
            "A new wallet?",
            "The wallet on this computer begins anew with 1 SOL; your session ends and is saved.",
            ["Begin anew", "Keep it"],
        );
        if let Some(answer) = answer {
            self.over = None;
            if answer {
                self.send(Command::ResetWallet);
            }
        }
    }
}
