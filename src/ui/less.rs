//! What is left out where not everything runs: the words that stand in its place. Chart labels and the equity curve
//! only decorate; in the MINIMAL mode nothing is drawn but price, phase, wallet, position, buttons and recorder.

use super::health::why_mode;
use super::theme::Theme;
use crate::engine::View;
use crate::feed::health::OperatingMode::{self, Degraded, Minimal};

/// Returns the words for something that only decorates; `None` when it is drawn.
pub fn plain(view: &View, what: &str) -> Option<String> {
    let mode = view.health.mode;
    matches!(mode, Degraded | Minimal).then(|| words(mode, view, what))
}

/// Returns the words for something that nobody needs to play on; `None` when it is drawn.
pub fn minimal(view: &View, what: &str) -> Option<String> {
    let mode = view.health.mode;
    (mode == Minimal).then(|| words(mode, view, what))
}

fn words(mode: OperatingMode, view: &View, what: &str) -> String {
    let why = why_mode(&view.health);
    format!("{what}: not drawn in {mode} mode, {why}")
}

/// Draws something, or in the MINIMAL mode the words in its place.
pub fn unless_minimal(
    ui: &mut egui::Ui,
    view: &View,
    what: &str,
    draw: impl FnOnce(&mut egui::Ui),
) {
    let Some(words) = minimal(view, what) else {
        return draw(ui);
    };
    let words = egui::RichText::new(words).color(Theme::of(ui).quiet);
    ui.add(egui::Label::new(words).wrap());
}
