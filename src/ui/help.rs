//! The help sheet: every key.

use super::command::{KEYS, KeyRow, On};
use super::theme::GRID;

/// From this width on the parts stand side by side.
const WIDE: f32 = 960.0;
/// The parts, by where the keys act.
const PARTS: [(&str, Option<On>); 4] = [
    ("The game", Some(On::Live)),
    ("A replay", Some(On::Replay)),
    ("The library", Some(On::Library)),
    ("Everywhere", None),
];

/// Draws the sheet; false when it was put away.
pub fn help_ui(ctx: &egui::Context) -> bool {
    let escape = (egui::Modifiers::NONE, egui::Key::Escape);
    let mut open = !ctx.input_mut(|input| input.consume_key(escape.0, escape.1));
    egui::Window::new("Keys")
        .collapsible(false)
        .resizable(false)
        .open(&mut open)
        .pivot(egui::Align2::CENTER_CENTER)
        .default_pos(ctx.content_rect().center())
        .show(ctx, |ui| {
            // As high as the window has room for; the rest is scrolled.
            let room = ctx.content_rect().height() - 24.0 * GRID;
            ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Body);
            egui::ScrollArea::vertical()
                .max_height(room)
                .min_scrolled_height(room)
                .show(ui, |ui| {
                    // Side by side where there is room.
                    if ctx.content_rect().width() > WIDE {
                        ui.horizontal_top(|ui| {
                            for parts in [&PARTS[..1], &PARTS[1..2], &PARTS[2..]] {
                                ui.vertical(|ui| {
                                    for part in parts {
                                        keys_ui(ui, *part);
                                    }
                                });
                                ui.add_space(2.0 * GRID);
                            }
                        });
                    } else {
                        for part in PARTS {
                            keys_ui(ui, part);
                        }
                    }
                });
        });
    open
}

fn keys_ui(ui: &mut egui::Ui, (title, only): (&str, Option<On>)) {
    ui.label(egui::RichText::new(title).strong());
    egui::Grid::new(title).num_columns(2).show(ui, |ui| {
        let mut key = |shown: &str, text: &str| {
            ui.monospace(shown);
            ui.label(text);
            ui.end_row();
        };
        for KeyRow { shown, text, .. } in KEYS.iter().filter(|row| row.only() == only) {
            key(shown, text);
        }
        match only {
            Some(On::Live | On::Settings) => {}
            Some(On::Library) => key("Esc", "Back to the game"),
            Some(On::Replay) => key("Esc", "Back to the live game"),
            None => key("Esc", "Close this, a question, or a page"),
        }
    });
}
