//! Every command of the window, once: its name, its key and what it does. Keys, tooltips, menu and help sheet are made
//! from this table.

mod table;

use egui::{Key, KeyboardShortcut, Modifiers};

pub use table::KEYS;

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
    /// Press the emergency stop.
    Stop,
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
    /// Open or close the library.
    Library,
    /// Full screen and back.
    FullScreen,
    /// For the replay.
    Replay(ReplayKey),
    /// For the library.
    InLibrary(LibraryKey),
}

/// What a key asks of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LibraryKey {
    /// To the row above.
    Up,
    /// To the row below.
    Down,
    /// By many rows.
    PageUp,
    /// By many rows.
    PageDown,
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// Open the row.
    Open,
    /// Type into the search.
    Search,
}

/// What a key asks of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplayKey {
    /// Play or pause.
    Play,
    /// To the tick before.
    TickBack,
    /// To the next tick.
    TickOn,
    /// By forty ticks.
    TicksBack,
    /// By forty ticks.
    TicksOn,
    /// To the action before.
    ActionBack,
    /// To the next action.
    ActionOn,
    /// To the beginning.
    Start,
    /// To the end.
    End,
    /// To the game before.
    GameBack,
    /// To the next game.
    GameOn,
    /// To the next game that was played.
    Played,
    /// To the next buy.
    Entry,
    /// To the next peak.
    Peak,
    /// To the next rug.
    Rug,
    /// To the next place where recorded and computed differ.
    Difference,
    /// Mark the beginning of a loop, its end, no loop.
    Loop,
    /// Play slower.
    Slower,
    /// Play faster.
    Faster,
    /// 250 ms a tick, or as it was recorded.
    Pace,
    /// Back to the live game.
    Live,
}

/// Where keys act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum On {
    /// On a game that is played or watched.
    Live,
    /// On a replay.
    Replay,
    /// In the library.
    Library,
    /// In the settings.
    Settings,
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
    /// It sends an order: it must be armed.
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
    /// Whether it stands in the menu: what trades, or has its button beside it, does not.
    pub fn in_menu(&self) -> bool {
        let has_button = self.is_of_ticket() || self.is_stop();
        !self.trades && !has_button && self.acts(On::Live)
    }

    /// Whether it acts there.
    pub fn acts(&self, on: On) -> bool {
        use KeyCommand::{Candles, Closer, Farther, LogAxis};
        let of_chart = matches!(self.command, Closer | Farther | Candles | LogAxis);
        let chart_is_seen = matches!(on, On::Live | On::Replay);
        self.only().is_none_or(|only| only == on) && (chart_is_seen || !of_chart)
    }

    /// Returns the only place where it acts; `None`: everywhere.
    pub fn only(&self) -> Option<On> {
        use KeyCommand::{Arm, Back, Follow, Forward, Stop, WholeGame};
        match self.command {
            KeyCommand::Replay(_) => Some(On::Replay),
            KeyCommand::InLibrary(_) => Some(On::Library),
            Follow | WholeGame | Back | Forward | Arm | Stop => Some(On::Live),
            _ => (self.trades || self.is_of_ticket()).then_some(On::Live),
        }
    }

    fn is_of_ticket(&self) -> bool {
        use KeyCommand::{AmountDown, AmountUp, Share};
        matches!(self.command, Share(_) | AmountUp | AmountDown)
    }

    /// It takes two presses of a key that puts other things away, too.
    fn is_stop(&self) -> bool {
        self.command == KeyCommand::Stop
    }

    fn is_hit_by(&self, event: &egui::Event) -> bool {
        let egui::Event::Key {
            key,
            pressed: true,
            repeat,
            modifiers,
            ..
        } = event
        else {
            return false;
        };
        let wanted = self.shortcut.modifiers;
        let shift_is_free = wanted == Modifiers::NONE && !modifiers.command && !modifiers.alt;
        let fits = modifiers.matches_exact(wanted) || shift_is_free;
        *key == self.shortcut.logical_key && fits && (!*repeat || self.repeats())
    }

    /// Whether a key that is held down does it again and again: only what moves a view, a playhead or a selection. What
    /// trades, changes the amount or switches something happens once for a press.
    pub fn repeats(&self) -> bool {
        use KeyCommand::{Back, Closer, Farther, Forward, InLibrary, Replay};
        use ReplayKey::{Live, Loop, Pace, Play};
        match self.command {
            Back | Forward | Closer | Farther => true,
            Replay(key) => !matches!(key, Play | Loop | Pace | Live),
            InLibrary(key) => !matches!(key, LibraryKey::Open | LibraryKey::Search),
            _ => false,
        }
    }

    /// Whether it acts while something is being typed, too.
    fn is_no_letter(&self) -> bool {
        self.shortcut.modifiers.command || self.command == KeyCommand::FullScreen
    }
}

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

/// Returns the commands of this place whose keys were pressed, in the order in which they were. While something is
/// being typed only those act that type nothing; a key that is held down repeats only what moves a view. A press that
/// may still put something away stays for that.
pub fn pressed(ctx: &egui::Context, on: On) -> Vec<KeyCommand> {
    let typing = ctx.text_edit_focused();
    let acts = |row: &&KeyRow| row.acts(on) && (!typing || row.is_no_letter());
    ctx.input_mut(|input| {
        let mut commands = Vec::new();
        input.events.retain(|event| {
            let hit = KEYS.iter().filter(acts).find(|row| row.is_hit_by(event));
            commands.extend(hit.map(|row| row.command));
            hit.is_none_or(KeyRow::is_stop)
        });
        commands
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_frame_act_in_the_order_in_which_they_were_pressed() {
        let key = |key, modifiers| egui::Event::Key {
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
        let back = KeyCommand::Replay(ReplayKey::TickBack);
        let on = KeyCommand::Replay(ReplayKey::ActionOn);
        assert_eq!(pressed(&ctx, On::Replay), [on, back, back]);
        assert_eq!(pressed(&ctx, On::Live), [KeyCommand::Buy], "what is left");
        ctx.end_pass().textures_delta.clear();
    }

    #[test]
    fn one_key_one_command_and_every_command_its_row() {
        for (place, row) in KEYS.iter().enumerate() {
            assert_eq!(row.command.row().shown, row.shown);
            let clash = |other: &KeyRow| {
                let both = [On::Live, On::Replay, On::Library, On::Settings];
                let both = both.iter().any(|on| row.acts(*on) && other.acts(*on));
                both && other.shortcut == row.shortcut
            };
            assert!(!KEYS[place + 1..].iter().any(clash), "{}", row.shown);
        }
        assert_eq!(KEYS.iter().filter(|row| row.trades).count(), 3);
    }
}
