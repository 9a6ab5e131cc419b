//! The welcome lines for a newcomer: the source, the keys, the folder of the recordings. Shown until dismissed.

use std::path::Path;

use super::theme::{GRID, Theme};
use super::widgets::wrapped_ui;
use crate::recording::Origin;

/// Returns the two lines for a source.
pub fn welcome_lines(origin: Origin, at_table: bool, folder: &Path) -> [String; 2] {
    let first = match (origin, at_table) {
        (Origin::Practice, _) => {
            "Practice table: real game rules, play money. \
             1. Choose an amount. 2. B buys, S sells, D places a sidebet. 3. The library replays your games."
        }
        (Origin::Browser, _) => {
            "Play in your browser. Pianola watches, records your orders and checks the server's numbers."
        }
        (_, true) => {
            "A table on this computer, with play money. \
             1. Choose an amount. 2. B buys, S sells, D places a sidebet. 3. The library replays your games."
        }
        (_, false) => {
            "Watch only: nothing is sent to rugs.fun. Trade with a paper balance at live prices. \
             1. Choose an amount. 2. A turns the trade keys on, then B buys and S sells. 3. The library replays your games."
        }
    };
    let folder = folder.display();
    let second = format!("Games you trade in are saved to {folder}. Ctrl+R saves every game.");
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
