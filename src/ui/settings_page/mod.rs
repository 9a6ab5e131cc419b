//! The page of the settings, in two columns. It edits the settings directly; text that cannot be used yet stays in its
//! field with the reason below.

mod connection;
mod desktop;
mod limits;
mod recording;
mod rows;
#[cfg(test)]
mod tests;

use std::path::Path;

use egui::{ComboBox, Ui};
use rust_decimal::Decimal;

use super::command::KeyCommand;
use super::format::short_path;
use super::key_editor::KeyEditor;
use super::theme::role::CAPTION;
use super::theme::{PADDING, Theme};
use super::top_bar::SourceChoice;
use super::widgets::{Segment, SegmentStyle, combo_ui, segmented_ui, switch_ui, wrapped_ui};
use crate::capture::CaptureState;
use crate::protocol::number::parse_typed;
use crate::settings::{
    AMOUNT_PLACES, MoneyColours, START_BALANCE, Settings, SourceKind, ThemeChoice,
};
use crate::table::Speed;
use connection::Connection;
use desktop::DesktopFields;
use limits::{LimitFields, unit_ui};
use recording::Recording;
pub use rows::show_row;
use rows::{Field, noted_row_ui, row_ui, section_ui};

/// The rows of the page that the command palette finds, by their names.
pub const SETTING_NAMES: &[&str] = &[
    "Minimum buy",
    "Maximum buy",
    "Minimum sidebet",
    "Maximum sidebet",
    "Daily loss limit",
    "Orders per minute",
    "Slippage",
    "Ask above",
    "Starting balance",
    "Theme",
    "Gain and loss",
    "Scale",
    "Amounts",
    "Reduce motion",
    "Show tips",
    "Ignore a double press",
    "My browser",
    "Another address",
    "Record every game automatically",
    "Folder",
    "Raw capture (for bug reports)",
    "Keep on top",
    "Remind me of the time",
    #[cfg(feature = "sound")]
    "Sounds",
    #[cfg(feature = "notifications")]
    "Notifications",
];

/// The scales that can be chosen, in percent.
const SCALES: [u16; 10] = [75, 90, 100, 110, 125, 150, 175, 200, 250, 300];
/// The widest column.
const COLUMN: f32 = 576.0;
/// Two columns fit into a page of this width.
const TWO_COLUMNS: f32 = 1_168.0;

/// The state of the page.
#[derive(Debug, Default)]
pub struct SettingsPage {
    keys: KeyEditor,
    recording: Recording,
    connection: Connection,
    limits: LimitFields,
    start_balance: Field,
    ask_above: Field,
    desktop: DesktopFields,
}

/// What the page asks for, apart from the changed settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SettingsAction {
    /// Change the source or its speed.
    Choose(SourceChoice),
    /// Connect to the address of this kind in the settings.
    Connect(SourceKind),
    /// The folder of the recordings has changed.
    FolderChanged,
    /// Turn auto-record on or off.
    AutoRecord(bool),
}

/// What the page shows in addition to the settings.
#[derive(Debug, Clone, Copy)]
pub struct SettingsContext<'a> {
    /// The running source.
    pub running: SourceKind,
    /// The current speed of the practice table.
    pub speed: Speed,
    /// The current folder of the recordings.
    pub folder: Option<&'a Path>,
    /// Why no source runs.
    pub failure: Option<&'a str>,
    /// Whether the command line sets the folder.
    pub folder_is_fixed: bool,
    /// The settings file.
    pub file: &'a Path,
    /// Why the last change was not saved.
    pub save_error: Option<&'a str>,
    /// Whether auto-record is on; `None` while the source is being changed.
    pub auto_record: Option<bool>,
    /// The raw capture of the running source.
    pub capture: Option<&'a CaptureState>,
}

impl SettingsPage {
    /// Returns the page of these settings.
    pub fn new(settings: &Settings) -> Self {
        let ask = settings.ask_above_percent;
        Self {
            keys: KeyEditor::default(),
            recording: Recording::new(settings),
            connection: Connection::new(settings),
            limits: LimitFields::new(&settings.limits),
            start_balance: Field::new(settings.start_balance.normalize().to_string()),
            ask_above: Field::new(ask.map_or(String::new(), |ask| ask.normalize().to_string())),
            desktop: DesktopFields::new(settings),
        }
    }

    /// Sets what was typed and not set yet, because its field did not lose the focus. To be called when the page is no
    /// longer shown. Returns what follows, as [`Self::ui`].
    pub fn leave(&mut self, settings: &mut Settings) -> Vec<SettingsAction> {
        let mut actions = Vec::new();
        self.limits.leave(&mut settings.limits);
        leave_number(
            &mut self.ask_above,
            ask_above,
            &mut settings.ask_above_percent,
        );
        leave_number(
            &mut self.start_balance,
            start_balance,
            &mut settings.start_balance,
        );
        self.desktop.leave(settings);
        self.recording.leave(settings, &mut actions);
        actions
    }

    /// Shows the addresses and the folder of the settings, in place of what was typed.
    pub fn show_source(&mut self, settings: &Settings) {
        self.recording.show_folder(settings);
        self.connection = Connection::new(settings);
    }

    /// Moves the focus to the field of the other address.
    pub fn focus_address(&mut self) {
        self.connection.focus_address();
    }

    /// Draws the page.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
    ) -> Vec<SettingsAction> {
        let mut actions = Vec::new();
        let theme = Theme::of(ui);
        let scroll = egui::ScrollArea::vertical().id_salt("settings");
        scroll.auto_shrink(false).show(ui, |ui| {
            if let Some(error) = context.save_error {
                wrapped_ui(ui, theme.amber, error);
            }
            let room = ui.available_width();
            let columns = if room >= TWO_COLUMNS { 2 } else { 1 };
            let width = if columns == 2 {
                COLUMN
            } else {
                room.min(720.0)
            };
            let gaps = if columns == 2 { PADDING } else { 0.0 };
            let used = width * if columns == 2 { 2.0 } else { 1.0 } + gaps;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(((room - used) / 2.0).max(0.0).floor());
                column_ui(ui, width, |ui| {
                    self.recording.ui(ui, settings, context, &mut actions);
                    self.limits_ui(ui, settings);
                    self.practice_ui(ui, settings);
                    self.desktop.ui(ui, settings);
                    if columns == 1 {
                        self.right_ui(ui, settings, context, &mut actions);
                    }
                    let file = format!("Settings file: {}", short_path(context.file));
                    ui.label(CAPTION.text(file).color(theme.quiet));
                });
                if columns == 2 {
                    ui.add_space(PADDING);
                    column_ui(ui, width, |ui| {
                        self.right_ui(ui, settings, context, &mut actions);
                    });
                }
            });
        });
        actions
    }

    fn right_ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
        actions: &mut Vec<SettingsAction>,
    ) {
        look_ui(ui, settings);
        self.keys_ui(ui, settings);
        self.connection.ui(ui, settings, context, actions);
    }

    fn limits_ui(&mut self, ui: &mut Ui, settings: &mut Settings) {
        let remark = "checked before every order; never block selling";
        section_ui(ui, "Limits", remark, |ui| {
            self.limits.ui(ui, &mut settings.limits);
            let note = "Part of the balance in one order; a second press sends it";
            let unit = if self.ask_above.text.trim().is_empty() {
                "never"
            } else {
                "%"
            };
            let row = ("Ask above", note, unit);
            if let Some(share) = number_row_ui(ui, &mut self.ask_above, row, ask_above) {
                settings.ask_above_percent = share;
            }
        });
    }

    fn keys_ui(&mut self, ui: &mut Ui, settings: &mut Settings) {
        let remark = format!("all keys: press {}", KeyCommand::Help.key_name(ui.ctx()));
        section_ui(ui, "Keys", &remark, |ui| {
            let name = "Ignore a double press";
            let note = "A second press within 0.25 s sends nothing";
            row_ui(ui, name, note, |ui| {
                switch_ui(ui, &mut settings.ignore_double_press, name)
            });
            ui.collapsing("Change keys", |ui| {
                self.keys.ui(ui, &mut settings.keys, |_| true);
            });
        });
    }

    fn practice_ui(&mut self, ui: &mut Ui, settings: &mut Settings) {
        section_ui(ui, "Practice table", "play money, real rules", |ui| {
            let note = "Of a new wallet and of Refill";
            let row = ("Starting balance", note, "SOL");
            if let Some(balance) = number_row_ui(ui, &mut self.start_balance, row, start_balance) {
                settings.start_balance = balance;
            }
        });
    }
}

/// Returns the percentage of the balance from which an order is asked about; empty: never.
fn ask_above(text: &str) -> Result<Option<Decimal>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => match parse_typed(text) {
            Ok(share) if share > Decimal::ZERO && share <= Decimal::ONE_HUNDRED => Ok(Some(share)),
            _ => Err("A number above 0, at most 100, or empty: never ask"),
        },
    }
}

/// Returns the balance of a new wallet of the practice table.
fn start_balance(text: &str) -> Result<Decimal, String> {
    let [least, most] = START_BALANCE;
    match parse_typed(text) {
        Ok(balance) if (least..=most).contains(&balance) && balance.scale() <= 9 => Ok(balance),
        _ => Err(format!("A number from {least} to {most}")),
    }
}

fn column_ui(ui: &mut Ui, width: f32, cards: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = egui::vec2(8.0, PADDING);
        cards(ui);
    });
}

/// Draws the row of a number. Returns the number when its field lost focus with one.
fn number_row_ui<T, E: std::fmt::Display>(
    ui: &mut Ui,
    field: &mut Field,
    (name, note, unit): (&str, &str, &str),
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    let theme = Theme::of(ui);
    let (note, colour) = field.note(&theme, note);
    let note = note.to_owned();
    let left = noted_row_ui(ui, name, (&note, colour), |ui| {
        unit_ui(ui, unit);
        field.ui(ui, name, "", 96.0).lost_focus()
    });
    if left {
        read_number(field, parse)
    } else {
        None
    }
}

/// Reads a number, or shows why it cannot be used. The player may go on to another field.
fn read_number<T, E: std::fmt::Display>(
    field: &mut Field,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    let value = field.accept(parse(&field.text));
    field.focus = false;
    value
}

/// Sets a number that was typed and not read yet.
fn leave_number<T, E: std::fmt::Display>(
    field: &mut Field,
    parse: impl Fn(&str) -> Result<T, E>,
    value: &mut T,
) {
    if field.is_unread()
        && let Some(typed) = read_number(field, parse)
    {
        *value = typed;
    }
}

fn look_ui(ui: &mut Ui, settings: &mut Settings) {
    let style = SegmentStyle::default();
    section_ui(ui, "Look", "", |ui| {
        row_ui(ui, "Theme", "System: as the desktop", |ui| {
            let themes = [
                Segment::text(ThemeChoice::System, "System"),
                Segment::text(ThemeChoice::Dark, "Dark"),
                Segment::text(ThemeChoice::Light, "Light"),
            ];
            if let Some(look) = segmented_ui(ui, Some(settings.look), &themes, style) {
                settings.look = look;
            }
        });
        let note = "Signs and arrows are always shown";
        row_ui(ui, "Gain and loss", note, |ui| {
            let choices = [
                Segment::text(MoneyColours::GreenRed, "Green / red"),
                Segment::text(MoneyColours::BlueOrange, "Blue / orange"),
            ];
            if let Some(colours) = segmented_ui(ui, Some(settings.money_colours), &choices, style) {
                settings.money_colours = colours;
            }
        });
        row_ui(ui, "Scale", "Ctrl + and Ctrl −", |ui| {
            let current = format!("{:.0} %", settings.scale * 100.0);
            let combo = ComboBox::from_id_salt("scale")
                .width(72.0)
                .selected_text(current);
            let options =
                SCALES.map(|percent| (f32::from(percent) / 100.0, format!("{percent} %")));
            let (_, chosen) = combo_ui(ui, combo, "Scale", settings.scale, options);
            settings.scale = chosen.unwrap_or(settings.scale);
        });
        let note = "Decimals of SOL; hover shows the exact value";
        row_ui(ui, "Amounts", note, |ui| {
            let names = AMOUNT_PLACES.map(|places| places.to_string());
            let places: Vec<_> = AMOUNT_PLACES
                .iter()
                .zip(&names)
                .map(|(places, name)| Segment::text(*places, name))
                .collect();
            if let Some(places) = segmented_ui(ui, Some(settings.amount_places), &places, style) {
                settings.amount_places = places;
            }
        });
        row_ui(ui, "Reduce motion", "No easing, no flash", |ui| {
            switch_ui(ui, &mut settings.reduce_motion, "Reduce motion")
        });
        row_ui(ui, "Show tips", "Short hints for the first game", |ui| {
            switch_ui(ui, &mut settings.welcome, "Show tips")
        });
    });
}
