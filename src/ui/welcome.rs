//! The words for a newcomer: what is on, what to press, where everything goes. Shown until they are put away.

use std::path::Path;

use super::theme::{GRID, Theme};
use crate::recording::Origin;

/// Returns the words for a source.
pub fn words(origin: Origin, at_table: bool, folder: &Path) -> [String; 2] {
    let first = match (origin, at_table) {
        (Origin::Practice, _) => {
            "A practice table: the games are drawn as the real ones are, the money is play money. \
             Press B to buy, S to sell, D for a sidebet, ? for all keys."
        }
        (Origin::Browser, _) => {
            "You play in your own browser; Pianola looks on, records your orders and computes your account beside the \
             server's. Nothing is ever sent or pressed from here."
        }
        (_, true) => {
            "A table on this computer, with play money. Press B to buy, S to sell, D for a sidebet, ? for all keys."
        }
        (_, false) => {
            "You watch: nothing is ever sent there. A wallet on this computer plays along at the real prices. \
             Press A to arm the keys, then B to buy, S to sell, D for a sidebet."
        }
    };
    let second = format!(
        "Games in which you act are recorded to {}. Ctrl R records every game.",
        folder.display()
    );
    [first.to_owned(), second]
}

/// Draws the words; whether they were put away.
pub fn welcome_ui(ui: &mut egui::Ui, words: &[String; 2]) -> bool {
    let theme = Theme::of(ui);
    let frame = egui::Frame::new().inner_margin(2.0 * GRID).fill(theme.line);
    let panel = egui::Panel::top("welcome").frame(frame).show(ui, |ui| {
        let mut done = false;
        egui::Sides::new().shrink_left().show(
            ui,
            |ui| {
                ui.vertical(|ui| {
                    ui.add(egui::Label::new(&words[0]).wrap());
                    let second = egui::RichText::new(&words[1]).color(theme.quiet);
                    ui.add(egui::Label::new(second).wrap());
                });
            },
            |ui| {
                let button = ui.button("Got it");
                done = button
                    .on_hover_text("Put these lines away; the settings bring them back")
                    .clicked();
            },
        );
        done
    });
    panel.inner
}
