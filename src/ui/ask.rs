//! A question that is answered with one of two buttons; Escape is the second one.

use egui::{Align2, Context, Key, Modifiers, Vec2, Window};

/// Asks; `None` while it is not answered, else whether the first button was pressed.
pub fn ask_ui(ctx: &Context, title: &str, words: &str, buttons: [&str; 2]) -> Option<bool> {
    let mut answer = None;
    Window::new(title)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, Vec2::ZERO)
        .show(ctx, |ui| {
            ui.label(words);
            ui.horizontal(|ui| {
                for (button, means) in buttons.into_iter().zip([true, false]) {
                    if ui.button(button).clicked() {
                        answer = Some(means);
                    }
                }
            });
        });
    if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        answer = Some(false);
    }
    answer
}
