//! The moves of the session, newest first.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::format::{delay, escaped, signed, sol};
use super::theme::{RADIUS, Theme, digits};
use crate::account::{Action, ActionKind, ActionStatus};
use crate::engine::View;

/// So long a move that was just confirmed stands on a ground of its own.
const FLASH: Duration = Duration::seconds(1);

/// Draws the rows; only those that are visible.
/// `wrong` are the numbers of those that say something else than is computed.
pub fn moves_ui(ui: &mut egui::Ui, view: &View, now: DateTime<Utc>, wrong: &BTreeSet<u32>) {
    let theme = Theme::of(ui);
    let actions = &view.actions;
    if actions.is_empty() {
        let text = if view.trader.is_some() {
            "Your moves appear here, each with what it came to; every one is recorded."
        } else {
            "Nobody plays here: there are no moves."
        };
        ui.label(egui::RichText::new(text).color(theme.quiet));
        return;
    }
    // A row is a line of text, not a button.
    let height = ui.text_style_height(&egui::TextStyle::Body);
    ui.spacing_mut().interact_size.y = height;
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show_rows(ui, height, actions.len(), |ui, rows| {
            for place in rows {
                let newest = actions.len() - 1;
                let row = &actions[newest - place];
                row_ui(ui, theme, row, now, wrong.contains(&row.seq));
                // Between two games a line: their ticks begin anew.
                let before = newest.checked_sub(place + 1).map(|older| &actions[older]);
                if before.is_some_and(|before| before.game_id != row.game_id) {
                    let y = ui.cursor().top() - ui.spacing().item_spacing.y / 2.0;
                    let line = egui::Stroke::new(1.0, theme.quiet.gamma_multiply(0.5));
                    ui.painter().hline(ui.max_rect().x_range(), y, line);
                }
            }
        });
}

fn row_ui(ui: &mut egui::Ui, theme: Theme, row: &Action, now: DateTime<Utc>, wrong: bool) {
    let (mark, colour) = match row.status {
        _ if wrong => ("⚠", theme.alert),
        ActionStatus::Confirmed => ("✔", theme.text),
        ActionStatus::Pending => ("…", theme.alert),
        ActionStatus::Refused => ("✖", theme.quiet),
        ActionStatus::Unknown => ("?", theme.alert),
    };
    // As wide as there is room: a long row is cut, it does not push the page apart.
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
    ui.label(digits(format!("{tick:>4} {mark}"), 12.0).color(colour));
    ui.label(digits(words(row), 12.0).color(colour));
    if let Some(pnl) = row.pnl {
        let money = theme.money(pnl.cmp(&rust_decimal::Decimal::ZERO));
        let colour = if wrong { theme.alert } else { money };
        ui.label(digits(signed(pnl), 12.0).color(colour));
    }
    // From the press to the confirmation; what was not pressed has none.
    if let (Some(at), true) = (row.confirmed_at, is_pressed(row.action)) {
        ui.label(digits(delay(at - row.timestamp), 11.0).color(theme.quiet));
    }
    if let Some(reason) = &row.reason {
        let text = egui::RichText::new(escaped(reason))
            .small()
            .color(theme.quiet);
        ui.add(egui::Label::new(text).truncate());
    }
    response.on_hover_text(format!(
        "wallet after it {} SOL",
        row.balance_after.map_or("–".to_owned(), |b| b.to_string())
    ));
}

fn is_pressed(kind: ActionKind) -> bool {
    use ActionKind::{Buy, Sell, SidebetPlace};
    matches!(kind, Buy | Sell | SidebetPlace)
}

/// Says what a row did.
pub fn words(row: &Action) -> String {
    let amount = row.amount.map_or("–".to_owned(), sol);
    let price = row.executed_price.or(row.price);
    let price = price.map_or(String::new(), |price| format!(" @ {}x", price.round_dp(4)));
    match row.action {
        ActionKind::Sell => {
            let share = row
                .sell_percent
                .map_or(String::new(), |share| format!(" {share} %"));
            format!("SELL{share} {amount}{price}")
        }
        ActionKind::SidebetPlace => format!("SIDEBET {amount}"),
        ActionKind::SidebetWin => format!("SIDEBET WON {amount}"),
        ActionKind::SidebetLose => format!("SIDEBET LOST {amount}"),
        ActionKind::Buy => format!("BUY {amount}{price}"),
        ActionKind::Liquidated => format!("RUGGED {amount}{price}"),
    }
}
