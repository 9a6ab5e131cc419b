//! The fields of the settings file, one by one: what a value gives, and what is said of one that gives nothing.

use std::path::PathBuf;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::{LONGEST, SCALE, SourceKind, ThemeChoice};
use crate::protocol::number;
use crate::table::Speed;

/// How much is shown of a value that cannot be used.
const MAX_SHOWN: usize = 40;

/// A field of the file that was there and could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// Its name.
    pub name: &'static str,
    /// What was found, as JSON, cut where it is long.
    pub found: String,
    /// What is used in its place.
    pub used: String,
}

impl InvalidField {
    pub(super) fn new(name: &'static str, found: &Value, used: String) -> Self {
        let found = match name {
            // It may hold a credential.
            "url" => "not an address".to_owned(),
            _ => shown(found),
        };
        Self { name, found, used }
    }
}

impl std::fmt::Display for InvalidField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, found, used } = self;
        write!(f, "{name} is {found} (used: {used})")
    }
}

/// Returns a value as it is shown: without control characters, and cut where it is long.
pub(super) fn shown(found: impl std::fmt::Display) -> String {
    let text = crate::capture::text::clean(&found.to_string());
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Takes the fields out, one by one.
pub(super) struct Reader<'a> {
    pub fields: &'a Map<String, Value>,
    pub wrong: Vec<InvalidField>,
}

impl Reader<'_> {
    pub fn take<T>(
        &mut self,
        name: &'static str,
        default: T,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> T {
        let Some(value) = self.fields.get(name) else {
            return default;
        };
        read(value).unwrap_or_else(|| {
            let wrong = InvalidField::new(name, value, "the default".to_owned());
            self.wrong.push(wrong);
            default
        })
    }
}

pub(super) fn look_of(value: &Value) -> Option<Look> {
    match value.as_str()? {
        "system" => Some(ThemeChoice::System),
        "dark" => Some(ThemeChoice::Dark),
        "light" => Some(ThemeChoice::Light),
        _ => None,
    }
}

pub(super) fn source_of(value: &Value) -> Option<SourceKind> {
    match value.as_str()? {
        "practice" => Some(SourceKind::Practice),
        "live" => Some(SourceKind::Live),
        "url" => Some(SourceKind::Url),
        "browser" => Some(SourceKind::Browser),
        _ => None,
    }
}

/// An address as it was typed.
pub(super) fn address_of(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (text.len() <= LONGEST).then(|| text.to_owned())
}

/// A number, or a text of one, in the grammar of [`number::is_number`].
pub(super) fn number_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => number::parse(text),
        value => number::from_json(value),
    }
}

pub(super) fn scale_of(value: &Value) -> Option<f32> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Number(number) => number.as_str(),
        _ => return None,
    };
    let scale: f32 = text.parse().ok().filter(|_| number::is_number(text))?;
    Some(scale.clamp(*SCALE.start(), *SCALE.end()))
}

pub(super) fn speed_of(value: &Value) -> Option<Speed> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// Returns the folder that a text names; `None` when it names none, or not the same one from everywhere.
pub fn folder_of(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text.trim());
    let fits = text.len() <= LONGEST && path.is_absolute() && !text.contains('\0');
    fits.then_some(path)
}
