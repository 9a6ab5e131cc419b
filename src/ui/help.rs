//! The help sheet with all keys.

use super::command::KeyScope;
use super::key_bindings::bindings;
use super::key_table::{KEYS, KeyBinding};
use super::theme::GRID;

/// The width from which on the parts are side by side.
const WIDE: f32 = 960.0;
/// The parts, by the scope of their keys.
const PARTS: [(&str, Option<KeyScope>); 4] = [
    ("The game", Some(KeyScope::Live)),
    ("A replay", Some(KeyScope::Replay)),
    ("The library", Some(KeyScope::Library)),
    ("Everywhere", None),
];

/// Draws the sheet. Returns false once it is closed.
pub fn help_ui(ctx: &egui::Context) -> bool {
    let escape = (egui::Modifiers::NONE, egui::Key::Escape);
    let mut open = !ctx.input_mut(|input| input.consume_key(escape.0, escape.1));
    let window = ctx.content_rect();
    egui::Window::new("Keys")
        .collapsible(false)
        .resizable(false)
        .open(&mut open)
        .pivot(egui::Align2::CENTER_CENTER)
        .default_pos(window.center())
        .show(ctx, |ui| {
            // As high as the window allows; the rest scrolls.
            let room = window.height() - 24.0 * GRID;
            ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Body);
            let scroll = egui::ScrollArea::vertical()
                .max_height(room)
                .min_scrolled_height(room);
            scroll.show(ui, |ui| {
                if window.width() > WIDE {
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

fn keys_ui(ui: &mut egui::Ui, (title, scope): (&str, Option<KeyScope>)) {
    ui.strong(title);
    let bindings = bindings(ui.ctx());
    egui::Grid::new(title).num_columns(2).show(ui, |ui| {
        let mut key = |shown: &str, text: &str| {
            ui.monospace(shown);
            ui.label(text);
            ui.end_row();
        };
        for KeyBinding { command, text, .. } in
            KEYS.iter().filter(|row| row.command.scope() == scope)
        {
            key(&bindings.key_name(*command), text);
        }
        match scope {
            Some(KeyScope::Live | KeyScope::Review | KeyScope::Lab | KeyScope::Settings) => {}
            Some(KeyScope::Library) => key("Esc", "Back to the game"),
            Some(KeyScope::Replay) => key("Esc", "Back to the live game"),
            None => key("Esc", "Close this, a question, or a page"),
        }
    });
}
