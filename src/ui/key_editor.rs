//! Lets the player assign keys: a row for each command, with its key. A key that another command has is refused.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Ui};

use super::command::KeyCommand;
use super::key_bindings::{KeyAssignments, KeyBindings};
use super::key_table::KEYS;
use super::keys::KeyTaker;
use super::theme::Theme;
use super::theme::role::{BODY, CAPTION};
use super::widgets::{Icon, PushButton, icon_link_ui, named, wrapped_ui};

/// Width of the button with the key.
const KEY: f32 = 96.0;

/// The state of the list.
#[derive(Debug, Clone, Default)]
pub struct KeyEditor {
    /// The command whose next key is pressed now.
    listening: Option<KeyCommand>,
    /// The command whose key was refused, and why.
    refused: Option<(KeyCommand, String)>,
}

impl KeyEditor {
    /// Draws the rows of some commands. `keys` are those of the settings.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        keys: &mut KeyAssignments,
        commands: impl Fn(KeyCommand) -> bool,
    ) {
        let mut bindings = KeyBindings::of(keys);
        if let Some(command) = self.listening
            && let Some(pressed) = take_key(ui.ctx())
        {
            self.listening = None;
            self.refused = None;
            // Escape leaves the key as it is.
            if pressed.logical_key != Key::Escape {
                match bindings.assign(command, pressed) {
                    Ok(()) => *keys = bindings.assignments(),
                    Err(why) => self.refused = Some((command, why.to_string())),
                }
            }
        }
        for row in KEYS.iter().filter(|row| commands(row.command)) {
            self.row_ui(ui, row.command, keys, &bindings);
        }
        if !keys.is_empty() && icon_link_ui(ui, Icon::Refresh, "Reset all keys").clicked() {
            keys.clear();
            self.refused = None;
        }
        if self.listening.is_some() {
            KeyTaker::Assignment.set_drawn(ui.ctx());
        }
    }

    fn row_ui(
        &mut self,
        ui: &mut Ui,
        command: KeyCommand,
        keys: &mut KeyAssignments,
        bindings: &KeyBindings,
    ) {
        let theme = Theme::of(ui);
        let name = command.text();
        let listens = self.listening == Some(command);
        egui::Sides::new().shrink_left().truncate().show(
            ui,
            |ui| ui.label(BODY.text(name).color(theme.text)),
            |ui| {
                let key = bindings.key_name(command);
                let text = if listens { "Press a key" } else { &key };
                // Two presses of Escape always stop.
                let can_change = command != KeyCommand::Stop;
                let button = PushButton::new(text).size(KEY, 28.0);
                let button = ui.add_enabled(can_change, button);
                let button = named(button, &format!("Key: {name}"));
                if button
                    .on_hover_text("Click, then press another key")
                    .clicked()
                {
                    self.listening = (!listens).then_some(command);
                    self.refused = None;
                }
                let changed = bindings.shortcut(command) != command.binding().shortcut;
                if changed && icon_link_ui(ui, Icon::Refresh, "Reset").clicked() {
                    let mut bindings = bindings.clone();
                    match bindings.assign(command, command.binding().shortcut) {
                        Ok(()) => *keys = bindings.assignments(),
                        Err(why) => self.refused = Some((command, why.to_string())),
                    }
                }
            },
        );
        if let Some((_, why)) = self.refused.as_ref().filter(|(other, _)| *other == command) {
            wrapped_ui(ui, theme.amber, CAPTION.text(why.as_str()));
        }
    }
}

/// Takes the key that was pressed.
fn take_key(ctx: &Context) -> Option<KeyboardShortcut> {
    ctx.input_mut(|input| {
        let mut taken = None;
        input.events.retain(|event| match event {
            Event::Key {
                key,
                pressed: true,
                repeat: false,
                modifiers,
                ..
            } if taken.is_none() => {
                let mut needed = Modifiers::NONE;
                for (pressed, modifier) in [
                    (modifiers.command, Modifiers::COMMAND),
                    (modifiers.alt, Modifiers::ALT),
                    (modifiers.shift && modifiers.command, Modifiers::SHIFT),
                ] {
                    if pressed {
                        needed |= modifier;
                    }
                }
                taken = Some(KeyboardShortcut::new(needed, *key));
                false
            }
            _ => true,
        });
        taken
    })
}
