//! The welcome lines for a newcomer: the source, the keys, the folder of the recordings. Shown until dismissed.

use std::path::Path;

use super::theme::{GRID, Theme};
use super::widgets::wrapped_ui;
use crate::recording::Origin;

/// Returns the two lines for a source.
pub fn welcome_lines(origin: Origin, at_table: bool, folder: &Path) -> [String; 2] {
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
    let folder = folder.display();
    let second =
        format!("Games in which you act are recorded to {folder}. Ctrl R records every game.");
    [first.to_owned(), second]
}

/// Draws the lines. Returns whether the player dismissed them.
pub fn welcome_ui(ui: &mut egui::Ui, [first, second]: &[String; 2]) -> bool {
    let theme = Theme::of(ui);
    let frame = egui::Frame::new().inner_margin(2.0 * GRID).fill(theme.line);
    let panel = egui::Panel::top("welcome").frame(frame).show(ui, |ui| {
        let sides = egui::Sides::new().shrink_left();
        let ((), dismissed) = sides.show(
            ui,
            |ui| {
                ui.vertical(|ui| {
                    ui.add(egui::Label::new(first).wrap());
                    wrapped_ui(ui, theme.quiet, second);
                });
            },
            |ui| {
                ui.button("Got it")
                    .on_hover_text("Put these lines away; the settings bring them back")
                    .clicked()
            },
        );
        dismissed
    });
    panel.inner
}
