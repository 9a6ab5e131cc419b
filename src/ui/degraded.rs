//! The reduced modes of the window. DEGRADED leaves out decoration such as chart labels and the equity curve; MINIMAL
//! draws only price, phase, wallet, position, buttons and recorder. A notice replaces what is left out.

use super::format::escaped;
use super::theme::Theme;
use super::widgets::wrapped_ui;
use crate::engine::View;
use crate::feed::health::Health;
use crate::feed::health::OperatingMode::{Degraded, Minimal};

/// Returns the reason for the operating mode.
pub fn mode_reason(health: &Health) -> String {
    let newest = health.mode_changes.newest();
    newest.map_or_else(
        || "no problems".to_owned(),
        |change| escaped(&change.reason),
    )
}

/// Returns the notice in place of a decoration; `None` if it is drawn.
pub fn decoration_notice(view: &View, part: &str) -> Option<String> {
    let mode = view.health.mode;
    matches!(mode, Degraded | Minimal).then(|| {
        let reason = mode_reason(&view.health);
        format!("{part}: not drawn in {mode} mode, {reason}")
    })
}

/// Returns the notice in place of a part that is not needed for playing; `None` if it is drawn.
pub fn minimal_notice(view: &View, part: &str) -> Option<String> {
    decoration_notice(view, part).filter(|_| view.health.mode == Minimal)
}

/// Draws a part, or its notice in MINIMAL mode.
pub fn unless_minimal_ui(
    ui: &mut egui::Ui,
    view: &View,
    part: &str,
    draw: impl FnOnce(&mut egui::Ui),
) {
    match minimal_notice(view, part) {
        Some(notice) => {
            wrapped_ui(ui, Theme::of(ui).quiet, notice);
        }
        None => draw(ui),
    }
}
