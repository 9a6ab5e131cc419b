//! The limits on the page of the settings. A limit is set when its field loses focus. Text that cannot be used stays in
//! the field with the reason beside it, and turns no limit off.

use super::theme::Theme;
use super::widgets::named;
use crate::settings::{Limit, with_limit};
use crate::trading::OrderLimits;

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

    /// Draws the fields. A limit is set when its field loses focus.
    pub fn ui(&mut self, ui: &mut egui::Ui, limits: &mut OrderLimits) {
        let theme = Theme::of(ui);
        let mut left = None;
        egui::Grid::new("limits").num_columns(3).show(ui, |ui| {
            for (limit, text) in Limit::ALL.into_iter().zip(&mut self.texts) {
                ui.label(limit.name());
                let typed = limit.parse_typed(text);
                let field = egui::TextEdit::singleline(text)
                    .font(egui::FontId::monospace(13.0))
                    .text_color_opt(typed.is_err().then_some(theme.amber));
                // A column of a grid gives a field no width of its own.
                let size = egui::vec2(100.0, ui.spacing().interact_size.y);
                if named(ui.add_sized(size, field), limit.name()).lost_focus() {
                    left = Some(limit);
                }
                let moved = self.moved.as_ref().filter(|(moved, _)| *moved == limit);
                let (note, colour) = match (typed, moved) {
                    (Err(why), _) => {
                        let set = limit.of(limits);
                        let now = limit.with_unit(set);
                        let note = if set == Some(limit.lowest()) {
                            format!("Now {now}, the strictest: {why}")
                        } else {
                            format!("Still {now}: {why}")
                        };
                        (note, theme.amber)
                    }
                    (Ok(_), Some((_, moved))) => (moved.clone(), theme.amber),
                    (Ok(None), None) => ("no limit".to_owned(), theme.quiet),
                    (Ok(Some(_)), None) => (unit(limit).to_owned(), theme.quiet),
                };
                ui.colored_label(colour, note);
                ui.end_row();
            }
        });
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

    /// Sets a limit to what is typed. Text that cannot be used leaves the limit as it was, or, if there was none, sets
    /// the strictest: the player wants a limit.
    fn set(&mut self, limit: Limit, limits: &mut OrderLimits) {
        let Ok(value) = limit.parse_typed(&self.texts[place(limit)]) else {
            if limit.of(limits).is_none() {
                limit.set(limits, Some(limit.lowest()));
            }
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

/// Returns the text beside a field.
fn unit(limit: Limit) -> &'static str {
    match limit {
        Limit::DailyLoss => "SOL from midnight UTC, with what is open",
        Limit::OrdersPerMinute => "buys and sidebets within any 60 seconds",
        Limit::Slippage => "% worse than on the screen, for buys",
        _ => "SOL",
    }
}
