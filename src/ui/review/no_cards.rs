//! What the page shows in place of its cards.

use egui::Ui;

use crate::ui::format::escaped;
use crate::ui::theme::Theme;
use crate::ui::widgets::{PushButton, wrapped_ui};

/// Shown while something is read or computed.
pub const COMPUTING: &str = "Computing…";

/// Why there are no cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCards {
    text: String,
    can_retry: bool,
}

impl NoCards {
    /// There is nothing to show, or not yet.
    pub fn waiting(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            can_retry: false,
        }
    }

    /// What is to be shown cannot be made; the player can try again.
    pub fn failed(why: String) -> Self {
        Self {
            text: why,
            can_retry: true,
        }
    }

    /// Draws the reason. Returns whether the player tries again.
    pub fn ui(&self, ui: &mut Ui) -> bool {
        wrapped_ui(ui, Theme::of(ui).quiet, escaped(&self.text));
        self.can_retry && ui.add(PushButton::new("Try again")).clicked()
    }
}
