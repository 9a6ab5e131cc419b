//! The menu of sources in the top bar: where the games come from, how fast the practice table plays, who plays.

use egui::{ComboBox, Id, Popup, PopupCloseBehavior, Ui};

use crate::settings::SourceKind;
use crate::table::Speed;
use crate::ui::browser::command_ui;
use crate::ui::format::escaped;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{TABLE, TABLE_STRONG};
use crate::ui::widgets::{Chip, chip_ui, combo_ui, named, wrapped_ui};

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
/// Width of the menu.
const WIDTH: f32 = 260.0;

/// What the player chose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SourceChoice {
    /// A source. For [`SourceKind::Url`] the address is still to be typed.
    Source(SourceKind),
    /// A speed of the practice table.
    Speed(Speed),
}

/// What the menu shows.
#[derive(Debug, Clone, Copy)]
pub struct SourceMenu<'a> {
    /// The name of the running source.
    pub name: &'a str,
    /// Its kind.
    pub kind: SourceKind,
    /// The speed of the practice table.
    pub speed: Speed,
    /// The address of a browser.
    pub browser: &'a str,
    /// Whether the source is being changed.
    pub changing: bool,
    /// The name of the player.
    pub player: Option<&'a str>,
}

impl SourceMenu<'_> {
    /// Returns the chip that opens the menu.
    pub fn chip(&self, long: bool) -> Chip {
        let text = match (self.kind, long) {
            _ if self.changing => "Changing…",
            (SourceKind::Practice, true) => "Practice table",
            (SourceKind::Practice, false) => "Practice",
            (SourceKind::Live, true) => "Live feed",
            (SourceKind::Live, false) => "Live",
            (SourceKind::Browser, true) => "My browser",
            (SourceKind::Browser, false) => "Browser",
            (SourceKind::Url, true) => "Another address",
            (SourceKind::Url, false) => "Address",
        };
        Chip {
            label: text.to_owned(),
            strong: true,
            menu: !self.changing,
            tip: format!("Where the games come from: {}", self.name),
            ..Chip::default()
        }
    }

    /// Returns the chip of the speed; `None` where the source has its own.
    pub fn speed_chip(&self) -> Option<Chip> {
        let has_speed = self.kind == SourceKind::Practice && !self.changing;
        has_speed.then(|| Chip {
            value: speed_text(self.speed),
            digits: true,
            menu: true,
            tip: "Speed of the practice table".to_owned(),
            ..Chip::default()
        })
    }
}

/// Returns the text of a speed, as `2x`.
fn speed_text(speed: Speed) -> String {
    match speed {
        Speed::Times(factor) => format!("{factor}x"),
        Speed::Max => "max".to_owned(),
    }
}

/// Draws the chips of the source and, with `speed`, of its speed, and their menus.
pub fn source_menu_ui(
    ui: &mut Ui,
    source: &SourceMenu<'_>,
    chip: &Chip,
    speed: bool,
) -> Option<SourceChoice> {
    let button = chip_ui(ui, chip);
    let button = named(button, &format!("Source: {}", source.name));
    if source.changing {
        return None;
    }
    let mut chosen = None;
    Popup::menu(&button)
        .id(Id::unique("source menu"))
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(WIDTH);
            chosen = choices_ui(ui, source, speed);
            if chosen.is_some() {
                ui.close();
            }
        });
    if let Some(chip) = source.speed_chip().filter(|_| speed) {
        let button = named(chip_ui(ui, &chip), "Speed of the practice table");
        Popup::menu(&button)
            .id(Id::unique("speed menu"))
            .show(|ui| chosen = speeds_ui(ui, source.speed).or(chosen));
    }
    chosen
}

fn choices_ui(ui: &mut Ui, source: &SourceMenu<'_>, speed: bool) -> Option<SourceChoice> {
    let theme = Theme::of(ui);
    let mut chosen = None;
    for (kind, text, tip) in [
        (
            SourceKind::Practice,
            "Practice table",
            "Real game rules, play money, on this computer",
        ),
        (
            SourceKind::Live,
            "Live feed rugs.fun",
            "Watch only: nothing is sent to rugs.fun. Trade with a paper balance at live prices",
        ),
        (
            SourceKind::Browser,
            "My browser",
            "Play in your browser. Pianola watches, records your orders and checks the server's numbers",
        ),
        (
            SourceKind::Url,
            "Another address…",
            "Any server that speaks the protocol; its address is typed in the settings",
        ),
    ] {
        let entry = ui.selectable_label(kind == source.kind, text);
        if entry.on_hover_text(tip).clicked() {
            chosen = Some(SourceChoice::Source(kind));
        }
    }
    ui.separator();
    if let Some(player) = source.player {
        // The name comes from the server: cut and escaped.
        let player: String = player.chars().take(24).collect();
        let player = escaped(&player);
        wrapped_ui(ui, theme.quiet, TABLE.text(format!("Player {player}")));
    }
    if source.kind != SourceKind::Practice {
        wrapped_ui(ui, theme.quiet, TABLE.text(escaped(source.name)));
    }
    if !speed && source.speed_chip().is_some() {
        ui.label(TABLE.text("Speed").color(theme.quiet));
        ui.horizontal_wrapped(|ui| chosen = speeds_ui(ui, source.speed).or(chosen));
    }
    ui.separator();
    ui.label(TABLE_STRONG.text("A browser for \"My browser\""));
    command_ui(ui, source.browser);
    chosen
}

fn speeds_ui(ui: &mut Ui, current: Speed) -> Option<SourceChoice> {
    let mut chosen = None;
    for speed in SPEEDS {
        if ui
            .selectable_label(speed == current, speed_text(speed))
            .clicked()
        {
            chosen = Some(SourceChoice::Speed(speed));
        }
    }
    chosen
}

/// Draws the speeds of the practice table as a field of the settings.
pub fn speed_ui(ui: &mut Ui, id: &str, current: Speed) -> Option<SourceChoice> {
    let name = "Speed of the practice table";
    let combo = ComboBox::from_id_salt(id)
        .width(56.0)
        .selected_text(speed_text(current));
    let options = SPEEDS.map(|speed| (speed, speed_text(speed)));
    let (response, chosen) = combo_ui(ui, combo, name, current, options);
    response.on_hover_text(name);
    chosen.map(SourceChoice::Speed)
}
