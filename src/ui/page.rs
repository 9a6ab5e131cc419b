//! The page of a game, live or replayed: the layout of its parts, in columns or, without room for these, in one column.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use egui::{CentralPanel, Frame, Panel, ScrollArea, Ui, vec2};

use super::browser::trades_in_browser;
use super::chart::{Chart, chart_ui};
use super::degraded::unless_minimal_ui;
use super::game_history::game_history_ui;
use super::notices::{self, Notices, notices_ui};
use super::phase_bar::phase_bar_ui;
use super::position::position_ui;
use super::statistics::{StatisticsCache, statistics_ui};
use super::stop::{self, StopControl};
use super::theme::{GRID, NARROW};
use super::ticket::{Ticket, TicketInput};
use super::ticket_panel::ticket_ui;
use super::trades::trades_ui;
use crate::account::ActionSource;
use crate::engine::View;
use crate::trading::Order;

/// Width of the column with position and ticket, wide and narrow.
const SIDE: [f32; 2] = [300.0, 264.0];
/// Height of the trades, high and low.
const TRADES: [f32; 2] = [150.0, 100.0];
/// Width of the statistics beside the trades.
const STATISTICS: f32 = 340.0;
/// Below this height the trades are low.
const LOW: f32 = 760.0;
/// Below this height only phase bar and chart are beside the ticket.
const FLAT: f32 = 520.0;
/// Width needed for two columns.
const COLUMNS: f32 = 640.0;
/// Height of the chart in one column. Position and ticket are visible at 700 x 800.
const NARROW_CHART: f32 = 260.0;

/// The state of the page beside the view.
#[derive(Debug, Clone, Default)]
pub struct GamePage {
    pub ticket: Ticket,
    pub chart: Chart,
    statistics: StatisticsCache,
    stop: StopControl,
}

/// A part of the page that the caller draws.
pub type Part<'a> = Option<&'a mut dyn FnMut(&mut Ui)>;

/// What the page is drawn with, in addition to the view.
pub struct PageContext<'a> {
    pub now: DateTime<Utc>,
    pub notices: &'a Notices,
    /// Who operates the ticket.
    pub input: TicketInput,
    /// Numbers of the rows that differ from what the account computes.
    pub wrong: &'a BTreeSet<u32>,
    /// The part below the chart.
    pub under_chart: Part<'a>,
    /// The part below the ticket. Its height may change: no button moves.
    pub under_ticket: Part<'a>,
}

/// What the player did on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PageAction {
    /// Press a trade button, by this input device.
    Order(Order, ActionSource),
    /// Refill the local wallet.
    RefillWallet,
    /// Stop trading, or resume it.
    Stop(bool),
}

fn padded() -> Frame {
    Frame::new().inner_margin(2.0 * GRID)
}

impl GamePage {
    /// Draws the game.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        mut context: PageContext<'_>,
    ) -> Option<PageAction> {
        let status_line = Panel::bottom("notices")
            .exact_size(notices::HEIGHT + 2.0 * GRID)
            .resizable(false)
            .frame(Frame::new().inner_margin(egui::Margin::symmetric(8, 4)))
            .show(ui, |ui| self.status_line_ui(ui, view, &context));
        let room = ui.available_size();
        let upright = room.x < NARROW && room.y > room.x;
        let action = if upright || room.x < COLUMNS {
            self.one_column_ui(ui, view, &mut context)
        } else {
            self.columns_ui(ui, view, &mut context)
        };
        // The stop takes precedence.
        status_line.inner.map(PageAction::Stop).or(action)
    }

    fn columns_ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        context: &mut PageContext<'_>,
    ) -> Option<PageAction> {
        let room = ui.available_size();
        let pick = |sizes: [f32; 2], small: bool| sizes[usize::from(small)];
        let side = pick(SIDE, room.x < NARROW);
        // Without room below the chart, everything there moves below the ticket.
        let flat = room.y < FLAT;
        let beside = room.x - side > 2.0 * STATISTICS;
        let action = Panel::right("side")
            .exact_size(side)
            .resizable(false)
            .frame(padded())
            .show(ui, |ui| {
                let scroll = ScrollArea::vertical().id_salt("side");
                let shown = scroll.show(ui, |ui| {
                    let action = self.side_ui(ui, view, context);
                    if flat || !beside {
                        ui.separator();
                        self.low_statistics_ui(ui, view);
                    }
                    if flat {
                        ui.separator();
                        low_rows_ui(ui, view, context);
                        ui.separator();
                        game_history_ui(ui, view);
                    }
                    action
                });
                shown.inner
            });
        if !flat {
            Panel::bottom("moves")
                .exact_size(pick(TRADES, room.y < LOW))
                .resizable(false)
                .frame(padded())
                .show(ui, |ui| {
                    if beside {
                        let mut frame = Frame::new();
                        frame.inner_margin.left = 8;
                        Panel::right("statistics")
                            .exact_size(STATISTICS)
                            .resizable(false)
                            .frame(frame)
                            .show(ui, |ui| self.statistics_ui(ui, view));
                    }
                    rows_ui(ui, view, context);
                });
        }
        let centre = CentralPanel::no_frame().frame(padded());
        centre.show(ui, |ui| {
            phase_bar_ui(ui, view);
            let part = |name| {
                Panel::bottom(name)
                    .resizable(false)
                    .frame(Frame::new())
                    .show_separator_line(false)
            };
            if !flat {
                part("strip").show(ui, |ui| game_history_ui(ui, view));
            }
            if let Some(under) = &mut context.under_chart {
                part("under the chart").show(ui, under);
            }
            chart_ui(ui, &mut self.chart, view);
        });
        action.inner
    }

    fn one_column_ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        context: &mut PageContext<'_>,
    ) -> Option<PageAction> {
        let panel = CentralPanel::no_frame().frame(padded());
        let shown = panel.show(ui, |ui| {
            let scroll = ScrollArea::vertical().id_salt("game");
            let shown = scroll.show(ui, |ui| {
                phase_bar_ui(ui, view);
                let size = vec2(ui.available_width(), NARROW_CHART);
                ui.allocate_ui(size, |ui| chart_ui(ui, &mut self.chart, view));
                if let Some(under) = &mut context.under_chart {
                    under(ui);
                }
                game_history_ui(ui, view);
                ui.separator();
                let action = self.side_ui(ui, view, context);
                ui.separator();
                ui.collapsing("Moves and statistics", |ui| {
                    self.low_statistics_ui(ui, view);
                    low_rows_ui(ui, view, context);
                });
                action
            });
            shown.inner
        });
        shown.inner
    }

    /// Draws the statistics with a fixed height, where the page scrolls.
    fn low_statistics_ui(&mut self, ui: &mut Ui, view: &View) {
        let size = vec2(ui.available_width(), TRADES[1]);
        ui.allocate_ui(size, |ui| self.statistics_ui(ui, view));
    }

    fn statistics_ui(&mut self, ui: &mut Ui, view: &View) {
        unless_minimal_ui(ui, view, "Statistics", |ui| {
            statistics_ui(ui, &mut self.statistics, view);
        });
    }

    fn side_ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        context: &mut PageContext<'_>,
    ) -> Option<PageAction> {
        let refill = position_ui(ui, view);
        ui.separator();
        let order = ticket_ui(ui, &mut self.ticket, view, context.input);
        if let Some(under) = &mut context.under_ticket {
            ui.separator();
            under(ui);
        }
        let order = order.map(|(order, source)| PageAction::Order(order, source));
        order.or(refill.then_some(PageAction::RefillWallet))
    }

    /// Draws the status line, which is always visible: the newest notice, and below the ticket the emergency stop.
    /// Returns true if trading is to be stopped, false if it is to be resumed.
    fn status_line_ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        context: &PageContext<'_>,
    ) -> Option<bool> {
        let mut action = None;
        // A replay places no orders.
        if context.input == TicketInput::Player {
            let elsewhere = trades_in_browser(view);
            let stop = Panel::right("stop")
                .exact_size(stop::width(ui.available_width()))
                .resizable(false)
                .frame(Frame::new())
                .show_separator_line(false);
            stop.show(ui, |ui| {
                let control = &mut self.stop;
                let draw = |ui: &mut Ui| control.ui(ui, view.risk_usage.stopped, elsewhere);
                action = ui.add_enabled_ui(!elsewhere, draw).inner;
            });
        }
        notices_ui(ui, context.notices, context.now);
        action
    }
}

/// Draws the trades with a fixed height, where the page scrolls.
fn low_rows_ui(ui: &mut Ui, view: &View, context: &PageContext<'_>) {
    let room = vec2(ui.available_width(), TRADES[1]);
    ui.allocate_ui(room, |ui| rows_ui(ui, view, context));
}

fn rows_ui(ui: &mut Ui, view: &View, context: &PageContext<'_>) {
    unless_minimal_ui(ui, view, "Moves", |ui| {
        trades_ui(ui, view, context.now, context.wrong);
    });
}
