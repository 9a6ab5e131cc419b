//! The limits on the page of the settings: what is typed is its own until it can be used.

use rust_decimal::Decimal;
use serde_json::Value;

use super::settings_page::named;
use super::theme::Theme;
use crate::account::{Guards, Rules};
use crate::settings::{in_order, limit_of, orders_of, percent_of};

/// The limits of one order.
const ORDERS: [&str; 4] = [
    "Smallest buy",
    "Largest buy",
    "Smallest sidebet",
    "Largest sidebet",
];
/// Those beyond one order, each with its unit; empty they are off.
const GUARDS: [(&str, &str); 3] = [
    (
        "Largest loss a day",
        "SOL from midnight UTC, with what is open",
    ),
    ("Orders a minute", "orders within any 60 seconds"),
    ("Slippage", "% worse than the price on the screen"),
];

/// What is typed.
#[derive(Debug, Default)]
pub struct Limits {
    orders: [String; 4],
    guards: [String; 3],
}

impl Limits {
    /// Returns the fields with what is set.
    pub fn of(rules: &Rules) -> Self {
        let text = |limit: Decimal| limit.normalize().to_string();
        let Rules {
            min_buy,
            max_buy,
            min_sidebet,
            max_sidebet,
            guards,
        } = *rules;
        let or_empty = |limit: Option<Decimal>| limit.map(text).unwrap_or_default();
        let orders = guards.max_orders_a_minute;
        Self {
            orders: [min_buy, max_buy, min_sidebet, max_sidebet].map(text),
            guards: [
                or_empty(guards.max_loss_a_day),
                orders.map(|orders| orders.to_string()).unwrap_or_default(),
                or_empty(guards.slippage_percent),
            ],
        }
    }

    /// Draws the fields; what can be used is set when a field is left.
    pub fn show(&mut self, ui: &mut egui::Ui, rules: &mut Rules) {
        let theme = Theme::of(ui);
        let mut left = false;
        egui::Grid::new("limits").num_columns(3).show(ui, |ui| {
            let mut row = |name, text: &mut String, wrong: bool, unit| {
                ui.label(name);
                let field = egui::TextEdit::singleline(text)
                    .font(egui::FontId::monospace(13.0))
                    .text_color_opt(wrong.then_some(theme.alert));
                // A column of a grid leaves a field no room of its own.
                let size = egui::vec2(100.0, ui.spacing().interact_size.y);
                left |= named(ui.add_sized(size, field), name).lost_focus();
                ui.label(egui::RichText::new(unit).color(theme.quiet));
                ui.end_row();
            };
            for (name, text) in ORDERS.into_iter().zip(&mut self.orders) {
                let wrong = limit_of(&value(text)).is_none();
                row(name, text, wrong, "SOL");
            }
            for (place, (name, unit)) in GUARDS.into_iter().enumerate() {
                let text = &mut self.guards[place];
                let off = text.trim().is_empty();
                let text_value = value(text);
                let fits = match place {
                    0 => limit_of(&text_value).is_some(),
                    1 => orders_of(&text_value).is_some(),
                    _ => percent_of(&text_value).is_some(),
                };
                let unit = if off { "off: no limit" } else { unit };
                row(name, text, !off && !fits, unit);
            }
        });
        if left {
            *rules = self.read(rules);
            *self = Self::of(rules);
        }
    }

    /// Returns what is typed, with the old where that says nothing that can be used.
    fn read(&self, old: &Rules) -> Rules {
        let [min_buy, max_buy, min_sidebet, max_sidebet] =
            [0, 1, 2, 3].map(|place: usize| limit_of(&value(&self.orders[place])));
        let [loss, orders, slippage] = &self.guards;
        let guards = old.guards;
        in_order(Rules {
            min_buy: min_buy.unwrap_or(old.min_buy),
            max_buy: max_buy.unwrap_or(old.max_buy),
            min_sidebet: min_sidebet.unwrap_or(old.min_sidebet),
            max_sidebet: max_sidebet.unwrap_or(old.max_sidebet),
            guards: Guards {
                max_loss_a_day: or_off(loss, guards.max_loss_a_day, limit_of),
                max_orders_a_minute: or_off(orders, guards.max_orders_a_minute, orders_of),
                slippage_percent: or_off(slippage, guards.slippage_percent, percent_of),
            },
        })
    }
}

fn value(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// Returns the limit of a text, none of an empty one, and the old one of any other.
fn or_off<T>(text: &str, old: Option<T>, read: fn(&Value) -> Option<T>) -> Option<T> {
    if text.trim().is_empty() {
        return None;
    }
    read(&value(text)).or(old)
}
