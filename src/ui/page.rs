//! The page of a game, live or replayed: its parts in the layout of the window.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use egui::{CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::bottom::{Bottom, BottomContext, bottom_ui};
use super::chart::{Chart, chart_card_ui};
use super::layout::{Breakpoint, Edge, Regions, dragged, layout};
use super::notes::ShownNotes;
use super::notices::Notices;
use super::page_part::{PageAction, Part, card_ui};
use super::session_results::ResultsCache;
use super::stop::StopControl;
use super::theme::Theme;
use super::ticket::{Ticket, TicketInput};
use super::trade_panel::{OrderFlash, TicketSettings, TradePanelContext, trade_panel_ui};
use crate::engine::View;
use crate::settings::PanelSizes;

/// The state of the page beside the view.
#[derive(Debug, Clone, Default)]
pub struct GamePage {
    pub ticket: Ticket,
    pub ticket_settings: TicketSettings,
    pub stop: StopControl,
    pub chart: Chart,
    pub bottom: Bottom,
    /// The notes of the session on the screen.
    pub notes: ShownNotes,
    /// The sizes that the player dragged the parts to.
    pub sizes: PanelSizes,
    /// The results of the session's games.
    pub results: ResultsCache,
    /// The flash of the numbers that an order changed.
    flash: OrderFlash,
    /// Whether the player turned the bottom cards over, see [`layout`].
    bottom_is_turned: bool,
}

/// What the page is drawn with, in addition to the view.
pub struct PageContext<'a> {
    pub now: DateTime<Utc>,
    pub notices: &'a Notices,
    /// The server's name, which a guide says; empty in a replay.
    pub host: &'a str,
    /// Who operates the ticket.
    pub input: TicketInput,
    /// Places, from 1, of the rows that differ from what the account computes.
    pub wrong: &'a BTreeSet<usize>,
    /// Number of the row that the piano presses.
    pub pressed: Option<u32>,
    /// The transport below the chart. Only a replay has one.
    pub transport: Part<'a>,
    /// The part below the trade buttons.
    pub under_ticket: Part<'a>,
}

impl GamePage {
    /// Turns the bottom cards over: to their tab row, or, where they have no room, open over the chart.
    pub fn turn_bottom(&mut self) {
        self.bottom_is_turned = !self.bottom_is_turned;
    }

    /// Draws the game in all of the available room. Returns what the player did.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        mut context: PageContext<'_>,
    ) -> Vec<PageAction> {
        let mut actions = Vec::new();
        let replay = context.transport.is_some();
        let regions = self.regions(window_around(ui), replay);
        let sums = self.results.sums(view);
        let results = self.results.of(view);
        card_ui(ui, "chart", regions.chart, replay, |ui| {
            let (host, now) = (context.host, context.now);
            let of = (view, &self.notes.all[..], results);
            chart_card_ui(ui, &mut self.chart, of, host, now, &regions, &mut actions);
        });
        if let (Some(transport), Some(rect)) = (&mut context.transport, regions.transport) {
            card_ui(ui, "transport", rect, false, transport);
        }
        let bottom = BottomContext {
            region: regions.bottom,
            now: context.now,
            notices: context.notices,
            notes: &self.notes.all,
            results,
            sums: sums.unwrap_or_default(),
            wrong: context.wrong,
            pressed: context.pressed,
        };
        bottom_ui(ui, &mut self.bottom, view, &bottom, &mut actions);
        for action in &actions {
            if let PageAction::ShowTick(game, tick) = action
                && view.series.game_id.as_ref() == Some(game)
            {
                self.chart.show_tick(*tick);
            }
        }
        for edge in Edge::ALL {
            self.edge_ui(ui, &regions, edge);
        }
        let games = self.results.games(view);
        let panel = regions.trade_panel;
        let before = (self.ticket.text.clone(), self.ticket.share);
        let by_strategy = matches!(context.input, TicketInput::Strategy(_));
        card_ui(ui, "trade panel", panel.rect, replay, |ui| {
            let state = (&mut self.ticket, &mut self.stop, &mut self.flash);
            let context = TradePanelContext {
                region: panel,
                input: context.input,
                now: context.now,
                settings: self.ticket_settings,
                games,
                under_ticket: context.under_ticket,
            };
            trade_panel_ui(ui, state, view, context, &mut actions);
        });
        let changed = before != (self.ticket.text.clone(), self.ticket.share);
        if by_strategy && (changed || is_pressed(ui, panel.rect)) {
            // Before what the press does.
            actions.insert(0, PageAction::TakeHandBack);
        }
        actions
    }

    /// Returns the layout of a window.
    pub fn regions(&self, window: Rect, replay: bool) -> Regions {
        layout(window, self.sizes, replay, self.bottom_is_turned)
    }

    /// Lets the player drag an edge between two parts. A double click gives it back its usual place.
    fn edge_ui(&mut self, ui: &mut Ui, regions: &Regions, edge: Edge) {
        let Some(rect) = edge.rect(regions) else {
            return;
        };
        let response = ui.interact(rect, ui.scope_id().with(edge), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, edge.name()));
        let icon = match edge {
            Edge::Bottom => CursorIcon::ResizeVertical,
            Edge::TradePanel | Edge::Session => CursorIcon::ResizeHorizontal,
        };
        let response = response.on_hover_and_drag_cursor(icon);
        if response.double_clicked() {
            self.sizes = edge.reset(self.sizes);
        } else if response.dragged() {
            self.sizes = dragged(edge, regions, self.sizes, response.drag_delta());
        }
        if response.hovered() || response.dragged() {
            let middle = match edge {
                Edge::Bottom => Rect::from_center_size(rect.center(), vec2(rect.width(), 2.0)),
                _ => Rect::from_center_size(rect.center(), vec2(2.0, rect.height())),
            };
            ui.painter().rect_filled(middle, 1.0, Theme::of(ui).line);
        }
    }
}

/// Whether a button of the mouse went down in a rectangle.
fn is_pressed(ui: &Ui, rect: Rect) -> bool {
    ui.input(|input| {
        let at = input.pointer.interact_pos();
        input.pointer.any_pressed() && at.is_some_and(|at| rect.contains(at))
    })
}

/// Returns the rectangle of the window around the room that is left for the page: with the top bar and the status line.
fn window_around(ui: &Ui) -> Rect {
    let mut window = ui.available_rect_before_wrap();
    let breakpoint = Breakpoint::of(window.width());
    window.min.y -= breakpoint.top_bar();
    window.max.y += breakpoint.status_line();
    window
}

/// Returns the rectangle of the window before its top bar is drawn.
pub fn window_below(ui: &Ui) -> Rect {
    ui.available_rect_before_wrap()
}
