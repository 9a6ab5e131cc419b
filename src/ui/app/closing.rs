//! The question before the window closes and loses unsaved changes, or a data set that is being built.

use egui::{Context, ViewportCommand};

use super::App;
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

    /// Keeps the window open when it is being closed and something would be lost. A signal closes the window without the
    /// question.
    pub fn logic(&mut self, ctx: &Context, would_lose: bool) {
        let is_closing = ctx.input(|input| input.viewport().close_requested());
        if is_closing && would_lose && !self.may_close && !must_close(ctx) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.asks = true;
        }
        self.asks &= would_lose;
    }

    /// Draws the question. `losses` says what would be lost.
    pub fn ui(&mut self, ctx: &Context, losses: Option<String>) {
        let Some(words) = losses.filter(|_| self.asks) else {
            return;
        };
        let answer = confirm_ui(ctx, "Close Pianola?", &words, ["Close", "Stay"]);
        if answer == Some(true) {
            self.may_close = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        self.asks &= answer.is_none();
    }
}

/// Returns what is lost if the window closes now, in sentences. Files that are being written are waited for.
pub(super) fn losses(app: &App) -> Option<String> {
    let unsaved = [app.strategies.unsaved(), app.notes.unsaved()];
    let unsaved: Vec<_> = unsaved.into_iter().flatten().collect();
    let unsaved = unsaved.join(", ");
    let mut losses = Vec::new();
    if !unsaved.is_empty() {
        losses.push(format!("Unsaved changes in {unsaved} are lost."));
    }
    #[cfg(feature = "dataset")]
    if app.library.builds_data_set() {
        let words = "The build of the data set is cancelled: the data set stays as it was.";
        losses.push(words.to_owned());
    }
    (!losses.is_empty()).then(|| losses.join(" "))
}
