//! The top bar: source, connection, drift, recorder and the switches. Always visible.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::command::KeyCommand;
use super::health_panel::health_lamp_ui;
use super::keys::KEYS;
use super::lamp::{drift_lamp, lamp_ui, recorder_lamp};
use super::theme::{NARROW, Theme};
use crate::engine::View;

/// What the bar shows in addition to the view.
#[derive(Debug, Clone, Copy)]
pub struct TopBarContext<'a> {
    /// Whether the trade keys are on.
    pub trade_keys_on: bool,
    /// The folder of the recordings.
    pub folder: &'a Path,
    /// The current time.
    pub now: DateTime<Utc>,
}

/// Draws the bar, `lead` first (name, tabs, source). Returns the commands of the controls that were used.
pub fn top_bar_ui(
    ui: &mut egui::Ui,
    view: &View,
    lead: &mut dyn FnMut(&mut egui::Ui),
    context: TopBarContext<'_>,
) -> Vec<KeyCommand> {
    let narrow = ui.available_width() < NARROW;
    let mut commands = Vec::new();
    ui.horizontal_wrapped(|ui| {
        lead(ui);
        health_lamp_ui(ui, view, context.now);
        lamp_ui(ui, &drift_lamp(view));
        if let Some(identity) = view
            .trader
            .as_ref()
            .and_then(|trader| trader.identity.as_ref())
        {
            let name = identity.username.as_deref().unwrap_or("no name");
            // The name comes from the server: escaped and cut.
            let name: String = name.escape_debug().take(24).collect();
            ui.colored_label(Theme::of(ui).quiet, name);
        }
        if !narrow {
            switches_ui(ui, view, context, &mut commands);
        }
    });
    if narrow {
        // The first line has no room for them.
        ui.horizontal(|ui| switches_ui(ui, view, context, &mut commands));
    }
    commands
}

fn switches_ui(
    ui: &mut egui::Ui,
    view: &View,
    context: TopBarContext<'_>,
    commands: &mut Vec<KeyCommand>,
) {
    // A fixed id: otherwise a lamp that appears to the left would change the menu's id and close it.
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    let own = egui::UiBuilder::new().scope_id(egui::Id::unique("switches"));
    ui.scope_builder(own.layout(layout), |ui| {
        ui.menu_button("Menu ▾", |ui| {
            for row in KEYS.iter().filter(|row| row.command.is_in_menu()) {
                let entry = egui::Button::new(row.text).shortcut_text(row.shown);
                if ui.add(entry).clicked() {
                    commands.push(row.command);
                }
            }
        });
        let keys_on = context.trade_keys_on;
        let keys = if keys_on { "keys armed" } else { "keys safe" };
        let keys = ui.selectable_label(keys_on, keys);
        if keys
            .on_hover_text(KeyCommand::ToggleTradeKeys.tooltip())
            .clicked()
        {
            commands.push(KeyCommand::ToggleTradeKeys);
        }
        let recording = &view.recording;
        for (mut on, name, command) in [
            (recording.auto_record, "Auto", KeyCommand::AutoRecord),
            (recording.record, "Record", KeyCommand::Record),
        ] {
            let switch = ui.checkbox(&mut on, name).on_hover_text(command.tooltip());
            if switch.changed() {
                commands.push(command);
            }
        }
        lamp_ui(ui, &recorder_lamp(view, context.folder));
    });
}
