//! What the player has set: one file, read field by field. A field that is missing or wrong costs itself and nothing
//! else; a limit of orders that cannot be read is at its strictest.
//!
//! Here is the text, in [`mod@file`] the file. Nothing in here knows the window.

mod fields;
pub mod file;
mod limits;
mod places;
mod saver;

use std::path::PathBuf;

use serde_json::{Map, Value, json};

pub use fields::{InvalidField, folder_of};
use fields::{Reader, address_of, look_of, scale_of, source_of, speed_of};
pub use limits::{Limit, LimitError, strictest, with_limit};
pub use places::{config_file, data_folder, recordings_of};

use crate::table::Speed;
use crate::trading::OrderLimits;

/// Version of the file.
const VERSION: u64 = 1;
/// The smallest and the largest size of everything on the screen.
pub const SCALE: std::ops::RangeInclusive<f32> = 0.75..=3.0;
/// Where a browser listens that was started as the program says.
pub const BROWSER: &str = "127.0.0.1:9222";
/// Longer texts are no address and no folder.
const LONGEST: usize = 4_096;

/// Dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeChoice {
    /// As the desktop says.
    System,
    /// Dark.
    #[default]
    Dark,
    /// Light.
    Light,
}

/// Where games come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SourceKind {
    /// The built-in table.
    #[default]
    Practice,
    /// rugs.fun, watching.
    Live,
    /// Another address.
    Url,
    /// The player's own page in their browser.
    Browser,
}

/// Everything that can be set.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the settings page"
)]
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Dark or light.
    pub look: ThemeChoice,
    /// Size of everything on the screen, within [`SCALE`].
    pub scale: f32,
    /// The folder in which `live`, `practice` and `other` lie; `None`: the user's data folder.
    pub recordings: Option<PathBuf>,
    /// Where games come from.
    pub source: SourceKind,
    /// The other address, as it was typed; empty when there was none.
    pub url: String,
    /// Where the browser listens, as it was typed.
    pub browser: String,
    /// Speed of the practice table.
    pub practice_speed: Speed,
    /// Every game is recorded from its start.
    pub auto_record: bool,
    /// Limits of the orders.
    pub limits: OrderLimits,
    /// A second press of the same order button within a quarter of a second is no order.
    pub ignore_double_press: bool,
    /// The chart shows candles instead of a line.
    pub candles: bool,
    /// The chart's price axis is logarithmic.
    pub log_axis: bool,
    /// The words for a newcomer are shown.
    pub welcome: bool,
    /// Everything that goes over the connection is written down, for a bug report.
    pub raw_capture: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            look: ThemeChoice::default(),
            scale: 1.0,
            recordings: None,
            source: SourceKind::default(),
            url: String::new(),
            browser: BROWSER.to_owned(),
            practice_speed: Speed::default(),
            auto_record: false,
            limits: OrderLimits::default(),
            ignore_double_press: true,
            candles: false,
            log_axis: false,
            welcome: true,
            raw_capture: false,
        }
    }
}

/// Settings read from a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParsedSettings {
    /// The settings, with the default where the text said nothing that can be used.
    pub settings: Settings,
    /// The fields that were there and could not be used.
    pub wrong: Vec<InvalidField>,
}

/// The text is no settings at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl Settings {
    /// Returns the settings in place of a file that cannot be read: the defaults, with the limits at their strictest.
    pub fn of_unreadable_file() -> Self {
        Self {
            limits: strictest(),
            ..Self::default()
        }
    }

    /// Reads a text.
    ///
    /// # Errors
    /// It is no JSON object: nothing in it can be trusted.
    pub fn parse(text: &[u8]) -> Result<ParsedSettings, SettingsError> {
        Ok(Self::from_fields(&fields_of(text)?))
    }

    /// Reads the fields of a file.
    fn from_fields(fields: &Map<String, Value>) -> ParsedSettings {
        let mut reader = Reader {
            fields,
            wrong: Vec::new(),
        };
        let default = Self::default();
        let settings = Self {
            look: reader.take("theme", default.look, look_of),
            scale: reader.take("scale", default.scale, scale_of),
            recordings: reader.take("recordings", None, |value| match value {
                Value::Null => Some(None),
                Value::String(text) => folder_of(text).map(Some),
                _ => None,
            }),
            source: reader.take("source", default.source, source_of),
            url: reader.take("url", default.url, address_of),
            browser: reader.take("browser", default.browser, address_of),
            practice_speed: reader.take("practice_speed", default.practice_speed, speed_of),
            auto_record: reader.take("auto_record", default.auto_record, Value::as_bool),
            limits: limits::read(fields.get("limits"), &mut reader.wrong),
            ignore_double_press: reader.take(
                "ignore_double_press",
                default.ignore_double_press,
                Value::as_bool,
            ),
            candles: reader.take("candles", default.candles, Value::as_bool),
            log_axis: reader.take("log_axis", default.log_axis, Value::as_bool),
            welcome: reader.take("welcome", default.welcome, Value::as_bool),
            raw_capture: reader.take("raw_capture", default.raw_capture, Value::as_bool),
        };
        ParsedSettings {
            settings,
            wrong: reader.wrong,
        }
    }

    /// Returns the fields of the file.
    fn to_fields(&self) -> Map<String, Value> {
        let look = match self.look {
            ThemeChoice::System => "system",
            ThemeChoice::Dark => "dark",
            ThemeChoice::Light => "light",
        };
        let source = match self.source {
            SourceKind::Practice => "practice",
            SourceKind::Live => "live",
            SourceKind::Url => "url",
            SourceKind::Browser => "browser",
        };
        // A path that is not UTF-8 cannot stand in JSON; the window does not let one be chosen.
        let recordings = self.recordings.as_deref().and_then(std::path::Path::to_str);
        let limits = Limit::ALL.map(|limit| {
            let value = limit.of(&self.limits);
            let value = match limit {
                Limit::OrdersPerMinute => json!(self.limits.risk.max_orders_a_minute),
                _ => json!(value.map(|value| value.normalize().to_string())),
            };
            (limit.key().to_owned(), value)
        });
        let known = json!({
            "version": VERSION,
            "theme": look,
            // As a text a 0.9 stays a 0.9.
            "scale": format!("{}", self.scale),
            "recordings": recordings,
            "source": source,
            "url": self.url,
            "browser": self.browser,
            "practice_speed": self.practice_speed.to_string(),
            "auto_record": self.auto_record,
            "limits": Map::from_iter(limits),
            "ignore_double_press": self.ignore_double_press,
            "candles": self.candles,
            "log_axis": self.log_axis,
            "welcome": self.welcome,
            "raw_capture": self.raw_capture,
        });
        match known {
            Value::Object(fields) => fields,
            _ => unreachable!("the value above is an object"),
        }
    }

    /// Returns the text of a file with these settings alone.
    pub fn to_text(&self) -> String {
        text_of(self.to_fields())
    }
}

/// Returns the fields of a file's text; a byte order mark in front of them does not count.
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

/// Returns the fields of a file after a change of the settings: what was changed from `before` to `after`, and
/// everything else as it was found. So a field that cannot be read, one of a newer version, and what another window has
/// set meanwhile stay as they are.
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
