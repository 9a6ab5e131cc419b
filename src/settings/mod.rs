//! The player's settings: one file, read field by field. A missing or invalid field falls back to its default, alone; an
//! order limit that cannot be read falls back to its strictest value.
//!
//! This module reads and writes the text, [`mod@file`] the file. It does not know the window.

mod field_values;
pub mod file;
mod limits;
mod panel_sizes;
mod places;
mod saver;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use field_values::{InvalidField, folder_of};
pub use limits::{Limit, strictest, with_limit};
pub use panel_sizes::PanelSizes;
pub use places::{config_file, data_folder, recordings_of};
pub use saver::Saver;

use crate::table::Speed;
use crate::trading::OrderLimits;

/// Version of the file.
const VERSION: u64 = 1;
/// The field of the order limits.
const LIMITS: &str = "limits";
/// The smallest and the largest size of everything on the screen.
pub const SCALE: std::ops::RangeInclusive<f32> = 0.75..=3.0;
/// The least and the most play money that a new wallet begins with, in SOL.
pub const START_BALANCE: [Decimal; 2] = [
    Decimal::from_parts(1, 0, 0, false, 2),
    Decimal::from_parts(1_000, 0, 0, false, 0),
];
/// The decimals that amounts of SOL can have on the screen.
pub const AMOUNT_PLACES: [u32; 3] = [4, 6, 9];
/// The longest time between two reminders, in minutes: a day.
pub const MAX_REMINDER: u32 = 1_440;
/// The debugging address of a browser started with the shown command.
pub const BROWSER: &str = "127.0.0.1:9222";
/// The longest address or folder, in bytes.
const MAX_TEXT_BYTES: usize = 4_096;

/// Dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// As the desktop.
    System,
    /// Dark.
    #[default]
    Dark,
    /// Light.
    Light,
}

/// The colours of gains and losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyColours {
    /// Green and red.
    #[default]
    GreenRed,
    /// Blue and orange, for colour-blind eyes.
    BlueOrange,
}

/// Where games come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// The built-in practice table.
    #[default]
    Practice,
    /// rugs.fun, watched only.
    Live,
    /// Another address.
    Url,
    /// The player's own page in their browser.
    Browser,
}

/// The settings of the player, in the order of the file.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the settings page"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    #[serde(rename = "theme", deserialize_with = "field_values::read_variant")]
    pub look: ThemeChoice,
    /// The colours of gains and losses.
    #[serde(deserialize_with = "field_values::read_variant")]
    pub money_colours: MoneyColours,
    /// Decimals of amounts of SOL on the screen, one of [`AMOUNT_PLACES`].
    #[serde(deserialize_with = "field_values::read_places")]
    pub amount_places: u32,
    /// Nothing on the screen eases, flashes or fades.
    pub reduce_motion: bool,
    /// Size of everything on the screen, within [`SCALE`].
    #[serde(
        serialize_with = "field_values::write_text",
        deserialize_with = "field_values::read_scale"
    )]
    pub scale: f32,
    /// The parent folder of `live`, `practice` and `other`; `None`: the user's data folder.
    #[serde(
        serialize_with = "field_values::write_folder",
        deserialize_with = "field_values::read_folder"
    )]
    pub recordings: Option<PathBuf>,
    /// Where games come from.
    #[serde(deserialize_with = "field_values::read_variant")]
    pub source: SourceKind,
    /// The other address, as it was typed; empty without one.
    #[serde(deserialize_with = "field_values::read_address")]
    pub url: String,
    /// Where the browser listens, as it was typed.
    #[serde(deserialize_with = "field_values::read_address")]
    pub browser: String,
    /// Speed of the practice table.
    #[serde(
        serialize_with = "field_values::write_text",
        deserialize_with = "field_values::read_speed"
    )]
    pub practice_speed: Speed,
    /// SOL of play money that a new wallet begins with, at the practice table and with the paper balance.
    #[serde(
        serialize_with = "field_values::write_text",
        deserialize_with = "field_values::read_start_balance"
    )]
    pub start_balance: Decimal,
    /// A buy or sidebet of more than this share of the balance, in percent, needs a second press; `None`: none does.
    #[serde(
        serialize_with = "field_values::write_number",
        deserialize_with = "field_values::read_percent"
    )]
    pub ask_above_percent: Option<Decimal>,
    /// Every game is recorded from its start.
    pub auto_record: bool,
    /// Limits of the orders. [`Settings::parse`] reads them: an invalid limit is never off.
    #[serde(serialize_with = "limits::write", skip_deserializing)]
    pub limits: OrderLimits,
    /// A second press of the same order button within a quarter of a second is no order.
    pub ignore_double_press: bool,
    /// The chart shows candles instead of a line.
    pub candles: bool,
    /// The chart's price axis is logarithmic.
    pub log_axis: bool,
    /// The keys that the player assigned differently, by the names of their commands. The window reads them.
    pub keys: BTreeMap<String, String>,
    /// The sizes of the parts of the window.
    pub panel_sizes: PanelSizes,
    /// The window stays on top of others, where the desktop allows it.
    pub keep_on_top: bool,
    /// The player is reminded of the time every so many minutes of a session, at most [`MAX_REMINDER`]; `None`: never.
    #[serde(deserialize_with = "field_values::read_minutes")]
    pub reminder_minutes: Option<u32>,
    /// Sounds are played. Builds without the feature `sound` only keep it.
    pub sounds: bool,
    /// The volume of the sounds, in percent.
    #[serde(deserialize_with = "field_values::read_volume")]
    pub sound_volume: u8,
    /// The desktop shows notifications. Builds without the feature `notifications` only keep it.
    pub notifications: bool,
    /// The welcome text is shown.
    pub welcome: bool,
    /// The traffic of the connection is written to files, for a bug report.
    pub raw_capture: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            look: ThemeChoice::default(),
            money_colours: MoneyColours::default(),
            amount_places: AMOUNT_PLACES[0],
            reduce_motion: false,
            scale: 1.0,
            recordings: None,
            source: SourceKind::default(),
            url: String::new(),
            browser: BROWSER.to_owned(),
            practice_speed: Speed::default(),
            start_balance: Decimal::ONE,
            ask_above_percent: None,
            auto_record: false,
            limits: OrderLimits::default(),
            ignore_double_press: true,
            candles: false,
            log_axis: false,
            keys: BTreeMap::new(),
            panel_sizes: PanelSizes::default(),
            keep_on_top: false,
            reminder_minutes: None,
            sounds: false,
            sound_volume: 50,
            notifications: false,
            welcome: true,
            raw_capture: false,
        }
    }
}

/// Settings read from a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParsedSettings {
    /// The settings, with the default in place of each missing or invalid field.
    pub settings: Settings,
    /// The invalid fields, in the order of the settings.
    pub wrong: Vec<InvalidField>,
}

/// The text has no settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl Settings {
    /// Returns the settings in place of a file that cannot be read: the defaults with the strictest limits.
    pub fn of_unreadable_file() -> Self {
        Self {
            limits: strictest(),
            ..Self::default()
        }
    }

    /// Reads a text.
    ///
    /// # Errors
    /// The text is no JSON object: nothing in it can be trusted.
    pub fn parse(text: &[u8]) -> Result<ParsedSettings, SettingsError> {
        Ok(Self::from_fields(&fields_of(text)?))
    }

    /// Reads the fields of a file. Each field is tried alone, so that an invalid one costs no other.
    fn from_fields(found: &Map<String, Value>) -> ParsedSettings {
        let mut valid = Map::new();
        let mut limits = OrderLimits::default();
        let mut wrong = Vec::new();
        for name in Self::default().to_fields().keys() {
            let Some(value) = found.get(name) else {
                continue;
            };
            if name == LIMITS {
                limits = limits::read(value, &mut wrong);
                continue;
            }
            let field = Map::from_iter([(name.clone(), value.clone())]);
            match Self::deserialize(Value::Object(field.clone())) {
                Ok(_) => valid.extend(field),
                Err(_) => {
                    wrong.push(InvalidField::new(name, value, "the default".to_owned()));
                }
            }
        }
        let settings = Self::deserialize(Value::Object(valid));
        let settings = Self {
            limits,
            ..settings.expect("each field was read alone")
        };
        ParsedSettings { settings, wrong }
    }

    /// Returns the fields of the file.
    fn to_fields(&self) -> Map<String, Value> {
        let mut fields = Map::from_iter([("version".to_owned(), VERSION.into())]);
        match serde_json::to_value(self) {
            Ok(Value::Object(settings)) => fields.extend(settings),
            other => unreachable!("settings are a JSON object, not {other:?}"),
        }
        fields
    }

    /// Returns the text of a file with these settings alone.
    pub fn to_text(&self) -> String {
        text_of(self.to_fields())
    }
}

/// Returns the fields of a file's text, which may begin with a byte order mark.
fn fields_of(text: &[u8]) -> Result<Map<String, Value>, SettingsError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    match serde_json::from_slice(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(SettingsError("it is no JSON object".to_owned())),
        Err(why) => Err(SettingsError(why.to_string())),
    }
}

/// Returns the text of a file with these fields.
fn text_of(fields: Map<String, Value>) -> String {
    let mut text = format!("{:#}", Value::Object(fields));
    text.push('\n');
    text
}

/// Returns the fields of a file after a change of the settings from `before` to `after`. Everything else stays as it was
/// found: an invalid field, a field of a newer version, and what another window has set meanwhile.
fn apply_changes(
    mut found: Map<String, Value>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Map<String, Value> {
    for (name, value) in after {
        match (found.get_mut(name), before.get(name), value) {
            (Some(Value::Object(inner)), Some(Value::Object(before)), Value::Object(value)) => {
                *inner = apply_changes(std::mem::take(inner), before, value);
            }
            (Some(_), Some(before), value) if before == value => {}
            _ => {
                found.insert(name.clone(), value.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
