//! The trade panel: position, order ticket and the emergency stop. It is always whole and never scrolls.

use egui::{ScrollArea, Ui};

use super::browser::trades_in_browser;
use super::layout::TradePanelRegion;
use super::page::{PageAction, Part, part_ui};
use super::position::position_ui;
use super::stop::StopControl;
use super::theme::GRID;
use super::ticket::{Ticket, TicketInput};
use super::ticket_panel::ticket_ui;
use crate::engine::View;

/// Height of the stop.
const STOP: f32 = 32.0;

/// What the panel is drawn with, in addition to the view.
pub struct TradePanelContext<'a> {
    /// Where it is, and what has room.
    pub region: TradePanelRegion,
    /// Who operates the ticket.
    pub input: TicketInput,
    /// The part below the trade buttons.
    pub under_ticket: Part<'a>,
}

/// Draws the panel.
pub fn trade_panel_ui(
    ui: &mut Ui,
    (ticket, stop): (&mut Ticket, &mut StopControl),
    view: &View,
    context: TradePanelContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    let inside = context
        .region
        .rect
        .shrink2(egui::vec2(4.0 * GRID, 3.0 * GRID));
    let (upper, lower) = inside.split_top_bottom_at_y(inside.bottom() - STOP - 2.0 * GRID);
    part_ui(ui, "ticket", upper, |ui| {
        ScrollArea::vertical().show(ui, |ui| {
            if position_ui(ui, view) {
                actions.push(PageAction::RefillWallet);
            }
            ui.separator();
            if let Some((order, source)) = ticket_ui(ui, ticket, view, context.input) {
                actions.push(PageAction::Order(order, source));
            }
            if let Some(under) = context.under_ticket {
                ui.separator();
                under(ui);
            }
        });
    });
    // A replay places no orders.
    if context.input == TicketInput::Player {
        let elsewhere = trades_in_browser(view);
        part_ui(ui, "stop", lower.with_min_y(lower.bottom() - STOP), |ui| {
            let draw = |ui: &mut Ui| stop.ui(ui, view.risk_usage.stopped, elsewhere);
            let stopped = ui.add_enabled_ui(!elsewhere, draw).inner;
            actions.extend(stopped.map(PageAction::Stop));
        });
    }
}
