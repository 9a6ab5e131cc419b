//! The player's trades of the session, newest first.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::format::{delay, escaped, signed, sol};
use super::theme::{RADIUS, Theme, digits, small};
use super::widgets::truncated_ui;
use crate::account::{Action, ActionKind, ActionStatus};
use crate::engine::View;

/// How long a newly confirmed row is highlighted.
const FLASH: Duration = Duration::seconds(1);

/// Draws the visible rows. `wrong` holds the numbers of the rows that differ from what the account computes.
pub fn trades_ui(ui: &mut egui::Ui, view: &View, now: DateTime<Utc>, wrong: &BTreeSet<u32>) {
    let theme = Theme::of(ui);
    let actions = &view.actions;
    if actions.is_empty() {
        let text = if view.trader.is_some() {
            "Your moves appear here, each with what it came to; every one is recorded."
        } else {
            "Nobody plays here: there are no moves."
        };
        ui.colored_label(theme.quiet, text);
        return;
    }
    // A row has the height of a line of text, not of a button.
    let height = ui.text_style_height(&egui::TextStyle::Body);
    ui.spacing_mut().interact_size.y = height;
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show_rows(ui, height, actions.len(), |ui, rows| {
            for place in rows {
                let newest = actions.len() - 1;
                let row = &actions[newest - place];
                row_ui(ui, theme, row, now, wrong.contains(&row.seq));
                // A line between two games: tick numbers start again there.
                let older = newest.checked_sub(place + 1).map(|older| &actions[older]);
                if older.is_some_and(|older| older.game_id != row.game_id) {
                    let y = ui.cursor().top() - ui.spacing().item_spacing.y / 2.0;
                    let line = egui::Stroke::new(1.0, theme.quiet.gamma_multiply(0.5));
                    ui.painter().hline(ui.max_rect().x_range(), y, line);
                }
            }
        });
}

fn row_ui(ui: &mut egui::Ui, theme: Theme, row: &Action, now: DateTime<Utc>, wrong: bool) {
    let (mark, colour) = match row.status {
        _ if wrong => ("⚠", theme.amber),
        ActionStatus::Confirmed => ("✔", theme.text),
        ActionStatus::Pending => ("…", theme.amber),
        ActionStatus::Refused => ("✖", theme.quiet),
        ActionStatus::Unknown => ("?", theme.amber),
    };
    // The row is clipped to the available width, so that a long row does not widen the page.
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let age = row.confirmed_at.map(|at| now - at);
    if age.is_some_and(|age| age >= Duration::zero() && age < FLASH) {
        ui.painter().rect_filled(rect, RADIUS, theme.line);
    }
    let inside = egui::UiBuilder::new()
        .max_rect(rect)
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    let mut inside = ui.new_child(inside);
    inside.shrink_clip_rect(rect);
    let ui = &mut inside;
    let tick = row.executed_tick.unwrap_or(row.tick);
    ui.colored_label(colour, digits(format!("{tick:>4} {mark}"), 12.0));
    ui.colored_label(colour, digits(describe_action(row), 12.0));
    if let Some(pnl) = row.pnl {
        let colour = if wrong { theme.amber } else { theme.money(pnl) };
        ui.colored_label(colour, digits(signed(pnl), 12.0));
    }
    // Only a press has a delay to its confirmation.
    let is_press = matches!(
        row.action,
        ActionKind::Buy | ActionKind::Sell | ActionKind::SidebetPlace
    );
    if let Some(at) = row.confirmed_at.filter(|_| is_press) {
        ui.colored_label(theme.quiet, digits(delay(at - row.timestamp), 11.0));
    }
    if let Some(reason) = &row.reason {
        truncated_ui(ui, theme.quiet, small(escaped(reason)));
    }
    let balance = row.balance_after;
    let balance = balance.map_or("–".to_owned(), |balance| balance.to_string());
    response.on_hover_text(format!("wallet after it {balance} SOL"));
}

/// Returns what a row did, as `BUY 0.0100 @ 1.2x`.
pub fn describe_action(row: &Action) -> String {
    let amount = row.amount.map_or("–".to_owned(), sol);
    let price = row.executed_price.or(row.price);
    let price = price.map_or(String::new(), |price| format!(" @ {}x", price.round_dp(4)));
    match row.action {
        ActionKind::Sell => {
            let share = row.sell_percent;
            let share = share.map_or(String::new(), |share| format!(" {share} %"));
            format!("SELL{share} {amount}{price}")
        }
        ActionKind::SidebetPlace => format!("SIDEBET {amount}"),
        ActionKind::SidebetWin => format!("SIDEBET WON {amount}"),
        ActionKind::SidebetLose => format!("SIDEBET LOST {amount}"),
        ActionKind::Buy => format!("BUY {amount}{price}"),
        ActionKind::Liquidated => format!("RUGGED {amount}{price}"),
    }
}
