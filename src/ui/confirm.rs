//! A question with two buttons. Escape means the second one.

use egui::{Context, Key, Modifiers};

/// Draws the question. Returns whether the first button was pressed; `None` until there is an answer.
pub fn confirm_ui(ctx: &Context, title: &str, words: &str, buttons: [&str; 2]) -> Option<bool> {
    let mut answer = None;
    egui::Window::new(title)
        .collapsible(false)
        .resizable(false)
        .anchor(egui::Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ctx, |ui| {
            ui.label(words);
            ui.horizontal(|ui| {
                for (button, value) in buttons.into_iter().zip([true, false]) {
                    if ui.button(button).clicked() {
                        answer = Some(value);
                    }
                }
            });
        });
    if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        answer = Some(false);
    }
    answer
}
