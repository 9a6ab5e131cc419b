//! The table of the keys. Shortcuts, tooltips, the menu and the help sheet are made from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Context, Event, Id, Key, KeyboardShortcut, Modifiers};

use super::command::{KeyCommand, KeyScope, LibraryKey, ReplayKey};

/// The key and the text of a command.
#[derive(Debug, Clone, Copy)]
pub struct KeyBinding {
    /// The command.
    pub command: KeyCommand,
    /// The key.
    pub shortcut: KeyboardShortcut,
    /// The name of the key.
    pub shown: &'static str,
    /// What the command does.
    pub text: &'static str,
}

/// Makes the table from lines of command, modifier, key, name of the key and text.
macro_rules! key_table {
    ($($command:ident$(($argument:expr))? => $modifiers:ident $key:ident $shown:literal $text:literal,)+) => {
        [$(KeyBinding {
            command: KeyCommand::$command$(($argument))?,
            shortcut: KeyboardShortcut::new(Modifiers::$modifiers, Key::$key),
            shown: $shown,
            text: $text,
        }),+]
    };
}

/// The table. One key, one command.
pub const KEYS: [KeyBinding; 58] = key_table! {
    Buy => NONE B "B" "Buy for the amount",
    Sell => NONE S "S" "Sell the chosen share",
    Sidebet => NONE D "D" "Place a sidebet of the amount",
    Share(10) => NONE Num1 "1" "Choose to sell 10 %",
    Share(25) => NONE Num2 "2" "Choose to sell 25 %",
    Share(50) => NONE Num3 "3" "Choose to sell 50 %",
    Share(100) => NONE Num4 "4" "Choose to sell 100 %",
    AmountUp => NONE Plus "+" "Raise the amount by 0.001",
    AmountDown => NONE Minus "-" "Lower the amount by 0.001",
    Follow => NONE End "End" "Follow the newest tick",
    WholeGame => NONE Home "Home" "Show the whole game",
    ScrollLeft => NONE PageUp "PgUp" "Scroll left 40 ticks",
    ScrollRight => NONE PageDown "PgDn" "Scroll right 40 ticks",
    ZoomIn => NONE ArrowUp "Up" "Zoom in",
    ZoomOut => NONE ArrowDown "Down" "Zoom out",
    ToggleTradeKeys => NONE A "A" "Trade keys on or off",
    Stop => NONE Escape "Esc Esc" "Stop: no new buys or sidebets. Selling stays possible",
    Record => COMMAND R "Ctrl R" "Record now, until I stop",
    AutoRecord => COMMAND T "Ctrl T" "Every game automatically",
    Candles => NONE C "C" "Line or candles",
    LogAxis => NONE G "G" "Linear or logarithmic prices",
    Help => NONE Questionmark "?" "Show all keys",
    Settings => COMMAND Comma "Ctrl ," "Settings",
    Library => COMMAND L "Ctrl L" "Library",
    BottomCards => COMMAND J "Ctrl J" "Fold or open the cards below the chart",
    ReplayGame => NONE R "R" "Replay this game",
    Palette => COMMAND K "Ctrl K" "Search all commands",
    FullScreen => NONE F11 "F11" "Full screen",
    Replay(ReplayKey::PlayPause) => NONE Space "Space" "Play or pause",
    Replay(ReplayKey::PreviousTick) => NONE ArrowLeft "Left" "One tick back",
    Replay(ReplayKey::NextTick) => NONE ArrowRight "Right" "One tick forward",
    Replay(ReplayKey::PreviousAction) => COMMAND ArrowLeft "Ctrl Left" "Previous action",
    Replay(ReplayKey::NextAction) => COMMAND ArrowRight "Ctrl Right" "Next action",
    Replay(ReplayKey::Back) => NONE PageUp "PgUp" "40 ticks back",
    Replay(ReplayKey::Forward) => NONE PageDown "PgDn" "40 ticks forward",
    Replay(ReplayKey::Start) => NONE Home "Home" "To the start",
    Replay(ReplayKey::End) => NONE End "End" "To the end",
    Replay(ReplayKey::PreviousGame) => NONE P "P" "Previous game",
    Replay(ReplayKey::NextGame) => NONE N "N" "Next game",
    Replay(ReplayKey::NextPlayed) => NONE M "M" "Next game I played",
    Replay(ReplayKey::NextEntry) => NONE E "E" "Next buy",
    Replay(ReplayKey::NextSale) => NONE J "J" "Next sell",
    Replay(ReplayKey::NextPeak) => NONE K "K" "Next peak",
    Replay(ReplayKey::NextRug) => NONE X "X" "Next rug",
    Replay(ReplayKey::NextDifference) => NONE F "F" "Next difference",
    Replay(ReplayKey::Loop) => NONE O "O" "Loop: set start, set end, clear",
    Replay(ReplayKey::Slower) => NONE OpenBracket "[" "Play slower",
    Replay(ReplayKey::Faster) => NONE CloseBracket "]" "Play faster",
    Replay(ReplayKey::Pace) => NONE T "T" "Pace: 4 ticks/s, or as recorded",
    Replay(ReplayKey::Live) => NONE L "L" "Back to the live game",
    InLibrary(LibraryKey::Up) => NONE ArrowUp "Up" "Row above",
    InLibrary(LibraryKey::Down) => NONE ArrowDown "Down" "Row below",
    InLibrary(LibraryKey::PageUp) => NONE PageUp "PgUp" "20 rows up",
    InLibrary(LibraryKey::PageDown) => NONE PageDown "PgDn" "20 rows down",
    InLibrary(LibraryKey::First) => NONE Home "Home" "First row",
    InLibrary(LibraryKey::Last) => NONE End "End" "Last row",
    InLibrary(LibraryKey::Open) => NONE Enter "Enter" "Replay the recording",
    InLibrary(LibraryKey::Search) => NONE Slash "/" "Search",
};

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

impl KeyBinding {
    /// Whether it acts while a text field has the focus.
    fn acts_while_typing(&self, shortcut: KeyboardShortcut) -> bool {
        shortcut.modifiers.command || self.command == KeyCommand::FullScreen
    }

    /// Returns the name of the command in the settings.
    fn id(&self) -> String {
        format!("{:?}", self.command)
    }
}

impl KeyBindings {
    /// Returns the keys of the settings. Entries that cannot be read or that clash keep the key of the table.
    pub fn of(assignments: &KeyAssignments) -> Self {
        let mut bindings = Self::default();
        for row in &KEYS {
            let shortcut = assignments.get(&row.id()).and_then(|key| shortcut_of(key));
            if let Some(shortcut) = shortcut {
                // A clash keeps the key of the table.
                bindings.assign(row.command, shortcut).ok();
            }
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
        if command == KeyCommand::Stop || is_reserved(shortcut) {
            return Err(AssignError::Reserved);
        }
        let taken = KEYS.iter().find(|row| {
            let other = row.command;
            other != command && self.shortcut(other) == shortcut && shares_scope(other, command)
        });
        if let Some(row) = taken {
            return Err(AssignError::Taken(row.command));
        }
        self.assigned.retain(|(other, _)| *other != command);
        if shortcut != command.binding().shortcut {
            self.assigned.push((command, shortcut));
        }
        Ok(())
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

/// Whether an event presses a key. A held key counts only for a command that repeats.
fn is_hit(shortcut: KeyboardShortcut, repeats: bool, event: &Event) -> bool {
    let Event::Key {
        key,
        pressed: true,
        repeat,
        modifiers,
        ..
    } = event
    else {
        return false;
    };
    let required = shortcut.modifiers;
    let shift_is_free = required == Modifiers::NONE && !modifiers.command && !modifiers.alt;
    let fits = modifiers.matches_exact(required) || shift_is_free;
    *key == shortcut.logical_key && fits && (!*repeat || repeats)
}

impl KeyCommand {
    /// Returns the row of the command in the table.
    ///
    /// # Panics
    /// Never: a test holds that every command has one.
    pub fn binding(self) -> &'static KeyBinding {
        let row = KEYS.iter().find(|row| row.command == self);
        row.expect("every command has a key, see the test")
    }

    /// Returns what the command does.
    pub fn text(self) -> &'static str {
        self.binding().text
    }

    /// Returns the name of its key, as it is assigned in this window.
    pub fn key_name(self, ctx: &Context) -> String {
        bindings(ctx).key_name(self)
    }

    /// Returns the text of a tooltip: what the command does, and its key.
    pub fn tip(self, ctx: &Context) -> String {
        format!("{} ({})", self.text(), self.key_name(ctx))
    }
}

fn listening_id() -> Id {
    Id::unique("a key is assigned")
}

/// Notes the pass in which the next key is to be assigned. The list says so again in each frame in which it is drawn.
pub(super) fn set_listening(ctx: &Context, pass: u64) {
    ctx.data_mut(|data| data.insert_temp(listening_id(), pass));
}

/// Whether the next key is to be assigned: it is no command.
fn is_listening(ctx: &Context) -> bool {
    let listening = ctx.data(|data| data.get_temp::<u64>(listening_id()));
    listening.is_some_and(|pass| ctx.cumulative_pass_nr() <= pass + 1)
}

/// Returns the commands of the keys that were pressed, in their order, and consumes their events. A press of Escape is
/// not consumed, because it may close something as well. While the player assigns a key, no key is a command.
pub fn take_commands(ctx: &Context, scope: KeyScope) -> Vec<KeyCommand> {
    if is_listening(ctx) {
        return Vec::new();
    }
    let typing = ctx.text_edit_focused();
    let bindings = bindings(ctx);
    let rows: Vec<_> = KEYS
        .iter()
        .map(|row| (row, bindings.shortcut(row.command)))
        .filter(|(row, key)| row.command.acts_in(scope) && (!typing || row.acts_while_typing(*key)))
        .collect();
    ctx.input_mut(|input| {
        let mut commands = Vec::new();
        input.events.retain(|event| {
            let hit = rows
                .iter()
                .find(|(row, key)| is_hit(*key, row.command.repeats(), event));
            commands.extend(hit.map(|(row, _)| row.command));
            hit.is_none_or(|(row, _)| row.command == KeyCommand::Stop)
        });
        commands
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_frame_act_in_the_order_of_their_presses() {
        let key = |key, modifiers| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        };
        let events = vec![
            key(Key::ArrowRight, Modifiers::COMMAND),
            key(Key::ArrowLeft, Modifiers::NONE),
            key(Key::B, Modifiers::NONE),
            key(Key::ArrowLeft, Modifiers::NONE),
        ];
        let input = egui::RawInput {
            events,
            ..Default::default()
        };
        let ctx = Context::default();
        ctx.begin_pass(input);
        let back = KeyCommand::Replay(ReplayKey::PreviousTick);
        let on = KeyCommand::Replay(ReplayKey::NextAction);
        assert_eq!(take_commands(&ctx, KeyScope::Replay), [on, back, back]);
        assert_eq!(
            take_commands(&ctx, KeyScope::Live),
            [KeyCommand::Buy],
            "the rest"
        );
        ctx.end_pass().textures_delta.clear();
    }

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
