//! The table of the keys. Shortcuts, tooltips, the menu and the help sheet are made from it.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::command::{KeyCommand, LibraryKey, ReplayKey};

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

/// The table, in the order of the menu and the palette: pages, trading, recording, chart, window. One key, one command.
pub const KEYS: [KeyBinding; 65] = key_table! {
    Library => COMMAND L "Ctrl L" "Library",
    Review => COMMAND E "Ctrl E" "Review",
    Lab => COMMAND B "Ctrl B" "Lab",
    Settings => COMMAND Comma "Ctrl ," "Settings",
    Palette => COMMAND K "Ctrl K" "Search all commands",
    Help => NONE Questionmark "?" "Show all keys",
    Buy => NONE B "B" "Buy for the amount",
    Sell => NONE S "S" "Sell the chosen share",
    Sidebet => NONE D "D" "Place a sidebet of the amount",
    Share(10) => NONE Num1 "1" "Choose to sell 10 %",
    Share(25) => NONE Num2 "2" "Choose to sell 25 %",
    Share(50) => NONE Num3 "3" "Choose to sell 50 %",
    Share(100) => NONE Num4 "4" "Choose to sell 100 %",
    AmountUp => NONE Plus "+" "Raise the amount by 0.001",
    AmountDown => NONE Minus "-" "Lower the amount by 0.001",
    ToggleTradeKeys => NONE A "A" "Trade keys on or off",
    Stop => NONE Escape "Esc Esc" "Stop: no new buys or sidebets. Selling stays possible",
    Piano => NONE P "P" "Let the piano play…",
    Record => COMMAND R "Ctrl R" "Record now, until I stop",
    AutoRecord => COMMAND T "Ctrl T" "Every game automatically",
    Note => NONE I "I" "Write a note",
    ReplayGame => NONE R "R" "Replay my last game, or else the last one",
    ShareSession => COMMAND S "Ctrl S" "Share the session…",
    Follow => NONE End "End" "Follow the newest tick",
    WholeGame => NONE Home "Home" "Show the whole game",
    ScrollLeft => NONE PageUp "PgUp" "Scroll left 40 ticks",
    ScrollRight => NONE PageDown "PgDn" "Scroll right 40 ticks",
    ZoomIn => NONE ArrowUp "Up" "Zoom in",
    ZoomOut => NONE ArrowDown "Down" "Zoom out",
    Candles => NONE C "C" "Line or candles",
    LogAxis => NONE G "G" "Linear or logarithmic prices",
    BottomCards => COMMAND J "Ctrl J" "Fold or open the cards below the chart",
    FullScreen => NONE F11 "F11" "Full screen",
    Compact => COMMAND M "Ctrl M" "Compact window",
    KeepOnTop => COMMAND P "Ctrl P" "Keep the window on top",
    Replay(ReplayKey::PlayPause) => NONE Space "Space" "Play or pause",
    Replay(ReplayKey::PreviousTick) => NONE ArrowLeft "Left" "One tick back",
    Replay(ReplayKey::NextTick) => NONE ArrowRight "Right" "One tick forward",
    Replay(ReplayKey::PreviousAction) => COMMAND ArrowLeft "Ctrl Left" "Previous order",
    Replay(ReplayKey::NextAction) => COMMAND ArrowRight "Ctrl Right" "Next order",
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

impl KeyBinding {
    /// Whether it acts while a text field has the focus.
    pub fn acts_while_typing(&self, shortcut: KeyboardShortcut) -> bool {
        shortcut.modifiers.command || self.command == KeyCommand::FullScreen
    }

    /// Returns the name of the command in the settings.
    pub fn id(&self) -> String {
        format!("{:?}", self.command)
    }
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
}
