//! The question before the window closes and loses unsaved changes of strategies.

use egui::{Context, ViewportCommand};

use crate::ui::confirm::confirm_ui;
use crate::ui::native::must_close;

/// What the player was asked when they closed the window.
#[derive(Debug, Default)]
pub struct Closing {
    asks: bool,
    /// The player said that the window may close.
    may_close: bool,
}

impl Closing {
    /// Whether the question is open.
    pub fn is_asking(&self) -> bool {
        self.asks
    }

    /// Keeps the window open when it is being closed with unsaved changes. A signal closes the window without the
    /// question.
    pub fn logic(&mut self, ctx: &Context, has_unsaved: bool) {
        let is_closing = ctx.input(|input| input.viewport().close_requested());
        if is_closing && has_unsaved && !self.may_close && !must_close(ctx) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.asks = true;
        }
        self.asks &= has_unsaved;
    }

    /// Draws the question. `unsaved` are the names of what would be lost.
    pub fn ui(&mut self, ctx: &Context, unsaved: Option<String>) {
        let Some(unsaved) = unsaved.filter(|_| self.asks) else {
            return;
        };
        let words = format!("Unsaved changes in {unsaved} are lost.");
        let answer = confirm_ui(ctx, "Close Pianola?", &words, ["Close", "Stay"]);
        if answer == Some(true) {
            self.may_close = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        self.asks &= answer.is_none();
    }
}
