//! The menu of sources in the top bar.

use egui::ComboBox;

use super::browser::command_ui;
use super::theme::Theme;
use super::widgets::combo_ui;
use crate::settings::SourceKind;
use crate::table::Speed;

/// The speeds of the practice table.
pub const SPEEDS: [Speed; 8] = [
    Speed::Times(0.5),
    Speed::Times(1.0),
    Speed::Times(2.0),
    Speed::Times(5.0),
    Speed::Times(10.0),
    Speed::Times(20.0),
    Speed::Times(50.0),
    Speed::Max,
];

/// What the player chose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SourceChoice {
    /// A source. For [`SourceKind::Url`] the address is still to be typed.
    Source(SourceKind),
    /// A speed of the practice table.
    Speed(Speed),
}

/// Returns the text of a speed, as `2x`.
fn speed_text(speed: Speed) -> String {
    match speed {
        Speed::Times(factor) => format!("{factor}x"),
        Speed::Max => "max".to_owned(),
    }
}

/// Draws the menu with the name of the running source on its button. `browser` is the address of a browser.
pub fn source_menu_ui(
    ui: &mut egui::Ui,
    name: &str,
    running: SourceKind,
    speed: Speed,
    browser: &str,
    changing: bool,
) -> Option<SourceChoice> {
    if changing {
        ui.spinner();
        ui.label("changing…");
        return None;
    }
    let mut chosen = None;
    let title = egui::RichText::new(format!("{name} ▾"))
        .strong()
        .color(Theme::of(ui).accent);
    let menu = ui.menu_button(title, |ui| {
        for (kind, text, tip) in [
            (
                SourceKind::Practice,
                "Practice table",
                "Games of its own, with play money, on this computer",
            ),
            (
                SourceKind::Live,
                "Live feed rugs.fun",
                "Watched, with a wallet on this computer; nothing is ever sent",
            ),
            (
                SourceKind::Browser,
                "My browser",
                "You play in your own page; your orders are recorded, and nothing is ever sent or pressed from here",
            ),
            (
                SourceKind::Url,
                "Another address…",
                "Any server that speaks the protocol; it is typed in the settings",
            ),
        ] {
            let entry = ui.selectable_label(kind == running, text);
            if entry.on_hover_text(tip).clicked() {
                chosen = Some(SourceChoice::Source(kind));
                ui.close();
            }
        }
        ui.separator();
        command_ui(ui, browser);
    });
    menu.response.on_hover_text("Where the games come from");
    if running == SourceKind::Practice {
        chosen = speed_ui(ui, "speed in the bar", speed).or(chosen);
    }
    chosen
}

/// Draws the speeds of the practice table.
pub fn speed_ui(ui: &mut egui::Ui, id: &str, current: Speed) -> Option<SourceChoice> {
    let name = "Speed of the practice table";
    let combo = ComboBox::from_id_salt(id)
        .width(56.0)
        .selected_text(speed_text(current));
    let options = SPEEDS.map(|speed| (speed, speed_text(speed)));
    let (response, chosen) = combo_ui(ui, combo, name, current, options);
    response.on_hover_text(name);
    chosen.map(SourceChoice::Speed)
}
