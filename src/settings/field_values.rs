//! Reads and writes single values of the settings; reports invalid ones.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::de::{Error as _, IntoDeserializer as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{AMOUNT_PLACES, MAX_REMINDER, MAX_TEXT_BYTES, SCALE, START_BALANCE};
use crate::account::lamports;
use crate::protocol::number;
use crate::table::Speed;

/// Characters shown of an invalid value.
const MAX_SHOWN: usize = 40;

/// A field of the file whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// Its name.
    pub name: String,
    /// The value in the file as JSON, cut if it is long.
    pub found: String,
    /// What is used instead.
    pub used: String,
}

impl InvalidField {
    pub(super) fn new(name: &str, found: &Value, used: String) -> Self {
        let found = match name {
            // An address may hold a credential.
            "url" => "not an address".to_owned(),
            _ => shown(found),
        };
        Self {
            name: name.to_owned(),
            found,
            used,
        }
    }
}

impl Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, found, used } = self;
        write!(f, "{name} is {found} (used: {used})")
    }
}

/// Returns a value as messages show it: without control characters, and cut if it is long.
pub(super) fn shown(found: impl Display) -> String {
    let text = crate::capture::text::clean(&found.to_string());
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Writes a value as its text: so a scale of 0.9 stays 0.9.
pub(super) fn write_text<T: Display, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Writes a folder; one that is not UTF-8 has no text, and the window does not let the player choose one.
#[expect(clippy::ref_option, reason = "serde passes the field")]
pub(super) fn write_folder<S: Serializer>(
    folder: &Option<PathBuf>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = folder.as_deref().and_then(Path::to_str);
    text.serialize(serializer)
}

/// Reads a variant from its name.
pub(super) fn read_variant<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let name = String::deserialize(deserializer)?;
    T::deserialize(name.into_deserializer())
}

/// Reads an address as it was typed.
pub(super) fn read_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let text = text.trim();
    if text.len() > MAX_TEXT_BYTES {
        return Err(D::Error::custom("too long"));
    }
    Ok(text.to_owned())
}

/// Reads a scale, and brings it into its range.
pub(super) fn read_scale<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let text = number_text(deserializer)?;
    let scale = text.parse().ok().filter(|_: &f32| number::is_number(&text));
    let scale = scale.ok_or_else(|| D::Error::custom("not a number"))?;
    Ok(scale.clamp(*SCALE.start(), *SCALE.end()))
}

/// Reads the speed of the practice table.
pub(super) fn read_speed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Speed, D::Error> {
    let text = number_text(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

/// Reads the play money of a new wallet, within [`START_BALANCE`].
pub(super) fn read_start_balance<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Decimal, D::Error> {
    let [least, most] = START_BALANCE;
    let balance = number_of(&Value::deserialize(deserializer)?)
        .filter(|balance| (least..=most).contains(balance) && lamports(*balance) == *balance);
    balance.ok_or_else(|| D::Error::custom("not an amount of play money"))
}

/// Reads a number of decimals, one of [`AMOUNT_PLACES`].
pub(super) fn read_places<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let places = u32::deserialize(deserializer)?;
    let places = Some(places).filter(|places| AMOUNT_PLACES.contains(places));
    places.ok_or_else(|| D::Error::custom("not a number of decimals"))
}

/// Reads a share above 0 and up to 100 %, or `null` for none.
pub(super) fn read_percent<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if value.is_null() {
        return Ok(None);
    }
    let share =
        number_of(&value).filter(|share| *share > Decimal::ZERO && *share <= Decimal::ONE_HUNDRED);
    let share = share.ok_or_else(|| D::Error::custom("not a share in percent"))?;
    Ok(Some(share))
}

/// Reads minutes from 1 to [`MAX_REMINDER`], or `null` for never.
pub(super) fn read_minutes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    let minutes = Option::<u32>::deserialize(deserializer)?;
    if minutes.is_none_or(|minutes| (1..=MAX_REMINDER).contains(&minutes)) {
        Ok(minutes)
    } else {
        Err(D::Error::custom("not a number of minutes"))
    }
}

/// Reads a volume from 0 to 100 %.
pub(super) fn read_volume<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let volume = u8::deserialize(deserializer)?;
    let volume = Some(volume).filter(|volume| *volume <= 100);
    volume.ok_or_else(|| D::Error::custom("not a volume in percent"))
}

/// Writes a number as text, or `null`.
#[expect(clippy::ref_option, reason = "serde passes the field")]
pub(super) fn write_number<S: Serializer>(
    number: &Option<Decimal>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = number.map(|number| number.normalize().to_string());
    text.serialize(serializer)
}

/// Reads an absolute folder, or `null` for the default one.
pub(super) fn read_folder<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PathBuf>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let folder = folder_of(&text).ok_or_else(|| D::Error::custom("not an absolute folder"))?;
    Ok(Some(folder))
}

/// Reads the text of a number, which the file may have as a number or as a text.
fn number_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.as_str().to_owned()),
        _ => Err(D::Error::custom("not a number")),
    }
}

/// Returns a number, or the number of a text, in the grammar of [`number::is_number`].
pub(super) fn number_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => number::parse(text),
        value => number::from_json(value),
    }
}

/// Returns the folder that a text names; `None` unless it is an absolute path.
pub fn folder_of(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text.trim());
    let fits = text.len() <= MAX_TEXT_BYTES && path.is_absolute() && !text.contains('\0');
    fits.then_some(path)
}
