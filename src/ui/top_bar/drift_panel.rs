//! The panel of the drift chip: what differs, since when, what it means, what to do, and the drifts of the session.

use std::fmt::Write as _;

use egui::{Align, Grid, Layout, Ui};
use rust_decimal::Decimal;

use crate::account::{Drift, DriftField};
use crate::engine::View;
use crate::trading::{DriftBadge, FieldComparison};
use crate::ui::drift_text::{NamedDifference, server_minus_ours};
use crate::ui::format::{clock, signed_difference, sol, sol_apart};
use crate::ui::session_results::sums_of;
use crate::ui::theme::role::{BODY, CAPTION, PILL, STRONG, TABLE, TABLE_MONO, TITLE};
use crate::ui::theme::{GRID, Theme};
use crate::ui::widgets::{Icon, Lamp, PushButton, icon_button_ui, icon_ui, lamp_ui, wrapped_ui};

/// Drifts listed.
const MAX_DRIFTS: usize = 8;

/// Returns the drift that is shown now.
pub fn badge(view: &View) -> Option<&DriftBadge> {
    view.trader.as_ref()?.drift.as_ref()
}

/// Draws the panel. `state`: what the chip says without a drift. Returns whether it is to be closed.
pub fn drift_panel_ui(ui: &mut Ui, view: &View, state: &str) -> bool {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.y = GRID;
    let badge = badge(view);
    let mut close = title_ui(ui, theme, badge);
    ui.separator();
    if let Some(badge) = badge {
        ui.label(STRONG.text("What differs").color(theme.text));
        table_ui(ui, theme, badge);
        let since = match badge.cleared_at {
            Some(at) => format!("From {} to {}", clock(badge.since), clock(at)),
            None => format!("Since {}", clock(badge.since)),
        };
        ui.label(CAPTION.text(since).color(theme.quiet));
        ui.add_space(GRID);
        ui.label(STRONG.text("What it means").color(theme.text));
        wrapped_ui(ui, theme.quiet, BODY.text(meaning(badge)));
        ui.add_space(GRID);
        ui.label(STRONG.text("What to do").color(theme.text));
        wrapped_ui(ui, theme.text, BODY.text("Nothing now."));
        let text = "Pianola already uses the server's balance, so BUY and SELL stay correct. If it happens often, turn on \
                    raw capture in the settings and report it.";
        wrapped_ui(ui, theme.quiet, BODY.text(text));
        ui.add_space(GRID);
    } else {
        wrapped_ui(ui, theme.text, BODY.text(state));
        let text = "Pianola computes your account from your orders and compares it with the server's after every update.";
        wrapped_ui(ui, theme.quiet, BODY.text(text));
        ui.add_space(GRID);
    }
    let unexplained = sums_of(view).unwrap_or_default().unexplained;
    history_ui(ui, theme, &view.session.drifts, unexplained);
    ui.add_space(2.0 * GRID);
    ui.horizontal(|ui| {
        let copy = ui.add(PushButton::new("Copy details").icon(Icon::Copy));
        if copy
            .on_hover_text("Copy all numbers with every decimal")
            .clicked()
        {
            ui.ctx().copy_text(details(badge, &view.session.drifts));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            close |= ui.add(PushButton::new("Got it").primary()).clicked();
        });
    });
    close
}

/// Draws the title. Returns whether the panel is to be closed.
fn title_ui(ui: &mut Ui, theme: Theme, badge: Option<&DriftBadge>) -> bool {
    ui.horizontal(|ui| {
        let (lamp, title, colour) = match badge {
            Some(badge) => (
                Lamp::Look,
                NamedDifference::of(&badge.last).sentence(),
                theme.amber,
            ),
            None => (Lamp::Checked, "No drift now".to_owned(), theme.text),
        };
        lamp_ui(ui, lamp);
        let close = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = icon_button_ui(ui, Icon::Cross, "Close", false).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(TITLE.text(title).color(colour)).truncate());
            });
            close
        });
        close.inner
    })
    .inner
}

fn meaning(badge: &DriftBadge) -> String {
    let drift = NamedDifference::of(&badge.last);
    let amount = drift.amount();
    let value = |value: Option<Decimal>| sol_apart(value.unwrap_or_default(), amount);
    let (ours, server) = (value(drift.compared.local), value(drift.compared.server));
    let (name, unit) = match drift.field {
        DriftField::Balance => ("a balance", "SOL"),
        DriftField::Position => ("a position", "tokens"),
        DriftField::EntryPrice => {
            return format!(
                "Your orders explain an average cost of {ours}x. The server says {server}x. One order was filled at \
                 another price than the one that Pianola computed."
            );
        }
    };
    let verb = if amount < Decimal::ZERO {
        "took"
    } else {
        "added"
    };
    let apart = value(Some(amount.abs()));
    format!(
        "Your orders explain {name} of {ours} {unit}. The server says {server}. Something outside these orders {verb} \
         {apart} {unit}, or one order reached the server without an answer."
    )
}

fn table_ui(ui: &mut Ui, theme: Theme, badge: &DriftBadge) {
    let last = &badge.last;
    let column = (ui.available_width() - 24.0) / 4.0;
    let grid = Grid::new("what differs")
        .num_columns(4)
        .spacing([8.0, 4.0])
        .min_row_height(20.0)
        .min_col_width(column)
        .max_col_width(column);
    grid.show(ui, |ui| {
        for head in ["", "Pianola", "Server", "Difference"] {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(CAPTION.text(head).color(theme.quiet));
            });
        }
        ui.end_row();
        for (name, compared, unit) in [
            ("Balance", &last.balance, ""),
            ("Tokens", &last.position, ""),
            ("Average cost", &last.entry_price, "x"),
        ] {
            ui.label(TABLE.text(name).color(theme.text));
            for value in [compared.local, compared.server] {
                value_ui(ui, theme, value, (unit, difference_of(compared)));
            }
            difference_ui(ui, theme, compared);
            ui.end_row();
        }
    });
}

/// Returns the server's value less ours; what agrees has no difference.
fn difference_of(compared: &FieldComparison) -> Decimal {
    if compared.ok {
        return Decimal::ZERO;
    }
    server_minus_ours(compared.server, compared.local)
}

/// Draws a value with its unit, so that `difference` from the other one can be seen.
fn value_ui(
    ui: &mut Ui,
    theme: Theme,
    value: Option<Decimal>,
    (unit, difference): (&str, Decimal),
) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let text = value.map_or("–".to_owned(), |value| {
            sol_apart(value, difference) + unit
        });
        let label = ui.label(TABLE_MONO.text(text).color(theme.text));
        if let Some(value) = value {
            label.on_hover_text(value.to_string());
        }
    });
}

fn difference_ui(ui: &mut Ui, theme: Theme, compared: &FieldComparison) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if compared.ok {
            // A narrow panel has no room for the tick.
            if ui.available_width() > 64.0 {
                icon_ui(ui, Icon::Check, 12.0, theme.quiet);
            }
            ui.label(TABLE_MONO.text(sol(Decimal::ZERO)).color(theme.quiet));
        } else {
            let difference = difference_of(compared);
            ui.label(PILL.text(signed_difference(difference)).color(theme.amber))
                .on_hover_text(difference.to_string());
        }
    });
}

/// Draws the drifts of the session, newest first, and `sum`, what they changed in SOL.
fn history_ui(ui: &mut Ui, theme: Theme, drifts: &[Drift], sum: Decimal) {
    ui.horizontal(|ui| {
        ui.label(STRONG.text("This session").color(theme.text));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let colour = if sum.is_zero() {
                theme.quiet
            } else {
                theme.amber
            };
            ui.label(PILL.text(signed_difference(sum)).color(colour))
                .on_hover_text(sum.to_string());
            ui.label(TABLE.text("unexplained, sum").color(theme.quiet));
        });
    });
    if drifts.is_empty() {
        ui.label(TABLE.text("No drift in this session.").color(theme.quiet));
    }
    for drift in drifts.iter().rev().take(MAX_DRIFTS) {
        ui.horizontal(|ui| {
            ui.label(TABLE_MONO.text(clock(drift.at)).color(theme.quiet));
            let tick = drift
                .tick
                .map_or(String::new(), |tick| format!(" at tick {tick}"));
            let text = format!("{}{tick}", field_name(drift.field));
            let label = ui.label(TABLE.text(text).color(theme.text));
            if let Some(game) = &drift.game_id {
                label.on_hover_text(game.to_string());
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let state = match drift.cleared_at {
                    Some(at) => format!("agrees since {}", clock(at)),
                    None => "using server".to_owned(),
                };
                ui.label(TABLE.text(state).color(theme.quiet));
                let difference = server_minus_ours(drift.server, drift.local);
                ui.label(PILL.text(signed_difference(difference)).color(theme.amber))
                    .on_hover_text(difference.to_string());
            });
        });
    }
}

fn field_name(field: DriftField) -> &'static str {
    match field {
        DriftField::Balance => "Balance",
        DriftField::Position => "Tokens",
        DriftField::EntryPrice => "Average cost",
    }
}

/// Returns all numbers as text, for a report.
fn details(badge: Option<&DriftBadge>, drifts: &[Drift]) -> String {
    let mut text = String::new();
    let value = |value: Option<Decimal>| value.map_or("none".to_owned(), |value| value.to_string());
    if let Some(badge) = badge {
        let last = &badge.last;
        text = format!("drift since {}\n", badge.since.to_rfc3339());
        for (name, compared) in [
            ("balance", &last.balance),
            ("tokens", &last.position),
            ("average cost", &last.entry_price),
        ] {
            let (ours, server) = (value(compared.local), value(compared.server));
            // Writing to a text cannot fail.
            _ = writeln!(text, "{name}: Pianola {ours}, server {server}");
        }
    }
    for drift in drifts {
        let game = drift
            .game_id
            .as_ref()
            .map_or("no game".to_owned(), ToString::to_string);
        let (ours, server) = (value(drift.local), value(drift.server));
        let tick = drift
            .tick
            .map_or(String::new(), |tick| format!(" tick {tick}"));
        let field = field_name(drift.field);
        let at = drift.at.to_rfc3339();
        _ = writeln!(
            text,
            "{at} {game}{tick} {field}: Pianola {ours}, server {server}"
        );
    }
    text
}
