//! The limits on the page of the settings. A limit is set when its field loses focus. Text that cannot be used stays in
//! the field with the reason beside it, and turns no limit off.

use super::rows::noted_row_ui;
use crate::settings::{Limit, with_limit};
use crate::trading::OrderLimits;
use crate::ui::format::utc_day;
use crate::ui::theme::role::{CAPTION, TABLE_MONO};
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::named;

/// The fields of all limits.
#[derive(Debug, Default)]
pub struct LimitFields {
    /// The text of each of [`Limit::ALL`].
    texts: [String; Limit::ALL.len()],
    /// A limit that was moved because another one was set, and the note about it.
    moved: Option<(Limit, String)>,
}

impl LimitFields {
    /// Returns the fields with the current limits.
    pub fn new(limits: &OrderLimits) -> Self {
        Self {
            texts: Limit::ALL.map(|limit| text_of(limit, limits)),
            moved: None,
        }
    }

    /// Draws a row per limit. A limit is set when its field loses focus.
    pub fn ui(&mut self, ui: &mut egui::Ui, limits: &mut OrderLimits) {
        let theme = Theme::of(ui);
        let mut left = None;
        for (limit, text) in Limit::ALL.into_iter().zip(&mut self.texts) {
            let typed = limit.parse_typed(text);
            let moved = self.moved.as_ref().filter(|(moved, _)| *moved == limit);
            let (note, colour) = match (&typed, moved) {
                (Err(why), _) => {
                    let now = limit.with_unit(limit.of(limits));
                    (format!("Still {now}: {why}"), theme.amber)
                }
                (Ok(_), Some((_, moved))) => (moved.clone(), theme.amber),
                (Ok(_), None) => (explanation(limit), theme.quiet),
            };
            let unit = match typed {
                Ok(None) => "no limit",
                _ => unit(limit),
            };
            let wrong = typed.is_err().then_some(theme.amber);
            noted_row_ui(ui, limit.name(), (&note, colour), |ui| {
                unit_ui(ui, unit);
                let field = egui::TextEdit::singleline(text)
                    .font(TABLE_MONO.font())
                    .align(egui::Align2::RIGHT_CENTER)
                    .text_color_opt(wrong);
                let size = egui::vec2(96.0, CONTROL);
                if named(ui.add_sized(size, field), limit.name()).lost_focus() {
                    left = Some(limit);
                }
            });
        }
        if let Some(limit) = left {
            self.set(limit, limits);
        }
    }

    /// Sets the limits that are typed and not set because their field never lost focus.
    pub fn leave(&mut self, limits: &mut OrderLimits) {
        for limit in Limit::ALL {
            self.set(limit, limits);
        }
    }

    /// Sets a limit to what is typed. Text that cannot be used leaves the limit as it was.
    fn set(&mut self, limit: Limit, limits: &mut OrderLimits) {
        let Ok(value) = limit.parse_typed(&self.texts[place(limit)]) else {
            return;
        };
        if value != limit.of(limits) {
            let moved;
            (*limits, moved) = with_limit(*limits, limit, value);
            self.moved = moved.map(|partner| {
                let now = partner.with_unit(partner.of(limits));
                let with = limit.name().to_lowercase();
                self.texts[place(partner)] = text_of(partner, limits);
                (partner, format!("Moved to {now} with the {with}"))
            });
        }
        self.texts[place(limit)] = text_of(limit, limits);
    }
}

fn place(limit: Limit) -> usize {
    let place = Limit::ALL.iter().position(|other| *other == limit);
    place.expect("every limit is in the list")
}

fn text_of(limit: Limit, limits: &OrderLimits) -> String {
    let value = limit.of(limits);
    value.map_or(String::new(), |value| value.normalize().to_string())
}

/// Draws the unit beside a field, always as wide.
pub fn unit_ui(ui: &mut egui::Ui, unit: &str) {
    let quiet = Theme::of(ui).quiet;
    let size = egui::vec2(48.0, CONTROL);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_width(size.x);
        ui.label(CAPTION.text(unit).color(quiet));
    });
}

fn unit(limit: Limit) -> &'static str {
    match limit {
        Limit::OrdersPerMinute => "",
        Limit::Slippage => "%",
        _ => "SOL",
    }
}

/// Returns what a limit does.
fn explanation(limit: Limit) -> String {
    let text = match limit {
        Limit::MinBuy | Limit::MinSidebet => "The server takes at least 0.001",
        Limit::MaxBuy | Limit::MaxSidebet => "MAX never exceeds it",
        Limit::DailyLoss => {
            let [_, until] = utc_day(crate::clock::now());
            return format!("Then BUY and SIDEBET are blocked until {until}");
        }
        Limit::OrdersPerMinute => "Buys and sidebets within any 60 seconds",
        Limit::Slippage => "How much worse than on the screen a buy may be",
    };
    text.to_owned()
}
