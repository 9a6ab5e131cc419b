//! The table of the keys. Shortcuts, tooltips, the menu and the help sheet are made from it.

use egui::{Event, Key, KeyboardShortcut, Modifiers};

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
pub const KEYS: [KeyBinding; 56] = key_table! {
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
    ScrollLeft => NONE PageUp "PgUp" "Move the chart back by 40 ticks",
    ScrollRight => NONE PageDown "PgDn" "Move the chart on by 40 ticks",
    ZoomIn => NONE ArrowUp "Up" "Look closer at the chart",
    ZoomOut => NONE ArrowDown "Down" "Look at more of the chart",
    ToggleTradeKeys => NONE A "A" "Arm or disarm the trade keys",
    Stop => NONE Escape "Esc Esc" "Stop: no new buys or sidebets. Selling stays possible",
    Record => COMMAND R "Ctrl R" "Record every game, until it is turned off",
    AutoRecord => COMMAND T "Ctrl T" "Start recording by itself with each game",
    Candles => NONE C "C" "Line or candles",
    LogAxis => NONE G "G" "Linear or logarithmic prices",
    Help => NONE Questionmark "?" "Show all keys",
    Settings => COMMAND Comma "Ctrl ," "Settings",
    Library => COMMAND L "Ctrl L" "Library: everything that was recorded",
    BottomCards => COMMAND J "Ctrl J" "Fold or open the cards below the chart",
    ReplayGame => NONE R "R" "Replay this game",
    FullScreen => NONE F11 "F11" "Full screen",
    Replay(ReplayKey::PlayPause) => NONE Space "Space" "Play or pause",
    Replay(ReplayKey::PreviousTick) => NONE ArrowLeft "Left" "One tick back",
    Replay(ReplayKey::NextTick) => NONE ArrowRight "Right" "One tick on",
    Replay(ReplayKey::PreviousAction) => COMMAND ArrowLeft "Ctrl Left" "To the action before",
    Replay(ReplayKey::NextAction) => COMMAND ArrowRight "Ctrl Right" "To the next action",
    Replay(ReplayKey::Back) => NONE PageUp "PgUp" "40 ticks back",
    Replay(ReplayKey::Forward) => NONE PageDown "PgDn" "40 ticks on",
    Replay(ReplayKey::Start) => NONE Home "Home" "To the beginning",
    Replay(ReplayKey::End) => NONE End "End" "To the end",
    Replay(ReplayKey::PreviousGame) => NONE P "P" "To the game before",
    Replay(ReplayKey::NextGame) => NONE N "N" "To the next game",
    Replay(ReplayKey::NextPlayed) => NONE M "M" "To the next game of mine",
    Replay(ReplayKey::NextEntry) => NONE E "E" "To the next buy",
    Replay(ReplayKey::NextPeak) => NONE K "K" "To the next peak",
    Replay(ReplayKey::NextRug) => NONE X "X" "To the next rug",
    Replay(ReplayKey::NextDifference) => NONE F "F" "To the next difference",
    Replay(ReplayKey::Loop) => NONE O "O" "Loop: from here, to here, no more",
    Replay(ReplayKey::Slower) => NONE OpenBracket "[" "Play slower",
    Replay(ReplayKey::Faster) => NONE CloseBracket "]" "Play faster",
    Replay(ReplayKey::Pace) => NONE T "T" "250 ms a tick, or as recorded",
    Replay(ReplayKey::Live) => NONE L "L" "Back to the live game",
    InLibrary(LibraryKey::Up) => NONE ArrowUp "Up" "To the row above",
    InLibrary(LibraryKey::Down) => NONE ArrowDown "Down" "To the row below",
    InLibrary(LibraryKey::PageUp) => NONE PageUp "PgUp" "20 rows up",
    InLibrary(LibraryKey::PageDown) => NONE PageDown "PgDn" "20 rows down",
    InLibrary(LibraryKey::First) => NONE Home "Home" "To the first row",
    InLibrary(LibraryKey::Last) => NONE End "End" "To the last row",
    InLibrary(LibraryKey::Open) => NONE Enter "Enter" "Play the recording",
    InLibrary(LibraryKey::Search) => NONE Slash "/" "Search",
};

impl KeyBinding {
    fn is_hit_by(&self, event: &Event) -> bool {
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
        let required = self.shortcut.modifiers;
        let shift_is_free = required == Modifiers::NONE && !modifiers.command && !modifiers.alt;
        let fits = modifiers.matches_exact(required) || shift_is_free;
        let counts = !*repeat || self.command.repeats();
        *key == self.shortcut.logical_key && fits && counts
    }

    /// Whether it acts while a text field has the focus.
    fn acts_while_typing(&self) -> bool {
        self.shortcut.modifiers.command || self.command == KeyCommand::FullScreen
    }
}

impl KeyCommand {
    /// Returns the key of the command.
    ///
    /// # Panics
    /// Never: a test holds that every command has one.
    pub fn binding(self) -> &'static KeyBinding {
        let row = KEYS.iter().find(|row| row.command == self);
        row.expect("every command has a key, see the test")
    }

    /// Returns the text of a tooltip: what the command does, and its key.
    pub fn tooltip(self) -> String {
        let KeyBinding { text, shown, .. } = self.binding();
        format!("{text} ({shown})")
    }
}

/// Returns the commands of the keys that were pressed, in their order, and consumes their events. A press of Escape is
/// not consumed, because it may close something as well.
pub fn take_commands(ctx: &egui::Context, scope: KeyScope) -> Vec<KeyCommand> {
    let typing = ctx.text_edit_focused();
    let acts =
        |row: &&KeyBinding| row.command.acts_in(scope) && (!typing || row.acts_while_typing());
    ctx.input_mut(|input| {
        let mut commands = Vec::new();
        input.events.retain(|event| {
            let hit = KEYS.iter().filter(acts).find(|row| row.is_hit_by(event));
            commands.extend(hit.map(|row| row.command));
            hit.is_none_or(|row| row.command == KeyCommand::Stop)
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
        let ctx = egui::Context::default();
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
                let both = [
                    KeyScope::Live,
                    KeyScope::Replay,
                    KeyScope::Library,
                    KeyScope::Settings,
                ];
                let both = both
                    .iter()
                    .any(|on| row.command.acts_in(*on) && other.command.acts_in(*on));
                both && other.shortcut == row.shortcut
            };
            assert!(!KEYS[place + 1..].iter().any(clash), "{}", row.shown);
        }
        assert_eq!(KEYS.iter().filter(|row| row.command.trades()).count(), 3);
    }
}
