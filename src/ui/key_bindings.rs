//! The keys in use: the table, and what the player assigned differently.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Context, Id, Key, KeyboardShortcut, Modifiers};

use super::command::{KeyCommand, KeyScope};
use super::key_table::KEYS;

/// The key assignments as the settings keep them: the name of the command, and its key. Only what differs from the
/// table.
pub type KeyAssignments = BTreeMap<String, String>;

/// The keys in use: the table, and what the player assigned differently.
#[derive(Debug, Clone, Default)]
pub struct KeyBindings {
    assigned: Vec<(KeyCommand, KeyboardShortcut)>,
}

/// Why a key cannot be assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// Another command has it where this one acts.
    #[error("\u{201c}{}\u{201d} has this key", .0.text())]
    Taken(KeyCommand),
    /// The window needs the key itself.
    #[error("The window needs this key itself")]
    Reserved,
}

impl KeyBindings {
    /// Returns the keys of the settings. Entries that cannot be read or that clash keep the key of the table.
    pub fn of(assignments: &KeyAssignments) -> Self {
        let own = KEYS.iter().filter_map(|row| {
            let shortcut = shortcut_of(assignments.get(&row.id())?)?;
            let is_own = shortcut != row.shortcut && is_assignable(row.command, shortcut);
            is_own.then_some((row.command, shortcut))
        });
        // Compared only when all are in: one may have the key that another one gave up.
        let mut bindings = Self {
            assigned: own.collect(),
        };
        let clash = |bindings: &Self| {
            let mut assigned = bindings.assigned.iter();
            assigned.position(|(command, shortcut)| bindings.taken(*command, *shortcut).is_some())
        };
        while let Some(place) = clash(&bindings) {
            bindings.assigned.remove(place);
        }
        bindings
    }

    /// Returns what differs from the table.
    pub fn assignments(&self) -> KeyAssignments {
        let entry = |(command, key): &(KeyCommand, KeyboardShortcut)| {
            (command.binding().id(), shortcut_name(*key))
        };
        self.assigned.iter().map(entry).collect()
    }

    /// Returns the key of a command.
    pub fn shortcut(&self, command: KeyCommand) -> KeyboardShortcut {
        let own = self.assigned.iter().find(|(other, _)| *other == command);
        own.map_or(command.binding().shortcut, |(_, shortcut)| *shortcut)
    }

    /// Returns the name of the key of a command.
    pub fn key_name(&self, command: KeyCommand) -> String {
        let (row, shortcut) = (command.binding(), self.shortcut(command));
        if shortcut == row.shortcut {
            row.shown.to_owned()
        } else {
            shortcut_name(shortcut)
        }
    }

    /// Assigns a key.
    ///
    /// # Errors
    /// Another command has the key where this one acts, or the window needs it itself. The former key stays.
    pub fn assign(
        &mut self,
        command: KeyCommand,
        shortcut: KeyboardShortcut,
    ) -> Result<(), AssignError> {
        if !is_assignable(command, shortcut) {
            return Err(AssignError::Reserved);
        }
        if let Some(other) = self.taken(command, shortcut) {
            return Err(AssignError::Taken(other));
        }
        self.assigned.retain(|(other, _)| *other != command);
        if shortcut != command.binding().shortcut {
            self.assigned.push((command, shortcut));
        }
        Ok(())
    }

    /// Returns the other command that has this key where `command` acts.
    fn taken(&self, command: KeyCommand, shortcut: KeyboardShortcut) -> Option<KeyCommand> {
        let mut others = KEYS.iter().map(|row| row.command);
        others.find(|other| {
            let other = *other;
            other != command && self.shortcut(other) == shortcut && shares_scope(other, command)
        })
    }

    /// Uses these keys in the window.
    pub fn install(self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(Id::unique("key bindings"), Arc::new(self)));
    }
}

/// Returns the keys in use.
pub fn bindings(ctx: &Context) -> Arc<KeyBindings> {
    let id = Id::unique("key bindings");
    ctx.data_mut(|data| Arc::clone(data.get_temp_mut_or_default(id)))
}

/// Whether a command may have this key: the window does not need it itself, and two presses of Escape always stop.
fn is_assignable(command: KeyCommand, shortcut: KeyboardShortcut) -> bool {
    command != KeyCommand::Stop && !is_reserved(shortcut)
}

fn shares_scope(one: KeyCommand, other: KeyCommand) -> bool {
    KeyScope::ALL
        .iter()
        .any(|scope| one.acts_in(*scope) && other.acts_in(*scope))
}

/// Whether egui or a text field needs the key: focus, presses of a focused button, copy and paste, zoom.
fn is_reserved(shortcut: KeyboardShortcut) -> bool {
    let key = shortcut.logical_key;
    let for_focus = matches!(key, Key::Escape | Key::Tab | Key::Enter);
    let in_text = matches!(
        key,
        Key::A | Key::C | Key::V | Key::X | Key::Z | Key::Y | Key::Plus | Key::Minus | Key::Num0
    );
    for_focus || shortcut.modifiers.command && in_text
}

/// Returns the name of a key with its modifiers, as `Ctrl R`.
fn shortcut_name(shortcut: KeyboardShortcut) -> String {
    let KeyboardShortcut {
        modifiers,
        logical_key,
    } = shortcut;
    let mut name = String::new();
    for (pressed, modifier) in [
        (modifiers.command, "Ctrl "),
        (modifiers.alt, "Alt "),
        (modifiers.shift, "Shift "),
    ] {
        name.push_str(if pressed { modifier } else { "" });
    }
    name + logical_key.name()
}

/// Reads [`shortcut_name`].
fn shortcut_of(name: &str) -> Option<KeyboardShortcut> {
    let mut words: Vec<_> = name.split_whitespace().collect();
    let key = Key::from_name(words.pop()?)?;
    let mut modifiers = Modifiers::NONE;
    for word in words {
        modifiers |= match word {
            "Ctrl" => Modifiers::COMMAND,
            "Alt" => Modifiers::ALT,
            "Shift" => Modifiers::SHIFT,
            _ => return None,
        };
    }
    Some(KeyboardShortcut::new(modifiers, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::command::ReplayKey;
    use crate::ui::key_table::KeyBinding;

    #[test]
    fn one_key_one_command_and_every_command_has_a_key() {
        for (place, row) in KEYS.iter().enumerate() {
            assert_eq!(row.command.binding().shown, row.shown);
            let clash = |other: &KeyBinding| {
                shares_scope(row.command, other.command) && other.shortcut == row.shortcut
            };
            assert!(!KEYS[place + 1..].iter().any(clash), "{}", row.shown);
        }
        assert_eq!(KEYS.iter().filter(|row| row.command.trades()).count(), 3);
    }

    fn key(name: &str) -> KeyboardShortcut {
        shortcut_of(name).expect("a key")
    }

    #[test]
    fn a_key_is_assigned_once_and_kept_in_the_settings() {
        let mut bindings = KeyBindings::default();
        assert_eq!(bindings.assignments(), KeyAssignments::new());
        bindings
            .assign(KeyCommand::Buy, key("Q"))
            .expect("a free key");
        bindings
            .assign(KeyCommand::Record, key("Ctrl Shift F5"))
            .expect("a free key");
        assert_eq!(bindings.key_name(KeyCommand::Buy), "Q");
        assert_eq!(bindings.key_name(KeyCommand::Sell), "S");
        let kept = bindings.assignments();
        let expected = [("Buy", "Q"), ("Record", "Ctrl Shift F5")];
        let expected = expected.map(|(name, key)| (name.to_owned(), key.to_owned()));
        assert_eq!(kept, KeyAssignments::from(expected));
        let read = KeyBindings::of(&kept);
        assert_eq!(read.shortcut(KeyCommand::Buy), key("Q"));
        assert_eq!(read.shortcut(KeyCommand::Record), key("Ctrl Shift F5"));
        // The key of the table is no assignment.
        bindings
            .assign(KeyCommand::Buy, key("B"))
            .expect("its own key");
        assert_eq!(bindings.assignments().len(), 1);
    }

    #[test]
    fn a_key_that_is_taken_or_reserved_is_refused() {
        let mut bindings = KeyBindings::default();
        let taken = AssignError::Taken(KeyCommand::Sell);
        assert_eq!(bindings.assign(KeyCommand::Buy, key("S")), Err(taken));
        assert_eq!(
            taken.to_string(),
            "\u{201c}Sell the chosen share\u{201d} has this key"
        );
        for name in ["Escape", "Enter", "Tab", "Ctrl C", "Ctrl Plus"] {
            let refused = bindings.assign(KeyCommand::Buy, key(name));
            assert_eq!(refused, Err(AssignError::Reserved), "{name}");
        }
        let stop = bindings.assign(KeyCommand::Stop, key("Q"));
        assert_eq!(
            stop,
            Err(AssignError::Reserved),
            "two presses of Escape always stop"
        );
        assert_eq!(bindings.assignments(), KeyAssignments::new());
        // Where the two never act together, both may have it.
        let next = KeyCommand::Replay(ReplayKey::NextGame);
        bindings
            .assign(next, key("S"))
            .expect("no order in a replay");
        assert_eq!(bindings.shortcut(next), key("S"));
    }

    #[test]
    fn keys_that_commands_passed_on_or_swapped_are_read_back() {
        use KeyCommand::{Buy, Sell, Sidebet};
        let chain = [(Sell, "X"), (Buy, "S")];
        let longer = [(Sidebet, "X"), (Sell, "D"), (Buy, "S")];
        let swap = [(Buy, "X"), (Sell, "B"), (Buy, "S")];
        for steps in [&chain[..], &longer, &swap] {
            let mut bindings = KeyBindings::default();
            for (command, name) in steps {
                bindings.assign(*command, key(name)).expect("a free key");
            }
            let kept = bindings.assignments();
            assert_eq!(KeyBindings::of(&kept).assignments(), kept);
        }
        // Two commands with one key: one of them keeps it.
        let entries = [("Buy", "X"), ("Sell", "X"), ("Sidebet", "S")];
        let entries = entries.map(|(name, key)| (name.to_owned(), key.to_owned()));
        let read = KeyBindings::of(&KeyAssignments::from(entries));
        let keys = [Buy, Sell, Sidebet].map(|command| read.shortcut(command));
        assert_eq!(keys, ["B", "X", "S"].map(key));
    }

    #[test]
    fn settings_that_clash_or_cannot_be_read_keep_the_keys_of_the_table() {
        let entries = [
            ("Buy", "S"),
            ("Sell", "no key"),
            ("Sidebet", "Ctrl"),
            ("Nothing", "Q"),
            ("Help", "Hyper Q"),
        ];
        let entries = entries.map(|(name, key)| (name.to_owned(), key.to_owned()));
        let bindings = KeyBindings::of(&KeyAssignments::from(entries));
        for row in &KEYS {
            assert_eq!(bindings.shortcut(row.command), row.shortcut, "{}", row.text);
        }
    }
}
