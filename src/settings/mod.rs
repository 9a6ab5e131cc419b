//! What the player has set: one file, read field by field. A field that is missing or wrong costs itself and nothing
//! else; numbers are brought within their limits; fields of a newer version are kept as they are.
//!
//! Here is the text, in [`file`] the file. Nothing in here knows the window.

pub mod file;
mod places;

use std::path::PathBuf;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

pub use places::{config_file, data_folder, recordings_of};

use crate::account::{Guards, Rules};
use crate::protocol::number;
use crate::table::Speed;

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
pub enum Look {
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
    /// The player's own page in his browser.
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
    pub look: Look,
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
    pub limits: Rules,
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
    /// What the file has and this version does not know.
    unknown: Map<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            look: Look::default(),
            scale: 1.0,
            recordings: None,
            source: SourceKind::default(),
            url: String::new(),
            browser: BROWSER.to_owned(),
            practice_speed: Speed::default(),
            auto_record: false,
            limits: Rules::default(),
            ignore_double_press: true,
            candles: false,
            log_axis: false,
            welcome: true,
            raw_capture: false,
            unknown: Map::new(),
        }
    }
}

/// What a text said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The settings, with the default where the text said nothing that can be used.
    pub settings: Settings,
    /// The fields that were there and could not be used.
    pub wrong: Vec<&'static str>,
}

/// The text is no settings at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoSettings(String);

impl Settings {
    /// Reads a text.
    ///
    /// # Errors
    /// It is no JSON object: nothing in it can be trusted.
    pub fn parse(text: &[u8]) -> Result<Parsed, NoSettings> {
        let value: Value =
            serde_json::from_slice(text).map_err(|why| NoSettings(why.to_string()))?;
        let Value::Object(fields) = value else {
            return Err(NoSettings("it is no JSON object".to_owned()));
        };
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
            url: reader.take("url", default.url, |value| {
                let text = value.as_str()?.trim();
                (text.len() <= LONGEST).then(|| text.to_owned())
            }),
            browser: reader.take("browser", default.browser, |value| {
                let text = value.as_str()?.trim();
                (text.len() <= LONGEST).then(|| text.to_owned())
            }),
            practice_speed: reader.take("practice_speed", default.practice_speed, speed_of),
            auto_record: reader.take("auto_record", default.auto_record, Value::as_bool),
            limits: reader.limits(default.limits),
            ignore_double_press: reader.take(
                "ignore_double_press",
                default.ignore_double_press,
                Value::as_bool,
            ),
            candles: reader.take("candles", default.candles, Value::as_bool),
            log_axis: reader.take("log_axis", default.log_axis, Value::as_bool),
            welcome: reader.take("welcome", default.welcome, Value::as_bool),
            raw_capture: reader.take("raw_capture", default.raw_capture, Value::as_bool),
            unknown: {
                let version = reader.fields.get("version").and_then(Value::as_u64);
                if version.is_none_or(|version| version <= VERSION) {
                    reader.fields.shift_remove("version");
                }
                reader.fields
            },
        };
        Ok(Parsed {
            settings,
            wrong: reader.wrong,
        })
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> String {
        let look = match self.look {
            Look::System => "system",
            Look::Dark => "dark",
            Look::Light => "light",
        };
        let source = match self.source {
            SourceKind::Practice => "practice",
            SourceKind::Live => "live",
            SourceKind::Url => "url",
            SourceKind::Browser => "browser",
        };
        // A path that is not UTF-8 cannot stand in JSON; the window does not let one be chosen.
        let recordings = self.recordings.as_deref().and_then(std::path::Path::to_str);
        let Rules {
            min_buy,
            max_buy,
            min_sidebet,
            max_sidebet,
            guards,
        } = self.limits;
        let text = |limit: Decimal| limit.normalize().to_string();
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
            "limits": {
                "min_buy": text(min_buy),
                "max_buy": text(max_buy),
                "min_sidebet": text(min_sidebet),
                "max_sidebet": text(max_sidebet),
                "max_loss_a_day": guards.max_loss_a_day.map(text),
                "max_orders_a_minute": guards.max_orders_a_minute,
                "slippage_percent": guards.slippage_percent.map(text),
            },
            "ignore_double_press": self.ignore_double_press,
            "candles": self.candles,
            "log_axis": self.log_axis,
            "welcome": self.welcome,
            "raw_capture": self.raw_capture,
        });
        let Value::Object(mut fields) = known else {
            unreachable!("the text above is an object")
        };
        fields.extend(self.unknown.clone());
        let mut text = format!("{:#}", Value::Object(fields));
        text.push('\n');
        text
    }
}

/// Takes the fields out, one by one; what is left nobody knows.
struct Reader {
    fields: Map<String, Value>,
    wrong: Vec<&'static str>,
}

impl Reader {
    fn take<T>(
        &mut self,
        name: &'static str,
        default: T,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> T {
        let Some(value) = self.fields.shift_remove(name) else {
            return default;
        };
        read(&value).unwrap_or_else(|| {
            self.wrong.push(name);
            default
        })
    }

    /// The same for what may be off, which `null` says, or an empty text.
    fn take_or_off<T: Copy>(
        &mut self,
        name: &'static str,
        default: Option<T>,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let is_off = |value: &Value| {
            value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
        };
        let Some(value) = self.fields.shift_remove(name) else {
            return default;
        };
        if is_off(&value) {
            return None;
        }
        read(&value).or_else(|| {
            self.wrong.push(name);
            default
        })
    }

    fn limits(&mut self, default: Rules) -> Rules {
        let fields = match self.fields.shift_remove("limits") {
            None => return default,
            Some(Value::Object(fields)) => fields,
            Some(_) => {
                self.wrong.push("limits");
                return default;
            }
        };
        let wrong = Vec::new();
        let mut inner = Self { fields, wrong };
        let Guards {
            max_loss_a_day,
            max_orders_a_minute,
            slippage_percent,
        } = default.guards;
        let guards = Guards {
            max_loss_a_day: inner.take_or_off("max_loss_a_day", max_loss_a_day, limit_of),
            max_orders_a_minute: inner.take_or_off(
                "max_orders_a_minute",
                max_orders_a_minute,
                orders_of,
            ),
            slippage_percent: inner.take_or_off("slippage_percent", slippage_percent, percent_of),
        };
        let mut limit = |name, default| inner.take(name, default, limit_of);
        let rules = Rules {
            min_buy: limit("min_buy", default.min_buy),
            max_buy: limit("max_buy", default.max_buy),
            min_sidebet: limit("min_sidebet", default.min_sidebet),
            max_sidebet: limit("max_sidebet", default.max_sidebet),
            guards,
        };
        self.wrong.append(&mut inner.wrong);
        in_order(rules)
    }
}

/// Returns limits of which none is below the other one's place: a smallest order is not larger than the largest.
pub fn in_order(mut rules: Rules) -> Rules {
    rules.max_buy = rules.max_buy.max(rules.min_buy);
    rules.max_sidebet = rules.max_sidebet.max(rules.min_sidebet);
    rules
}

fn look_of(value: &Value) -> Option<Look> {
    match value.as_str()? {
        "system" => Some(Look::System),
        "dark" => Some(Look::Dark),
        "light" => Some(Look::Light),
        _ => None,
    }
}

fn source_of(value: &Value) -> Option<SourceKind> {
    match value.as_str()? {
        "practice" => Some(SourceKind::Practice),
        "live" => Some(SourceKind::Live),
        "url" => Some(SourceKind::Url),
        "browser" => Some(SourceKind::Browser),
        _ => None,
    }
}

/// A number, or a text of one.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn scale_of(value: &Value) -> Option<f32> {
    let scale: f32 = text_of(value)?.parse().ok()?;
    (!scale.is_nan()).then(|| scale.clamp(*SCALE.start(), *SCALE.end()))
}

fn speed_of(value: &Value) -> Option<Speed> {
    text_of(value)?.parse().ok()
}

/// A limit: from a lamport to a million SOL, written so that no digit is invented.
pub fn limit_of(value: &Value) -> Option<Decimal> {
    let text = text_of(value)?;
    let limit = number::parse(&text)?;
    let (lowest, highest) = (Decimal::new(1, 9), Decimal::from(1_000_000));
    (limit > Decimal::ZERO).then(|| limit.clamp(lowest, highest))
}

/// How many orders a minute: from 1 to 1,000.
pub fn orders_of(value: &Value) -> Option<u32> {
    let orders: u64 = text_of(value)?.parse().ok()?;
    (orders > 0).then(|| u32::try_from(orders.min(1_000)).unwrap_or(1_000))
}

/// A share in percent, from a hundredth to a thousand.
pub fn percent_of(value: &Value) -> Option<Decimal> {
    let percent = number::parse(&text_of(value)?)?;
    let (lowest, highest) = (Decimal::new(1, 2), Decimal::from(1_000));
    (percent > Decimal::ZERO).then(|| percent.clamp(lowest, highest))
}

/// Returns the folder that a text names; `None` when it names none, or not the same one from everywhere.
pub fn folder_of(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text.trim());
    let fits = text.len() <= LONGEST && path.is_absolute() && !text.contains('\0');
    fits.then_some(path)
}

#[cfg(test)]
mod tests;
