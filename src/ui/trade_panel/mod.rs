//! The trade panel: P&L and wallet, the order ticket, and the emergency stop. It is always whole, and nothing in it ever
//! moves.

mod auto_sell;
mod blocks;
mod chips;
mod controls;
mod last_order;
mod lines;
mod money;
mod numbers;

use egui::{Align, ScrollArea, Ui};
use rust_decimal::Decimal;

pub use auto_sell::AutoSellFields;
pub use controls::{ButtonsContext, buttons_ui};
pub use money::{OrderFlash, text_ui};

use auto_sell::auto_sell_ui;
use blocks::{Blocks, blocks, least_height};
use controls::{ControlsContext, controls_ui};
pub use last_order::last_order_line;
use last_order::last_order_ui;
use lines::{held_ui, holding_ui, holding_words, limit_ui, sidebet_line_ui};
use money::money_ui;

use super::browser::trades_in_browser;
use super::layout::TradePanelRegion;
use super::page_part::{PageAction, Part, part_ui};
use super::stop::{StopAction, StopControl};
use super::theme::Theme;
use super::theme::role::{BODY, TABLE};
use super::ticket::{Ticket, TicketInput};
use super::widgets::{truncated_ui, wrapped_ui};
use crate::account::WalletKind;
use crate::engine::View;
use crate::game::Time;
use crate::trading::Order;

/// What the panel is drawn with, in addition to the view.
pub struct TradePanelContext<'a> {
    /// Where it is, and what has room.
    pub region: TradePanelRegion,
    /// Who operates the ticket.
    pub input: TicketInput,
    /// The current time.
    pub now: Time,
    /// Settings of the ticket.
    pub settings: TicketSettings,
    /// The number of games in which the player acted, and the result of the last game, if they acted in that.
    pub games: (usize, Option<Decimal>),
    /// The part below the trade buttons, in place of limit and stop.
    pub under_ticket: Part<'a>,
}

/// The settings that the ticket uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TicketSettings {
    /// SOL of play money that a refilled wallet holds.
    pub start_balance: Decimal,
    /// Share of the balance above which a buy or a sidebet needs a second press, in percent; `None`: none does.
    pub ask_above_percent: Option<Decimal>,
}

impl Default for TicketSettings {
    fn default() -> Self {
        Self {
            start_balance: Decimal::ONE,
            ask_above_percent: None,
        }
    }
}

/// Draws the panel.
pub fn trade_panel_ui(
    ui: &mut Ui,
    (ticket, stop, flash): (&mut Ticket, &mut StopControl, &mut OrderFlash),
    view: &View,
    context: TradePanelContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    let least = least_height();
    if context.region.rect.height() >= least {
        return whole_ui(ui, (ticket, stop, flash), view, context, actions);
    }
    // A window below the smallest one that is supported.
    ScrollArea::vertical().show(ui, |ui| {
        let size = egui::vec2(ui.available_width(), least);
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::empty());
        let region = TradePanelRegion {
            rect,
            ..context.region
        };
        let context = TradePanelContext { region, ..context };
        whole_ui(ui, (ticket, stop, flash), view, context, actions);
    });
}

fn whole_ui(
    ui: &mut Ui,
    (ticket, stop, flash): (&mut Ticket, &mut StopControl, &mut OrderFlash),
    view: &View,
    context: TradePanelContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    let blocks = blocks(&context.region);
    let replay = !context.input.takes_presses();
    let elsewhere = trades_in_browser(view);
    let refill = money_ui(ui, view, &blocks, &context, flash);
    if replay && view.trader.is_none() {
        // Without a player the recording has no ticket.
        let theme = Theme::of(ui);
        let words = "No trades in this recording.";
        text_ui(ui, blocks.amount, Align::LEFT, (BODY, words, theme.quiet));
    } else {
        let controls = ControlsContext {
            view,
            blocks: &blocks,
            input: context.input,
            now: context.now,
            ask_above: context.settings.ask_above_percent,
        };
        let order = controls_ui(ui, ticket, controls);
        actions.extend(order.map(|(order, source)| PageAction::Order(order, source)));
        if !replay {
            let set = auto_sell_ui(ui, &mut ticket.auto_sell, view, blocks.auto_sell);
            actions.extend(set.map(PageAction::AutoSell));
        }
        let refill_to = (!replay).then_some(context.settings.start_balance);
        actions.extend(sidebet_line_ui(ui, view, &blocks, refill_to));
    }
    if refill {
        actions.push(PageAction::RefillWallet);
    }
    if let Some(under) = context.under_ticket {
        part_ui(ui, "under the ticket", under_rect(&blocks, replay), under);
    } else if !replay {
        below_ui(ui, view, &blocks, context.now);
    }
    if !replay {
        part_ui(ui, "stop", blocks.stop, |ui| {
            stop_ui(ui, stop, view, elsewhere, actions);
        });
    }
}

/// Returns the room of what the caller draws below the ticket: above the stop, which a replay does not have.
fn under_rect(blocks: &Blocks, replay: bool) -> egui::Rect {
    let below = blocks.below();
    if replay {
        below
    } else {
        below.with_max_y(blocks.stop.top() - 8.0)
    }
}

fn below_ui(ui: &mut Ui, view: &View, blocks: &Blocks, now: Time) {
    if let Some(rect) = blocks.held {
        held_ui(ui, view, rect);
    }
    if let Some(rect) = blocks.last_order {
        last_order_ui(ui, view, rect);
    }
    let trader = view.trader.as_ref();
    let waits =
        trader.is_some_and(|trader| trader.account.is_none() && trader.wallet == WalletKind::Local);
    let words = holding_words(view).filter(|_| !waits);
    if let (Some(rect), Some(words)) = (blocks.holding, words) {
        holding_ui(ui, rect, &words);
    }
    if let Some(rect) = blocks.limit {
        limit_ui(ui, view, rect, now);
    }
    if waits {
        // Without an account there is nothing to hold: its line is free, too.
        let holding = blocks.holding.unwrap_or(blocks.free);
        let free = holding.union(blocks.free);
        part_ui(ui, "free", free, |ui| {
            let words = "Your paper balance starts with the first data.";
            let quiet = Theme::of(ui).quiet;
            if free.height() < 36.0 {
                truncated_ui(ui, quiet, TABLE.text(words));
            } else {
                wrapped_ui(ui, quiet, TABLE.text(words));
            }
        });
    }
}

fn stop_ui(
    ui: &mut Ui,
    stop: &mut StopControl,
    view: &View,
    elsewhere: bool,
    actions: &mut Vec<PageAction>,
) {
    let account = view
        .trader
        .as_ref()
        .and_then(|trader| trader.account.as_ref());
    let holds = account.is_some_and(|account| !account.book().position.is_flat());
    let stopped = view.risk_usage.stopped;
    let draw = |ui: &mut Ui| stop.ui(ui, stopped, holds, elsewhere);
    match ui.add_enabled_ui(!elsewhere, draw).inner {
        Some(StopAction::Stop) => actions.push(PageAction::Stop(true)),
        Some(StopAction::Resume) => actions.push(PageAction::Stop(false)),
        Some(StopAction::SellAll(source)) => {
            let percent = Decimal::ONE_HUNDRED;
            actions.push(PageAction::Stop(true));
            actions.push(PageAction::Order(Order::Sell { percent }, source));
        }
        None => {}
    }
}
