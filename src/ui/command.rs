//! Every command of the window, once: its name, its key and what it does. Keys, tooltips, menu and help sheet are made
//! from this table.

use egui::{Key, KeyboardShortcut, Modifiers};

/// What a key or a menu entry asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyCommand {
    /// Buy for the amount of the ticket.
    Buy,
    /// Sell the chosen share.
    Sell,
    /// Place a sidebet of the amount of the ticket.
    Sidebet,
    /// Choose a share to sell, in percent.
    Share(u8),
    /// Raise the amount by the smallest chip.
    AmountUp,
    /// Lower the amount by the smallest chip.
    AmountDown,
    /// Follow the newest tick again.
    Follow,
    /// Show the whole game.
    WholeGame,
    /// Move the chart to earlier ticks.
    Back,
    /// Move the chart to later ticks.
    Forward,
    /// Look closer at the chart.
    Closer,
    /// Look from farther away.
    Farther,
    /// Arm or disarm the trade keys.
    Arm,
    /// Turn the record switch.
    Record,
    /// Turn auto-record.
    AutoRecord,
    /// Line or candles.
    Candles,
    /// Linear or logarithmic price axis.
    LogAxis,
    /// Show or hide the help sheet.
    Help,
    /// Open or close the settings.
    Settings,
    /// Full screen and back.
    FullScreen,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct KeyRow {
    /// What it does.
    pub command: KeyCommand,
    /// The key.
    pub shortcut: KeyboardShortcut,
    /// The key as a person reads it.
    pub shown: &'static str,
    /// What it does, in words.
    pub text: &'static str,
    /// It sends an order: it must be armed, and a key that is held down does it once.
    pub trades: bool,
}

const fn row(
    command: KeyCommand,
    modifiers: Modifiers,
    key: Key,
    shown: &'static str,
    text: &'static str,
) -> KeyRow {
    let trades = matches!(
        command,
        KeyCommand::Buy | KeyCommand::Sell | KeyCommand::Sidebet
    );
    KeyRow {
        command,
        shortcut: KeyboardShortcut::new(modifiers, key),
        shown,
        text,
        trades,
    }
}

impl KeyRow {
    /// Whether it stands in the menu: what trades, or belongs to the ticket beside it, does not.
    pub fn in_menu(&self) -> bool {
        let ticket = matches!(
            self.command,
            KeyCommand::Share(_) | KeyCommand::AmountUp | KeyCommand::AmountDown
        );
        !self.trades && !ticket
    }

    /// Whether it acts while something is being typed, too.
    fn is_no_letter(&self) -> bool {
        self.shortcut.modifiers.command || self.command == KeyCommand::FullScreen
    }
}

const NONE: Modifiers = Modifiers::NONE;

/// The table. One key, one command.
pub const KEYS: [KeyRow; 23] = [
    row(KeyCommand::Buy, NONE, Key::B, "B", "Buy for the amount"),
    row(KeyCommand::Sell, NONE, Key::S, "S", "Sell the chosen share"),
    row(
        KeyCommand::Sidebet,
        NONE,
        Key::D,
        "D",
        "Place a sidebet of the amount",
    ),
    row(
        KeyCommand::Share(10),
        NONE,
        Key::Num1,
        "1",
        "Choose to sell 10 %",
    ),
    row(
        KeyCommand::Share(25),
        NONE,
        Key::Num2,
        "2",
        "Choose to sell 25 %",
    ),
    row(
        KeyCommand::Share(50),
        NONE,
        Key::Num3,
        "3",
        "Choose to sell 50 %",
    ),
    row(
        KeyCommand::Share(100),
        NONE,
        Key::Num4,
        "4",
        "Choose to sell 100 %",
    ),
    row(
        KeyCommand::AmountUp,
        NONE,
        Key::Plus,
        "+",
        "Raise the amount by 0.001",
    ),
    row(
        KeyCommand::AmountDown,
        NONE,
        Key::Minus,
        "-",
        "Lower the amount by 0.001",
    ),
    row(
        KeyCommand::Follow,
        NONE,
        Key::End,
        "End",
        "Follow the newest tick",
    ),
    row(
        KeyCommand::WholeGame,
        NONE,
        Key::Home,
        "Home",
        "Show the whole game",
    ),
    row(
        KeyCommand::Back,
        NONE,
        Key::PageUp,
        "PgUp",
        "Move the chart back by 40 ticks",
    ),
    row(
        KeyCommand::Forward,
        NONE,
        Key::PageDown,
        "PgDn",
        "Move the chart on by 40 ticks",
    ),
    row(
        KeyCommand::Closer,
        NONE,
        Key::ArrowUp,
        "Up",
        "Look closer at the chart",
    ),
    row(
        KeyCommand::Farther,
        NONE,
        Key::ArrowDown,
        "Down",
        "Look at more of the chart",
    ),
    row(
        KeyCommand::Arm,
        NONE,
        Key::A,
        "A",
        "Arm or disarm the trade keys",
    ),
    row(
        KeyCommand::Record,
        Modifiers::COMMAND,
        Key::R,
        "Ctrl R",
        "Record every game, until it is turned off",
    ),
    row(
        KeyCommand::AutoRecord,
        Modifiers::COMMAND,
        Key::T,
        "Ctrl T",
        "Start recording by itself with each game",
    ),
    row(KeyCommand::Candles, NONE, Key::C, "C", "Line or candles"),
    row(
        KeyCommand::LogAxis,
        NONE,
        Key::G,
        "G",
        "Linear or logarithmic prices",
    ),
    row(
        KeyCommand::Help,
        NONE,
        Key::Questionmark,
        "?",
        "Show all keys",
    ),
    row(
        KeyCommand::Settings,
        Modifiers::COMMAND,
        Key::Comma,
        "Ctrl ,",
        "Settings",
    ),
    row(KeyCommand::FullScreen, NONE, Key::F11, "F11", "Full screen"),
];

impl KeyCommand {
    /// Returns the row of a command.
    ///
    /// # Panics
    /// Never: a test holds that every command has one.
    pub fn row(self) -> &'static KeyRow {
        let row = KEYS.iter().find(|row| row.command == self);
        row.expect("every command has its row, see the test")
    }

    /// Returns the text of a tooltip, with the key.
    pub fn tip(self) -> String {
        let row = self.row();
        format!("{} ({})", row.text, row.shown)
    }
}

/// Returns the commands whose keys were pressed. While something is being typed only those act that type nothing; a
/// key that is held down repeats nothing that trades.
pub fn pressed(ctx: &egui::Context) -> Vec<KeyCommand> {
    let typing = ctx.text_edit_focused();
    ctx.input_mut(|input| {
        let mut commands = Vec::new();
        for row in KEYS.iter().filter(|row| !typing || row.is_no_letter()) {
            let hit = |event: &egui::Event| match event {
                egui::Event::Key {
                    key,
                    pressed: true,
                    repeat,
                    modifiers,
                    ..
                } => {
                    let key_fits = *key == row.shortcut.logical_key;
                    let shift_is_free =
                        row.shortcut.modifiers == NONE && !modifiers.command && !modifiers.alt;
                    let fits = modifiers.matches_exact(row.shortcut.modifiers) || shift_is_free;
                    key_fits && fits && !(*repeat && row.trades)
                }
                _ => false,
            };
            let before = input.events.len();
            input.events.retain(|event| !hit(event));
            if input.events.len() < before {
                commands.push(row.command);
            }
        }
        commands
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_one_command_and_every_command_its_row() {
        for (place, row) in KEYS.iter().enumerate() {
            assert_eq!(row.command.row().shown, row.shown);
            let others = &KEYS[place + 1..];
            assert!(
                others.iter().all(|other| other.shortcut != row.shortcut),
                "{}",
                row.shown
            );
        }
        assert_eq!(KEYS.iter().filter(|row| row.trades).count(), 3);
    }
}
