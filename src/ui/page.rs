//! The page of a game, live or replayed: where everything stands, side by side where there is room, else one below the
//! other.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::band::band_ui;
use super::browser::is_mirrored;
use super::chart::{Chart, Scale, Style, chart_ui};
use super::command::KeyCommand;
use super::less::unless_minimal;
use super::moves::moves_ui;
use super::notices::{self, Notices, notices_ui};
use super::position::position_ui;
use super::statistics::{Sheet, statistics_ui};
use super::stop::{self, StopControl};
use super::strip::strip_or_words_ui;
use super::theme::{GRID, NARROW};
use super::ticket::{Ticket, TicketInput, ticket_ui};
use crate::account::ActionSource;
use crate::engine::View;
use crate::trading::Order;

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
/// Ticks by which a key moves the chart.
const PAN: f64 = 40.0;
/// How much closer a key looks at the chart.
const ZOOM: f64 = 1.5;

/// What is on the page beside the view: how it is looked at, and the ticket.
#[derive(Debug, Clone, Default)]
pub(super) struct GamePage {
    pub ticket: Ticket,
    pub chart: Chart,
    pub sheet: Sheet,
    pub stop: StopControl,
}

/// A part of the page that somebody else draws.
pub(super) type Part<'a> = Option<&'a mut dyn FnMut(&mut egui::Ui)>;

/// What the page is drawn with.
pub(super) struct Around<'a> {
    pub now: DateTime<Utc>,
    pub notices: &'a Notices,
    /// Who presses the buttons of the ticket.
    pub ticket_input: TicketInput,
    /// Numbers of the rows of which something recorded is not what is computed.
    pub wrong: &'a BTreeSet<u32>,
    /// What stands under the chart.
    pub under_chart: Part<'a>,
    /// What stands under the ticket: it may become longer, and moves no button.
    pub under_ticket: Part<'a>,
}

/// What was pressed on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Asked {
    /// An order, and what pressed its button.
    Order(Order, ActionSource),
    /// A local wallet that begins anew.
    NewWallet,
    /// The emergency stop is pressed, or trading is resumed.
    Stop(bool),
}

fn frame() -> egui::Frame {
    egui::Frame::new().inner_margin(2.0 * GRID)
}

impl GamePage {
    /// Draws the game.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        view: &View,
        mut around: Around<'_>,
    ) -> Option<Asked> {
        let foot = egui::Panel::bottom("notices")
            .exact_size(notices::HEIGHT + 2.0 * GRID)
            .resizable(false)
            .frame(egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 4)))
            .show(ui, |ui| self.foot_ui(ui, view, &around));
        let room = ui.available_size();
        let upright = room.x < NARROW && room.y > room.x;
        let asked = if upright || room.x < COLUMNS {
            self.one_column(ui, view, &mut around)
        } else {
            self.columns(ui, view, &mut around)
        };
        // Before anything else is done.
        foot.inner.map(Asked::Stop).or(asked)
    }

    /// How the chart is drawn: whether with candles, and whether on a logarithmic axis.
    pub fn chart_style(&self) -> (bool, bool) {
        (
            self.chart.style == Style::Candles,
            self.chart.scale == Scale::Log,
        )
    }

    /// Draws the chart so.
    pub fn set_chart_style(&mut self, (candles, log): (bool, bool)) {
        self.chart.style = if candles { Style::Candles } else { Style::Line };
        self.chart.scale = if log { Scale::Log } else { Scale::Linear };
    }

    /// Does what a key asks of the chart; false when it asks for something else.
    pub fn chart_key(&mut self, command: KeyCommand) -> bool {
        let chart = &mut self.chart;
        match command {
            KeyCommand::Follow => chart.follow(),
            KeyCommand::WholeGame => chart.whole_game(),
            KeyCommand::Back => chart.pan(-PAN),
            KeyCommand::Forward => chart.pan(PAN),
            KeyCommand::Closer => chart.zoom(ZOOM),
            KeyCommand::Farther => chart.zoom(1.0 / ZOOM),
            KeyCommand::Candles => chart.turn_style(),
            KeyCommand::LogAxis => chart.turn_scale(),
            _ => return false,
        }
        true
    }

    fn columns(
        &mut self,
        ui: &mut egui::Ui,
        view: &View,
        around: &mut Around<'_>,
    ) -> Option<Asked> {
        let room = ui.available_size();
        let pick = |sizes: [f32; 2], little: bool| sizes[usize::from(little)];
        let side = pick(SIDE, room.x < NARROW);
        // Where the chart would have no room left, everything below it goes under the ticket.
        let flat = room.y < FLAT;
        let beside = room.x - side > 2.0 * STATISTICS;
        let asked = egui::Panel::right("side")
            .exact_size(side)
            .resizable(false)
            .frame(frame())
            .show(ui, |ui| {
                let scroll = egui::ScrollArea::vertical().id_salt("side");
                let shown = scroll.show(ui, |ui| {
                    let asked = self.side_ui(ui, view, around);
                    if flat || !beside {
                        ui.separator();
                        self.statistics_ui(ui, view);
                    }
                    if flat {
                        ui.separator();
                        some_moves_ui(ui, view, around);
                        ui.separator();
                        strip_or_words_ui(ui, view);
                    }
                    asked
                });
                shown.inner
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
                            .show(ui, |ui| self.scores_ui(ui, view));
                    }
                    rows_ui(ui, view, around);
                });
        }
        egui::CentralPanel::no_frame()
            .frame(frame())
            .show(ui, |ui| {
                band_ui(ui, view);
                let part = |name| {
                    egui::Panel::bottom(name)
                        .resizable(false)
                        .frame(egui::Frame::new())
                        .show_separator_line(false)
                };
                if !flat {
                    part("strip").show(ui, |ui| strip_or_words_ui(ui, view));
                }
                if let Some(under) = &mut around.under_chart {
                    part("under the chart").show(ui, under);
                }
                chart_ui(ui, &mut self.chart, view);
            });
        asked.inner
    }

    fn one_column(
        &mut self,
        ui: &mut egui::Ui,
        view: &View,
        around: &mut Around<'_>,
    ) -> Option<Asked> {
        let panel = egui::CentralPanel::no_frame().frame(frame());
        let shown = panel.show(ui, |ui| {
            let scroll = egui::ScrollArea::vertical().id_salt("game");
            let shown = scroll.show(ui, |ui| {
                band_ui(ui, view);
                let size = egui::vec2(ui.available_width(), NARROW_CHART);
                ui.allocate_ui(size, |ui| chart_ui(ui, &mut self.chart, view));
                if let Some(under) = &mut around.under_chart {
                    under(ui);
                }
                strip_or_words_ui(ui, view);
                ui.separator();
                let asked = self.side_ui(ui, view, around);
                ui.separator();
                ui.collapsing("Moves and statistics", |ui| {
                    self.statistics_ui(ui, view);
                    some_moves_ui(ui, view, around);
                });
                asked
            });
            shown.inner
        });
        shown.inner
    }

    fn statistics_ui(&mut self, ui: &mut egui::Ui, view: &View) {
        let size = egui::vec2(ui.available_width(), MOVES[1]);
        ui.allocate_ui(size, |ui| self.scores_ui(ui, view));
    }

    fn scores_ui(&mut self, ui: &mut egui::Ui, view: &View) {
        unless_minimal(ui, view, "Statistics", |ui| {
            statistics_ui(ui, &mut self.sheet, view);
        });
    }

    fn side_ui(
        &mut self,
        ui: &mut egui::Ui,
        view: &View,
        around: &mut Around<'_>,
    ) -> Option<Asked> {
        let anew = position_ui(ui, view);
        ui.separator();
        let order = ticket_ui(ui, &mut self.ticket, view, around.ticket_input);
        if let Some(under) = &mut around.under_ticket {
            ui.separator();
            under(ui);
        }
        let order = order.map(|(order, source)| Asked::Order(order, source));
        order.or(anew.then_some(Asked::NewWallet))
    }

    /// The line that is in sight whatever is scrolled: the newest notice, and below the ticket the emergency stop.
    /// Returns whether trading is to be stopped from now on, if that was asked for.
    fn foot_ui(&mut self, ui: &mut egui::Ui, view: &View, around: &Around<'_>) -> Option<bool> {
        let mut asked = None;
        // In a replay nothing is ordered.
        if around.ticket_input == TicketInput::Own {
            egui::Panel::right("stop")
                .exact_size(stop::width(ui.available_width()))
                .resizable(false)
                .frame(egui::Frame::new())
                .show_separator_line(false)
                .show(ui, |ui| {
                    let elsewhere = is_mirrored(view);
                    let control = &mut self.stop;
                    let stop =
                        |ui: &mut egui::Ui| control.show(ui, view.risk_usage.stopped, elsewhere);
                    asked = ui.add_enabled_ui(!elsewhere, stop).inner;
                });
        }
        notices_ui(ui, around.notices, around.now);
        asked
    }
}

/// The moves where the page itself is scrolled: as high as some of them.
fn some_moves_ui(ui: &mut egui::Ui, view: &View, around: &Around<'_>) {
    let room = egui::vec2(ui.available_width(), MOVES[1]);
    ui.allocate_ui(room, |ui| rows_ui(ui, view, around));
}

fn rows_ui(ui: &mut egui::Ui, view: &View, around: &Around<'_>) {
    unless_minimal(ui, view, "Moves", |ui| {
        moves_ui(ui, view, around.now, around.wrong);
    });
}
