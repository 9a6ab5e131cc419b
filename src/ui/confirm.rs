//! A question with two buttons, over everything else. Escape means the second one; a click beside it and Enter answer
//! nothing, because the first one loses something.

use egui::{Context, Id, Key, Modal, Modifiers};

use super::theme::Theme;
use super::theme::role::{BODY, TITLE};
use super::widgets::{PushButton, modal_frame, modal_ui, wrapped_ui};

/// The widest question.
const WIDTH: f32 = 420.0;

/// Draws the question. Returns whether the first button was pressed; `None` until there is an answer.
pub fn confirm_ui(ctx: &Context, title: &str, words: &str, buttons: [&str; 2]) -> Option<bool> {
    let theme = Theme::of_visuals(&ctx.global_style().visuals);
    let modal = Modal::new(Id::unique(title)).frame(modal_frame(&theme));
    let (answer, _) = modal_ui(ctx, modal, |ui| {
        let escapes = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        ui.set_max_width(WIDTH.min(ctx.content_rect().width() - 64.0));
        ui.label(TITLE.text(title));
        ui.add_space(4.0);
        wrapped_ui(ui, theme.text, BODY.text(words));
        ui.add_space(8.0);
        let row = ui.horizontal(|ui| {
            let pressed = buttons.map(|button| ui.add(PushButton::new(button)).clicked());
            match pressed {
                [true, _] => Some(true),
                [_, true] => Some(false),
                [false, false] => escapes.then_some(false),
            }
        });
        row.inner
    });
    answer
}
