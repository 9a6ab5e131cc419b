//! Where games come from, as it is chosen in the top bar.

use super::browser::command_ui;
use super::theme::Theme;
use crate::settings::SourceKind;
use crate::table::Speed;

/// The speeds that can be chosen.
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

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Chosen {
    /// The built-in table.
    Practice,
    /// The live feed.
    Live,
    /// Another address, which is to be typed.
    Url,
    /// The player's own page in his browser.
    Browser,
    /// A speed of the built-in table.
    Speed(Speed),
}

/// Returns how a speed is shown, `2x`.
pub fn speed_text(speed: Speed) -> String {
    match speed {
        Speed::Times(factor) => format!("{factor}x"),
        Speed::Max => "max".to_owned(),
    }
}

/// Draws the menu of the sources, with the running one's name on it; `browser` is the address of a browser.
pub fn source_menu_ui(
    ui: &mut egui::Ui,
    name: &str,
    running: SourceKind,
    speed: Speed,
    browser: &str,
    changing: bool,
) -> Option<Chosen> {
    let mut chosen = None;
    let accent = Theme::of(ui).accent_text;
    if changing {
        ui.spinner();
        ui.label("changing…");
        return None;
    }
    let title = egui::RichText::new(format!("{name} ▾"))
        .strong()
        .color(accent);
    let menu = ui.menu_button(title, |ui| {
        let rows = [
            (
                SourceKind::Practice,
                Chosen::Practice,
                "Practice table",
                "Games of its own, with play money, on this computer",
            ),
            (
                SourceKind::Live,
                Chosen::Live,
                "Live feed rugs.fun",
                "Watched, with a wallet on this computer; nothing is ever sent",
            ),
            (
                SourceKind::Browser,
                Chosen::Browser,
                "My browser",
                "You play in your own page; your orders are recorded, and nothing is ever sent or pressed from here",
            ),
            (
                SourceKind::Url,
                Chosen::Url,
                "Another address…",
                "Any server that speaks the protocol; it is typed in the settings",
            ),
        ];
        for (kind, choice, text, tip) in rows {
            if ui
                .selectable_label(kind == running, text)
                .on_hover_text(tip)
                .clicked()
            {
                chosen = Some(choice);
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
pub fn speed_ui(ui: &mut egui::Ui, id: &str, now: Speed) -> Option<Chosen> {
    let mut chosen = None;
    let combo = egui::ComboBox::from_id_salt(id)
        .width(56.0)
        .selected_text(speed_text(now))
        .show_ui(ui, |ui| {
            for speed in SPEEDS {
                if ui
                    .selectable_label(speed == now, speed_text(speed))
                    .clicked()
                {
                    chosen = Some(Chosen::Speed(speed));
                }
            }
        });
    let name = "Speed of the practice table";
    combo
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name));
    combo.response.on_hover_text(name);
    chosen
}
